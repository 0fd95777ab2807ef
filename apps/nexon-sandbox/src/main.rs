//! `nexon-sandbox`: a stand-in for the Nexon Open API as a program of its own.

use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroUsize;

use anyhow::Context;
use clap::Parser;
use nexon_sandbox::{MEMBER_KEY_PREFIX, Quota, Sandbox, SandboxOptions, UNKNOWN_PREFIX};

/// A stand-in for the Nexon Open API (MapleStory, KMS): any name is a character, always the same.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:8090")]
    bind: SocketAddr,
    /// Calls admitted in any second; unlimited by default.
    #[arg(long)]
    per_second: Option<usize>,
    /// Calls admitted in any 24 hours; unlimited by default.
    #[arg(long)]
    per_day: Option<usize>,
    /// Number of worker threads.
    #[arg(long, default_value_t = NonZeroUsize::MIN)]
    workers: NonZeroUsize,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let listener = TcpListener::bind(arguments.bind)
        .with_context(|| format!("cannot listen on {}", arguments.bind))?;
    let options = SandboxOptions {
        quota: arguments.quota(),
        workers: arguments.workers,
        ..SandboxOptions::default()
    };
    let sandbox = Sandbox::start(listener, options).context("cannot start the sandbox")?;
    let url = sandbox.url();
    println!("nexon-sandbox answers at {url}; names that begin with {UNKNOWN_PREFIX} are unknown");
    println!("  curl -H 'x-nxopen-api-key: any' '{url}/maplestory/v1/id?character_name=Adele'");
    println!(
        "  curl -H 'x-nxopen-api-key: {MEMBER_KEY_PREFIX}1' '{url}/maplestory/v1/character/list'"
    );
    println!(
        "  curl -X PUT -H 'content-type: application/json' -d '[{{\"fault\":\"hang\",\"times\":1}}]' {url}/sandbox/faults"
    );
    println!("  curl {url}/sandbox/requests");
    nexon_sandbox::interrupted()
        .await
        .context("cannot wait for a signal")?;
    sandbox.stop().await;
    Ok(())
}

impl Arguments {
    fn quota(&self) -> Option<Quota> {
        (self.per_second.is_some() || self.per_day.is_some()).then(|| Quota {
            per_second: self.per_second.unwrap_or(usize::MAX),
            per_day: self.per_day.unwrap_or(usize::MAX),
        })
    }
}
