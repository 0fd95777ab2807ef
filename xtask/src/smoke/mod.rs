//! `cargo xtask smoke`: the black-box suite for a running deployment, and the drills on processes
//! of its own: backup, restore, least privileges.

mod checks;
mod client;
mod drill;
mod own;

use std::path::{Path, PathBuf};

use anyhow::ensure;
use xshell::{Shell, cmd};

use checks::{CHECKS, Target};
pub(crate) use client::Client;
pub(crate) use own::{ADMIN_TOKEN, SmokeProcess};

/// The deployment to try.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The public address, such as `https://maple.example.org`. Without it, a process of the
    /// command's own is tried, and the drills of backup and restore are run too.
    #[arg(long)]
    url: Option<String>,
    /// A program to try instead of the one that is built, such as that of a release.
    #[arg(long, conflicts_with = "url")]
    program: Option<PathBuf>,
    /// The admin address of one process behind it, such as `http://127.0.0.1:9090`.
    #[arg(long, requires = "url")]
    admin: Option<String>,
    /// A character that the upstream knows.
    #[arg(long, default_value = "아델")]
    character: String,
    /// Takes any certificate, such as a self-signed one.
    #[arg(long)]
    insecure: bool,
}

/// Numbers of checks that passed and failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Counts {
    /// Counts an outcome and prints it.
    pub(crate) fn add(&mut self, name: &str, result: anyhow::Result<()>) {
        match result {
            Ok(()) => {
                println!("  ok      {name}");
                self.passed += 1;
            }
            Err(error) => {
                println!("  FAILED  {name}: {error:#}");
                self.failed += 1;
            }
        }
    }
}

/// Runs the suite.
pub(crate) fn run(shell: &Shell, options: &Options) -> anyhow::Result<()> {
    let mysql = testkit::servers::mysql_url;
    let counts = match (&options.url, &options.program) {
        (Some(url), _) => suite(&Target {
            public: Client::new(url, options.insecure),
            admin: options
                .admin
                .as_deref()
                .map(|url| Client::new(url, options.insecure)),
            character: options.character.clone(),
        }),
        (None, Some(program)) => own_with(&std::path::absolute(program)?, mysql())?,
        (None, None) => own(shell, mysql())?,
    };
    println!("smoke: {} passed, {} failed", counts.passed, counts.failed);
    ensure!(
        counts.failed == 0 && counts.passed > 0,
        "the smoke test failed"
    );
    Ok(())
}

/// The suite and the drills on processes of the command's own, with the program that the tests
/// have built; `mysql` is the address of their MariaDB.
pub(crate) fn own(shell: &Shell, mysql: &str) -> anyhow::Result<Counts> {
    own_with(&build_server(shell)?, mysql)
}

/// Builds the program, and returns where it is.
pub(crate) fn build_server(shell: &Shell) -> anyhow::Result<PathBuf> {
    // With the tests, whose dependencies select features too: without them half of the tree would
    // be built once more.
    cmd!(
        shell,
        "cargo test --no-run --workspace --all-features --locked --lib --bins --tests"
    )
    .run()?;
    Ok(crate::deploy::build_folder()?.join("debug/maple-expectation"))
}

fn own_with(program: &Path, mysql: &str) -> anyhow::Result<Counts> {
    let process = own::SmokeProcess::start(program, &[])?;
    println!("smoke: {}", process.public());
    let mut counts = suite(&Target {
        public: Client::new(process.public(), false),
        admin: Some(Client::new(process.admin(), false)),
        character: "아델".to_owned(),
    });
    drop(process);
    for (name, drill) in drill::DRILLS {
        counts.add(name, drill(program, mysql));
    }
    Ok(counts)
}

/// Every check, one after another; a failed one does not end the suite.
fn suite(target: &Target) -> Counts {
    let mut counts = Counts::default();
    for (name, check) in CHECKS {
        counts.add(name, check(target));
    }
    counts
}
