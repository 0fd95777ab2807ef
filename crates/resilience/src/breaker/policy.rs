//! Our side of failsafe: the policy it asks whether to open, and the ear it reports to.

use std::sync::Arc;
use std::time::Duration;

use failsafe::{FailurePolicy, Instrument};
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::watch;
use tokio::time::Instant;

use super::history::History;
use super::settings::BreakerSettings;
#[cfg(feature = "testkit")]
use super::status::BreakerCounts;
use super::status::{BreakerState, BreakerStatus, OpenCause};
use crate::backoff::Jitter;

/// Both the policy and the instrument of one failsafe state machine.
///
/// failsafe calls the policy with its own lock held and shows us nothing of it afterwards, so
/// both sides share the [`Book`]. The book's lock is never held while failsafe is called.
#[derive(Debug, Clone)]
pub(super) struct BreakerPolicy(Arc<Mutex<Book>>);

#[derive(Debug)]
struct Book {
    breaker: &'static str,
    settings: Arc<BreakerSettings>,
    jitter: Jitter,
    history: History,
    /// Openings since it was last closed.
    openings: u32,
    /// Decision of the policy of which failsafe is notified next.
    opening: Option<(Duration, OpenCause)>,
    status: watch::Sender<BreakerStatus>,
}

impl BreakerPolicy {
    pub(super) fn new(
        breaker: &'static str,
        settings: Arc<BreakerSettings>,
        jitter: Jitter,
    ) -> Self {
        let status = BreakerStatus {
            state: BreakerState::Closed,
            generation: 0,
            since: Instant::now(),
        };
        Self(Arc::new(Mutex::new(Book {
            breaker,
            history: History::new(&settings),
            settings,
            jitter,
            openings: 0,
            opening: None,
            status: watch::Sender::new(status),
        })))
    }

    pub(super) fn status(&self) -> BreakerStatus {
        *self.book().status.borrow()
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<BreakerStatus> {
        self.book().status.subscribe()
    }

    #[cfg(feature = "testkit")]
    pub(super) fn counts(&self, now: Instant) -> BreakerCounts {
        self.book().history.counts(now)
    }

    /// Takes in a call that ended while closed.
    pub(super) fn record(&self, now: Instant, failed: bool) {
        self.book().history.record(now, failed);
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock()
    }
}

impl Book {
    fn verdict(&self) -> Option<OpenCause> {
        if self.status.borrow().state == BreakerState::HalfOpen {
            Some(OpenCause::Probe)
        } else {
            self.history.verdict(&self.settings)
        }
    }

    fn next_open_time(&mut self) -> Duration {
        let longest = self.settings.open_time.wait(self.openings);
        self.openings = self.openings.saturating_add(1);
        let shortest = longest.mul_f64(1.0 - self.settings.open_jitter);
        self.jitter.between(shortest.min(longest), longest)
    }

    fn enter(&self, state: BreakerState) {
        self.status.send_modify(|status| {
            *status = BreakerStatus {
                state,
                generation: status.generation + 1,
                since: Instant::now(),
            };
        });
    }
}

impl FailurePolicy for BreakerPolicy {
    /// Calls are recorded by [`BreakerPolicy::record`], on tokio's clock.
    fn record_success(&mut self) {}

    /// failsafe measures the open time on a clock of its own, which tests cannot pause. So it is
    /// made to open for no time at all, and the breaker waits on tokio's clock before it asks
    /// failsafe again.
    fn mark_dead_on_failure(&mut self) -> Option<Duration> {
        let mut book = self.book();
        let cause = book.verdict()?;
        let open_time = book.next_open_time();
        book.opening = Some((open_time, cause));
        Some(Duration::ZERO)
    }

    fn revived(&mut self) {
        let mut book = self.book();
        book.history.clear();
        book.openings = 0;
    }
}

impl Instrument for BreakerPolicy {
    /// Refusals are counted by the breaker, which refuses most calls without asking failsafe.
    fn on_call_rejected(&self) {}

    fn on_open(&self) {
        let mut book = self.book();
        let (open_time, cause) = book
            .opening
            .take()
            .expect("failsafe opens only when the policy said for how long");
        tracing::warn!(
            breaker = book.breaker,
            %cause,
            open_ms = open_time.as_millis(),
            "circuit breaker opened"
        );
        book.enter(BreakerState::Open {
            until: Instant::now() + open_time,
            cause,
        });
    }

    fn on_half_open(&self) {
        let book = self.book();
        tracing::info!(
            breaker = book.breaker,
            "circuit breaker is half-open and lets probes through"
        );
        book.enter(BreakerState::HalfOpen);
    }

    fn on_closed(&self) {
        let book = self.book();
        // failsafe also reports the state it starts in, which is no transition.
        if book.status.borrow().state != BreakerState::Closed {
            tracing::info!(breaker = book.breaker, "circuit breaker closed");
            book.enter(BreakerState::Closed);
        }
    }
}
