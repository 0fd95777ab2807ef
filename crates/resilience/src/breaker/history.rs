//! The calls a breaker remembers, counted exactly.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::settings::BreakerSettings;
#[cfg(feature = "testkit")]
use super::status::BreakerCounts;
use super::status::OpenCause;

/// The latest calls within the window, and the failures in a row.
#[derive(Debug)]
pub(super) struct History {
    window: Duration,
    window_calls: usize,
    calls: VecDeque<Call>,
    failures: usize,
    consecutive_failures: u32,
}

#[derive(Debug, Clone, Copy)]
struct Call {
    ended: Instant,
    failed: bool,
}

impl History {
    pub(super) fn new(settings: &BreakerSettings) -> Self {
        Self {
            window: settings.window,
            window_calls: settings.window_calls as usize,
            calls: VecDeque::new(),
            failures: 0,
            consecutive_failures: 0,
        }
    }

    /// Takes in a call that ended now.
    pub(super) fn record(&mut self, now: Instant, failed: bool) {
        self.forget_old(now);
        if self.calls.len() == self.window_calls {
            self.forget_first();
        }
        self.calls.push_back(Call { ended: now, failed });
        self.failures += usize::from(failed);
        self.consecutive_failures = if failed {
            self.consecutive_failures.saturating_add(1)
        } else {
            0
        };
    }

    /// Cause for which the breaker must open, if there is one. Called after a call was recorded.
    pub(super) fn verdict(&self, settings: &BreakerSettings) -> Option<OpenCause> {
        let enough = self.calls.len() >= settings.minimum_calls as usize;
        let limit = settings.failure_rate * self.calls.len() as f64;
        if settings
            .consecutive_failures
            .is_some_and(|limit| self.consecutive_failures >= limit.get())
        {
            Some(OpenCause::ConsecutiveFailures)
        } else if enough && self.failures > 0 && self.failures as f64 >= limit {
            Some(OpenCause::FailureRate)
        } else {
            None
        }
    }

    pub(super) fn clear(&mut self) {
        self.calls.clear();
        self.failures = 0;
        self.consecutive_failures = 0;
    }

    #[cfg(feature = "testkit")]
    pub(super) fn counts(&mut self, now: Instant) -> BreakerCounts {
        self.forget_old(now);
        BreakerCounts {
            calls: self.calls.len(),
            failures: self.failures,
            consecutive_failures: self.consecutive_failures,
            ..BreakerCounts::default()
        }
    }

    fn forget_old(&mut self, now: Instant) {
        while let Some(first) = self.calls.front()
            && now.saturating_duration_since(first.ended) >= self.window
        {
            self.forget_first();
        }
    }

    fn forget_first(&mut self) {
        if let Some(call) = self.calls.pop_front() {
            self.failures -= usize::from(call.failed);
        }
    }
}
