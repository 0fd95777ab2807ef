//! Each tick of a job is begun once, whoever tries, and the latest run is remembered.

mod common;

use futures_util::future::join_all;
use jiff::Timestamp;
use storage_sql::JobRun;
use testkit::TestDatabase;

on_each_engine!(
    of_many_instances_one_begins_a_tick,
    an_earlier_tick_is_never_begun_after_a_later_one,
    the_latest_run_is_remembered_and_an_earlier_one_changes_nothing,
);

fn at(seconds: i64) -> Timestamp {
    Timestamp::new(1_760_000_000 + seconds, 123_456_000).unwrap()
}

async fn of_many_instances_one_begins_a_tick(database: TestDatabase) {
    let runs = database.open().await.job_runs();
    for tick in [7, 8] {
        let instances: Vec<_> = (0..8).map(|i| format!("instance-{i}")).collect();
        let tries = instances
            .iter()
            .map(|name| runs.begin("purge", tick, name, at(tick)));
        let begun = join_all(tries).await.into_iter().map(Result::unwrap);
        assert_eq!(begun.filter(|&begun| begun).count(), 1, "tick {tick}");
    }
    assert!(runs.begin("other", 7, "instance-0", at(0)).await.unwrap());
}

async fn an_earlier_tick_is_never_begun_after_a_later_one(database: TestDatabase) {
    let runs = database.open().await.job_runs();
    assert!(runs.begin("purge", 9, "a", at(0)).await.unwrap());
    assert!(!runs.begin("purge", 8, "b", at(1)).await.unwrap());
    assert!(
        !runs.begin("purge", 9, "a", at(2)).await.unwrap(),
        "not even by itself"
    );
    assert_eq!(
        runs.latest("purge").await.unwrap().unwrap().started_at,
        at(0)
    );
}

async fn the_latest_run_is_remembered_and_an_earlier_one_changes_nothing(database: TestDatabase) {
    let runs = database.open().await.job_runs();
    assert_eq!(runs.latest("purge").await.unwrap(), None);
    runs.begin("purge", 1, "a", at(0)).await.unwrap();
    assert!(runs.end("purge", 1, at(1), Err("no disk")).await.unwrap());
    let failed = JobRun {
        tick: 1,
        instance: "a".to_owned(),
        started_at: at(0),
        ended: Some((at(1), false)),
        report: Some("no disk".to_owned()),
    };
    assert_eq!(runs.latest("purge").await.unwrap(), Some(failed));

    runs.begin("purge", 2, "b", at(60)).await.unwrap();
    assert!(!runs.end("purge", 1, at(61), Ok("late")).await.unwrap());
    let running = runs.latest("purge").await.unwrap().unwrap();
    assert_eq!((running.ended, running.report), (None, None));
    let long = "가".repeat(2_000);
    assert!(runs.end("purge", 2, at(62), Ok(&long)).await.unwrap());
    let ended = runs.latest("purge").await.unwrap().unwrap();
    assert_eq!(ended.ended, Some((at(62), true)));
    assert_eq!(ended.report.unwrap().chars().count(), 1_000);
}
