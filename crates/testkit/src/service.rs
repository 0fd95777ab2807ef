//! A program of ours as a process of a test's own.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use crate::environment::variable;
use crate::watchdog::WatchedProcess;
use crate::{ServerError, programs};

/// Number of checks of a process, and the interval between them: a minute in all, which a busy
/// machine may need.
const TRIES: u32 = 6_000;
const PAUSE: Duration = Duration::from_millis(10);

/// A program of ours that runs as a process, in a temporary folder of its own and with nothing but
/// the environment it is given. Dropping it kills it, and so does the end of the test program,
/// however that ends.
#[derive(Debug)]
pub struct Service {
    program: PathBuf,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    // Declared before the folder, so that the process is gone when that goes.
    process: Option<WatchedProcess>,
    folder: TempDir,
    /// Start of the current process's log, in bytes.
    log_start: usize,
}

impl Service {
    /// Starts a program, such as `env!("CARGO_BIN_EXE_maple-expectation")`. Its working folder is
    /// [`Service::folder`], so that the value of a variable may be a path relative to that.
    ///
    /// # Errors
    ///
    /// [`ServerError::Io`] when it cannot be started.
    pub fn start<A, N, V>(
        program: impl Into<PathBuf>,
        arguments: impl IntoIterator<Item = A>,
        environment: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, ServerError>
    where
        A: Into<String>,
        N: Into<String>,
        V: Into<String>,
    {
        let folder = tempfile::Builder::new()
            .prefix("maple-test-")
            .tempdir()
            .map_err(ServerError::io(std::env::temp_dir()))?;
        let environment = environment.into_iter();
        let mut service = Self {
            program: program.into(),
            arguments: arguments.into_iter().map(Into::into).collect(),
            environment: environment.map(|(n, v)| (n.into(), v.into())).collect(),
            process: None,
            folder,
            log_start: 0,
        };
        service.launch()?;
        Ok(service)
    }

    /// The folder it works in; goes when this is dropped.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the output of the current process so far, from both streams.
    pub fn log(&self) -> String {
        let log = fs::read(self.log_file()).unwrap_or_default();
        let own = log.get(self.log_start..).unwrap_or_default();
        String::from_utf8_lossy(own).into_owned()
    }

    /// The address that the process names after this text, once it has: in
    /// `answers on http://127.0.0.1:40123/docs` that is what stands after `http://`.
    ///
    /// # Errors
    ///
    /// [`ServerError::Start`] when it ends, or a minute passes, before it says so.
    pub async fn address(&mut self, after: &str) -> Result<SocketAddr, ServerError> {
        for _ in 0..TRIES {
            // Asked first: what a process said before its end is in the log by then.
            let has_ended = self.exit_code().is_some();
            if let Some(address) = address_after(&self.log(), after) {
                return Ok(address);
            }
            if has_ended {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(ServerError::Start {
            program: self.program.display().to_string(),
            log: programs::tail(&self.log_file()),
        })
    }

    /// Kills it as a power cut would (`SIGKILL`), and returns when it is gone; its folder stays.
    pub fn kill(&mut self) {
        if let Some(process) = self.process.take() {
            process.kill();
        }
    }

    /// Tells it to end (`SIGTERM`); see [`Service::ended`].
    pub fn terminate(&mut self) {
        self.signal("TERM");
    }

    /// Stops it where it is (`SIGSTOP`): connections stay open and nobody answers.
    pub fn freeze(&mut self) {
        self.signal("STOP");
    }

    /// Lets a frozen process go on (`SIGCONT`).
    pub fn thaw(&mut self) {
        self.signal("CONT");
    }

    /// Returns the exit code, or 128 plus the number of the signal that ended the process; none
    /// while it runs and after it was [killed](Service::kill).
    pub fn exit_code(&mut self) -> Option<i32> {
        self.process.as_mut()?.exit_code()
    }

    /// Waits until it has ended by itself or after [`Service::terminate`]; its exit code.
    ///
    /// # Panics
    ///
    /// When it has not within a minute, with the end of its log.
    pub async fn ended(&mut self) -> i32 {
        for _ in 0..TRIES {
            if let Some(code) = self.exit_code() {
                return code;
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("it goes on:\n{}", programs::tail(&self.log_file()));
    }

    /// Starts it again in the same folder with the same environment, killing it first if need be.
    /// Ports that it chooses by itself are others than before.
    ///
    /// # Errors
    ///
    /// [`ServerError::Io`] when it cannot be started.
    pub fn restart(&mut self) -> Result<(), ServerError> {
        self.kill();
        self.launch()
    }

    fn signal(&mut self, name: &str) {
        if let Some(process) = &mut self.process {
            process.signal(name);
        }
    }

    fn launch(&mut self) -> Result<(), ServerError> {
        self.log_start = match fs::metadata(self.log_file()) {
            Ok(log) => usize::try_from(log.len()).expect("a log of ours fits into memory"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(ServerError::io(self.log_file())(error)),
        };
        let path = variable("PATH").map(|path| ("PATH".to_owned(), path));
        self.process = Some(WatchedProcess::start_alone(
            self.folder.path(),
            &self.program,
            self.arguments.clone(),
            path.into_iter().chain(self.environment.clone()),
        )?);
        Ok(())
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("log")
    }
}

/// The address between `after` and the next blank or `/`; none while the line is not whole.
fn address_after(log: &str, after: &str) -> Option<SocketAddr> {
    let (_, rest) = log.split_once(after)?;
    let (address, _) = rest.split_once(|c: char| c == '/' || c.is_whitespace())?;
    address.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_is_read_only_when_complete() {
        let address = "127.0.0.1:8080".parse().ok();
        for (log, expected) in [
            ("", None),
            ("answers on http://127.0.0.1:80", None),
            ("answers on http://127.0.0.1:8080\n", address),
            ("answers on http://127.0.0.1:8080 and more", address),
            ("answers on http://127.0.0.1:8080/docs", address),
            ("answers on http://nowhere \n", None),
        ] {
            assert_eq!(address_after(log, "answers on http://"), expected, "{log}");
        }
    }
}
