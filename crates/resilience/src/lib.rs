//! Keeps an upstream that is slow, down or over quota from hurting its callers.
//!
//! | part | answers |
//! |---|---|
//! | [`Deadline`] | how long may this still take? |
//! | [`SingleFlight`] | is somebody already fetching this? |
//! | [`Retry`], [`RetryBudget`] | is another attempt safe, worth it and in time? |
//! | [`QuotaGate`], [`LocalQuota`] | may the upstream be called now? |
//! | [`CircuitBreaker`] | is it worth calling at all? |
//!
//! # Order
//!
//! From the outside in: deadline, retry, quota, breaker, timeout, call. The timeout is inside the
//! breaker because a call that is dropped has no outcome. Nobody queues for quota while the
//! breaker is open, and a call it refuses after all gives its quota back.
//!
//! ```
//! # use resilience::*;
//! # use std::time::Duration;
//! #[derive(Debug, thiserror::Error)]
//! enum FetchError {
//!     #[error(transparent)]
//!     Rejected(#[from] Rejected),
//!     #[error(transparent)]
//!     Quota(#[from] QuotaError),
//!     #[error(transparent)]
//!     TimedOut(#[from] TimedOut),
//! }
//!
//! struct Upstream {
//!     retry: Retry,
//!     quota: LocalQuota,
//!     breaker: CircuitBreaker,
//! }
//!
//! impl Upstream {
//!     async fn fetch(&self, deadline: Deadline) -> Result<u32, RetryError<FetchError>> {
//!         let call = Idempotent(|| self.attempt(deadline));
//!         self.retry.run(deadline, call, advise).await
//!     }
//!
//!     async fn attempt(&self, deadline: Deadline) -> Result<u32, FetchError> {
//!         self.breaker.check()?;
//!         let permit = self.quota.acquire(deadline).await?;
//!         let request = deadline.timeout_within(Duration::from_secs(1), async { 42 });
//!         match self.breaker.call(request, judge).await {
//!             Ok(answer) => Ok(answer),
//!             Err(CallError::Failed(error)) => Err(error.into()),
//!             Err(CallError::Rejected(rejected)) => {
//!                 permit.unused();
//!                 Err(rejected.into())
//!             }
//!         }
//!     }
//! }
//!
//! fn judge(result: &Result<u32, TimedOut>) -> Outcome {
//!     match result {
//!         Ok(_) => Outcome::Success,
//!         Err(TimedOut::Limit { .. }) => Outcome::Failure,
//!         // Our own haste says nothing about the upstream.
//!         Err(TimedOut::Deadline) => Outcome::Ignored,
//!     }
//! }
//!
//! fn advise(error: &FetchError) -> Advice {
//!     match error {
//!         FetchError::TimedOut(_) => Advice::Retry,
//!         FetchError::Rejected(_) | FetchError::Quota(_) => Advice::GiveUp,
//!     }
//! }
//! #
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
//! # let jitter = Jitter::from_seed(1);
//! # let one = std::num::NonZeroU32::MIN;
//! # let backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(1)).unwrap();
//! # let quota = QuotaSettings { per_second: one, per_day: one, queue: 1, transit: Duration::ZERO };
//! # let upstream = Upstream {
//! #     retry: Retry::new(one, backoff, RetryBudget::new(10, 5).into(), jitter.clone()),
//! #     breaker: CircuitBreaker::new("upstream", BreakerSettings::default(), jitter).unwrap(),
//! #     quota: LocalQuota::new(quota, || Day::at(Duration::ZERO, Duration::ZERO)).unwrap(),
//! # };
//! # assert_eq!(upstream.fetch(Deadline::within(Duration::from_secs(3))).await.unwrap(), 42);
//! # });
//! ```
//!
//! # Why the breaker is failsafe and more
//!
//! failsafe 1.3 has a small, sound state machine: closed, open, half-open, and which event leads
//! from which to which. That, and its two traits for a policy and an observer, is what this crate
//! uses of it. Everything around it is our own, because by itself failsafe
//!
//! - lets every caller through while half-open, and closes on the first success: here probes are
//!   bounded permits that come back when dropped, and several must succeed;
//! - closes on a success that began before it opened: here every transition starts a new
//!   generation, and what an earlier one reports is dropped;
//! - counts errors that it shall ignore as successes: here [`Outcome::Ignored`] counts as nothing;
//! - judges by a moving average that cannot open within its first window and cuts windows to whole
//!   seconds: here the window is exact;
//! - draws its backoff in whole seconds from a generator of its own: here the jitter is seeded;
//! - measures time on `std`'s clock, which tests cannot pause: here failsafe is made to open for no
//!   time, and the breaker asks it to go on only when the open time has passed on tokio's clock.
//!
//! failsafe's own `call` is not used: the breaker asks and reports through the state machine.
//!
//! # Never stuck
//!
//! Nothing here needs a timer or a task of its own, so nothing is lost when one dies: time is
//! looked at when somebody calls. A breaker leaves open on the first call after its time; a probe
//! that is dropped gives its place back; when all probes hang longer than
//! [`BreakerSettings::probe_timeout`] they are given up as failed and later ones get their turn.
//! A property test walks a million random steps over random settings beside a model of these
//! rules, and from wherever it has come shows that the breaker closes again.
//!
//! # Randomness and time
//!
//! Time is [`tokio::time::Instant`], so that tests can pause it; the day of a quota is given by the
//! application, which owns the calendar. Random waits come from a [`Jitter`] with a seed that is
//! passed in.

mod backoff;
mod breaker;
mod bulkhead;
mod deadline;
mod invalid;
mod quota;
mod rate_limiter;
mod retry;
mod single_flight;

pub use backoff::{Backoff, Jitter};
#[cfg(feature = "testkit")]
pub use breaker::BreakerCounts;
pub use breaker::{
    BreakerSettings, BreakerState, BreakerStatus, CallError, CircuitBreaker, OpenCause, Outcome,
    Permit, Rejected,
};
pub use bulkhead::{Bulkhead, BulkheadError, BulkheadSettings, QueuePermit, RunPermit};
pub use deadline::{Deadline, DeadlineExceeded, TimedOut};
pub use invalid::InvalidSettings;
#[cfg(feature = "testkit")]
pub use quota::contract as quota_contract;
pub use quota::{
    CallMade, Day, LocalQuota, QuotaError, QuotaGate, QuotaPermit, QuotaSettings, QuotaUsage,
};
pub use rate_limiter::{MAX_KEYS, RateLimited, RateLimiter, Remaining};
pub use retry::{Advice, GaveUp, Idempotent, Retry, RetryBudget, RetryError};
pub use single_flight::{FlightError, SingleFlight};
