//! The connection: made without the server, lost and found again, and never waited for long.

use std::time::Duration;

use coordination_redis::{Error, Redis, RedisSnapshots, Settings};
use equipment::{Ocid, SharedCache};
use resilience::Jitter;
use testkit::{FaultProxy, Server, connections_to};

use crate::world::{Instance, PATIENT, tell, until};

#[tokio::test]
async fn invalid_address_is_refused_without_showing_it() {
    for url in ["", "canary", "http://canary", "redis://canary:x:y"] {
        let connected = Redis::connect(&Settings::new(url.to_owned()), Jitter::from_seed(1), || {});
        let error = connected.unwrap_err();
        assert!(matches!(error, Error::Address { .. }), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}

#[tokio::test]
async fn eviction_policy_is_read_from_the_server() {
    let server = Server::redis().unwrap();
    let instance = Instance::on(&server).await;
    let policy = async || instance.redis.eviction_policy().await.unwrap();
    assert_eq!(policy().await, "noeviction");
    tell(server.address(), "CONFIG SET maxmemory-policy allkeys-lru");
    assert_eq!(policy().await, "allkeys-lru");
}

#[tokio::test]
async fn connection_finds_a_server_that_starts_later() {
    let mut server = Server::redis().unwrap();
    server.kill();
    let url = server.url();
    let instance = Instance::begin(&url, "maple:", Duration::from_millis(500));
    assert!(instance.redis.ping().await.is_err(), "fails, and at once");
    until(async || instance.errors() > 2).await;
    server.restart().unwrap();
    instance.connected().await;
    instance.redis.ping().await.unwrap();
    instance.redis.close().await;
    assert!(instance.redis.ping().await.is_err());
}

#[tokio::test]
async fn calls_fail_and_count_while_the_server_is_killed() {
    let mut server = Server::redis().unwrap();
    let instance = Instance::on(&server).await;
    let snapshots = RedisSnapshots::new(instance.redis.clone());
    let ocid = Ocid::new("1f");
    assert_eq!(snapshots.snapshot(&ocid).await.unwrap(), None);
    // A crowded machine may have taken more than one try to connect.
    let before = instance.errors();

    server.kill();
    until(async || snapshots.snapshot(&ocid).await.is_err()).await;
    until(async || instance.errors() > before).await;
    server.restart().unwrap();
    until(async || snapshots.snapshot(&ocid).await.is_ok()).await;
}

#[tokio::test]
async fn calls_to_a_frozen_server_time_out_until_the_breaker_opens() {
    let mut server = Server::redis().unwrap();
    let instance = Instance::on(&server).await;
    let snapshots = RedisSnapshots::new(instance.redis.clone());
    let ocid = Ocid::new("1f");
    server.freeze();
    let is_left_alone = async || {
        let error = snapshots.snapshot(&ocid).await.unwrap_err();
        matches!(error.source.downcast_ref(), Some(Error::Suspended { .. }))
    };
    tokio::time::timeout(PATIENT, until(is_left_alone))
        .await
        .unwrap();
    server.thaw();
    until(async || snapshots.snapshot(&ocid).await.is_ok()).await;
}

/// The kernel says so of each connection.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn connections_to_the_server_send_without_delay() {
    let server = Server::redis().unwrap();
    let network = FaultProxy::start(server.address()).await.unwrap();
    let instance = Instance::through(&network).await;
    instance.redis.ping().await.unwrap();
    let connections = connections_to(network.address().port());
    assert!(!connections.is_empty());
    for connection in connections {
        assert!(connection.nodelay().unwrap(), "{connection:?}");
    }
}
