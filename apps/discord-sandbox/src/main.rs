//! `fake-discord`: a stand-in for Discord's webhooks as a program of its own.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;

use anyhow::Context;
use clap::Parser;
use discord_sandbox::{Bucket, DiscordOptions, FakeDiscord};

/// A stand-in for Discord's webhooks: takes what Discord takes, and keeps a record of it.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:8091")]
    bind: SocketAddr,
    /// A file that every message taken is appended to, and read from at the start.
    #[arg(long)]
    record: Option<PathBuf>,
    /// Messages accepted in each `--per-ms`; unlimited by default. Discord's limit is 5 in 2
    /// seconds.
    #[arg(long)]
    limit: Option<u32>,
    /// See `--limit`.
    #[arg(long, default_value_t = 2_000)]
    per_ms: u64,
    /// Seed of the draws that decide which messages meet a fault with a chance.
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let listener = TcpListener::bind(arguments.bind)
        .with_context(|| format!("cannot listen on {}", arguments.bind))?;
    let per_ms = arguments.per_ms;
    let options = DiscordOptions {
        faults: Vec::new(),
        bucket: arguments.limit.map(|requests| Bucket { requests, per_ms }),
        record_file: arguments.record,
        seed: arguments.seed,
    };
    let discord = FakeDiscord::start(listener, &options).context("cannot start")?;
    let (url, webhook) = (discord.url(), discord.webhook_url());
    println!("fake-discord answers at {url}");
    println!("  MAPLE__DISCORD__TEST_URL={webhook} maple-expectation");
    println!(
        "  curl -X PUT -H 'content-type: application/json' -d '[{{\"fault\":\"cut_after_accept\",\"times\":1}}]' {url}/fake/faults"
    );
    println!("  curl {url}/fake/record");
    interrupted().await.context("cannot wait for a signal")?;
    discord.stop().await;
    Ok(())
}

/// Waits for Ctrl-C or, where there is one, for SIGTERM.
async fn interrupted() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            interrupt = tokio::signal::ctrl_c() => interrupt,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
