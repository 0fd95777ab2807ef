//! Staying within what the upstream allows.

#[cfg(feature = "testkit")]
pub mod contract;
mod day;
mod local;

use std::fmt::{self, Debug};

use async_trait::async_trait;
use tokio::time::Instant;

pub use self::day::Day;
pub use self::local::{LocalQuota, QuotaSettings, QuotaUsage};
use crate::deadline::{Deadline, DeadlineExceeded};

/// Lets calls through to an upstream that allows so many a second and so many a day. A port:
/// [`LocalQuota`] serves one process; instances that share a quota share a gate.
///
/// An implementation must keep these promises, which the functions of `quota_contract` (feature
/// `testkit`) check:
///
/// - In any second, and in any day, the upstream sees at most the calls that it allows.
/// - Callers get through in the order in which they came.
/// - Only so many callers wait; the next is refused at once.
/// - A caller that goes away while it waits has taken nothing.
#[async_trait]
pub trait QuotaGate: Debug + Send + Sync {
    /// Waits for leave to make one call, no longer than the deadline. Hold the permit until the
    /// call has ended.
    ///
    /// # Errors
    ///
    /// [`QuotaError`]; nothing was taken.
    async fn acquire(&self, deadline: Deadline) -> Result<QuotaPermit, QuotaError>;

    /// Returns the calls used in the upstream's day, as far as this process knows, for metrics.
    fn used_today(&self) -> u32;
}

/// Error of a call that was not let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuotaError {
    /// As many callers are waiting as may.
    #[error("too many callers wait for the upstream's quota")]
    QueueFull,
    /// The deadline passed before it was this caller's turn.
    #[error("the deadline passed while waiting for the upstream's quota")]
    DeadlineExceeded,
    /// The upstream's calls of the day are spent.
    #[error("the upstream's quota of the day is spent")]
    DayExhausted {
        /// Begin of the next day.
        until: Instant,
    },
    /// The calls of other instances are not known now.
    #[error("it cannot be known how much of the upstream's quota is used")]
    Unknown,
}

/// Leave to make one call, to be held while it is made.
#[must_use = "hold the permit until the call has ended"]
pub struct QuotaPermit(Option<Box<dyn FnOnce(CallMade) + Send>>);

/// Use of a permit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallMade {
    /// The call was made, or may have been.
    Yes,
    /// The call was surely not made.
    No,
}

impl QuotaPermit {
    /// A permit that calls `give_back` once, at its end.
    pub fn new(give_back: impl FnOnce(CallMade) + Send + 'static) -> Self {
        Self(Some(Box::new(give_back)))
    }

    /// Gives the permit back unused: the call was not made, and does not count.
    pub fn unused(mut self) {
        self.end(CallMade::No);
    }

    fn end(&mut self, made: CallMade) {
        if let Some(give_back) = self.0.take() {
            give_back(made);
        }
    }
}

impl Drop for QuotaPermit {
    fn drop(&mut self) {
        self.end(CallMade::Yes);
    }
}

impl Debug for QuotaPermit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QuotaPermit").finish_non_exhaustive()
    }
}

impl From<DeadlineExceeded> for QuotaError {
    fn from(DeadlineExceeded: DeadlineExceeded) -> Self {
        Self::DeadlineExceeded
    }
}
