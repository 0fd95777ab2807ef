//! `cargo xtask dict`: compression dictionaries for stored documents.

use xshell::{Shell, cmd};

/// Commands for dictionaries.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Trains the next version from documents of the sandbox and writes its file.
    Train(Options),
}

/// Options of the training.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Number of documents in the training set.
    #[arg(long, default_value_t = 400)]
    documents: u32,
    /// Upper bound on the size of the dictionary, in bytes.
    #[arg(long, default_value_t = 64 * 1024)]
    bytes: usize,
    /// Seed of the characters in the training set.
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
        "cargo run --release --package load -- dictionary --documents {documents} --bytes {bytes} --seed {seed}"
    )
    .run()?;
    Ok(())
}
