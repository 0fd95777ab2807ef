//! R13 and R14: an upstream that is left alone, and one that never answers.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use nexon_sandbox::Sandbox;
use testkit::load::{Load, Report, Request, Schedule, Verdict};
use testkit::{Fault, FaultProxy};

use super::cached::EXPECTATION;
use super::{Scale, metric};
use crate::expected::{Coding, Expected, PATIENCE, ask, get, judge_refusal, learn};
use crate::figures::{median, median_ratio, millis, print};
use crate::process::ServerProcess;

/// The route's label in the metrics.
const ROUTE: &str = "/api/v1/characters/{name}/expectation";

const RULES: &str = "/api/v1/rules";

/// R13's connections.
const CONNECTIONS: usize = 1_000;

/// R13's limit on the time that the service itself takes, as a bucket of its histogram.
const LIMIT: &str = "0.002";

/// R13: the breaker is open, nothing is stored, and a thousand connections ask.
pub(crate) async fn breaker_open(scale: Scale) -> anyhow::Result<()> {
    let service = ServerProcess::service(&upstream_at(nobody()?))?;
    open_breaker(&service).await?;
    let mut rows = Vec::new();
    for (per_second, requests) in [(500.0, scale.requests), (2_000.0, 2 * scale.requests)] {
        let before = Times::read(&service).await?;
        let load = Load {
            servers: vec![service.address],
            schedule: Schedule::steady(requests, per_second),
            connections: CONNECTIONS,
            patience: PATIENCE,
        };
        let report = load.run(stranger, judge_refusal).await.checked()?;
        ensure!(report.refused.count() == requests, "not all were refused");
        let times = Times::read(&service).await?.since(before);
        ensure!(times.all == requests as u64, "{} were counted", times.all);
        let within = 100.0 * times.within as f64 / times.all as f64;
        rows.push(vec![
            format!("{per_second:.0}/s"),
            format!("{requests}"),
            format!("{within:.2} % (aim 99)"),
            millis(report.refused.quantile(0.5)),
            millis(report.refused.quantile(0.99)),
        ]);
    }
    print(
        &format!(
            "R13: breaker open, nothing stored, {CONNECTIONS} connections; every answer 503 with Retry-After"
        ),
        &[
            "asked",
            "answers",
            "within 2 ms of the server's own time",
            "client's median",
            "client's p99",
        ],
        rows,
    );
    Ok(())
}

/// Asks until the upstream is left alone.
async fn open_breaker(service: &ServerProcess) -> anyhow::Result<()> {
    for number in 0..1_000 {
        let answer = ask(service.address, stranger(number)).await?;
        ensure!(judge_refusal(&answer) == Verdict::Refused, "{answer:?}");
        let state = metric(service, "maple_upstream_breaker_state").await?;
        if state == 2 {
            return Ok(());
        }
    }
    anyhow::bail!("the breaker does not open")
}

/// R14: other routes while the upstream takes connections and never answers, against the same
/// while nobody asks for what needs the upstream.
pub(crate) async fn upstream_hangs(scale: Scale) -> anyhow::Result<()> {
    const PER_SECOND: f64 = 500.0;
    const STRANGERS_PER_SECOND: f64 = 20.0;
    let sandbox = Sandbox::start_local()?;
    let upstream = sandbox.url().trim_start_matches("http://").parse()?;
    let proxy = FaultProxy::start(upstream).await?;
    let service = ServerProcess::service(&upstream_at(proxy.address()))?;
    let known = Expected::new(Coding::Zstd, &learn(service.address, EXPECTATION).await?);
    let rules = Expected::new(Coding::Zstd, &learn(service.address, RULES).await?);
    let requests = scale.requests.div_ceil(5);
    let others = Load {
        servers: vec![service.address],
        schedule: Schedule::steady(requests, PER_SECOND),
        connections: 64,
        patience: PATIENCE,
    };
    let strangers = Load {
        schedule: Schedule::lasting(others.schedule.length(), STRANGERS_PER_SECOND),
        connections: 256,
        ..others.clone()
    };
    let ask_others = async || {
        let (known, rules) = (Arc::clone(&known), Arc::clone(&rules));
        let alternate = |number| {
            get(
                if number % 2 == 0 { EXPECTATION } else { RULES },
                Coding::Zstd,
            )
        };
        let judge = move |answer: &_| known.judge_either(&rules, answer);
        others.run(alternate, judge).await.checked()
    };
    let (mut quiet, mut hanging, mut slowest) = (Vec::new(), Vec::new(), Duration::ZERO);
    for block in 0..scale.blocks {
        proxy.set(Fault::None).await;
        recovered(&service, block).await?;
        quiet.push(p99(&ask_others().await?));
        proxy.set(Fault::Hang).await;
        let first = block * 100_000;
        let ask_strangers = strangers.run(move |number| stranger(first + number), judge_refusal);
        let (during, refused) = tokio::join!(ask_others(), ask_strangers);
        hanging.push(p99(&during?));
        let refused = refused.checked().context("while the upstream hung")?;
        ensure!(
            refused.served.count() == 0,
            "an upstream that hangs was answered for"
        );
        slowest = slowest.max(refused.refused.quantile(1.0));
    }
    let title = format!(
        "R14: p99 of other routes at {PER_SECOND:.0}/s while {STRANGERS_PER_SECOND:.0}/s ask an upstream that hangs, median of {} blocks",
        scale.blocks
    );
    print_hanging(&title, &quiet, &hanging, slowest);
    Ok(())
}

fn print_hanging(title: &str, quiet: &[f64], hanging: &[f64], slowest: Duration) {
    let time = |seconds: &[f64]| millis(Duration::from_secs_f64(median(seconds.to_vec())));
    print(
        title,
        &[
            "quiet",
            "upstream hangs",
            "ratio (aim 1.2 at most)",
            "slowest refusal",
        ],
        vec![vec![
            time(quiet),
            time(hanging),
            format!("{:.2}", median_ratio(hanging, quiet)),
            millis(slowest),
        ]],
    );
}

fn p99(report: &Report) -> f64 {
    report.served.quantile(0.99).as_secs_f64()
}

/// Waits until the upstream is asked again: a stranger is found.
async fn recovered(service: &ServerProcess, block: usize) -> anyhow::Result<()> {
    for try_number in 0..600 {
        let name = format!("Again{block}x{try_number}");
        let path = format!("/api/v1/characters/{name}/equipment");
        let answer = ask(service.address, get(&path, Coding::Identity)).await?;
        if answer.status == 200 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    anyhow::bail!("the service does not ask the upstream again")
}

/// A request for a character nobody has asked for.
fn stranger(number: usize) -> Request {
    let path = format!("/api/v1/characters/Cold{number}/expectation");
    get(&path, Coding::Zstd)
}

/// An address where nobody listens.
fn nobody() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}

/// A service whose upstream is here, and grants as much as it likes.
fn upstream_at(address: SocketAddr) -> [(&'static str, String); 4] {
    [
        ("MAPLE__NEXON__API_KEY", "load".to_owned()),
        ("MAPLE__NEXON__BASE_URL", format!("http://{address}")),
        ("MAPLE__NEXON__QUOTA_PER_SECOND", "10000".to_owned()),
        ("MAPLE__NEXON__QUOTA_PER_DAY", "100000000".to_owned()),
    ]
}

/// Time that the service itself took over requests.
#[derive(Debug, Clone, Copy)]
struct Times {
    within: u64,
    all: u64,
}

impl Times {
    async fn read(service: &ServerProcess) -> anyhow::Result<Self> {
        let name = "maple_http_request_duration_seconds";
        let bucket = format!("{name}_bucket{{route=\"{ROUTE}\",le=\"{LIMIT}\"}}");
        Ok(Self {
            within: metric(service, &bucket).await?,
            all: metric(service, &format!("{name}_count{{route=\"{ROUTE}\"}}")).await?,
        })
    }

    fn since(self, before: Self) -> Self {
        Self {
            within: self.within - before.within,
            all: self.all - before.all,
        }
    }
}
