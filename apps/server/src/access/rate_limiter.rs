//! How often one client, or one member, may try.

use std::fmt::Debug;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter as GovernorLimiter};

use crate::http::{Problem, ProblemKind, RateLimit};

/// The most who are told apart. When as many have tried of late, no other may: memory is bounded,
/// and whoever sends from ever new addresses wins nothing by it.
const MAX_KEYS: usize = 10_000;

/// So many attempts for each `Key`, in this process: all of them at once, then one whenever its
/// share of a minute has gone by.
#[derive(Debug)]
pub struct RateLimiter<Key: Hash + Eq + Clone + Debug> {
    policy: &'static str,
    per_minute: NonZeroU32,
    limiter:
        GovernorLimiter<Key, DefaultKeyedStateStore<Key>, DefaultClock, StateInformationMiddleware>,
    clock: DefaultClock,
    pause: Duration,
    max_keys: usize,
}

/// Key has no attempt left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimited {
    /// When there is one again.
    pub wait: Duration,
    /// How many there are.
    pub limit: RateLimit,
}

impl<Key: Hash + Eq + Clone + Debug> RateLimiter<Key> {
    /// So many in a minute, of what `policy` names, such as `likes`.
    pub fn per_minute(policy: &'static str, attempts: NonZeroU32) -> Self {
        Self::of(policy, attempts, MAX_KEYS)
    }

    fn of(policy: &'static str, attempts: NonZeroU32, max_keys: usize) -> Self {
        let quota = Quota::per_minute(attempts);
        Self {
            policy,
            per_minute: attempts,
            limiter: GovernorLimiter::keyed(quota).with_middleware(),
            clock: DefaultClock::default(),
            pause: quota.replenish_interval(),
            max_keys,
        }
    }

    /// Takes one attempt; what is left then.
    ///
    /// # Errors
    ///
    /// `RateLimited`, and how long to wait.
    pub fn take(&self, key: &Key) -> Result<RateLimit, RateLimited> {
        let limit = |remaining| RateLimit {
            policy: self.policy,
            per_minute: self.per_minute,
            remaining,
        };
        let refuse = |wait| RateLimited {
            wait,
            limit: limit(0),
        };
        if self.limiter.len() >= self.max_keys {
            // Key has all attempts back is like one who never came.
            self.limiter.retain_recent();
            if self.limiter.len() >= self.max_keys {
                return Err(refuse(self.pause));
            }
        }
        match self.limiter.check_key(key) {
            Ok(left) => Ok(limit(left.remaining_burst_capacity())),
            Err(not_until) => Err(refuse(not_until.wait_time_from(self.clock.now()))),
        }
    }
}

impl RateLimited {
    /// As a problem of this kind.
    pub(crate) fn problem(self, kind: ProblemKind, detail: &str) -> Problem {
        let problem = Problem::new(kind, detail).retry_after(self.wait);
        problem.limited(self.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempts(number: u32, max_keys: usize) -> RateLimiter<u8> {
        RateLimiter::of("tests", NonZeroU32::new(number).unwrap(), max_keys)
    }

    #[test]
    fn each_has_their_own_and_is_told_what_is_left() {
        let attempts = attempts(3, 10);
        for left in [2, 1, 0] {
            assert_eq!(attempts.take(&1).unwrap().remaining, left);
        }
        let refused = attempts.take(&1).unwrap_err();
        assert!(
            refused.wait > Duration::ZERO && refused.wait <= Duration::from_secs(20),
            "{refused:?}"
        );
        assert_eq!(refused.limit.remaining, 0);
        assert_eq!(attempts.take(&2).unwrap().remaining, 2);
    }

    #[test]
    fn memory_is_bounded() {
        let attempts = attempts(3, 4);
        for who in 0..4 {
            attempts.take(&who).unwrap();
        }
        let refused = attempts.take(&9).unwrap_err();
        assert_eq!(refused.wait, Duration::from_secs(20));
        assert_eq!(attempts.limiter.len(), 4);
    }
}
