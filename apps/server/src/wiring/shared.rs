//! State that instances share: in Redis where one is configured; else each process has its own.

use std::sync::Arc;
use std::time::Duration;

use alerts::{SharedAlerts, UPSTREAM_OPEN};
use anyhow::Context;
use coordination_redis::{
    LikeFlusher, Redis, RedisIncidents, RedisLock, RedisQuota, RedisSessions, RedisSnapshots,
    Settings, like_stream,
};
use equipment::{SharedCache, UPSTREAM_UNAVAILABLE};
use kernel::{AlertSink, Clock, FallbackLock, Ids, Lock, TimeOrderedIds};
use likes::{Backpressure, Committer, GroupCommit, MAX_WAITING, group_commit, group_commit_to};
use members::SharedSessions;
use nexon_http::{KST, local_quota};
use process::{WorkerScope, Workers};
use resilience::{Jitter, QuotaGate, QuotaSettings};
use storage_sql::Database;
use telemetry::{Gauge, Metrics};
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::health::WriteCheck;

/// Time for which a dead holder keeps a lock.
const LEASE: Duration = Duration::from_secs(10);

/// Time for which a dead instance keeps the others from fetching what it was fetching: about as
/// long as a fetch takes.
const FETCH_LEASE: Duration = Duration::from_secs(3);

/// Time between two readings of the stream of likes for its gauge.
const SHOW_EVERY: Duration = Duration::from_millis(250);

/// Services that instances share.
#[derive(Debug)]
pub(crate) struct SharedServices {
    redis: Option<Redis>,
    ids: Arc<dyn Ids>,
    clock: Arc<dyn Clock>,
    lock: Arc<dyn Lock>,
}

impl SharedServices {
    /// Begins to connect to the Redis that is configured, if one is, and does not wait for it.
    ///
    /// # Errors
    ///
    /// When its address cannot be used.
    pub(crate) fn connect(
        config: &Config,
        database: &Database,
        metrics: &Metrics,
        clock: &Arc<dyn Clock>,
        jitter: &Jitter,
    ) -> anyhow::Result<Self> {
        let errors = metrics.counter(
            "maple_redis_connection_errors_total",
            "Failures of the connection to Redis, and of commands over it.",
        );
        let redis = config.redis_url.as_ref().map(|url| {
            let settings = Settings::new(url.clone());
            Redis::connect(&settings, jitter.clone(), move || errors.inc())
        });
        let redis = redis.transpose().context("cannot use Redis (redis.url)")?;
        let shown = redis.clone();
        metrics.gauge_of(
            "maple_redis_up",
            "Whether the connection to Redis stands: 1 it does; 0 it does not, or none is \
             configured.",
            move || shown.as_ref().is_some_and(Redis::is_connected).into(),
        );
        let ids: Arc<dyn Ids> = Arc::new(TimeOrderedIds::new(Arc::clone(clock)));
        let lock = database.lock();
        let lock = match &redis {
            Some(redis) => {
                let first = RedisLock::new(redis.clone(), Arc::clone(&ids), LEASE);
                Arc::new(FallbackLock::new(Arc::new(first), lock))
            }
            None => lock,
        };
        Ok(Self {
            redis,
            ids,
            clock: Arc::clone(clock),
            lock,
        })
    }

    /// The Redis that instances share, if there is one.
    pub(crate) fn redis(&self) -> Option<&Redis> {
        self.redis.as_ref()
    }

    /// Whether there is a Redis.
    pub(crate) fn is_redis(&self) -> bool {
        self.redis.is_some()
    }

    /// The time of this service.
    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    /// Locks over all instances.
    pub(crate) fn lock(&self) -> Arc<dyn Lock> {
        Arc::clone(&self.lock)
    }

    /// Sessions that instances share.
    pub(crate) fn sessions(&self) -> Option<Arc<dyn SharedSessions>> {
        let redis = self.redis.clone()?;
        Some(Arc::new(RedisSessions::new(redis)))
    }

    /// Snapshots that instances share.
    pub(crate) fn snapshots(&self) -> Option<Arc<dyn SharedCache>> {
        let redis = self.redis.clone()?;
        Some(Arc::new(RedisSnapshots::new(redis)))
    }

    /// Turns to fetch the same.
    pub(crate) fn fetch_locks(&self) -> Option<Arc<dyn Lock>> {
        let redis = self.redis.clone()?;
        let lock = RedisLock::new(redis, Arc::clone(&self.ids), FETCH_LEASE);
        Some(Arc::new(lock))
    }

    /// The quota of all instances together, by its name in Redis.
    ///
    /// # Errors
    ///
    /// When a setting is out of its range.
    pub(crate) fn quota(
        &self,
        name: &'static str,
        settings: QuotaSettings,
    ) -> anyhow::Result<Arc<dyn QuotaGate>> {
        if let Some(redis) = self.redis.clone() {
            let ids = Arc::clone(&self.ids);
            let quota = RedisQuota::named(name, redis, ids, settings, KST);
            return Ok(Arc::new(quota.context("cannot keep the quota (nexon.*)")?));
        }
        let quota = local_quota(settings, Arc::clone(&self.clock));
        Ok(Arc::new(quota.context("cannot keep the quota (nexon.*)")?))
    }

    /// Likes on their way to this database, and what writes them.
    pub(crate) fn likes(&self, database: &Database, instance: &str) -> (GroupCommit, LikeWriters) {
        let store = Arc::new(database.likes());
        let Some(redis) = self.redis.clone() else {
            let (buffer, committer) = group_commit(store, MAX_WAITING);
            return (buffer, LikeWriters(committer, None));
        };
        let clock = Arc::clone(&self.clock);
        let (stream, flusher) = like_stream(redis, store, clock, MAX_WAITING, instance);
        let pressure = stream.pressure();
        let (buffer, committer) = group_commit_to(Arc::new(stream), Arc::clone(&pressure));
        (buffer, LikeWriters(committer, Some((flusher, pressure))))
    }

    /// Alerts about what all instances depend on alike: reported to `sink` once for all, with the
    /// worker that tells the others. None where there is no Redis, and each reports by itself.
    pub(crate) fn shared_alerts(
        &self,
        sink: Arc<dyn AlertSink>,
        instance: &str,
        workers: &mut Workers,
    ) -> Option<Arc<SharedAlerts>> {
        let redis = self.redis.clone()?;
        let incidents = Arc::new(RedisIncidents::new(redis, instance));
        let alerts = SharedAlerts::new(sink, incidents, &[UPSTREAM_UNAVAILABLE, UPSTREAM_OPEN]);
        let alerts = Arc::new(alerts);
        let worker = Arc::clone(&alerts);
        workers.add("shared incidents", WorkerScope::Always, |stop| {
            worker.run(stop)
        });
        Some(alerts)
    }

    /// Check of Redis by a write; none where there is no Redis.
    pub(crate) fn write_check(&self, metrics: &Metrics) -> Option<WriteCheck> {
        let failing = metrics.gauge(
            "maple_redis_failing",
            "Whether Redis takes no writes: 0 it takes them or there is none, 1 it does not.",
        );
        let redis = self.redis.clone()?;
        Some(WriteCheck::redis(redis, failing))
    }

    /// Tells Redis what it is still pending.
    pub(crate) async fn close(&self) {
        if let Some(redis) = &self.redis {
            redis.close().await;
        }
    }
}

/// Writers of likes: to the database, or to a stream, which is then emptied.
#[derive(Debug)]
pub(crate) struct LikeWriters(Committer, Option<(LikeFlusher, Arc<Backpressure>)>);

/// Writes likes, and shows how many wait in a stream.
#[derive(Debug)]
pub(crate) struct LikeWorker {
    writers: LikeWriters,
    pending: Gauge,
}

impl LikeWorker {
    /// With `pending` for what waits; the buffer adds what it holds itself.
    pub(crate) fn new(writers: LikeWriters, pending: Gauge) -> Self {
        Self { writers, pending }
    }

    /// Writes until `stop`, and then what was taken before.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let LikeWriters(committer, stream) = self.writers;
        let Some((flusher, pressure)) = stream else {
            return committer.run(stop).await;
        };
        let is_written = CancellationToken::new();
        let write = async {
            committer.run(stop).await;
            is_written.cancel();
        };
        let show = show_backlog(&pressure, &self.pending);
        let show = is_written.run_until_cancelled(show);
        tokio::join!(write, flusher.run(is_written.clone()), show);
    }
}

async fn show_backlog(pressure: &Backpressure, pending: &Gauge) {
    let mut shown = 0;
    loop {
        let backlog = i64::try_from(pressure.backlog()).unwrap_or(i64::MAX);
        pending.add(backlog - shown);
        shown = backlog;
        tokio::time::sleep(SHOW_EVERY).await;
    }
}
