//! Notices: what the outbox holds is brought to Discord, or to the log where there is no webhook,
//! and counted.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use donation::DonationMade;
use kernel::Clock;
use outbox::{Delivery, Message, OutboxStore, Outcome};
use telemetry::{Counters, Gauge, Metrics};
use tokio_util::sync::CancellationToken;

const OUTCOMES: [&str; 5] = ["delivered", "retry", "paused", "rejected", "unknown"];

/// The log as the receiver, where there is no webhook. A message that is written there counts as
/// delivered: readers of the log see it, and nothing is left to grow without end.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogNotices;

#[async_trait]
impl Delivery for LogNotices {
    async fn deliver(&self, message: &Message) -> Outcome {
        match DonationMade::read(message) {
            Ok(donation) => {
                tracing::info!(
                    event_id = %message.id,
                    from = %donation.from,
                    to = %donation.to,
                    points = donation.amount.points(),
                    "points were given to a developer"
                );
                Outcome::Delivered
            }
            Err(error) => Outcome::Rejected {
                reason: error.to_string(),
            },
        }
    }
}

/// Counts what comes of each attempt.
#[derive(Debug)]
pub struct ObservedDelivery {
    delivery: Arc<dyn Delivery>,
    outcomes: Counters<1>,
}

impl ObservedDelivery {
    /// Watches this receiver.
    pub fn new(delivery: Arc<dyn Delivery>, metrics: &Metrics) -> Self {
        let outcomes = metrics.counters(
            "maple_outbox_deliveries_total",
            "Attempts to deliver a message, by what came of them; unknown: it may have arrived.",
            ["outcome"],
            OUTCOMES.map(|outcome| [outcome]),
        );
        Self { delivery, outcomes }
    }
}

#[async_trait]
impl Delivery for ObservedDelivery {
    async fn deliver(&self, message: &Message) -> Outcome {
        let mut attempt = Counted {
            outcomes: &self.outcomes,
            outcome: "unknown",
        };
        let outcome = self.delivery.deliver(message).await;
        attempt.outcome = match &outcome {
            Outcome::Delivered => "delivered",
            Outcome::Retry { .. } => "retry",
            Outcome::Paused { .. } => "paused",
            Outcome::Rejected { .. } => "rejected",
            Outcome::Unknown { .. } => "unknown",
        };
        outcome
    }
}

/// Counts an attempt when it ends: also one that is given up in the middle, of which nothing is
/// known.
struct Counted<'a> {
    outcomes: &'a Counters<1>,
    outcome: &'static str,
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.outcomes.with([self.outcome]).inc();
    }
}

/// Shows how much waits in the outbox.
#[derive(Debug)]
pub struct BacklogGauges {
    store: Arc<dyn OutboxStore>,
    clock: Arc<dyn Clock>,
    pending: Gauge,
    dead: Gauge,
    oldest_age: Gauge,
}

impl BacklogGauges {
    /// Gauges of this outbox.
    pub fn new(store: Arc<dyn OutboxStore>, clock: Arc<dyn Clock>, metrics: &Metrics) -> Self {
        Self {
            store,
            clock,
            pending: metrics.gauge(
                "maple_outbox_pending",
                "Messages that wait or are being delivered, over all instances.",
            ),
            dead: metrics.gauge(
                "maple_outbox_dead",
                "Messages that were given up and wait for an operator, over all instances.",
            ),
            oldest_age: metrics.gauge(
                "maple_outbox_oldest_age_seconds",
                "Age of the oldest message that waits, over all instances; 0 when none does.",
            ),
        }
    }

    /// Reads the outbox once. The gauges stay as they are while it cannot be read.
    pub async fn tick(&self) {
        match self.store.backlog().await {
            Ok(backlog) => {
                let age = |since| self.clock.now().duration_since(since).as_secs().max(0);
                self.pending.set(count(backlog.pending));
                self.dead.set(count(backlog.dead));
                self.oldest_age.set(backlog.oldest.map_or(0, age));
            }
            Err(error) => tracing::warn!(
                error = kernel::chain(&error),
                "how much waits in the outbox is not known"
            ),
        }
    }

    /// Reads the outbox every so often until `stop`.
    pub async fn run(self, every: Duration, stop: CancellationToken) {
        let read = async {
            loop {
                self.tick().await;
                tokio::time::sleep(every).await;
            }
        };
        stop.run_until_cancelled(read).await;
    }
}

fn count(messages: u64) -> i64 {
    i64::try_from(messages).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use kernel::ManualClock;
    use outbox::testkit::{MemoryOutbox, OutboxUnderTest, RecordingDelivery};
    use outbox::{EventId, NewMessage};

    use super::*;

    fn message(topic: &str) -> NewMessage {
        let at = Timestamp::UNIX_EPOCH;
        NewMessage::new(EventId::new(1), topic, 1, &1, at).unwrap()
    }

    #[tokio::test]
    async fn every_attempt_is_counted_also_one_that_is_given_up() {
        #[derive(Debug)]
        struct Silent;
        #[async_trait]
        impl Delivery for Silent {
            async fn deliver(&self, _: &Message) -> Outcome {
                std::future::pending().await
            }
        }
        let metrics = Metrics::new();
        let message = Message::from(message("donation"));
        let silent = ObservedDelivery::new(Arc::new(Silent), &metrics);
        drop(futures_util::poll!(silent.deliver(&message)));
        let recording = ObservedDelivery {
            delivery: Arc::new(RecordingDelivery::default()),
            outcomes: silent.outcomes.clone(),
        };
        recording.deliver(&message).await;
        let text = metrics.text();
        for (outcome, count) in [("delivered", 1), ("unknown", 1), ("retry", 0)] {
            let line = format!("maple_outbox_deliveries_total{{outcome=\"{outcome}\"}} {count}");
            assert!(text.contains(&line), "{text}");
        }
    }

    #[tokio::test]
    async fn log_takes_donations_only() {
        let other = Message::from(message("alert"));
        let outcome = LogNotices.deliver(&other).await;
        let reason = "the topic `alert` is not supported: only donations are".to_owned();
        assert_eq!(outcome, Outcome::Rejected { reason });
    }

    #[tokio::test]
    async fn gauges_show_number_and_age_of_waiting_messages() {
        let metrics = Metrics::new();
        let store = Arc::new(MemoryOutbox::default());
        let clock = Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH));
        let gauges = BacklogGauges::new(store.clone(), clock.clone(), &metrics);
        store.insert(message("donation")).await;
        clock.advance(Duration::from_secs(90));
        gauges.tick().await;
        let readings = metrics.readings();
        for (name, value) in [
            ("maple_outbox_pending", 1.0),
            ("maple_outbox_dead", 0.0),
            ("maple_outbox_oldest_age_seconds", 90.0),
        ] {
            assert_eq!(readings.get(name), Some(value), "{name}");
        }
    }
}
