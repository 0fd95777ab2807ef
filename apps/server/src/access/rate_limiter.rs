//! Rate limits of clients and members, as HTTP reports them.

use std::fmt::{Debug, Display};
use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::Duration;

use coordination_redis::{Redis, RedisRateLimiter};
use kernel::Streak;

use crate::http::{Problem, ProblemKind, RateLimit};

/// Named rate limit, a burst for each key: over all instances where they share a Redis, else of
/// this process.
#[derive(Debug)]
pub struct RatePolicy<Key: Hash + Eq> {
    policy: &'static str,
    limiter: resilience::RateLimiter<Key>,
    /// The limit over all instances; none without a Redis.
    shared: Option<RedisRateLimiter>,
    /// Questions in a row that Redis did not answer.
    unknown: Streak,
}

/// Refusal of a key without permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateRefusal {
    /// Time until the next permit.
    pub wait: Duration,
    /// The limit, with none left.
    pub limit: RateLimit,
}

impl<Key: Hash + Eq + Clone + Debug + Display> RatePolicy<Key> {
    /// This many permits a minute, reported under the name `policy`, such as `likes`.
    pub fn per_minute(policy: &'static str, permits: NonZeroU32) -> Self {
        Self {
            policy,
            limiter: resilience::RateLimiter::per_minute(permits),
            shared: None,
            unknown: Streak::default(),
        }
    }

    /// Counts over all instances that share this Redis.
    #[must_use]
    pub fn shared_by(self, redis: Option<&Redis>) -> Self {
        let (policy, permits) = (self.policy, self.limiter.limit());
        let limiter = |redis: &Redis| RedisRateLimiter::per_minute(redis.clone(), policy, permits);
        Self {
            shared: redis.map(limiter),
            ..self
        }
    }

    /// Takes one permit; returns the limit with those that remain. While Redis is away this
    /// instance counts by itself, as it does beside it.
    ///
    /// # Errors
    ///
    /// `RateRefusal` when none is left.
    pub async fn take(&self, key: &Key) -> Result<RateLimit, RateRefusal> {
        let own = self.take_alone(key)?;
        let Some(shared) = &self.shared else {
            return Ok(own);
        };
        match self.known(Box::pin(shared.take(key)).await) {
            Some(Ok(left)) => Ok(self.limit(left.0.min(own.remaining))),
            Some(Err(refused)) => Err(self.refusal(refused)),
            None => Ok(own),
        }
    }

    /// Takes one permit of this instance; returns the limit with those that remain.
    ///
    /// # Errors
    ///
    /// `RateRefusal` when none is left.
    pub fn take_alone(&self, key: &Key) -> Result<RateLimit, RateRefusal> {
        match self.limiter.take(key) {
            Ok(left) => Ok(self.limit(left.0)),
            Err(refused) => Err(self.refusal(refused)),
        }
    }

    fn limit(&self, remaining: u32) -> RateLimit {
        RateLimit {
            policy: self.policy,
            permits: self.limiter.limit(),
            window: Duration::from_mins(1),
            remaining,
        }
    }

    fn refusal(&self, refused: resilience::RateLimited) -> RateRefusal {
        RateRefusal {
            wait: refused.wait,
            limit: self.limit(0),
        }
    }

    /// Answer of Redis; none while it is away.
    fn known<T>(&self, said: Result<T, coordination_redis::Error>) -> Option<T> {
        match &said {
            Ok(_) => {
                if let Some(questions) = self.unknown.succeeded() {
                    tracing::info!(
                        policy = self.policy,
                        questions,
                        "a rate limit is shared again"
                    );
                }
            }
            Err(error) if self.unknown.failed() => tracing::warn!(
                policy = self.policy,
                error = kernel::chain(error),
                "a rate limit is counted by each instance until Redis is back"
            ),
            Err(_) => {}
        }
        said.ok()
    }
}

impl RateRefusal {
    /// Problem of this kind.
    pub(crate) fn problem(self, kind: ProblemKind, detail: &str) -> Problem {
        let problem = Problem::new(kind, detail).retry_after(self.wait);
        problem.limited(self.limit)
    }
}
