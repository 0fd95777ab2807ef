//! `cargo xtask deploy`: the files of deploy/, checked by the tools of those who read them.

mod checks;
mod nginx;
mod report;
mod tools;

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use xshell::Shell;

use checks::CHECKS;
use report::{Outcome, ReportRow};
use tools::Tools;
pub(crate) use tools::{install, system, virtual_environment};

/// Commands on the files of deploy/.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Checks every file of deploy/ and .github/ with the tool it is written for.
    ///
    /// Tools that are not installed are installed below the build folder, by apt, pip and cargo;
    /// nothing of them is started. Only docker-compose is installed into the system.
    Check(Options),
}

/// Options of `deploy check`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only checks whose name contains this text.
    filter: Option<String>,
    /// Writes the table into deploy/README.md.
    #[arg(long, conflicts_with = "filter")]
    record: bool,
}

/// Everything a check uses.
pub(crate) struct Bench<'a> {
    shell: &'a Shell,
    tools: Tools,
    /// The folder of the workspace.
    root: PathBuf,
    /// A folder for files of this run.
    scratch: PathBuf,
}

impl Bench<'_> {
    /// A file of the repository.
    fn file(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }
}

/// Runs the checks and prints a table.
pub(crate) fn run(shell: &Shell, command: &Command) -> anyhow::Result<()> {
    let Command::Check(options) = command;
    let home = build_folder()?.join("deploy-tools");
    let scratch = home.join("scratch");
    shell.remove_path(&scratch)?;
    shell.create_dir(&scratch)?;
    let bench = Bench {
        shell,
        tools: Tools::new(home),
        root: crate::root().to_owned(),
        scratch,
    };
    let filter = options.filter.as_deref().unwrap_or_default();
    let rows: Vec<_> = CHECKS
        .iter()
        .filter(|check| check.name.contains(filter))
        .map(|check| {
            println!("{} ...", check.name);
            ReportRow {
                name: check.name,
                files: check.files,
                outcome: outcome((check.run)(&bench)),
            }
        })
        .collect();
    ensure!(!rows.is_empty(), "no check has `{filter}` in its name");
    let table = report::table(&rows);
    println!("\n{table}");
    if options.record {
        let page = "deploy/README.md";
        let text = shell.read_file(page)?;
        shell.write_file(page, report::with_table(&text, &table)?)?;
    }
    let failed = rows.iter().filter(|row| row.outcome.is_failure());
    let failed: Vec<_> = failed.map(|row| row.name).collect();
    ensure!(failed.is_empty(), "failed: {}", failed.join(", "));
    Ok(())
}

fn outcome(result: anyhow::Result<String>) -> Outcome {
    match result {
        Ok(detail) => Outcome::Passed(detail),
        Err(error) => Outcome::Failed(format!("{error:#}")),
    }
}

/// The build folder that this program lies in.
pub(crate) fn build_folder() -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe().context("where this program lies is not known")?;
    let folder = program.parent().and_then(Path::parent);
    Ok(folder
        .context("this program does not lie in a build folder")?
        .to_owned())
}
