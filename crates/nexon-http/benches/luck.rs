//! The luck report of three days of a busy account, 10,800 rows of three histories: counting the
//! rows, and the whole job over a socket of this machine, with the sandbox's own work for each page.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use histories::testkit::MemoryHistories;
use histories::{
    Histories, HistoryKind, HistoryPage, LuckJob, LuckPlan, OwnHistories, PageStart, Period,
};
use jiff::ToSpan;
use jiff::civil::Date;
use kernel::{Clock, SystemClock};
use members::NexonKey;
use nexon_http::{Endpoint, HistorySettings, NexonHistories};
use nexon_sandbox::Sandbox;
use resilience::Jitter;
use tokio::runtime::Runtime;

/// Key of an account with 1,200 rows a day in each history.
const KEY: &str = "sandbox-member-busy-1";

const PATIENT: Duration = Duration::from_secs(30);

/// Rows of the period.
const ROWS: u64 = 10_800;

fn open(sandbox: &Sandbox) -> Box<dyn OwnHistories> {
    let endpoint = Endpoint {
        base_url: sandbox.url().to_owned(),
        connect_timeout: PATIENT,
        timeout: PATIENT,
    };
    let settings = HistorySettings {
        per_second: NonZeroU32::MAX,
        ..HistorySettings::default()
    };
    let clock = Arc::new(SystemClock);
    let histories = NexonHistories::new(&endpoint, settings, clock, Jitter::from_seed(1));
    let histories = histories.expect("the endpoint is a URL");
    let key = NexonKey::try_from(secrecy::SecretString::from(KEY)).expect("a well-formed key");
    histories.open(&key).expect("a well-formed key")
}

/// Three days, each some days before today.
const DAYS: [i64; 3] = [4, 3, 2];

const KINDS: [HistoryKind; 3] = [
    HistoryKind::Cube,
    HistoryKind::Potential,
    HistoryKind::StarForce,
];

fn date(before: i64) -> Date {
    let today = histories::today(SystemClock.now());
    today.checked_sub(before.days()).expect("a day of our time")
}

fn plan() -> LuckPlan {
    let (from, to) = (date(DAYS[0]), date(DAYS[2]));
    let period = Period::new(Some(from), Some(to), date(0)).expect("three days");
    LuckPlan::new(period, &KINDS)
}

/// Reads and counts all rows.
async fn report(histories: Box<dyn OwnHistories>) -> u64 {
    let mut job = LuckJob::new(histories, plan());
    while job.step().await.expect("pages can be read") {}
    let report = job.report();
    let resets = [report.cube, report.potential].into_iter().flatten();
    let resets: u64 = resets.map(|of| of.attempts + of.unknown).sum();
    let stars = report.star_force.expect("asked for");
    resets + stars.attempts + stars.unknown
}

fn luck(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("threads can be started");
    let sandbox = runtime.block_on(async { Sandbox::start_local().expect("a free port") });
    let remote = || open(&sandbox);
    let pages = runtime.block_on(pages(remote()));
    let mut group = criterion.benchmark_group("luck report of 10,800 rows");
    group.sample_size(10);
    group.bench_function("counting", |bencher| {
        bencher.iter(|| {
            let pages = pages.clone();
            let answer = move |kind, at: &PageStart| {
                let found = pages
                    .iter()
                    .find(|(of, start, _)| (*of, start) == (kind, at));
                Ok(found.expect("a page that was read before").2.clone())
            };
            let rows = runtime.block_on(report(Box::new(MemoryHistories::new(answer))));
            assert_eq!(rows, ROWS);
        });
    });
    group.bench_function("calls and counting", |bencher| {
        bencher.iter(|| assert_eq!(runtime.block_on(report(remote())), ROWS));
    });
    group.finish();
}

/// Every page of the plan with its history and its start.
async fn pages(histories: Box<dyn OwnHistories>) -> Vec<(HistoryKind, PageStart, HistoryPage)> {
    let mut pages = Vec::new();
    for (day, kind) in DAYS.iter().flat_map(|day| KINDS.map(|kind| (day, kind))) {
        let mut at = Some(PageStart::Date(date(*day)));
        while let Some(start) = at {
            let page = histories.page(kind, &start).await.expect("a page");
            at = page.next.clone().map(PageStart::Cursor);
            pages.push((kind, start, page));
        }
    }
    pages
}

criterion_group!(benches, luck);
criterion_main!(benches);
