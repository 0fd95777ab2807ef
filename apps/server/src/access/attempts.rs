//! How often one client, or one member, may try.

use std::fmt::Debug;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use crate::http::{Problem, ProblemKind, RateLimit};

/// The most who are told apart. When as many have tried of late, no other may: memory is bounded,
/// and whoever sends from ever new addresses wins nothing by it.
const MOST_WHO: usize = 10_000;

/// So many attempts for each `Who`, in this process: all of them at once, then one whenever its
/// share of a minute has gone by.
#[derive(Debug)]
pub struct Attempts<Who: Hash + Eq + Clone + Debug> {
    policy: &'static str,
    per_minute: NonZeroU32,
    limiter:
        RateLimiter<Who, DefaultKeyedStateStore<Who>, DefaultClock, StateInformationMiddleware>,
    clock: DefaultClock,
    pause: Duration,
    most_who: usize,
}

/// Who has no attempt left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoneLeft {
    /// When there is one again.
    pub wait: Duration,
    /// How many there are.
    pub limit: RateLimit,
}

impl<Who: Hash + Eq + Clone + Debug> Attempts<Who> {
    /// So many in a minute, of what `policy` names, such as `likes`.
    pub fn per_minute(policy: &'static str, attempts: NonZeroU32) -> Self {
        Self::of(policy, attempts, MOST_WHO)
    }

    fn of(policy: &'static str, attempts: NonZeroU32, most_who: usize) -> Self {
        let quota = Quota::per_minute(attempts);
        Self {
            policy,
            per_minute: attempts,
            limiter: RateLimiter::keyed(quota).with_middleware(),
            clock: DefaultClock::default(),
            pause: quota.replenish_interval(),
            most_who,
        }
    }

    /// Takes one attempt; what is left then.
    ///
    /// # Errors
    ///
    /// `NoneLeft`, and how long to wait.
    pub fn take(&self, who: &Who) -> Result<RateLimit, NoneLeft> {
        let limit = |remaining| RateLimit {
            policy: self.policy,
            per_minute: self.per_minute,
            remaining,
        };
        let refuse = |wait| NoneLeft {
            wait,
            limit: limit(0),
        };
        if self.limiter.len() >= self.most_who {
            // Who has all attempts back is like one who never came.
            self.limiter.retain_recent();
            if self.limiter.len() >= self.most_who {
                return Err(refuse(self.pause));
            }
        }
        match self.limiter.check_key(who) {
            Ok(left) => Ok(limit(left.remaining_burst_capacity())),
            Err(not_until) => Err(refuse(not_until.wait_time_from(self.clock.now()))),
        }
    }
}

impl NoneLeft {
    /// As a problem of this kind.
    pub(crate) fn problem(self, kind: ProblemKind, detail: &str) -> Problem {
        let problem = Problem::new(kind, detail).retry_after(self.wait);
        problem.limited(self.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempts(number: u32, most_who: usize) -> Attempts<u8> {
        Attempts::of("tests", NonZeroU32::new(number).unwrap(), most_who)
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
