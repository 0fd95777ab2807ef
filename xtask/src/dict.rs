//! `cargo xtask dict`: compression dictionaries for stored documents.

use xshell::{Shell, cmd};

/// What to do about dictionaries.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Trains the next version from documents of the sandbox and writes its file.
    Train(Options),
}

/// How to train.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// How many documents to learn from.
    #[arg(long, default_value_t = 400)]
    documents: u32,
    /// How large the dictionary may become, in bytes.
    #[arg(long, default_value_t = 64 * 1024)]
    bytes: usize,
    /// Which documents: another seed, other characters.
    #[arg(long, default_value_t = 1)]
    seed: u32,
}

/// Does it with an optimised build.
pub(crate) fn run(shell: &Shell, Command::Train(options): &Command) -> anyhow::Result<()> {
    let Options {
        documents,
        bytes,
        seed,
    } = options;
    let (documents, bytes) = (documents.to_string(), bytes.to_string());
    let seed = seed.to_string();
    cmd!(
        shell,
        "cargo bench --package server --bench dictionary -- --documents {documents} --bytes {bytes} --seed {seed}"
    )
    .run()?;
    Ok(())
}
