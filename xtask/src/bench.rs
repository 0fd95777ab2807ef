//! `cargo xtask bench`: the measurements behind docs/performance.md.

use xshell::{Shell, cmd};

/// Names of measurements that are commands of the load generator.
const OF_PROCESSES: [&str; 2] = ["costs", "instructions"];

/// Options of the benchmarks.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only benchmarks whose name contains this text; `instructions` counts the instructions of
    /// answers under Valgrind instead, and `costs` measures what each kind of answer costs.
    filter: Option<String>,
    /// One, two and three server processes over one MariaDB and one Redis, instead.
    #[arg(long)]
    instances: bool,
    /// With `--instances`: number of measured blocks for each number of processes.
    #[arg(long, requires = "instances")]
    blocks: Option<usize>,
}

/// Runs the criterion benches of the workspace and the measurements of storage-sql on people, or
/// the load generator on instances, instructions or unit costs.
pub(crate) fn run(shell: &Shell, options: &Options) -> anyhow::Result<()> {
    if options.instances {
        let blocks = options.blocks.map(|blocks| format!("--blocks={blocks}"));
        let blocks = blocks.as_slice();
        return crate::load::run_program(shell, "instances", blocks);
    }
    if let Some(command) = options
        .filter
        .as_deref()
        .filter(|it| OF_PROCESSES.contains(it))
    {
        return crate::load::run_program(shell, command, &[]);
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
