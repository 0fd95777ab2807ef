//! Locks of the database, and fences in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use kernel::{FallbackLock, Fence, Fenced, LockError, MemoryLock, fences_contract, lock_contract};
use schedule::{TickStore, TickStoreError};
use testkit::{Server, TestDatabase};

on_each_engine!(
    locks_keep_the_contract,
    fences_keep_the_contract,
    a_holder_that_was_overtaken_writes_no_more,
);

const PATIENT: Duration = Duration::from_secs(30);

async fn locks_keep_the_contract(database: TestDatabase) {
    let here = database.open().await.lock();
    // On SQLite another process is no other instance, but another file.
    let there = Arc::clone(&here);
    lock_contract(&*here, &*there, "").await;
}

/// A fence is checked where something is written under it: here, by the begin of a tick.
async fn fences_keep_the_contract(database: TestDatabase) {
    let open = database.open().await;
    let (runs, tick) = (open.job_runs(), AtomicI64::new(0));
    let check = async |fence: &Fence| {
        let tick = tick.fetch_add(1, Ordering::Relaxed);
        let begun = runs.begin("job", tick, "instance", Timestamp::UNIX_EPOCH, fence);
        match begun.await {
            Ok(_) => Ok(()),
            Err(TickStoreError::Overtaken(stale)) => Err(stale),
            Err(TickStoreError::Failed(error)) => panic!("the database works: {error}"),
        }
    };
    fences_contract(&open.fences(), check, "").await;
}

async fn a_holder_that_was_overtaken_writes_no_more(database: TestDatabase) {
    let open = database.open().await;
    let redis = MemoryLock::default();
    let lock = FallbackLock::new(Arc::new(redis.clone()), open.lock());
    let fenced = Fenced::new(Arc::new(lock), Arc::new(open.fences()));
    let early = fenced.acquire("job", PATIENT).await.unwrap();
    let write = async |tick, fence| {
        let runs = open.job_runs();
        runs.begin("job", tick, "instance", Timestamp::UNIX_EPOCH, fence)
            .await
    };
    assert!(write(1, early.fence()).await.unwrap());
    // Redis goes away: while `early` holds its lock the database gives it to another.
    redis.set_away(true);
    let late = fenced.acquire("job", PATIENT).await.unwrap();
    let refused = write(2, early.fence()).await.unwrap_err();
    assert!(matches!(refused, TickStoreError::Overtaken(_)), "{refused}");
    assert!(write(2, late.fence()).await.unwrap());
}

#[tokio::test]
async fn instances_share_the_locks_of_one_database_and_of_no_other() {
    let (database, other) = (TestDatabase::mysql().await, TestDatabase::mysql().await);
    let (here, there) = (database.open().await.lock(), database.open().await.lock());
    lock_contract(&*here, &*there, "").await;
    let lease = here.acquire("a", PATIENT).await.unwrap();
    drop(
        other
            .open()
            .await
            .lock()
            .acquire("a", Duration::ZERO)
            .await
            .unwrap(),
    );
    drop(lease);
}

#[tokio::test]
async fn killed_database_loses_the_lease_and_cannot_be_asked() {
    let mut server = Server::mariadb().unwrap();
    let database = TestDatabase::on(&server.url()).await;
    let lock = database.open().await.lock();
    let lease = lock.acquire("a", PATIENT).await.unwrap();
    server.kill();
    let lost = tokio::time::timeout(PATIENT, lease.lost().cancelled()).await;
    lost.expect("it is lost");
    let away = lock.acquire("a", PATIENT).await;
    assert!(matches!(away, Err(LockError::Unreachable(_))), "{away:?}");
    server.restart().unwrap();
    drop(lock.acquire("a", PATIENT).await.expect("is free"));
}
