//! R16 and R17: what three servers ask of the upstream together.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use kernel::{Clock, SystemClock};
use nexon_sandbox::FaultRule;
use testkit::{Server, TestDatabase};
use tokio::time::Instant;

use crate::cluster::Cluster;
use crate::scale::Scale;

#[tokio::test]
async fn thousand_cold_requests_over_three_servers_make_one_upstream_fetch_set() {
    const REQUESTS: usize = 1_000;
    // Each has a connection of its own; many systems grant a thousand in all unless asked.
    rlimit::increase_nofile_limit(4 * REQUESTS as u64).unwrap();
    let scale = Scale::from_environment();
    let characters = scale.pick(1, 20);
    let redis = Server::redis().unwrap();
    let database = TestDatabase::mysql().await;
    let cluster = Cluster::start(&database, &redis.url(), &[]).await;
    // Long enough for all of them to come before the first is answered.
    cluster.sandbox.set_faults(vec![FaultRule::slow(500)]);
    for character in 0..characters {
        let path = format!("/api/v1/characters/cold{character}/expectation");
        let before = cluster.sandbox.counters();
        let answers = join_all((0..REQUESTS).map(|_| cluster.balancer.get(&path))).await;
        let mut bodies = HashSet::new();
        for answer in answers {
            let answer = answer.unwrap();
            assert_eq!(answer.status(), 200);
            bodies.insert(answer.bytes().await.unwrap());
        }
        assert_eq!(cluster.asked_since(before), [1, 1, 1]);
        assert_eq!(bodies.len(), 1, "all were given the same bytes");
    }
    scale.row(
        "R16",
        format!("{REQUESTS} requests at once over three servers for a character nobody knows, {characters} times"),
        "one upstream fetch set each time; every answer the same",
    );
}

#[tokio::test]
async fn three_servers_use_all_of_the_quota_and_no_more() {
    const PER_SECOND: usize = 5;
    const CLIENTS: usize = 12;
    let scale = Scale::from_environment();
    let per_day = scale.pick(60, 1_000);
    let redis = Server::redis().unwrap();
    let database = TestDatabase::mysql().await;
    let quota = [
        ("MAPLE__NEXON__QUOTA_PER_SECOND", PER_SECOND.to_string()),
        ("MAPLE__NEXON__QUOTA_PER_DAY", per_day.to_string()),
        ("MAPLE__NEXON__QUOTA_KEPT_PERCENT", "0".to_owned()),
        ("MAPLE__NEXON__CLIENT_DAY_PERCENT", "100".to_owned()),
        ("MAPLE__NEXON__TIMEOUT_MS", "2000".to_owned()),
    ];
    let quota = quota.each_ref().map(|(key, value)| (*key, value.as_str()));
    let cluster = Cluster::with_quota(&database, &redis.url(), PER_SECOND, &quota).await;
    let day = today();
    let (begin, first) = (Instant::now(), cluster.sandbox.counters().total());
    let stranger = AtomicU64::new(0);
    // Each asks for one stranger after another, as long as there is something left of the day.
    let clients = (0..CLIENTS).map(async |_| {
        while cluster.sandbox.counters().total() < per_day {
            let number = stranger.fetch_add(1, Ordering::Relaxed);
            let path = format!("/api/v1/characters/far{number}/equipment");
            let answer = cluster.balancer.get(&path).await.unwrap();
            match answer.status().as_u16() {
                200 => {}
                429 | 503 => tokio::time::sleep(Duration::from_millis(100)).await,
                status => panic!("{status}: {}", answer.text().await.unwrap()),
            }
        }
    });
    join_all(clients).await;
    let took = begin.elapsed();
    for instance in &cluster.instances {
        let answer = instance.get("/api/v1/characters/late/equipment").await;
        assert_eq!(answer.unwrap().status(), 429, "the day is spent");
    }
    let counters = cluster.sandbox.counters();
    assert_eq!(counters.over_quota, 0, "{counters:?}");
    // A run over midnight in Korea has a second day to spend.
    if day == today() {
        assert_eq!(counters.total(), per_day, "{counters:?}");
    }
    scale.row(
        "R17",
        format!(
            "{CLIENTS} clients ask three servers for strangers, {PER_SECOND}/s and {per_day}/day"
        ),
        format!(
            "{} calls at {:.2}/s, none over the quota of any second; the day used to its last call",
            counters.total(),
            (counters.total() - first) as f64 / took.as_secs_f64(),
        ),
    );
}

/// The day in Korea.
fn today() -> jiff::civil::Date {
    let korea = jiff::tz::Offset::constant(9);
    korea.to_datetime(SystemClock.now()).date()
}
