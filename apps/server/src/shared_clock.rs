//! The time that instances share: the database's clock, carried on by this machine's monotonic one.
//!
//! Instances order what they write by time and decide by it what is old. A machine whose clock is
//! wrong would undo what others acknowledged, take ticks of jobs that are not due, or delete what
//! is young. So the service asks the database for the time, at the start and at an interval, and
//! goes on from its answer. The machine's own clock is compared with it, and a distance is shown.

use std::error::Error;
use std::fmt::{self, Debug};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use kernel::Clock;
use storage_sql::Database;
use telemetry::{Gauge, Metrics};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::state::HealthCheck;

/// Distance between this machine's clock and the database's that is reported.
pub(crate) const MAX_OFFSET: SignedDuration = SignedDuration::from_secs(2);

/// Distance from the database's clock at which an instance takes no tick of a job that deletes.
pub(crate) const MAX_SKEW: SignedDuration = SignedDuration::from_secs(10);

/// Longest round trip after which an answer still says what time it is.
const MAX_ROUND_TRIP: Duration = Duration::from_secs(1);

/// A clock that goes by the database's.
#[derive(Clone)]
pub struct SharedClock(Arc<ClockState>);

struct ClockState {
    own: Arc<dyn Clock>,
    /// The last answer of the database, and when it arrived; none before the first.
    heard: Mutex<Option<Heard>>,
    /// Distance of the machine's clock from the database's, in milliseconds.
    offset: Gauge,
}

/// An answer of the database.
#[derive(Debug, Clone, Copy)]
struct Heard {
    time: Timestamp,
    at: Instant,
    /// Time by which the machine's clock was ahead of it.
    offset: SignedDuration,
}

/// The machine's clock is wrong, or the database's is.
#[derive(Debug, thiserror::Error)]
#[error("this machine's clock is {ahead_ms} ms ahead of the database's (negative: behind)")]
struct ClockOff {
    ahead_ms: i128,
}

impl SharedClock {
    /// A clock that shows the machine's `own` time until the database is heard.
    pub fn new(own: Arc<dyn Clock>, metrics: &Metrics) -> Self {
        Self(Arc::new(ClockState {
            own,
            heard: Mutex::default(),
            offset: metrics.gauge(
                "maple_clock_offset_milliseconds",
                "Distance of this machine's clock from the database's, whichever is ahead; 0 where the database has no clock of its own.",
            ),
        }))
    }

    /// Asks the database for the time.
    ///
    /// # Errors
    ///
    /// [`storage_sql::Error`] when the database gives no answer.
    pub async fn follow(&self, database: &Database) -> Result<(), storage_sql::Error> {
        let asked = Instant::now();
        let time = database.now().await?;
        let took = asked.elapsed();
        if took <= MAX_ROUND_TRIP {
            // It was read somewhere on the way there and back.
            self.hear(time.saturating_add(took / 2).unwrap_or(time));
        }
        Ok(())
    }

    /// Asks at this interval until `stop`.
    pub async fn run(self, database: Database, every: Duration, stop: CancellationToken) {
        let rest = || tokio::time::sleep(every);
        while stop.run_until_cancelled(rest()).await.is_some() {
            if let Err(error) = self.follow(&database).await {
                // The check of the database warns; the clock goes on by itself.
                tracing::debug!(
                    error = kernel::chain(&error),
                    "the database does not say the time"
                );
            }
        }
    }

    /// Takes the database's time as of now.
    fn hear(&self, time: Timestamp) {
        let offset = self.0.own.now().duration_since(time);
        let before = self.heard().replace(Heard {
            time,
            at: Instant::now(),
            offset,
        });
        let was_off = before.is_some_and(|before| before.offset.abs() > MAX_OFFSET);
        let is_off = offset.abs() > MAX_OFFSET;
        let ahead_ms = offset.as_millis();
        self.0
            .offset
            .set(i64::try_from(ahead_ms.abs()).unwrap_or(i64::MAX));
        match (was_off, is_off) {
            (false, true) => tracing::error!(
                ahead_ms,
                "this machine's clock is far from the database's, whose time is used instead"
            ),
            (true, false) => tracing::info!("this machine's clock agrees with the database's"),
            _ => {}
        }
    }

    fn heard(&self) -> MutexGuard<'_, Option<Heard>> {
        self.0.heard.lock().expect("no holder of this lock panics")
    }
}

impl Clock for SharedClock {
    fn now(&self) -> Timestamp {
        let heard = *self.heard();
        heard.map_or_else(
            || self.0.own.now(),
            |heard| {
                heard
                    .time
                    .saturating_add(heard.at.elapsed())
                    .unwrap_or(Timestamp::MAX)
            },
        )
    }
}

#[async_trait]
impl HealthCheck for SharedClock {
    fn name(&self) -> &'static str {
        "clock"
    }

    fn is_needed(&self) -> bool {
        false
    }

    async fn check(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        let offset = self
            .heard()
            .map_or(SignedDuration::ZERO, |heard| heard.offset);
        if offset.abs() <= MAX_OFFSET {
            return Ok(());
        }
        let ahead_ms = offset.as_millis();
        Err(ClockOff { ahead_ms }.into())
    }
}

impl Debug for SharedClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedClock")
            .field("heard", &*self.heard())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use kernel::ManualClock;

    use super::*;

    #[tokio::test]
    async fn time_is_the_databases_whatever_the_machine_says() {
        let metrics = Metrics::new();
        let right: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let eight_days = SignedDuration::from_hours(8 * 24);
        for wrong in [eight_days, -eight_days] {
            let own = Arc::new(ManualClock::at(right + wrong));
            let clock = SharedClock::new(own.clone(), &Metrics::new());
            assert_eq!(clock.now(), right + wrong, "nothing was heard yet");
            clock.hear(right);
            let now = clock.now();
            assert!(
                now >= right && now < right + SignedDuration::from_mins(1),
                "{now}"
            );
            assert!(clock.check().await.is_err());
            assert_eq!(clock.0.offset.get(), 8 * 86_400_000);
        }
        let clock = SharedClock::new(Arc::new(ManualClock::at(right)), &metrics);
        clock.hear(right + MAX_OFFSET);
        assert!(clock.check().await.is_ok());
    }
}
