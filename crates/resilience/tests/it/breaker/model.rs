//! The breaker's rules a second time, as plainly as they can be written, to compare against.

use std::time::Duration;

use resilience::{BreakerCounts, BreakerSettings, Outcome};
use tokio::time::Instant;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Closed,
    Open { until: Instant },
    HalfOpen,
}

#[derive(Debug)]
pub(crate) struct Model {
    settings: BreakerSettings,
    pub(crate) state: State,
    pub(crate) generation: u64,
    /// Calls that counted since it was last closed: time, and whether they failed.
    calls: Vec<(Instant, bool)>,
    openings: u32,
    /// Start of each probe under way.
    probes: Vec<Instant>,
    healthy: u32,
}

impl Model {
    pub(crate) fn new(settings: BreakerSettings) -> Self {
        Self {
            settings,
            state: State::Closed,
            generation: 0,
            calls: Vec::new(),
            openings: 0,
            probes: Vec::new(),
            healthy: 0,
        }
    }

    /// Whether a call is let through at `now`.
    pub(crate) fn admits(&mut self, now: Instant) -> bool {
        let limit = self.settings.probe_limit.get() as usize;
        match self.state {
            State::Closed => true,
            State::Open { until } if now < until => false,
            State::Open { .. } => {
                self.enter(State::HalfOpen);
                self.probes = vec![now];
                self.healthy = 0;
                true
            }
            State::HalfOpen if self.probes.len() < limit => {
                self.probes.push(now);
                true
            }
            State::HalfOpen => {
                let timeout = self.settings.probe_timeout;
                if self.probes.iter().all(|&start| now - start >= timeout) {
                    self.open(now);
                }
                false
            }
        }
    }

    /// A call of `generation` that was let through at `started` ends at `now`.
    pub(crate) fn ends(
        &mut self,
        generation: u64,
        started: Instant,
        outcome: Option<Outcome>,
        now: Instant,
    ) {
        if generation != self.generation {
            return;
        }
        let counts = matches!(outcome, Some(Outcome::Success | Outcome::Failure));
        let failed = outcome == Some(Outcome::Failure);
        if self.state == State::HalfOpen {
            let place = self.probes.iter().position(|&start| start == started);
            self.probes.remove(place.expect("the probe is under way"));
            if counts && failed {
                self.open(now);
            } else if counts {
                self.healthy += 1;
                if self.healthy == self.settings.probes_to_close.get() {
                    self.enter(State::Closed);
                    self.calls.clear();
                    self.openings = 0;
                }
            }
        } else if counts {
            self.calls.push((now, failed));
            if failed && self.must_open(now) {
                self.open(now);
            }
        }
    }

    /// The range in which the open time of the latest opening must lie.
    pub(crate) fn open_time(&self) -> (Duration, Duration) {
        let doubled = (1..self.openings).fold(self.settings.open_time.wait(0), |time, _| {
            (time * 2).min(self.settings.open_time.wait(u32::MAX))
        });
        (doubled.mul_f64(1.0 - self.settings.open_jitter), doubled)
    }

    pub(crate) fn counts(&self, now: Instant) -> BreakerCounts {
        let recent = || {
            let latest = self.calls.iter().rev();
            latest
                .take(self.settings.window_calls as usize)
                .take_while(|&&(ended, _)| now - ended < self.settings.window)
        };
        let failures_in_a_row = self.calls.iter().rev().take_while(|call| call.1);
        BreakerCounts {
            calls: recent().count(),
            failures: recent().filter(|call| call.1).count(),
            consecutive_failures: failures_in_a_row.count().try_into().unwrap(),
            probes: if self.state == State::HalfOpen {
                self.probes.len().try_into().unwrap()
            } else {
                0
            },
        }
    }

    fn must_open(&self, now: Instant) -> bool {
        let counts = self.counts(now);
        let limit = self.settings.failure_rate * counts.calls as f64;
        let too_many = counts.calls >= self.settings.minimum_calls as usize
            && counts.failures > 0
            && counts.failures as f64 >= limit;
        let streak = self.settings.consecutive_failures;
        too_many || streak.is_some_and(|limit| counts.consecutive_failures >= limit.get())
    }

    /// Opens; how long is left to chance, so the caller fills it in from the breaker.
    fn open(&mut self, now: Instant) {
        self.openings += 1;
        self.enter(State::Open { until: now });
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        self.generation += 1;
    }
}
