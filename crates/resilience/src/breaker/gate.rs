//! State behind a breaker's lock: admission of calls, and what failsafe is notified of.

use std::sync::Arc;

use failsafe::StateMachine;
use tokio::time::Instant;

use super::Permit;
use super::policy::BreakerPolicy;
use super::settings::BreakerSettings;
#[cfg(feature = "testkit")]
use super::status::BreakerCounts;
use super::status::{BreakerState, Outcome, Rejected};
use crate::backoff::Jitter;

/// The state machine and the probes, behind one lock.
#[derive(Debug)]
pub(super) struct Gate {
    name: &'static str,
    settings: Arc<BreakerSettings>,
    machine: StateMachine<BreakerPolicy, BreakerPolicy>,
    pub(super) policy: BreakerPolicy,
    probes: Probes,
}

/// The probes of the present half-open generation.
#[derive(Debug)]
struct Probes {
    under_way: u32,
    healthy: u32,
    last_started: Instant,
}

impl Gate {
    pub(super) fn new(name: &'static str, settings: BreakerSettings, jitter: Jitter) -> Self {
        let settings = Arc::new(settings);
        let policy = BreakerPolicy::new(name, Arc::clone(&settings), jitter);
        Self {
            name,
            settings,
            machine: StateMachine::new(policy.clone(), policy.clone()),
            policy,
            probes: Probes::none(Instant::now()),
        }
    }

    /// Lets a call through, and tells the generation it belongs to.
    pub(super) fn admit(&mut self, now: Instant) -> Result<u64, Rejected> {
        self.check(now)?;
        if matches!(self.policy.status().state, BreakerState::Open { .. }) {
            self.half_open(now);
        }
        let status = self.policy.status();
        if status.state == BreakerState::HalfOpen {
            self.probes.under_way += 1;
            self.probes.last_started = now;
        }
        Ok(status.generation)
    }

    /// Checks that a call would be let through.
    pub(super) fn check(&mut self, now: Instant) -> Result<(), Rejected> {
        self.give_up_stray_probes(now);
        let probes = &self.probes;
        let retry_after = match self.policy.status().state {
            BreakerState::Closed => return Ok(()),
            BreakerState::Open { until, .. } if until <= now => return Ok(()),
            BreakerState::Open { until, .. } => until - now,
            BreakerState::HalfOpen if probes.under_way < self.settings.probe_limit.get() => {
                return Ok(());
            }
            BreakerState::HalfOpen => {
                let waited = now.saturating_duration_since(probes.last_started);
                self.settings.probe_timeout.saturating_sub(waited)
            }
        };
        Err(Rejected {
            breaker: self.name,
            retry_after,
        })
    }

    /// Takes a permit back.
    pub(super) fn settle(&mut self, permit: &Permit, now: Instant) {
        let status = self.policy.status();
        if status.generation != permit.generation {
            return;
        }
        let probing = status.state == BreakerState::HalfOpen;
        if probing {
            self.probes.under_way -= 1;
        }
        let failed = match permit.outcome {
            Some(Outcome::Success) => false,
            Some(Outcome::Failure) => true,
            Some(Outcome::Ignored) | None => return,
        };
        if !probing {
            self.policy.record(now, failed);
        }
        if failed {
            // In half-open this opens again; in closed it only asks the policy.
            self.machine.on_error();
        } else if probing {
            self.probes.healthy += 1;
            if self.probes.healthy >= self.settings.probes_to_close.get() {
                self.machine.on_success();
            }
        }
    }

    #[cfg(feature = "testkit")]
    pub(super) fn counts(&self, now: Instant) -> BreakerCounts {
        BreakerCounts {
            probes: if self.policy.status().state == BreakerState::HalfOpen {
                self.probes.under_way
            } else {
                0
            },
            ..self.policy.counts(now)
        }
    }

    /// Moves failsafe on from open, its time being over.
    fn half_open(&mut self, now: Instant) {
        // It was opened for no time on its own clock, and asks that this clock has moved since:
        // this waits for one tick at the most.
        while !self.machine.is_call_permitted() {
            std::hint::spin_loop();
        }
        self.probes = Probes::none(now);
    }

    /// Opens again when every probe has been out for too long: their holders do not keep
    /// the breaker half-open for ever.
    fn give_up_stray_probes(&mut self, now: Instant) {
        let probes = &self.probes;
        if self.policy.status().state == BreakerState::HalfOpen
            && probes.under_way >= self.settings.probe_limit.get()
            && now.saturating_duration_since(probes.last_started) >= self.settings.probe_timeout
        {
            self.machine.on_error();
        }
    }
}

impl Probes {
    fn none(now: Instant) -> Self {
        Self {
            under_way: 0,
            healthy: 0,
            last_started: now,
        }
    }
}
