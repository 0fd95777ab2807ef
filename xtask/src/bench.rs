//! `cargo xtask bench`: the measurements behind docs/performance.md.

use xshell::{Shell, cmd};

/// Options of the benchmarks.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only benchmarks whose name contains this text.
    filter: Option<String>,
    /// One, two and three server processes over one MariaDB and one Redis, instead.
    #[arg(long)]
    instances: bool,
    /// With `--instances`: number of measured blocks for each number of processes.
    #[arg(long, requires = "instances")]
    blocks: Option<usize>,
}

/// Runs the criterion benches of the workspace and what storage-sql says of people, or the tool of
/// the server for its instances; what else they have are tools of other commands.
pub(crate) fn run(shell: &Shell, options: &Options) -> anyhow::Result<()> {
    if options.instances {
        let blocks = options.blocks.map(|blocks| format!("--blocks={blocks}"));
        let blocks = blocks.as_slice();
        cmd!(
            shell,
            "cargo bench --package server --bench instances -- {blocks...}"
        )
        .run()?;
        return Ok(());
    }
    let filter = options.filter.as_slice();
    cmd!(
        shell,
        "cargo bench --workspace --exclude server --exclude storage-sql --all-features --benches -- {filter...}"
    )
    .run()?;
    cmd!(
        shell,
        "cargo bench --package storage-sql --all-features --bench people -- {filter...}"
    )
    .run()?;
    Ok(())
}
