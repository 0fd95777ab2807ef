//! Instructions that a process executes, counted by Valgrind's callgrind. The count of the same work
//! is the same on a busy machine as on an idle one.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::ServerError;
use crate::programs::{self, Program};

const VALGRIND: Program = Program {
    name: "valgrind",
    package: "valgrind",
    variable: "PATH",
};

/// Program of the same package that tells a process under Valgrind what to do.
const VGDB: Program = Program {
    name: "vgdb",
    ..VALGRIND
};

/// Name of the files with the counts; the id of the process and the number of its lap follow.
const COUNTS: &str = "counts";

/// Valgrind, to count the instructions of processes.
///
/// Threads of the process run one at a time, so that no time measured in it means anything.
#[derive(Debug)]
pub struct Callgrind {
    valgrind: PathBuf,
    vgdb: PathBuf,
    folder: TempDir,
    /// By process, the number of laps so far.
    laps: HashMap<u32, u32>,
    profile: PathBuf,
}

impl Callgrind {
    /// Finds Valgrind, or installs it where that is possible without interaction.
    ///
    /// # Errors
    ///
    /// [`ServerError::Missing`] when it is neither there nor can it be installed.
    pub fn find_or_install() -> Result<Self, ServerError> {
        let valgrind = VALGRIND.find_or_install()?;
        let vgdb = VGDB.find_or_install()?;
        Ok(Self {
            valgrind,
            vgdb,
            folder: programs::scratch_on_disk()?,
            laps: HashMap::new(),
            profile: PathBuf::new(),
        })
    }

    /// The words that stand before the program and its arguments. The process keeps the id of the
    /// one that executes them.
    pub fn words(&self) -> Vec<String> {
        let counts = self.folder.path().join(COUNTS);
        vec![
            self.valgrind.display().to_string(),
            "--tool=callgrind".to_owned(),
            "--quiet".to_owned(),
            format!("--callgrind-out-file={}.%p", counts.display()),
        ]
    }

    /// Returns the number of instructions that the process of this id has executed since its start
    /// or the last lap.
    ///
    /// # Errors
    ///
    /// [`ServerError::Preparation`] when the process does not obey Valgrind.
    pub fn lap(&mut self, process: u32) -> Result<u64, ServerError> {
        programs::run(Command::new(&self.vgdb).args([&format!("--pid={process}"), "dump"]))?;
        let lap = self.laps.entry(process).or_default();
        *lap += 1;
        let file = self.folder.path().join(format!("{COUNTS}.{process}.{lap}"));
        self.profile.clone_from(&file);
        let text = fs::read_to_string(&file).map_err(ServerError::io(&file))?;
        total_of(&text).ok_or_else(|| ServerError::Preparation {
            command: format!("{} of process {process}", file.display()),
            output: "no line of it has the total".to_owned(),
        })
    }

    /// Path of the profile of the last lap, for `callgrind_annotate`.
    pub fn profile(&self) -> &Path {
        &self.profile
    }
}

/// The number in the last line of a profile that names the total.
fn total_of(profile: &str) -> Option<u64> {
    let mut lines = profile.lines().rev();
    let total = lines.find_map(|line| line.strip_prefix("totals:"))?;
    total.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn total_is_the_last_line_that_names_it() {
        assert_eq!(
            total_of("events: Ir\nsummary: 7\n\ntotals: 12345\n"),
            Some(12_345)
        );
        assert_eq!(total_of("events: Ir\nfn=(1) main\n1 2\n"), None);
    }
}
