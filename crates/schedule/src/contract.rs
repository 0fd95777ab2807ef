//! Contract of tick stores: a tick is begun once, a stale holder writes nothing, and the latest run
//! is remembered.

use futures_util::future::join_all;
use jiff::Timestamp;
use kernel::{Fence, Fences};

use crate::{LastRun, TickStore, TickStoreError};

/// Checks a tick store, and the fences that it checks its writes by. Its jobs and locks begin with
/// this prefix, so that a store may be shared.
///
/// # Panics
///
/// When the store breaks the contract of [`TickStore`].
pub async fn tick_store_contract(ticks: &dyn TickStore, fences: &dyn Fences, prefix: &str) {
    let of = |name: &str| format!("{prefix}{name}");
    one_of_many_begins_a_tick(ticks, fences, &of("many")).await;
    earlier_ticks_are_not_begun(ticks, fences, &of("early")).await;
    latest_run_is_remembered(ticks, fences, &of("latest")).await;
    stale_holder_writes_nothing(ticks, fences, &of("stale"), &of("other")).await;
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::new(1_760_000_000 + seconds, 123_456_000).expect("a time of this century")
}

/// Fence of a new holder of a job's lock.
async fn fence(fences: &dyn Fences, job: &str) -> Fence {
    let name = format!("job:{job}");
    let token = fences.raise(&name).await.expect("the fences work");
    Fence { name, token }
}

async fn latest(ticks: &dyn TickStore, job: &str) -> LastRun {
    let latest = ticks.latest(job).await.expect("the store works");
    latest.expect("a tick was begun")
}

async fn one_of_many_begins_a_tick(ticks: &dyn TickStore, fences: &dyn Fences, job: &str) {
    let fence = fence(fences, job).await;
    for tick in [7, 8] {
        let instances: Vec<_> = (0..8).map(|i| format!("instance-{i}")).collect();
        let tries = instances
            .iter()
            .map(|name| ticks.begin(job, tick, name, at(tick), &fence));
        let begun = join_all(tries).await.into_iter();
        let begun = begun.filter(|begun| *begun.as_ref().expect("the store works"));
        assert_eq!(begun.count(), 1, "tick {tick}");
    }
}

async fn earlier_ticks_are_not_begun(ticks: &dyn TickStore, fences: &dyn Fences, job: &str) {
    let fence = fence(fences, job).await;
    for (tick, instance, is_begun) in [(9, "a", true), (8, "b", false), (9, "a", false)] {
        let begun = ticks.begin(job, tick, instance, at(tick), &fence).await;
        assert_eq!(begun.expect("the store works"), is_begun, "{tick}");
    }
    assert_eq!(latest(ticks, job).await.started_at, at(9));
}

async fn latest_run_is_remembered(ticks: &dyn TickStore, fences: &dyn Fences, job: &str) {
    let fence = fence(fences, job).await;
    let none = ticks.latest(job).await.expect("the store works");
    assert_eq!(none, None);
    let begun = ticks.begin(job, 1, "a", at(0), &fence).await;
    assert!(begun.expect("the store works"));
    let ended = ticks.end(job, 1, at(1), Err("no disk"), &fence).await;
    ended.expect("the store works");
    let failed = LastRun {
        tick: 1,
        instance: "a".to_owned(),
        started_at: at(0),
        ended: Some((at(1), false)),
        report: Some("no disk".to_owned()),
    };
    assert_eq!(latest(ticks, job).await, failed);

    let begun = ticks.begin(job, 2, "b", at(60), &fence).await;
    assert!(begun.expect("the store works"));
    // The end of an earlier tick changes nothing.
    let late = ticks.end(job, 1, at(61), Ok("late"), &fence).await;
    late.expect("the store works");
    let running = latest(ticks, job).await;
    assert_eq!((running.ended, running.report), (None, None));
    let ended = ticks.end(job, 2, at(62), Ok("done"), &fence).await;
    ended.expect("the store works");
    let ended = latest(ticks, job).await;
    assert_eq!(ended.ended, Some((at(62), true)));
    assert_eq!(ended.report.as_deref(), Some("done"));
}

/// As of a process that was stopped for longer than its lease, with a clock that is ahead: its tick
/// is later than the other's.
async fn stale_holder_writes_nothing(
    ticks: &dyn TickStore,
    fences: &dyn Fences,
    job: &str,
    other: &str,
) {
    let early = fence(fences, job).await;
    let begun = ticks.begin(job, 1, "a", at(0), &early).await;
    assert!(begun.expect("the store works"));
    let late = fence(fences, job).await;
    let begun = ticks.begin(job, 9, "a", at(1), &early).await;
    assert!(
        matches!(begun, Err(TickStoreError::Overtaken(_))),
        "{begun:?}"
    );
    let ended = ticks.end(job, 1, at(1), Ok("done"), &early).await;
    assert!(
        matches!(ended, Err(TickStoreError::Overtaken(_))),
        "{ended:?}"
    );
    let kept = latest(ticks, job).await;
    assert_eq!((kept.tick, kept.ended), (1, None));
    let begun = ticks.begin(job, 2, "b", at(2), &late).await;
    assert!(begun.expect("the store works"));
    let fence = fence(fences, other).await;
    let begun = ticks.begin(other, 1, "a", at(3), &fence).await;
    assert!(
        begun.expect("the store works"),
        "each job has its own ticks"
    );
}
