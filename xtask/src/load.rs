//! `cargo xtask load`: promises that are kept under load.

use xshell::{Shell, cmd};

/// Options of the load.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// `cached`, `readers`, `start`, `open`, `hang`, `overload`, `sizes`; all of them without.
    /// `--help` behind `--` explains each, and lists further options.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Measures with an optimised build.
pub(crate) fn run(shell: &Shell, options: &Options) -> anyhow::Result<()> {
    run_program(shell, "scenarios", &options.arguments)
}

/// Runs a command of the load generator beside an optimised build of the service.
pub(crate) fn run_program(
    shell: &Shell,
    command: &str,
    arguments: &[String],
) -> anyhow::Result<()> {
    // By itself, so that the service has only the features that it is released with.
    cmd!(shell, "cargo build --release --package server").run()?;
    cmd!(
        shell,
        "cargo run --release --package load -- {command} {arguments...}"
    )
    .run()?;
    Ok(())
}
