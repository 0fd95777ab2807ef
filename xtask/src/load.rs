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
    let arguments = &options.arguments;
    cmd!(
        shell,
        "cargo bench --package server --bench load -- {arguments...}"
    )
    .run()?;
    Ok(())
}
