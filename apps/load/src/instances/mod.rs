//! Measures the promise X1: `cargo xtask bench --instances`.
//!
//! Three instances over one MariaDB and one durable Redis, the upstream and the generator all
//! share the cores of this machine. The same traffic goes to one, two or all of the instances in
//! blocks that take turns, and the median block counts. Every answer is checked; one wrong answer
//! makes the run void and the exit code 1. A figure that misses its aim does not: it is printed.

mod traffic;
mod world;

use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use testkit::load::{Load, Schedule};

use crate::expected::PATIENCE;
use crate::figures::{aimed, median, median_ratio, micros, print};
use crate::process;
use traffic::Traffic;
use world::{INSTANCES, World};

/// As many for each instance, whether there are one, two or three.
const CONNECTIONS: usize = 36;

/// Length of the measurement.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Number of blocks that each number of instances is measured in.
    #[arg(long, default_value_t = 10)]
    blocks: usize,
    /// Number of requests of a block.
    #[arg(long, default_value_t = 10_000)]
    requests: usize,
}

/// Measurements of one number of instances, block by block.
#[derive(Debug, Default)]
struct Side {
    per_second: Vec<f64>,
    cpu_seconds: Vec<f64>,
}

/// Measures the instances.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let shared = "instances, MariaDB, Redis, upstream and generator share the cores";
    println!("{}\n", process::machine_with(shared));
    runtime.block_on(measure(options))
}

async fn measure(options: &Options) -> anyhow::Result<()> {
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
