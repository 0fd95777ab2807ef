//! A machine whose clock is wrong and a disk that fails, for one process: a library that is
//! preloaded into it, compiled from `preload.c` by the system's C compiler.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::ServerError;

const SOURCE: &str = include_str!("preload.c");

/// Number of the error for a failing device.
pub const EIO: i32 = 5;

/// Number of the error for a device without room.
pub const ENOSPC: i32 = 28;

/// The library, in a folder of its own. Processes that were started with it need it no longer.
#[derive(Debug)]
pub struct Preload {
    folder: TempDir,
}

/// Calls that fail: writes, truncations and synchronisations of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileFault {
    /// Number of the first one from now, from 1.
    pub first: u32,
    /// How many fail, one after another.
    pub count: u32,
    /// Number of the error, such as [`EIO`].
    pub error: i32,
}

impl Preload {
    /// Compiles the library; none where there is no C compiler, or not Linux, which the caller says
    /// aloud.
    ///
    /// # Errors
    ///
    /// [`ServerError`] when the compiler refuses it.
    pub fn build() -> Result<Option<Self>, ServerError> {
        if !cfg!(all(target_os = "linux", target_pointer_width = "64")) {
            return Ok(None);
        }
        let folder = TempDir::new().map_err(ServerError::io(std::env::temp_dir()))?;
        let source = folder.path().join("preload.c");
        fs::write(&source, SOURCE).map_err(ServerError::io(&source))?;
        let built = Self { folder };
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
            .args([&built.library(), &source])
            .arg("-lpthread")
            .output();
        match compiled {
            Ok(done) if done.status.success() => Ok(Some(built)),
            Ok(done) => Err(ServerError::Start {
                program: "cc".to_owned(),
                log: String::from_utf8_lossy(&done.stderr).into_owned(),
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ServerError::io("cc")(error)),
        }
    }

    /// Environment of a process whose clock is ahead by so many seconds; negative: behind.
    pub fn clock_ahead(&self, seconds: i64) -> [(&'static str, String); 2] {
        [
            ("LD_PRELOAD", shown(&self.library())),
            ("TESTKIT_CLOCK_AHEAD_SECONDS", seconds.to_string()),
        ]
    }

    /// Environment of a process for which files below a folder fail by [`Preload::fail`].
    pub fn failing_files(&self, below: &Path) -> [(&'static str, String); 3] {
        [
            ("LD_PRELOAD", shown(&self.library())),
            ("TESTKIT_FAULTS_FOLDER", shown(below)),
            ("TESTKIT_FAULTS_ORDER", shown(&self.order())),
        ]
    }

    /// Lets calls fail from now on, in a round with a number that was not used before.
    ///
    /// # Errors
    ///
    /// Those of the file with the order.
    pub fn fail(&self, round: u32, fault: FileFault) -> io::Result<()> {
        let FileFault {
            first,
            count,
            error,
        } = fault;
        let _was_there = fs::remove_file(self.hit());
        let new = self.folder.path().join("new");
        fs::write(&new, format!("{round} {first} {count} {error}"))?;
        fs::rename(new, self.order())
    }

    /// Lets every call succeed again.
    ///
    /// # Errors
    ///
    /// Those of the file with the order.
    pub fn mend(&self) -> io::Result<()> {
        fs::remove_file(self.order())
    }

    /// Whether a call has failed since the last [`Preload::fail`].
    pub fn has_failed(&self) -> bool {
        self.hit().exists()
    }

    fn library(&self) -> PathBuf {
        self.folder.path().join("preload.so")
    }

    fn order(&self) -> PathBuf {
        self.folder.path().join("order")
    }

    fn hit(&self) -> PathBuf {
        self.folder.path().join("order.hit")
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
