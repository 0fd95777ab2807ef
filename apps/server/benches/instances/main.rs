//! Measures the promise X1: `cargo xtask bench --instances`.
//!
//! Three instances over one MariaDB and one durable Redis, the upstream and the generator all
//! share the cores of this machine. The same traffic goes to one, two or all of the instances in
//! blocks that take turns, and the median block counts. Every answer is checked; one wrong answer
//! makes the run void and the exit code 1. A figure that misses its aim does not: it is printed.

#[expect(dead_code, reason = "`load` uses the rest")]
#[path = "../shared/expected.rs"]
mod expected;
#[expect(dead_code, reason = "`load` uses the rest")]
#[path = "../shared/figures.rs"]
mod figures;
#[expect(dead_code, reason = "`load` uses the rest")]
#[path = "../shared/process.rs"]
mod process;
mod traffic;
mod world;

use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;

use anyhow::Context;
use clap::Parser;
use testkit::load::{Load, Schedule};

use expected::PATIENCE;
use figures::{aimed, median, median_ratio, micros, print};
use traffic::Traffic;
use world::{INSTANCES, World};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// As many for each instance, whether there are one, two or three.
const CONNECTIONS: usize = 36;

/// How long to measure.
#[derive(Debug, Parser)]
struct Options {
    /// How many blocks each number of instances is measured in.
    #[arg(long, default_value_t = 10)]
    blocks: usize,
    /// How many requests a block has.
    #[arg(long, default_value_t = 10_000)]
    requests: usize,
    /// What cargo adds.
    #[arg(long, hide = true)]
    bench: bool,
}

/// What was measured of so many instances, block by block.
#[derive(Debug, Default)]
struct Side {
    per_second: Vec<f64>,
    cpu_seconds: Vec<f64>,
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let shared = "instances, MariaDB, Redis, upstream and generator share the cores";
    println!("{}\n", process::machine_with(shared));
    runtime.block_on(run(&options))
}

async fn run(options: &Options) -> anyhow::Result<()> {
    let world = World::start().await?;
    let traffic = Arc::new(Traffic::prepare(&world).await?);
    let mut sides: [Side; INSTANCES] = Default::default();
    for block in 0..=options.blocks {
        for turn in 0..INSTANCES {
            let first = (block * INSTANCES + turn) * options.requests;
            let numbers = first..first + options.requests;
            traffic.learn(numbers.clone()).await?;
            // Each number of instances is the first of a block as often as the others.
            let place = (block + turn) % INSTANCES;
            let many = place + 1;
            let side = &mut sides[place];
            // Each instance is among them as often as the others.
            let servers = world.some(many, block);
            side.measure(&world, &traffic, servers, numbers)
                .await
                .with_context(|| format!("over {many} instances"))?;
        }
        if block == 0 {
            // The first block warms up what is slow only once.
            sides = Default::default();
        }
    }
    tell(&sides, options);
    Ok(())
}

impl Side {
    async fn measure(
        &mut self,
        world: &World,
        traffic: &Arc<Traffic>,
        servers: Vec<SocketAddr>,
        numbers: Range<usize>,
    ) -> anyhow::Result<()> {
        let (first, requests) = (numbers.start, numbers.len());
        let load = Load {
            servers,
            schedule: Schedule::at_once(requests),
            connections: CONNECTIONS,
            patience: PATIENCE,
        };
        let (asking, judging) = (Arc::clone(traffic), Arc::clone(traffic));
        let before = world.cpu()?;
        let report = load
            .run(
                move |number| asking.request(first + number),
                move |answer| judging.judge(first + answer.number, answer),
            )
            .await
            .checked()?;
        let used = world.cpu()?.saturating_sub(before);
        self.per_second.push(report.served_per_second());
        self.cpu_seconds.push(used.as_secs_f64() / requests as f64);
        Ok(())
    }
}

fn tell(sides: &[Side; INSTANCES], options: &Options) {
    let alone = &sides[0];
    let rows = sides.iter().enumerate().map(|(place, side)| {
        let ratio = median_ratio(&side.per_second, &alone.per_second);
        vec![
            format!("{}", place + 1),
            format!("{:.0}", median(side.per_second.clone())),
            aimed(ratio, 0.95),
            micros(median(side.cpu_seconds.clone())),
        ]
    });
    print(
        &format!(
            "X1: {} over {CONNECTIONS} connections, median of {} blocks of {} requests; every answer right",
            traffic::DESCRIPTION,
            options.blocks,
            options.requests
        ),
        &[
            "instances",
            "answers/s",
            "against one",
            "the instances' CPU per answer",
        ],
        rows.collect(),
    );
}
