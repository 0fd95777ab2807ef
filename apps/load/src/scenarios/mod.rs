//! Measures the promises H1 to H5, R13, R14, R18 and S1: `cargo xtask load`.
//!
//! Load goes to servers that this program starts, on this machine, bounded in requests and time.
//! What is compared is measured in blocks that take turns, and the median block counts, so that
//! a machine that is busy with other things is so for both sides. Every answer is checked; one
//! wrong answer makes the run void and the exit code 1. A figure that misses its aim does not:
//! it is printed.

mod cached;
mod outage;
mod overload;
mod readers;
mod sizes;
mod start;

use anyhow::Context;
use clap::{Args, ValueEnum};

pub(crate) use cached::EXPECTATION;

use crate::expected::{Coding, ask, get};
use crate::process::{self, ServerProcess};

/// Scenarios to measure, and their length.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Scenarios to run; all without any.
    scenarios: Vec<Scenario>,
    /// Number of blocks that each side is measured in.
    #[arg(long, default_value_t = 10)]
    blocks: usize,
    /// Number of requests of a block where speed is measured.
    #[arg(long, default_value_t = 5_000)]
    requests: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Scenario {
    /// H1, H2, H4: a cached expectation, against a bare handler and against compressing anew.
    Cached,
    /// H3: a thousand readers of a raw document.
    Readers,
    /// H5: from the start of the process to the first right answer.
    Start,
    /// R13: the breaker is open and nothing is stored.
    Open,
    /// R14: the upstream takes connections and never answers.
    Hang,
    /// R18: five times as much is asked as can be answered.
    Overload,
    /// S1: how large documents are stored, and what that costs.
    Sizes,
}

/// Length of a measurement.
#[derive(Debug, Clone, Copy)]
struct Scale {
    blocks: usize,
    requests: usize,
}

/// Runs the chosen scenarios one after another.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    process::take_second_core();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let scale = Scale {
        blocks: options.blocks,
        requests: options.requests,
    };
    let all = Scenario::value_variants();
    let chosen = if options.scenarios.is_empty() {
        all
    } else {
        &options.scenarios
    };
    println!("{}\n", process::machine());
    runtime.block_on(async {
        for scenario in chosen {
            match scenario {
                Scenario::Cached => cached::run(scale).await?,
                Scenario::Readers => readers::run(scale).await?,
                Scenario::Start => start::run(scale).await?,
                Scenario::Open => outage::breaker_open(scale).await?,
                Scenario::Hang => outage::upstream_hangs(scale).await?,
                Scenario::Overload => overload::run(scale).await?,
                Scenario::Sizes => sizes::run(scale).await?,
            }
        }
        Ok(())
    })
}

/// The value of a metric.
async fn metric(service: &ServerProcess, name: &str) -> anyhow::Result<u64> {
    let admin = service.admin.context("a service shows its metrics")?;
    let answer = ask(admin, get("/metrics", Coding::Identity)).await?;
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let value = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
    value.with_context(|| format!("there is no metric {name}"))
}
