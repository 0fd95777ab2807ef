//! Incidents of three servers: one for what all of them see, and none for what is no incident.

use std::time::Duration;

use futures_util::future::join_all;
use nexon_sandbox::{Fault, FaultRule};
use storage_sql::testkit::execute;
use testkit::{Server, TestDatabase};

use crate::cluster::Cluster;
use crate::instance::Instance;
use crate::scale::Scale;

/// Calls that the upstream lets through in a second.
const PER_SECOND: usize = 50;

/// Names that nobody has asked for, asked for at once.
const BURST: usize = 300;

/// Number of times that an incident has begun or is over, as all servers have logged it.
fn told(cluster: &Cluster, state: &str, incident: &str) -> usize {
    let lines = |instance: &Instance| lines_of(instance, state, incident).len();
    cluster.instances.iter().map(lines).sum()
}

/// Lines of an instance's log that say so of the incident.
fn lines_of(instance: &Instance, state: &str, incident: &str) -> Vec<String> {
    let log = instance.service.log();
    let incident = format!("\"incident\":\"{incident}\"");
    let told = log
        .lines()
        .filter(|line| line.contains(state) && line.contains(&incident));
    told.map(str::to_owned).collect()
}

/// Asserts that no server has begun an incident of the upstream.
fn assert_no_incident(cluster: &Cluster, after: &str) {
    for instance in &cluster.instances {
        let begun = lines_of(instance, BEGAN, UPSTREAM);
        assert!(
            begun.is_empty(),
            "{after}: {begun:?}\n{}",
            instance.service.log()
        );
    }
}

const BEGAN: &str = "an incident began";
const UPSTREAM: &str = "upstream-unavailable";

/// Asks for so many strangers at once; each is answered or told when to come back. How many were
/// answered.
async fn ask_strangers(cluster: &Cluster, kind: &str, count: usize) -> usize {
    let asked = (0..count).map(async |number| {
        let path = format!("/api/v1/characters/{kind}{number}/equipment");
        let answer = cluster.balancer.get(&path).await.unwrap();
        match answer.status().as_u16() {
            200 => true,
            429 | 503 => {
                let headers = answer.headers();
                assert!(headers.contains_key("retry-after"), "{path}: {headers:?}");
                false
            }
            status => panic!("{path}: {status}: {}", answer.text().await.unwrap()),
        }
    });
    join_all(asked)
        .await
        .into_iter()
        .filter(|&known| known)
        .count()
}

/// Asks every server for strangers, which the upstream refuses, until each sees its breaker open.
async fn until_breakers_are_open(cluster: &Cluster) {
    let open = async {
        for number in 0.. {
            for instance in &cluster.instances {
                let path = format!("/api/v1/characters/open{number}/equipment");
                assert_eq!(instance.get(&path).await.unwrap().status(), 503);
            }
            let others = told(cluster, "that another has reported", "upstream-open");
            if others == cluster.instances.len() - 1 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let open = tokio::time::timeout(Duration::from_mins(1), open).await;
    open.expect("each server sees its breaker open");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn upstream_incident_is_one_for_three_servers_and_about_the_upstream_only() {
    let scale = Scale::from_environment();
    let rounds = scale.pick(1, 20);
    let redis = Server::redis().unwrap();
    let database = TestDatabase::mysql().await;
    let settings = [
        ("MAPLE__REQUEST__DEADLINE_MS", "3000"),
        ("MAPLE__NEXON__QUOTA_PER_SECOND", "50"),
        ("MAPLE__NEXON__QUOTA_KEPT_PERCENT", "0"),
        ("MAPLE__DATABASE__ACQUIRE_TIMEOUT_MS", "500"),
        ("MAPLE__DATABASE__STATEMENT_TIMEOUT_MS", "500"),
        ("MAPLE__NEXON__FETCHES_PER_CLIENT_PER_MINUTE", "100000"),
        ("MAPLE__LOG_FORMAT", "json"),
    ];
    let cluster = Cluster::with_quota(&database, &redis.url(), PER_SECOND, &settings).await;
    // Each has it in memory: what is known is answered whatever the database does.
    cluster.ask_each("/api/v1/characters/first/equipment").await;
    let mut answered = 0;
    for round in 0..rounds {
        // Three calls of 1.5 s each take longer than the deadline, and go on after it.
        cluster.sandbox.set_faults(vec![FaultRule::slow(1_500)]);
        ask_strangers(&cluster, &format!("s{round}x"), 12).await;
        cluster.sandbox.set_faults(Vec::new());
        assert_no_incident(&cluster, "a slow upstream");

        answered += ask_strangers(&cluster, &format!("c{round}x"), BURST).await;
        assert_no_incident(&cluster, "a cold burst");

        // The tables are locked for as long as the statement in the middle takes.
        let locked = [
            "LOCK TABLES game_character WRITE, equipment_snapshot WRITE",
            "DO SLEEP(3)",
            "UNLOCK TABLES",
        ];
        let strangers = format!("l{round}x");
        let (locked, _, _) = tokio::join!(
            execute(database.url(), &locked),
            ask_strangers(&cluster, &strangers, 6),
            cluster.ask_each("/api/v1/characters/first/equipment"),
        );
        locked.unwrap();
        assert_no_incident(&cluster, "a locked database");
    }

    cluster
        .sandbox
        .set_faults(vec![FaultRule::always(Fault::ApiMaintenance)]);
    let failed = join_all(cluster.instances.iter().map(async |instance| {
        let answer = instance.get("/api/v1/characters/gone/equipment").await;
        answer.unwrap().status()
    }));
    assert!(failed.await.iter().all(|status| *status == 503));
    let seen = async {
        // Each of the others says that it sees what another has reported.
        while told(&cluster, "that another has reported", UPSTREAM) < 2 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let seen = tokio::time::timeout(Duration::from_mins(1), seen).await;
    seen.expect("each server sees it");
    assert_eq!(told(&cluster, BEGAN, UPSTREAM), 1);
    scale.row(
        "incidents",
        format!("three servers: 12 strangers at 1.5 s a call, {BURST} at once at {PER_SECOND}/s, and 6 with the tables locked, {rounds} times; then maintenance"),
        format!("{answered} of the burst answered, the others told when; no incident but the one of the maintenance, reported once for all"),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn open_breakers_of_three_servers_are_one_incident() {
    let redis = Server::redis().unwrap();
    let database = TestDatabase::mysql().await;
    let settings = [
        ("MAPLE__ALERTS__EVERY_MS", "200"),
        ("MAPLE__LOG_FORMAT", "json"),
    ];
    let cluster = Cluster::start(&database, &redis.url(), &settings).await;
    cluster
        .sandbox
        .set_faults(vec![FaultRule::always(Fault::InternalError)]);
    until_breakers_are_open(&cluster).await;
    assert_eq!(told(&cluster, BEGAN, "upstream-open"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn start_with_a_healthy_redis_begins_no_incident_and_an_outage_right_after_begins_one() {
    let mut redis = Server::redis().unwrap();
    let database = TestDatabase::mysql().await;
    let settings = [
        ("MAPLE__ALERTS__EVERY_MS", "200"),
        ("MAPLE__LOG_FORMAT", "json"),
    ];
    let cluster = Cluster::start(&database, &redis.url(), &settings).await;
    for instance in &cluster.instances {
        assert!(instance.metric("maple_redis_failing").await < 0.5);
        assert!(instance.metric("maple_redis_connection_errors_total").await < 0.5);
    }
    assert_eq!(told(&cluster, BEGAN, "redis-unavailable"), 0);
    tokio::task::block_in_place(|| redis.kill());
    let began = async {
        while told(&cluster, BEGAN, "redis-unavailable") < 3 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let began = tokio::time::timeout(Duration::from_mins(1), began).await;
    began.expect("each instance reports its own connection");
    tokio::task::block_in_place(|| redis.restart()).unwrap();
    let over = async {
        while told(&cluster, "an incident is resolved", "redis-unavailable") < 3 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let over = tokio::time::timeout(Duration::from_mins(1), over).await;
    over.expect("it is over with its cause");
    assert_eq!(told(&cluster, BEGAN, "redis-unavailable"), 3);
}
