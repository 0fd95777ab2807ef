//! Finding programs, and installing the ones that are missing.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::ServerError;

/// A program a server needs, and where it comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Program {
    pub(crate) name: &'static str,
    /// The Debian package that has it. Those we use bring programs without a system service,
    /// so installing them starts nothing.
    pub(crate) package: &'static str,
    /// The variable that names a running server instead.
    pub(crate) variable: &'static str,
}

impl Program {
    /// Returns the path of the program; installs it when that is possible without interaction.
    pub(crate) fn find_or_install(self) -> Result<PathBuf, ServerError> {
        if let Some(path) = find(self.name) {
            return Ok(path);
        }
        let _alone = lock("install")?;
        if find(self.name).is_none() && is_root()? && find("apt-get").is_some() {
            eprintln!("testkit: installing {} for {}", self.package, self.name);
            install(self.package)?;
        }
        find(self.name).ok_or_else(|| self.missing())
    }

    pub(crate) fn missing(self) -> ServerError {
        ServerError::Missing {
            program: self.name,
            package: self.package,
            variable: self.variable,
        }
    }
}

/// Returns the path of a program, looking also in the usual folders of servers.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let script = r#"PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; command -v "$1""#;
    let output = Command::new("sh")
        .args(["-c", script, "sh", name])
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let path = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| PathBuf::from(path.trim()))
}

/// Installs a font family when it is missing and that is possible without interaction. A page without
/// it still opens, so its absence is no error.
#[cfg(feature = "browser")]
pub(crate) fn find_or_install_font(family: &str, package: &str) -> Result<(), ServerError> {
    let has_font = || {
        let fonts = run(Command::new("fc-list").args([family, "family"]));
        fonts.is_ok_and(|fonts| !fonts.trim().is_empty())
    };
    if has_font() {
        return Ok(());
    }
    let _alone = lock("install")?;
    if !has_font() && is_root()? && find("apt-get").is_some() {
        eprintln!("testkit: installing {package} for {family}");
        install(package)?;
    }
    Ok(())
}

/// Runs a command to its end and returns its output.
pub(crate) fn run(command: &mut Command) -> Result<String, ServerError> {
    let name = command.get_program().to_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(ServerError::io(&name))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    Err(ServerError::Preparation {
        command: name.to_string_lossy().into_owned(),
        output: text(&output.stdout) + &text(&output.stderr),
    })
}

/// The folder for what later runs can use again, one for each user of the machine.
pub(crate) fn cache() -> Result<PathBuf, ServerError> {
    let folder = std::env::temp_dir().join(format!("maple-testkit-{}", user()?));
    fs::create_dir_all(&folder).map_err(ServerError::io(&folder))?;
    Ok(folder)
}

/// Prefix of the names of the tests' folders.
const PREFIX: &str = "maple-test-";

/// File system in memory on Linux.
const MEMORY: &str = "/dev/shm";

/// Free space that it must have: enough for several servers at once.
const ROOM_KIB: u64 = 2 * 1_024 * 1_024;

/// A folder for what a test or its server keeps, in memory where there is room: a new database is
/// many small files, each of which a disk is waited for.
pub(crate) fn scratch() -> Result<TempDir, ServerError> {
    if has_room_in_memory()
        && let Ok(folder) = tempfile::Builder::new().prefix(PREFIX).tempdir_in(MEMORY)
    {
        return Ok(folder);
    }
    scratch_on_disk()
}

/// A folder for what a server keeps that is to be measured, or is to keep much.
pub(crate) fn scratch_on_disk() -> Result<TempDir, ServerError> {
    tempfile::Builder::new()
        .prefix(PREFIX)
        .tempdir()
        .map_err(ServerError::io(std::env::temp_dir()))
}

fn has_room_in_memory() -> bool {
    static HAS_ROOM: OnceLock<bool> = OnceLock::new();
    *HAS_ROOM.get_or_init(|| {
        let answer = run(Command::new("df").args(["-Pk", MEMORY])).unwrap_or_default();
        let line = answer.lines().nth(1).unwrap_or_default();
        let words: Vec<_> = line.split_whitespace().collect();
        // File system, size, used, available, share, where.
        let [_, _, _, free, _, place] = words[..] else {
            return false;
        };
        place == MEMORY && free.parse().is_ok_and(|free: u64| free >= ROOM_KIB)
    })
}

/// Keeps other test programs out until the file is dropped.
pub(crate) fn lock(name: &str) -> Result<File, ServerError> {
    let path = cache()?.join(format!("{name}.lock"));
    let file = File::create(&path).map_err(ServerError::io(&path))?;
    file.lock().map_err(ServerError::io(&path))?;
    Ok(file)
}

/// Whether this is root: MariaDB wants to be told that it may run so, and apt needs it.
pub(crate) fn is_root() -> Result<bool, ServerError> {
    Ok(user()? == 0)
}

/// The number of the user, as the owner of a file made now.
fn user() -> Result<u32, ServerError> {
    let folder = std::env::temp_dir();
    let probe = tempfile::tempfile_in(&folder).and_then(|file| file.metadata());
    probe
        .map(|file| file.uid())
        .map_err(ServerError::io(folder))
}

fn install(package: &str) -> Result<(), ServerError> {
    let apt = |arguments: &[&str]| {
        run(Command::new("apt-get")
            .args(["-q", "-y", "-o", "DPkg::Lock::Timeout=300"])
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive"))
    };
    apt(&["update"])?;
    apt(&["install", "--no-install-recommends", package])?;
    Ok(())
}

/// The last lines of a log, for an error message.
pub(crate) fn tail(log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(15)..].join("\n")
}
