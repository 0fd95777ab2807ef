//! Operators' commands, forwarded to the service's own binary.

use xshell::{Shell, cmd};

/// The rest of the command, as `maple-expectation` takes it.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Arguments of the command; `--help` lists them.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Runs `maple-expectation <command> <arguments>`.
pub(crate) fn run(shell: &Shell, command: &str, options: &Options) -> anyhow::Result<()> {
    let arguments = &options.arguments;
    cmd!(
        shell,
        "cargo run --quiet --package server -- {command} {arguments...}"
    )
    .run()?;
    Ok(())
}
