//! Rate limits of clients and members, as HTTP reports them.

use std::fmt::Debug;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::Duration;

use crate::http::{Problem, ProblemKind, RateLimit};

/// Named rate limit of this process, a burst for each key.
#[derive(Debug)]
pub struct RatePolicy<Key: Hash + Eq> {
    policy: &'static str,
    limiter: resilience::RateLimiter<Key>,
}

/// Refusal of a key without permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateRefusal {
    /// Time until the next permit.
    pub wait: Duration,
    /// The limit, with none left.
    pub limit: RateLimit,
}

impl<Key: Hash + Eq + Clone + Debug> RatePolicy<Key> {
    /// This many permits a minute, reported under the name `policy`, such as `likes`.
    pub fn per_minute(policy: &'static str, permits: NonZeroU32) -> Self {
        Self {
            policy,
            limiter: resilience::RateLimiter::per_minute(permits),
        }
    }

    /// Takes one permit; returns the limit with those that remain.
    ///
    /// # Errors
    ///
    /// `RateRefusal` when none is left.
    pub fn take(&self, key: &Key) -> Result<RateLimit, RateRefusal> {
        let limit = |remaining| RateLimit {
            policy: self.policy,
            per_minute: self.limiter.limit(),
            remaining,
        };
        match self.limiter.take(key) {
            Ok(remaining) => Ok(limit(remaining.0)),
            Err(refused) => Err(RateRefusal {
                wait: refused.wait,
                limit: limit(0),
            }),
        }
    }
}

impl RateRefusal {
    /// Problem of this kind.
    pub(crate) fn problem(self, kind: ProblemKind, detail: &str) -> Problem {
        let problem = Problem::new(kind, detail).retry_after(self.wait);
        problem.limited(self.limit)
    }
}
