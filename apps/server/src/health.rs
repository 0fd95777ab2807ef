//! Checks of dependencies by use: each is asked to take a write.

use std::error::Error;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use coordination_redis::Redis;
use kernel::chain;
use storage_sql::Database;
use telemetry::Gauge;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::state::HealthCheck;

/// Time for which a result stands. Readiness is public, and each check is a write.
const RESULT_TTL: Duration = Duration::from_secs(1);

/// Time after which a write that did not return has failed.
const PATIENCE: Duration = Duration::from_secs(2);

/// Time in which a first connection is awaited, before its absence is an incident.
const FIRST_CONNECTION: Duration = Duration::from_secs(5);

/// Failure of a probe, with its causes.
type ProbeError = Box<dyn Error + Send + Sync>;

/// A dependency that can be asked to take a write.
#[async_trait]
trait WriteProbe: Debug + Send + Sync {
    /// Writes something that means nothing.
    async fn write(&self) -> Result<(), ProbeError>;

    /// Returns when others have found that it is away; never for one that nobody watches.
    async fn lost(&self) {
        std::future::pending::<()>().await;
    }
}

/// Check of a dependency by a write that it confirms. One that is read-only, full or out of
/// connections may well answer a ping.
#[derive(Debug, Clone)]
pub struct WriteCheck(Arc<CheckState>);

#[derive(Debug)]
struct CheckState {
    name: &'static str,
    is_needed: bool,
    probe: Box<dyn WriteProbe>,
    /// Until then a dependency that has never taken a write is awaited.
    awaited_until: Instant,
    last: Mutex<Looks>,
    failing: Gauge,
}

/// Results of the checks so far.
#[derive(Debug, Default)]
struct Looks {
    last: Option<(Instant, Result<(), Failure>)>,
    has_succeeded: bool,
    /// Begin of the present incident and number of its failed checks.
    incident: Option<(Instant, u64)>,
}

/// Failure of a check, with its causes.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
struct Failure(String);

impl WriteCheck {
    /// A check of the database, without which requests should go elsewhere; `failing` is 1 while
    /// it takes no writes.
    pub fn database(database: Database, failing: Gauge) -> Self {
        Self::new("database", true, Duration::ZERO, database, failing)
    }

    /// A check of Redis. Every instance has the same, so one without it is no worse than the
    /// others. At the start its connection is awaited for some seconds.
    pub fn redis(redis: Redis, failing: Gauge) -> Self {
        Self::new("redis", false, FIRST_CONNECTION, redis, failing)
    }

    fn new(
        name: &'static str,
        is_needed: bool,
        awaited: Duration,
        probe: impl WriteProbe + 'static,
        failing: Gauge,
    ) -> Self {
        Self(Arc::new(CheckState {
            name,
            is_needed,
            probe: Box::new(probe),
            awaited_until: Instant::now() + awaited,
            last: Mutex::default(),
            failing,
        }))
    }

    /// Checks at this interval until `stop`, so that the gauge is true without any request.
    pub async fn run(self, every: Duration, stop: CancellationToken) {
        loop {
            // One that is away is looked for more often, so that it is found soon.
            let looked = self.0.look().await;
            let rest = async {
                if looked.is_err() {
                    return tokio::time::sleep(every.min(RESULT_TTL)).await;
                }
                // Before the result is too old nothing would be asked.
                let lost = async {
                    tokio::time::sleep(RESULT_TTL).await;
                    self.0.probe.lost().await;
                };
                // Either way it is looked at.
                let _ = tokio::time::timeout(every, lost).await;
            };
            if stop.run_until_cancelled(rest).await.is_none() {
                return;
            }
        }
    }
}

impl CheckState {
    /// The last result, or a new one when it is too old. One look serves all who wait for it.
    async fn look(&self) -> Result<(), Failure> {
        let mut looks = self.last.lock().await;
        if let Some((at, result)) = &looks.last
            && at.elapsed() < RESULT_TTL
        {
            return result.clone();
        }
        let result = match tokio::time::timeout(PATIENCE, self.probe.write()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Failure(chain(&*error))),
            Err(_) => Err(Failure("a write does not return".to_owned())),
        };
        self.record(&mut looks, &result);
        looks.last = Some((Instant::now(), result.clone()));
        result
    }

    /// Shows the result by the gauge, and logs the first and the last of an incident.
    fn record(&self, looks: &mut Looks, result: &Result<(), Failure>) {
        let (dependency, now) = (self.name, Instant::now());
        match result {
            Ok(()) => {
                looks.has_succeeded = true;
                if let Some((since, checks)) = looks.incident.take() {
                    let seconds = since.elapsed().as_secs();
                    tracing::info!(
                        dependency,
                        checks,
                        seconds,
                        "a dependency takes writes again"
                    );
                }
            }
            Err(_) if !looks.has_succeeded && now < self.awaited_until => {}
            Err(error) => {
                let (_, checks) = looks.incident.get_or_insert((now, 0));
                *checks += 1;
                if *checks == 1 {
                    tracing::warn!(dependency, error = error.0, "a dependency takes no writes");
                }
            }
        }
        self.failing.set(i64::from(looks.incident.is_some()));
    }
}

#[async_trait]
impl HealthCheck for WriteCheck {
    fn name(&self) -> &'static str {
        self.0.name
    }

    fn is_needed(&self) -> bool {
        self.0.is_needed
    }

    async fn check(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        Ok(self.0.look().await?)
    }
}

#[async_trait]
impl WriteProbe for Database {
    async fn write(&self) -> Result<(), ProbeError> {
        self.probe_write()
            .await
            .map_err(|error| match error.advice() {
                Some(advice) => format!("{advice} ({})", chain(&error)).into(),
                None => error.into(),
            })
    }

    async fn lost(&self) {
        Database::lost(self).await;
    }
}

#[async_trait]
impl WriteProbe for Redis {
    async fn write(&self) -> Result<(), ProbeError> {
        Ok(self.probe_write().await?)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use telemetry::Metrics;

    use super::*;

    /// A dependency that takes writes or does not.
    #[derive(Debug, Default, Clone)]
    struct Switched(Arc<AtomicBool>);

    #[async_trait]
    impl WriteProbe for Switched {
        async fn write(&self) -> Result<(), ProbeError> {
            if self.0.load(Ordering::Relaxed) {
                return Ok(());
            }
            Err("it is read-only".into())
        }
    }

    fn check(awaited: Duration) -> (Switched, Gauge, WriteCheck) {
        let probe = Switched::default();
        let failing = Metrics::new().gauge("failing", "Whether it fails.");
        let check = WriteCheck::new("redis", false, awaited, probe.clone(), failing.clone());
        (probe, failing, check)
    }

    #[tokio::test(start_paused = true)]
    async fn first_connection_is_awaited_and_its_absence_is_an_incident_afterwards() {
        let (probe, failing, check) = check(FIRST_CONNECTION);
        assert!(check.check().await.is_err(), "it is not there yet");
        assert_eq!(failing.get(), 0);
        tokio::time::advance(FIRST_CONNECTION).await;
        check.check().await.unwrap_err();
        assert_eq!(failing.get(), 1);
        probe.0.store(true, Ordering::Relaxed);
        tokio::time::advance(RESULT_TTL).await;
        check.check().await.unwrap();
        assert_eq!(failing.get(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn outage_right_after_the_first_write_is_an_incident() {
        let (probe, failing, check) = check(FIRST_CONNECTION);
        probe.0.store(true, Ordering::Relaxed);
        check.check().await.unwrap();
        probe.0.store(false, Ordering::Relaxed);
        tokio::time::advance(RESULT_TTL).await;
        let error = check.check().await.unwrap_err();
        assert_eq!(error.to_string(), "it is read-only");
        assert_eq!(failing.get(), 1);
    }
}
