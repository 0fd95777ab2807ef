//! `cargo xtask bench`: the measurements behind docs/performance.md.

use xshell::{Shell, cmd};

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only benchmarks whose name contains this text.
    filter: Option<String>,
}

/// Runs the criterion benches of the workspace; what the server has are tools of other commands.
pub(crate) fn run(shell: &Shell, options: &Options) -> anyhow::Result<()> {
    let filter = options.filter.as_slice();
    cmd!(
        shell,
        "cargo bench --workspace --exclude server --all-features --benches -- {filter...}"
    )
    .run()?;
    Ok(())
}
