//! Status of a circuit breaker, and outcomes that its callers report.

use std::fmt::{self, Display};
use std::time::Duration;

use tokio::time::Instant;

/// Outcome of a call, in the caller's judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The upstream did its work. An answer such as "no such character" is a success too: it
    /// shows an upstream in good health.
    Success,
    /// The upstream failed: no connection, a timeout, a 5xx, a 429.
    Failure,
    /// Says nothing about the upstream's health, and is counted neither way: it announced
    /// maintenance, or our own deadline ended the call before the upstream had its time.
    Ignored,
}

/// State of a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Every call goes through.
    Closed,
    /// No call goes through. The first call after `until` makes it half-open; without one it
    /// stays open.
    Open {
        /// From then on a probe may go through.
        until: Instant,
        /// Cause of the opening.
        cause: OpenCause,
    },
    /// A few calls go through as probes.
    HalfOpen,
}

/// Cause for which a breaker opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenCause {
    /// Too many failures in a row.
    ConsecutiveFailures,
    /// Too large a share of the calls in the window failed.
    FailureRate,
    /// A probe failed, or never ended.
    Probe,
}

/// A breaker's state since its last transition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerStatus {
    /// The state.
    pub state: BreakerState,
    /// The number of transitions so far. A call that was let through in an earlier generation has
    /// no say in a later one.
    pub generation: u64,
    /// Time of the last transition.
    pub since: Instant,
}

/// Present counts of a breaker, for tests.
#[cfg(feature = "testkit")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BreakerCounts {
    /// Calls in the window.
    pub calls: usize,
    /// Those of them that failed.
    pub failures: usize,
    /// Failures since the last success.
    pub consecutive_failures: u32,
    /// Probes under way.
    pub probes: u32,
}

/// The breaker let no call through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the circuit breaker {breaker} is not letting calls through")]
pub struct Rejected {
    /// The breaker's name.
    pub breaker: &'static str,
    /// While open: the time until a probe may go through. While half-open with every probe out:
    /// the longest it can take until one is free or given up.
    pub retry_after: Duration,
}

/// Error of a call through a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallError<E> {
    /// The call was not made.
    #[error(transparent)]
    Rejected(#[from] Rejected),
    /// The call was made and failed.
    #[error(transparent)]
    Failed(E),
}

impl BreakerState {
    /// `closed`, `open` or `half_open`: a name for logs and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open { .. } => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

impl Display for OpenCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ConsecutiveFailures => "consecutive failures",
            Self::FailureRate => "failure rate",
            Self::Probe => "unhealthy probe",
        })
    }
}
