//! `cargo xtask chaos`: the tests that kill, freeze and starve real processes, in their long form and
//! with an optimised program, like a release.

use std::path::PathBuf;

use anyhow::Context;
use xshell::{Shell, cmd};

/// Options of the scenarios.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only scenarios whose name contains this text.
    filter: Option<String>,
    /// Seed of all random choices; printed by each scenario.
    #[arg(long)]
    seed: Option<u64>,
    /// The program of an older version, for the scenario of an upgrade: it and this version then
    /// work side by side.
    #[arg(long, value_name = "PROGRAM")]
    older: Option<PathBuf>,
}

/// Runs the scenarios of `apps/server/tests/chaos` one after another.
pub(crate) fn run(shell: &Shell, options: &Options) -> anyhow::Result<()> {
    let servers = testkit::servers::start_all().context("the tests' servers do not start")?;
    for line in servers.description() {
        println!("{line}");
    }
    let seed = options
        .seed
        .map(|seed| ("MAPLE_CHAOS_SEED", seed.to_string()));
    let older = options.older.as_ref();
    let older = older.map(std::path::absolute).transpose()?;
    let filter = options.filter.as_slice();
    cmd!(
        shell,
        "cargo test --release --workspace --all-features --locked --test chaos -- --test-threads 1 --nocapture {filter...}"
    )
    .env("MAPLE_CHAOS", "long")
    .envs(seed)
    .envs(older.map(|older| ("MAPLE_CHAOS_OLDER", older)))
    .envs(servers.environment())
    .run()?;
    Ok(())
}
