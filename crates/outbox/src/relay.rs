//! The relay: takes due messages from the store to their receiver.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use kernel::Clock;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::{
    AttemptResult, Claimed, Delivery, NextStep, OutboxError, OutboxStore, Outcome, RetrySchedule,
    Settlement, spans,
};

/// Options of a relay.
#[derive(Debug, Clone)]
pub struct RelayOptions {
    /// Number of messages that are claimed at once and delivered concurrently.
    pub batch: u32,
    /// Timeout of a delivery; after it, the attempt counts as [`Outcome::Unknown`].
    pub delivery_timeout: Duration,
    /// Lease of a claim. Longer than the delivery timeout, so that a living relay always settles
    /// before another one claims.
    pub lease: Duration,
    /// Interval at which the store is polled when nothing wakes the relay.
    pub poll_every: Duration,
    /// Retry schedule of failed messages.
    pub schedule: RetrySchedule,
}

impl Default for RelayOptions {
    fn default() -> Self {
        Self {
            batch: 16,
            delivery_timeout: Duration::from_secs(10),
            lease: Duration::from_mins(1),
            poll_every: Duration::from_secs(5),
            schedule: RetrySchedule::default(),
        }
    }
}

/// Result of one tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tick {
    /// Messages claimed.
    pub claimed: u32,
    /// Messages that arrived.
    pub delivered: u32,
    /// Attempts that failed, whether they are tried again or not.
    pub failed: u32,
    /// Messages that were given up.
    pub dead: u32,
    /// Messages that another relay had claimed before they were settled.
    pub lost: u32,
    /// Pause that the receiver asked for.
    pub pause: Option<Duration>,
}

/// Takes due messages from the store to their receiver. Several may work on one store.
#[derive(Debug)]
pub struct Relay {
    store: Arc<dyn OutboxStore>,
    delivery: Arc<dyn Delivery>,
    clock: Arc<dyn Clock>,
    /// Notified by every commit of a message, so that delivery starts at once.
    wake: Arc<Notify>,
    dice: Dice,
    options: RelayOptions,
}

/// Gives a number in `0.0..1.0` that spreads the retries.
struct Dice(Box<dyn Fn() -> f64 + Send + Sync>);

impl std::fmt::Debug for Dice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dice")
    }
}

impl Relay {
    /// A relay from `store` to `delivery`. `dice` gives a number in `0.0..1.0` that spreads the
    /// retries.
    pub fn new(
        store: Arc<dyn OutboxStore>,
        delivery: Arc<dyn Delivery>,
        clock: Arc<dyn Clock>,
        dice: impl Fn() -> f64 + Send + Sync + 'static,
        options: RelayOptions,
    ) -> Self {
        let wake = Arc::new(Notify::new());
        Self {
            store,
            delivery,
            clock,
            wake,
            dice: Dice(Box::new(dice)),
            options,
        }
    }

    /// Returns the handle to notify after a message was committed.
    pub fn wake(&self) -> Arc<Notify> {
        Arc::clone(&self.wake)
    }

    /// Works until `stop`; a tick under way is finished first.
    pub async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let rest = match self.tick().await {
                Ok(Tick {
                    pause: Some(pause), ..
                }) => pause,
                // A full batch: more may be waiting.
                Ok(tick) if tick.claimed == self.options.batch => continue,
                Ok(_) => self.options.poll_every,
                Err(error) => {
                    warn!(error = kernel::chain(&error), "the outbox cannot be read");
                    self.options.poll_every
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.wake.notified() => {}
                () = tokio::time::sleep(rest) => {}
            }
        }
    }

    /// Claims what is due, delivers it side by side, and settles what came of it.
    ///
    /// # Errors
    ///
    /// [`OutboxError`] when the store fails. What was delivered and could not be settled is
    /// delivered again when its lease has run out.
    pub async fn tick(&self) -> Result<Tick, OutboxError> {
        let RelayOptions { lease, batch, .. } = self.options;
        let attempts = self.options.schedule.attempts();
        let claimed = self
            .store
            .claim_due(self.clock.now(), lease, batch, attempts)
            .await?;
        if claimed.is_empty() {
            return Ok(Tick::default());
        }
        let attempts = claimed.iter().map(|claimed| self.attempt(claimed));
        let settlements = join_all(attempts).await;
        let pause = settlements.iter().filter_map(|(_, pause)| *pause).max();
        let settlements: Vec<_> = settlements
            .into_iter()
            .map(|(settled, _)| settled)
            .collect();
        let lost = self.store.settle(&settlements).await?;
        for id in &lost {
            warn!(event_id = %id, "a message was claimed by another relay before it was settled");
        }
        Ok(self.summary(&settlements, lost.len(), pause))
    }

    /// One attempt, with what is next for the message and the pause the receiver asked for.
    async fn attempt(&self, claimed: &Claimed) -> (Settlement, Option<Duration>) {
        let timeout = self.options.delivery_timeout;
        let delivery = async {
            let delivery = self.delivery.deliver(&claimed.message);
            let outcome = tokio::time::timeout(timeout, delivery)
                .await
                .unwrap_or_else(|_| Outcome::Unknown {
                    reason: format!("no answer within {} ms", timeout.as_millis()),
                });
            debug!(event_id = %claimed.message.id, attempt = claimed.attempt, ?outcome, "attempt");
            outcome
        };
        let outcome = spans::traced(claimed, delivery).await;
        let ended_at = self.clock.now();
        let retry = || self.retry_after(claimed.attempt, ended_at);
        let (result, next, pause) = match outcome {
            Outcome::Delivered => (Some(AttemptResult::Delivered), NextStep::Done, None),
            Outcome::Retry { reason } => (Some(AttemptResult::Failed(reason)), retry(), None),
            Outcome::Unknown { reason } => (Some(AttemptResult::Unknown(reason)), retry(), None),
            Outcome::Rejected { reason } => (
                Some(AttemptResult::Failed(reason)),
                NextStep::DeadLetter,
                None,
            ),
            Outcome::Paused { for_at_least } => (
                None,
                NextStep::TryAt(later(ended_at, for_at_least)),
                Some(for_at_least),
            ),
        };
        let Claimed { message, attempt } = claimed;
        (
            Settlement {
                id: message.id,
                attempt: *attempt,
                ended_at,
                result,
                next,
            },
            pause,
        )
    }

    fn retry_after(&self, failed: u32, now: Timestamp) -> NextStep {
        match self.options.schedule.wait_after(failed, (self.dice.0)()) {
            Some(wait) => NextStep::TryAt(later(now, wait)),
            None => NextStep::DeadLetter,
        }
    }

    fn summary(&self, settled: &[Settlement], lost: usize, pause: Option<Duration>) -> Tick {
        let count = |matches: fn(&Settlement) -> bool| {
            let number = settled
                .iter()
                .filter(|settlement| matches(settlement))
                .count();
            u32::try_from(number).unwrap_or(self.options.batch)
        };
        Tick {
            claimed: count(|_| true),
            delivered: count(|s| s.next == NextStep::Done),
            failed: count(|s| s.next != NextStep::Done && s.result.is_some()),
            dead: count(|s| s.next == NextStep::DeadLetter),
            lost: u32::try_from(lost).unwrap_or(self.options.batch),
            pause,
        }
    }
}

fn later(now: Timestamp, wait: Duration) -> Timestamp {
    SignedDuration::try_from(wait)
        .ok()
        .and_then(|wait| now.checked_add(wait).ok())
        .unwrap_or(Timestamp::MAX)
}
