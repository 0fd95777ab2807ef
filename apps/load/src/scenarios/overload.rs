//! R18: five times as much is asked as can be answered. What is taken on is answered as if the
//! rest had not been asked, and the rest is refused at once.

use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use testkit::load::{Load, LoadResponse, Report, Schedule};

use super::Scale;
use crate::expected::{Coding, Expected, PATIENCE, ask, judge_refusal, post};
use crate::figures::{median, median_ratio, millis, print};
use crate::process::ServerProcess;

const PLAN: &str = "/api/v1/calculations/plan";

/// A plan of several items: about ten milliseconds of arithmetic.
const QUESTION: &str = include_str!("plan.json");

/// Length of a block.
const BLOCK: Duration = Duration::from_secs(3);

pub(crate) async fn run(scale: Scale) -> anyhow::Result<()> {
    let service = ServerProcess::service(&[])?;
    let first = ask(service.address, post(PLAN, QUESTION)).await?;
    ensure!(first.status == 200, "{first:?}");
    let expected = Expected::new(Coding::Identity, &first.body);
    let judge = |expected: &Arc<Expected>| {
        let expected = Arc::clone(expected);
        move |answer: &LoadResponse| match answer.status.as_u16() {
            200 => expected.judge(answer),
            _ => judge_refusal(answer),
        }
    };
    let load = |schedule, connections| Load {
        servers: vec![service.address],
        schedule,
        connections,
        patience: PATIENCE,
    };
    // As many at once as always find a place.
    let warm_up = load(Schedule::at_once(200), 16)
        .run(|_| post(PLAN, QUESTION), judge(&expected))
        .await
        .checked()?;
    let mut rates = Rates::default();
    let mut worst: Option<Report> = None;
    rates.all.push(warm_up.served_per_second());
    for _ in 0..scale.blocks {
        let per_second = median(rates.all.clone());
        let requests = Schedule::lasting(BLOCK, per_second).len();
        let at_peak = load(Schedule::at_once(requests), 16)
            .run(|_| post(PLAN, QUESTION), judge(&expected))
            .await
            .checked()?;
        rates.all.push(at_peak.served_per_second());
        rates.peak.push(at_peak.served_per_second());
        let over = load(Schedule::steady(5 * requests, 5.0 * per_second), 2_000)
            .run(|_| post(PLAN, QUESTION), judge(&expected))
            .await
            .checked()?;
        ensure!(over.refused.count() > 0, "five times as much was taken on");
        rates.goodput.push(over.served_per_second());
        rates
            .refused
            .push(over.refused.quantile(0.99).as_secs_f64());
        worst = Some(over);
    }
    if let Some(last) = worst {
        rates.print(scale.blocks, &last);
    }
    Ok(())
}

/// Figures of each block.
#[derive(Default)]
struct Rates {
    /// Plans a second of whatever was asked without too much at once.
    all: Vec<f64>,
    peak: Vec<f64>,
    goodput: Vec<f64>,
    /// The 99th percentile of refusals, in seconds.
    refused: Vec<f64>,
}

impl Rates {
    fn print(self, blocks: usize, last: &Report) {
        let ratio = median_ratio(&self.goodput, &self.peak);
        print(
            &format!(
                "R18: plans at five times the capacity, median of {blocks} blocks of {} s; every answer right, or 503 with Retry-After",
                BLOCK.as_secs()
            ),
            &[
                "peak",
                "goodput at five times",
                "ratio (aim 0.9)",
                "p99 of refusals",
                "p99 of what was served",
            ],
            vec![vec![
                format!("{:.0}/s", median(self.peak)),
                format!("{:.0}/s", median(self.goodput)),
                format!("{ratio:.2}"),
                millis(Duration::from_secs_f64(median(self.refused))),
                millis(last.served.quantile(0.99)),
            ]],
        );
    }
}
