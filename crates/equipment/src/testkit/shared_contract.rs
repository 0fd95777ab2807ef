//! Contract of every shared cache, as a function that panics where it is broken.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::{Document, Ocid, SharedCache, SharedChange, Snapshot, SnapshotVersion};

const LONG: Duration = Duration::from_hours(1);

/// The contract of [`SharedCache`], on a cache that holds nothing yet.
///
/// `pass` makes a time pass for the cache, or waits for it; `short` is as long as it need be for
/// the cache to tell apart what has ended.
pub async fn shared_cache_contract(
    cache: &dyn SharedCache,
    short: Duration,
    pass: impl AsyncFn(Duration),
) {
    a_snapshot_comes_back_as_it_was(cache).await;
    an_older_snapshot_replaces_nothing(cache).await;
    what_was_put_is_told(cache).await;

    cache.put(&snapshot("d", 0, b"d"), short).await.unwrap();
    assert!(kept(cache, "d").await.is_some());
    pass(short).await;
    assert_eq!(kept(cache, "d").await, None, "its time is over");
}

async fn a_snapshot_comes_back_as_it_was(cache: &dyn SharedCache) {
    assert_eq!(kept(cache, "a").await, None);
    let saved = snapshot("a", 0, b"worn");
    cache.put(&saved, LONG).await.expect("puts");
    assert_eq!(kept(cache, "a").await, Some(saved));
    assert_eq!(kept(cache, "A").await, None, "every byte counts");
}

async fn an_older_snapshot_replaces_nothing(cache: &dyn SharedCache) {
    let newest = snapshot("b", 1, b"new");
    cache.put(&newest, LONG).await.expect("puts");
    cache.put(&snapshot("b", 0, b"old"), LONG).await.unwrap();
    assert_eq!(kept(cache, "b").await, Some(newest));
}

async fn what_was_put_is_told(cache: &dyn SharedCache) {
    let mut changes = cache.changes();
    let put = snapshot("c", 7, b"worn");
    cache.put(&put, LONG).await.expect("puts");
    // What was put before may still be on its way.
    let expected = SharedChange::Put(SnapshotVersion::of(&put));
    while changes.recv().await.expect("is notified") != expected {}
}

async fn kept(cache: &dyn SharedCache, ocid: &str) -> Option<Snapshot> {
    cache.snapshot(&Ocid::new(ocid)).await.expect("reads")
}

fn snapshot(ocid: &str, second: i64, document: &[u8]) -> Snapshot {
    let start = Timestamp::new(1_760_000_000, 123_456_000).expect("is in range");
    Snapshot {
        ocid: Ocid::new(ocid),
        fetched_at: start + SignedDuration::from_secs(second),
        document: Document::compress(document).expect("is small"),
    }
}
