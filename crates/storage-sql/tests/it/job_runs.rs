//! Each tick of a job is begun once, whoever tries, and the latest run is remembered.

use futures_util::future::join_all;
use jiff::Timestamp;
use kernel::{Fence, Fences};
use schedule::LastRun;
use storage_sql::{Database, FenceRefusal};
use testkit::TestDatabase;

on_each_engine!(
    of_many_instances_one_begins_a_tick,
    an_earlier_tick_is_never_begun_after_a_later_one,
    the_latest_run_is_remembered_and_an_earlier_one_changes_nothing,
    a_holder_that_was_overtaken_begins_and_ends_nothing,
);

fn at(seconds: i64) -> Timestamp {
    Timestamp::new(1_760_000_000 + seconds, 123_456_000).unwrap()
}

/// What a new holder of the lock of a job gets.
async fn fence(database: &Database, name: &str) -> Fence {
    let token = database.fences().raise(name).await.unwrap();
    let name = name.to_owned();
    Fence { name, token }
}

async fn of_many_instances_one_begins_a_tick(database: TestDatabase) {
    let open = database.open().await;
    let (runs, fence) = (open.job_runs(), fence(&open, "job:purge").await);
    for tick in [7, 8] {
        let instances: Vec<_> = (0..8).map(|i| format!("instance-{i}")).collect();
        let tries = instances
            .iter()
            .map(|name| runs.begin("purge", tick, name, at(tick), &fence));
        let begun = join_all(tries).await.into_iter().map(Result::unwrap);
        assert_eq!(begun.filter(|&begun| begun).count(), 1, "tick {tick}");
    }
    assert!(
        runs.begin("other", 7, "instance-0", at(0), &fence)
            .await
            .unwrap()
    );
}

async fn an_earlier_tick_is_never_begun_after_a_later_one(database: TestDatabase) {
    let open = database.open().await;
    let (runs, fence) = (open.job_runs(), fence(&open, "job:purge").await);
    assert!(runs.begin("purge", 9, "a", at(0), &fence).await.unwrap());
    assert!(!runs.begin("purge", 8, "b", at(1), &fence).await.unwrap());
    assert!(
        !runs.begin("purge", 9, "a", at(2), &fence).await.unwrap(),
        "not even by itself"
    );
    assert_eq!(
        runs.latest("purge").await.unwrap().unwrap().started_at,
        at(0)
    );
}

async fn the_latest_run_is_remembered_and_an_earlier_one_changes_nothing(database: TestDatabase) {
    let open = database.open().await;
    let (runs, fence) = (open.job_runs(), fence(&open, "job:purge").await);
    assert_eq!(runs.latest("purge").await.unwrap(), None);
    runs.begin("purge", 1, "a", at(0), &fence).await.unwrap();
    assert!(
        runs.end("purge", 1, at(1), Err("no disk"), &fence)
            .await
            .unwrap()
    );
    let failed = LastRun {
        tick: 1,
        instance: "a".to_owned(),
        started_at: at(0),
        ended: Some((at(1), false)),
        report: Some("no disk".to_owned()),
    };
    assert_eq!(runs.latest("purge").await.unwrap(), Some(failed));

    runs.begin("purge", 2, "b", at(60), &fence).await.unwrap();
    assert!(
        !runs
            .end("purge", 1, at(61), Ok("late"), &fence)
            .await
            .unwrap()
    );
    let running = runs.latest("purge").await.unwrap().unwrap();
    assert_eq!((running.ended, running.report), (None, None));
    let long = "가".repeat(2_000);
    assert!(
        runs.end("purge", 2, at(62), Ok(&long), &fence)
            .await
            .unwrap()
    );
    let ended = runs.latest("purge").await.unwrap().unwrap();
    assert_eq!(ended.ended, Some((at(62), true)));
    assert_eq!(ended.report.unwrap().chars().count(), 1_000);
}

/// As of a process that was stopped for longer than its lease, with a clock that is ahead: its tick
/// is later than the other's.
async fn a_holder_that_was_overtaken_begins_and_ends_nothing(database: TestDatabase) {
    let open = database.open().await;
    let runs = open.job_runs();
    let early = fence(&open, "job:purge").await;
    assert!(runs.begin("purge", 1, "a", at(0), &early).await.unwrap());
    let late = fence(&open, "job:purge").await;
    let refused = [
        runs.begin("purge", 9, "a", at(1), &early).await,
        runs.end("purge", 1, at(1), Ok("done"), &early).await,
    ];
    for refused in refused {
        assert!(
            matches!(refused, Err(FenceRefusal::Stale(_))),
            "{refused:?}"
        );
    }
    let latest = runs.latest("purge").await.unwrap().unwrap();
    assert_eq!((latest.tick, latest.ended), (1, None));
    assert!(runs.begin("purge", 2, "b", at(2), &late).await.unwrap());
    let other = fence(&open, "job:other").await;
    assert!(runs.begin("other", 1, "a", at(3), &other).await.unwrap());
}
