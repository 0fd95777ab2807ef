//! Instances over one Redis.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use coordination_redis::{Redis, RedisLock, Settings};
use kernel::{SystemClock, TimeOrderedIds};
use resilience::Jitter;
use testkit::{FaultProxy, Server, servers};

/// Longer than anything here takes on a busy machine.
pub(crate) const PATIENT: Duration = Duration::from_secs(30);

/// A prefix that no other test has, so that tests can share a server.
pub(crate) fn prefix() -> String {
    format!("test:{:016x}:", RandomState::new().hash_one(0))
}

/// An instance's connection, and how many errors it was told of.
pub(crate) struct Instance {
    pub(crate) redis: Redis,
    errors: Arc<AtomicU32>,
}

impl Instance {
    /// On the server that tests share.
    pub(crate) async fn sharing(prefix: &str) -> Self {
        let instance = Self::begin(servers::redis_url(), prefix, PATIENT);
        instance.connected().await;
        instance
    }

    /// On a server of the test's own, whose answers are not waited for long.
    pub(crate) async fn on(server: &Server) -> Self {
        let instance = Self::begin(&server.url(), "maple:", Duration::from_millis(500));
        instance.connected().await;
        instance
    }

    /// The same, over a network that can fail.
    pub(crate) async fn through(network: &FaultProxy) -> Self {
        let url = format!("redis://{}", network.address());
        let instance = Self::begin(&url, "maple:", Duration::from_millis(500));
        instance.connected().await;
        instance
    }

    pub(crate) fn begin(url: &str, prefix: &str, command_timeout: Duration) -> Self {
        let errors = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&errors);
        let settings = Settings {
            prefix: prefix.to_owned(),
            command_timeout,
            ..Settings::new(url.to_owned())
        };
        let redis = Redis::connect(&settings, Jitter::from_seed(1), move || {
            counted.fetch_add(1, Ordering::Relaxed);
        });
        Self {
            redis: redis.unwrap(),
            errors,
        }
    }

    pub(crate) async fn connected(&self) {
        let connected = tokio::time::timeout(PATIENT, self.redis.connected()).await;
        connected.expect("the server is there");
    }

    pub(crate) fn errors(&self) -> u32 {
        self.errors.load(Ordering::Relaxed)
    }

    pub(crate) fn lock(&self, lease: Duration) -> RedisLock {
        RedisLock::new(self.redis.clone(), ids(), lease)
    }
}

pub(crate) fn ids() -> Arc<TimeOrderedIds> {
    Arc::new(TimeOrderedIds::new(Arc::new(SystemClock)))
}

/// Sends a command to a Redis over a connection of its own; the first line it answers.
pub(crate) fn tell(address: SocketAddr, command: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "{command}\r\n").unwrap();
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).unwrap();
    answer.trim().to_owned()
}

/// Waits until something holds, for as long as anything may take.
pub(crate) async fn until(mut holds: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENT, wait)
        .await
        .expect("it holds in time");
}
