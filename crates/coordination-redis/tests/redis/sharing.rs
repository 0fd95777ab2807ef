//! Writes as probes, and what instances count and see together.

use std::num::NonZeroU32;
use std::time::Duration;

use alerts::SharedIncidents;
use coordination_redis::{RedisIncidents, RedisRateLimiter};
use kernel::chain;
use testkit::Server;

use crate::world::{Instance, prefix, tell, until};

#[tokio::test]
async fn write_probe_fails_by_name_on_a_full_server_and_on_a_replica() {
    let server = Server::redis().unwrap();
    let instance = Instance::on(&server).await;
    let redis = &instance.redis;
    redis.probe_write().await.unwrap();
    for (begin, reason, end) in [
        ("CONFIG SET maxmemory 1", "OOM", "CONFIG SET maxmemory 0"),
        ("REPLICAOF 127.0.0.1 1", "READONLY", "REPLICAOF NO ONE"),
    ] {
        assert_eq!(tell(server.address(), begin), "+OK");
        redis.ping().await.unwrap();
        let error = redis.probe_write().await.unwrap_err();
        assert!(chain(&error).contains(reason), "{error:?}");
        assert_eq!(tell(server.address(), end), "+OK");
        redis.probe_write().await.unwrap();
    }
}

#[tokio::test]
async fn append_only_file_is_asked_for() {
    for (server, is_kept) in [(Server::redis(), false), (Server::durable_redis(), true)] {
        let server = server.unwrap();
        let instance = Instance::on(&server).await;
        assert_eq!(instance.redis.is_append_only().await.unwrap(), is_kept);
        let fsync = if is_kept { "always" } else { "everysec" };
        assert_eq!(instance.redis.append_fsync().await.as_deref(), Some(fsync));
    }
}

#[tokio::test]
async fn commands_before_the_first_connection_are_no_errors_and_those_after_it_are() {
    let mut server = Server::redis().unwrap();
    let instance = Instance::begin(&server.url(), "maple:", Duration::from_millis(500));
    // The runtime has not run the connection's task yet.
    for _ in 0..3 {
        assert!(instance.redis.probe_write().await.is_err());
    }
    assert_eq!(instance.errors(), 0, "waiting for a connection is no error");
    instance.connected().await;
    assert_eq!(instance.errors(), 0);
    server.kill();
    until(async || instance.redis.probe_write().await.is_err()).await;
    until(async || instance.errors() > 0).await;
}

#[tokio::test]
async fn rate_limit_holds_over_two_instances() {
    let prefix = prefix();
    let instances = [
        Instance::sharing(&prefix).await,
        Instance::sharing(&prefix).await,
    ];
    // One comes back each minute, which is longer than this takes.
    let permits = NonZeroU32::new(3).unwrap();
    let limiters = instances
        .each_ref()
        .map(|it| RedisRateLimiter::per_minute(it.redis.clone(), "likes", permits));
    let mut left = Vec::new();
    for number in 0..3 {
        let taken = limiters[number % 2].take(&"ada").await.unwrap();
        left.push(taken.unwrap().0);
    }
    assert_eq!(left, [2, 1, 0]);
    for limiter in &limiters {
        let refused = limiter.take(&"ada").await.unwrap().unwrap_err();
        assert!(refused.wait <= Duration::from_secs(20), "{refused:?}");
    }
    assert!(limiters[0].take(&"bob").await.unwrap().is_ok());
}

#[tokio::test]
async fn incident_begins_with_the_first_instance_and_ends_with_the_last() {
    let prefix = prefix();
    let (one, two) = (
        Instance::sharing(&prefix).await,
        Instance::sharing(&prefix).await,
    );
    let one_sees = RedisIncidents::new(one.redis.clone(), "one");
    let two_sees = RedisIncidents::new(two.redis.clone(), "two");
    assert!(one_sees.see("upstream-unavailable").await.unwrap());
    assert!(!one_sees.see("upstream-unavailable").await.unwrap());
    assert!(!two_sees.see("upstream-unavailable").await.unwrap());
    assert!(two_sees.see("another").await.unwrap());
    assert!(!one_sees.leave("upstream-unavailable").await.unwrap());
    assert!(two_sees.leave("upstream-unavailable").await.unwrap());
    assert!(!two_sees.leave("upstream-unavailable").await.unwrap());
    assert!(
        two_sees.see("upstream-unavailable").await.unwrap(),
        "it begins anew"
    );
}
