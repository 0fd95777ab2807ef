//! Rate limits that instances share.

use std::fmt::Display;
use std::num::NonZeroU32;
use std::time::Duration;

use resilience::{RateLimited, Remaining};

use crate::script::RATE;
use crate::{Error, Redis};

/// Rate limiter by key over all instances that share a Redis, by Redis's clock: the algorithm of
/// [`resilience::RateLimiter`], with the state of each key in Redis until its burst is whole again.
#[derive(Debug, Clone)]
pub struct RedisRateLimiter {
    redis: Redis,
    policy: &'static str,
    per_minute: NonZeroU32,
}

impl RedisRateLimiter {
    /// A limiter of this many permits a minute for each key of a policy, such as `likes`.
    pub fn per_minute(redis: Redis, policy: &'static str, per_minute: NonZeroU32) -> Self {
        Self {
            redis,
            policy,
            per_minute,
        }
    }

    /// Takes one permit of this key; those that remain, or the refusal. A refused attempt costs
    /// nothing.
    ///
    /// # Errors
    ///
    /// [`Error`] when Redis gives no answer.
    pub async fn take(&self, key: &impl Display) -> Result<Result<Remaining, RateLimited>, Error> {
        let interval = Duration::from_mins(1) / self.per_minute.get();
        let key = self.redis.key(&format!("rate:{}:{key}", self.policy));
        let arguments = vec![
            interval.as_micros().to_string(),
            self.per_minute.to_string(),
        ];
        let taken = self.redis.run::<(u8, u32, u64)>(&RATE, key, arguments);
        let (is_taken, left, wait) = self.redis.call(taken).await?;
        Ok(if is_taken == 1 {
            Ok(Remaining(left))
        } else {
            let wait = Duration::from_micros(wait);
            Err(RateLimited { wait })
        })
    }
}
