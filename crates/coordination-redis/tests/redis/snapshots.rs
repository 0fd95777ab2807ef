//! Snapshots that instances share.

use std::time::Duration;

use coordination_redis::{Error, RedisSnapshots};
use equipment::testkit::shared_cache_contract;
use equipment::{Document, Ocid, SharedCache, SharedChange, Snapshot, SnapshotVersion};
use jiff::Timestamp;
use testkit::Server;
use tokio::sync::broadcast::Receiver;
use tokio::time::timeout;

use crate::world::{Instance, PATIENT, prefix, tell};

const LONG: Duration = Duration::from_hours(1);

#[tokio::test]
async fn redis_keeps_the_contract() {
    let instance = Instance::sharing(&prefix()).await;
    let snapshots = RedisSnapshots::new(instance.redis.clone());
    let short = Duration::from_secs(1);
    shared_cache_contract(&snapshots, short, async |time| {
        tokio::time::sleep(time).await;
    })
    .await;
}

fn snapshot(ocid: &str, second: i64, document: &[u8]) -> Snapshot {
    Snapshot {
        ocid: Ocid::new(ocid),
        fetched_at: Timestamp::from_second(1_760_000_000 + second).unwrap(),
        document: Document::compress(document).unwrap(),
    }
}

/// Reads until the expected change is announced.
async fn told(changes: &mut Receiver<SharedChange>, expected: &SharedChange) {
    let wait = async { while changes.recv().await.unwrap() != *expected {} };
    timeout(PATIENT, wait)
        .await
        .expect("the change is announced");
}

#[tokio::test]
async fn snapshots_are_shared_and_announced() {
    let prefix = prefix();
    let (one, two) = (
        Instance::sharing(&prefix).await,
        Instance::sharing(&prefix).await,
    );
    let one = RedisSnapshots::new(one.redis.clone());
    let two = RedisSnapshots::new(two.redis.clone());
    let mut changes = two.changes();
    let put = snapshot("a", 0, b"worn");
    one.put(&put, LONG).await.unwrap();
    told(&mut changes, &SharedChange::Put(SnapshotVersion::of(&put))).await;
    assert_eq!(two.snapshot(&put.ocid).await.unwrap(), Some(put));
}

#[tokio::test]
async fn snapshots_above_the_bound_are_evicted_by_earliest_expiry() {
    let instance = Instance::sharing(&prefix()).await;
    let snapshots = RedisSnapshots::new(instance.redis.clone()).at_most(3);
    for (second, ocid) in (0..).zip(["a", "b", "c", "d", "a", "e"]) {
        let ttl = LONG + Duration::from_secs(second);
        let second = i64::try_from(second).unwrap();
        snapshots
            .put(&snapshot(ocid, second, b"worn"), ttl)
            .await
            .unwrap();
    }
    for (ocid, is_kept) in [
        ("a", true),
        ("b", false),
        ("c", false),
        ("d", true),
        ("e", true),
    ] {
        let kept = snapshots.snapshot(&Ocid::new(ocid)).await.unwrap();
        assert_eq!(kept.is_some(), is_kept, "{ocid}");
    }
}

#[tokio::test]
async fn oversized_document_replaces_the_older_one_and_is_announced() {
    let instance = Instance::sharing(&prefix()).await;
    let snapshots = RedisSnapshots::new(instance.redis.clone());
    snapshots
        .put(&snapshot("a", 0, b"worn"), LONG)
        .await
        .unwrap();
    let mut changes = snapshots.changes();
    let noise: Vec<u8> = (0..400_000_u32)
        .map(|n| (n.wrapping_mul(n).wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let large = Snapshot {
        document: Document::from_stored(Document::compress(&noise).unwrap().hash(), noise.into()),
        ..snapshot("a", 1, b"")
    };
    snapshots.put(&large, LONG).await.unwrap();
    told(
        &mut changes,
        &SharedChange::Put(SnapshotVersion::of(&large)),
    )
    .await;
    assert_eq!(snapshots.snapshot(&large.ocid).await.unwrap(), None);
}

#[tokio::test]
async fn foreign_data_is_an_error_that_names_the_key() {
    let server = Server::redis().unwrap();
    let snapshots = RedisSnapshots::new(Instance::on(&server).await.redis.clone());
    for (fields, problem) in [
        ("at 1", "a part is missing"),
        (
            "at x hash 0123456789abcdef0123456789abcdef body b",
            "its time is not",
        ),
        ("at 1 hash short body b", "its hash is not"),
    ] {
        tell(server.address(), "DEL maple:snapshot:a");
        tell(server.address(), &format!("HSET maple:snapshot:a {fields}"));
        let error = snapshots.snapshot(&Ocid::new("a")).await.unwrap_err();
        let source = error.source.downcast_ref::<Error>().unwrap().to_string();
        assert!(
            source.contains("maple:snapshot:a") && source.contains(problem),
            "{source}"
        );
    }
}

#[tokio::test]
async fn reconnected_subscriber_learns_that_it_missed_messages() {
    let mut server = Server::redis().unwrap();
    let instance = Instance::on(&server).await;
    let mut changes = RedisSnapshots::new(instance.redis.clone()).changes();
    server.restart().unwrap();
    told(&mut changes, &SharedChange::Missed).await;
    let put = snapshot("a", 0, b"worn");
    let other = RedisSnapshots::new(Instance::on(&server).await.redis.clone());
    other.put(&put, LONG).await.unwrap();
    told(&mut changes, &SharedChange::Put(SnapshotVersion::of(&put))).await;
}
