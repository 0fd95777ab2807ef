//! Errors of starting a server.

use std::io;
use std::path::PathBuf;

/// Reason for which a server is not available.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// A program is neither there nor can it be installed.
    #[error(
        "{program} is not installed and cannot be installed here; install {package}, have Docker run, or run a server and set {variable}"
    )]
    Missing {
        /// The program.
        program: &'static str,
        /// The Debian package that brings it.
        package: &'static str,
        /// The variable that names a running server instead.
        variable: &'static str,
    },
    /// A command that prepares a server failed.
    #[error("{command} failed:\n{output}")]
    Preparation {
        /// The command.
        command: String,
        /// Output of the program.
        output: String,
    },
    /// The server ended, or never answered, after its start.
    #[error("{program} did not start:\n{log}")]
    Start {
        /// The server's program.
        program: String,
        /// The end of its log.
        log: String,
    },
    /// A file or process could not be handled.
    #[error("cannot use {}", .path.display())]
    Io {
        /// The file, folder or program.
        path: PathBuf,
        /// Error of the system.
        source: io::Error,
    },
}

impl ServerError {
    /// For `map_err` of what was done with `path`.
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
