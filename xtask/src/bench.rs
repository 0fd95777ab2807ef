//! `cargo xtask bench`: the measurements behind docs/performance.md.

use xshell::{Shell, cmd};

/// Name of the count of instructions, here and in the load generator.
const INSTRUCTIONS: &str = "instructions";

/// Options of the benchmarks.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only benchmarks whose name contains this text; `instructions` counts the instructions of
    /// answers under Valgrind instead.
    filter: Option<String>,
    /// One, two and three server processes over one MariaDB and one Redis, instead.
    #[arg(long)]
    instances: bool,
    /// With `--instances`: number of measured blocks for each number of processes.
    #[arg(long, requires = "instances")]
    blocks: Option<usize>,
}

/// Runs the criterion benches of the workspace and the measurements of storage-sql on people, or
/// the load generator on instances or on instructions.
pub(crate) fn run(shell: &Shell, options: &Options) -> anyhow::Result<()> {
    if options.instances {
        let blocks = options.blocks.map(|blocks| format!("--blocks={blocks}"));
        let blocks = blocks.as_slice();
        return crate::load::run_program(shell, "instances", blocks);
    }
    if options.filter.as_deref() == Some(INSTRUCTIONS) {
        return crate::load::run_program(shell, INSTRUCTIONS, &[]);
    }
    let filter = options.filter.as_slice();
    cmd!(
        shell,
        "cargo bench --workspace --exclude storage-sql --all-features --benches -- {filter...}"
    )
    .run()?;
    cmd!(
        shell,
        "cargo bench --package storage-sql --all-features --bench people -- {filter...}"
    )
    .run()?;
    Ok(())
}
