//! A circuit breaker over failsafe's state machine.

mod gate;
mod history;
mod policy;
mod settings;
mod status;

use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::watch;
use tokio::time::Instant;

use self::gate::Gate;
pub use self::settings::BreakerSettings;
#[cfg(feature = "testkit")]
pub use self::status::BreakerCounts;
pub use self::status::{BreakerState, BreakerStatus, CallError, OpenCause, Outcome, Rejected};
use crate::backoff::Jitter;
use crate::invalid::InvalidSettings;

/// Stops calling an upstream that fails, and finds out by a few probes when it is back.
///
/// Put the timeout of the call *inside* the breaker: a call that is dropped has no outcome and
/// counts as nothing. Clones are the same breaker.
///
/// ```
/// # use resilience::{BreakerSettings, CallError, CircuitBreaker, Jitter, Outcome};
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let breaker = CircuitBreaker::new("upstream", BreakerSettings::default(), Jitter::from_seed(7))?;
/// let answer = breaker
///     .call(async { Ok::<_, std::io::Error>(42) }, |result| match result {
///         Ok(_) => Outcome::Success,
///         Err(_) => Outcome::Failure,
///     })
///     .await;
/// assert!(matches!(answer, Ok(42)));
/// # Ok::<(), resilience::InvalidSettings>(())
/// # }).unwrap();
/// ```
#[derive(Debug, Clone)]
pub struct CircuitBreaker {
    name: &'static str,
    gate: Arc<Mutex<Gate>>,
}

/// Leave to make one call.
///
/// Tell it the outcome with [`Permit::record`]. Dropped without one, as happens when the caller is
/// cancelled, it counts as nothing, and a probe's place is free again.
#[derive(Debug)]
#[must_use = "a permit that is dropped at once says nothing about the call"]
pub struct Permit {
    gate: Arc<Mutex<Gate>>,
    generation: u64,
    outcome: Option<Outcome>,
}

impl CircuitBreaker {
    /// A closed breaker. `name` is what logs and errors call it.
    ///
    /// # Errors
    ///
    /// When a setting is out of its range.
    pub fn new(
        name: &'static str,
        settings: BreakerSettings,
        jitter: Jitter,
    ) -> Result<Self, InvalidSettings> {
        settings.validate()?;
        Ok(Self {
            name,
            gate: Arc::new(Mutex::new(Gate::new(name, settings, jitter))),
        })
    }

    /// Makes a call unless the breaker refuses, and lets `classify` judge its result.
    ///
    /// # Errors
    ///
    /// [`CallError::Rejected`] when the call was not made, [`CallError::Failed`] with the call's
    /// own error.
    pub async fn call<T, E>(
        &self,
        call: impl Future<Output = Result<T, E>>,
        classify: impl FnOnce(&Result<T, E>) -> Outcome,
    ) -> Result<T, CallError<E>> {
        let permit = self.try_acquire()?;
        let result = call.await;
        permit.record(classify(&result));
        result.map_err(CallError::Failed)
    }

    /// Asks leave to make one call.
    ///
    /// # Errors
    ///
    /// [`Rejected`] while open, or half-open with every probe out.
    pub fn try_acquire(&self) -> Result<Permit, Rejected> {
        let generation = self.gate().admit(Instant::now())?;
        Ok(Permit {
            gate: Arc::clone(&self.gate),
            generation,
            outcome: None,
        })
    }

    /// Checks that a call would be let through now, without taking a permit. Useful before a wait
    /// for something the call needs.
    ///
    /// # Errors
    ///
    /// [`Rejected`], as [`CircuitBreaker::try_acquire`] would, but not counted.
    pub fn check(&self) -> Result<(), Rejected> {
        self.gate().check(Instant::now())
    }

    /// Status of the breaker.
    pub fn status(&self) -> BreakerStatus {
        self.gate().policy.status()
    }

    /// The state alone.
    pub fn state(&self) -> BreakerState {
        self.status().state
    }

    /// Follows the transitions. A slow reader sees only the last one, and learns from the
    /// generation how many it missed.
    pub fn subscribe(&self) -> watch::Receiver<BreakerStatus> {
        self.gate().policy.subscribe()
    }

    /// Returns the present counts, for tests.
    #[cfg(feature = "testkit")]
    pub fn counts(&self) -> BreakerCounts {
        self.gate().counts(Instant::now())
    }

    /// The name given at the start.
    pub fn name(&self) -> &'static str {
        self.name
    }

    fn gate(&self) -> MutexGuard<'_, Gate> {
        lock(&self.gate)
    }
}

impl Permit {
    /// Records the outcome of the call. One that comes after the breaker has changed its state is
    /// dropped.
    pub fn record(mut self, outcome: Outcome) {
        self.outcome = Some(outcome);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        lock(&self.gate).settle(self, Instant::now());
    }
}

fn lock(gate: &Mutex<Gate>) -> MutexGuard<'_, Gate> {
    gate.lock()
}
