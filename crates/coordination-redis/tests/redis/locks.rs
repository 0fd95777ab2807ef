//! Locks in Redis.

use std::time::Duration;

use kernel::{Lease, Lock, LockError, lock_contract};
use testkit::Server;
use tokio::time::{Instant, timeout};

use crate::world::{Instance, PATIENT, prefix, tell, until};

/// Long enough for a busy machine to renew it.
const LEASE: Duration = Duration::from_secs(6);

#[tokio::test]
async fn instances_keep_the_contract() {
    let prefix = prefix();
    let (here, there) = (
        Instance::sharing(&prefix).await,
        Instance::sharing(&prefix).await,
    );
    lock_contract(&here.lock(PATIENT), &there.lock(PATIENT), "").await;
}

#[tokio::test]
async fn lease_lives_as_long_as_it_is_held() {
    let prefix = prefix();
    let lock = Instance::sharing(&prefix)
        .await
        .lock(Duration::from_secs(1));
    let lease = lock.acquire("a", PATIENT).await.unwrap();
    // Three leases long somebody else tries to get it.
    let other = lock.acquire("a", Duration::from_secs(3)).await;
    assert!(
        lease.is_lost() || matches!(other, Err(LockError::Held { .. })),
        "{other:?}"
    );
}

/// Waits for a lease to be lost; for how long.
async fn lost_after(lease: &Lease) -> Duration {
    let start = Instant::now();
    timeout(PATIENT, lease.lost().cancelled())
        .await
        .expect("it is lost");
    start.elapsed()
}

#[tokio::test]
async fn lost_key_is_noticed_within_a_third_of_the_lease() {
    let server = Server::redis().unwrap();
    let lock = Instance::on(&server).await.lock(LEASE);
    let lease = lock.acquire("a", PATIENT).await.unwrap();
    assert_eq!(tell(server.address(), "FLUSHALL"), "+OK");
    let noticed = lost_after(&lease).await;
    assert!(noticed <= LEASE / 3, "{noticed:?}");
    drop(lock.acquire("a", PATIENT).await.expect("is free"));
}

#[tokio::test]
async fn takeover_is_noticed_and_the_new_holder_keeps_the_lock() {
    let server = Server::redis().unwrap();
    let instance = Instance::on(&server).await;
    let lock = instance.lock(LEASE);
    let lease = lock.acquire("a", PATIENT).await.unwrap();
    assert_eq!(tell(server.address(), "SET maple:lock:a another"), "+OK");
    lost_after(&lease).await;
    drop(lease);
    instance.redis.close().await;
    assert_eq!(
        tell(server.address(), "STRLEN maple:lock:a"),
        ":7",
        "still there"
    );
}

#[tokio::test]
async fn lease_on_a_frozen_server_is_lost_before_it_expires() {
    let mut server = Server::redis().unwrap();
    let instance = Instance::on(&server).await;
    let lock = instance.lock(LEASE);
    let lease = lock.acquire("a", PATIENT).await.unwrap();
    server.freeze();
    let noticed = lost_after(&lease).await;
    assert!(noticed <= LEASE, "{noticed:?}");
    let away = lock.acquire("a", PATIENT).await;
    assert!(matches!(away, Err(LockError::Unreachable(_))), "{away:?}");
    server.thaw();
    drop(lease);
    until(async || lock.acquire("a", Duration::ZERO).await.is_ok()).await;
}

#[tokio::test]
async fn lease_survives_a_restart_with_persisted_data() {
    let mut server = Server::durable_redis().unwrap();
    let instance = Instance::on(&server).await;
    let lock = instance.lock(PATIENT);
    let lease = lock.acquire("a", PATIENT).await.unwrap();
    server.restart().unwrap();
    instance.connected().await;
    let held = lock.acquire("a", Duration::ZERO).await;
    assert!(matches!(held, Err(LockError::Held { .. })), "{held:?}");
    assert!(!lease.is_lost());
}

#[tokio::test]
async fn lock_of_a_dead_holder_is_free_within_its_lease() {
    let server = Server::redis().unwrap();
    let lock = Instance::on(&server).await.lock(LEASE);
    // What a holder leaves behind that was killed.
    let left = tell(server.address(), "SET maple:lock:a dead PX 300");
    assert_eq!(left, "+OK");
    drop(lock.acquire("a", PATIENT).await.expect("its time is over"));
}

#[tokio::test]
async fn lock_is_released_when_the_response_was_lost() {
    let mut server = Server::redis().unwrap();
    let instance = Instance::on(&server).await;
    let lock = instance.lock(PATIENT);
    server.freeze();
    let lost = lock.acquire("a", PATIENT).await;
    assert!(matches!(lost, Err(LockError::Unreachable(_))), "{lost:?}");
    // Now it does what it was told while it was frozen.
    server.thaw();
    instance.connected().await;
    until(async || lock.acquire("a", Duration::ZERO).await.is_ok()).await;
}
