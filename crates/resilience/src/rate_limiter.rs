//! Rate limits per key, such as a client address or a member, in bounded memory.

use std::fmt::{self, Debug};
use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::Duration;

use parking_lot::Mutex;
use quick_cache::unsync::Cache;
use tokio::time::Instant;

/// Upper bound on tracked keys. Beyond it the keys that are used least are evicted: memory stays
/// bounded, an evicted key starts again with its full burst, and no flood of new keys locks out
/// another one.
pub const MAX_KEYS: usize = 10_000;

/// Rate limiter by key: a burst of permits at once, refilled evenly over a window.
///
/// The state of a key is the theoretical arrival time of the generic cell rate algorithm (GCRA,
/// ITU-T I.371): the time at which its whole burst is available again.
pub struct RateLimiter<K> {
    permits: NonZeroU32,
    window: Duration,
    full_at: Mutex<Cache<K, Instant>>,
}

/// Permits that a key has left, at most its burst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remaining(pub u32);

/// Refusal of a key without permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the rate limit is exceeded for another {wait:?}")]
pub struct RateLimited {
    /// Time until the next permit.
    pub wait: Duration,
}

impl<K: Hash + Eq + Clone> RateLimiter<K> {
    /// A limiter of this many permits a minute for each key.
    pub fn per_minute(permits: NonZeroU32) -> Self {
        Self::per(Duration::from_mins(1), permits)
    }

    /// A limiter of this many permits in each window for each key.
    pub fn per(window: Duration, permits: NonZeroU32) -> Self {
        Self {
            permits,
            window,
            full_at: Mutex::new(Cache::new(MAX_KEYS)),
        }
    }

    /// Permits in a window.
    pub fn limit(&self) -> NonZeroU32 {
        self.permits
    }

    /// Takes one permit of this key; returns those that remain.
    ///
    /// # Errors
    ///
    /// [`RateLimited`] when none is left. A refused attempt costs nothing.
    pub fn take(&self, key: &K) -> Result<Remaining, RateLimited> {
        let interval = self.window / self.permits.get();
        let now = Instant::now();
        let mut states = self.full_at.lock();
        let full_at = states.get(key).map_or(now, |&full_at| full_at.max(now));
        let next = full_at + interval;
        let used = next.duration_since(now);
        let burst = interval * self.permits.get();
        let Some(unused) = burst.checked_sub(used) else {
            let wait = used.saturating_sub(burst);
            return Err(RateLimited { wait });
        };
        states.insert(key.clone(), next);
        let left = unused.as_nanos() / interval.as_nanos().max(1);
        Ok(Remaining(u32::try_from(left).unwrap_or(u32::MAX)))
    }
}

impl<K: Hash + Eq> Debug for RateLimiter<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimiter")
            .field("permits", &self.permits)
            .field("window", &self.window)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(permits: u32, max_keys: usize) -> RateLimiter<u32> {
        RateLimiter {
            full_at: Mutex::new(Cache::new(max_keys)),
            ..RateLimiter::per_minute(NonZeroU32::new(permits).unwrap())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn keys_have_separate_bursts_that_refill_over_a_minute() {
        let limiter = limiter(3, 10);
        for left in [2, 1, 0] {
            assert_eq!(limiter.take(&1), Ok(Remaining(left)));
        }
        let wait = Duration::from_secs(20);
        assert_eq!(limiter.take(&1), Err(RateLimited { wait }));
        assert_eq!(limiter.take(&2), Ok(Remaining(2)));
        tokio::time::advance(wait).await;
        assert_eq!(limiter.take(&1), Ok(Remaining(0)));
        tokio::time::advance(Duration::from_mins(1)).await;
        assert_eq!(limiter.take(&1), Ok(Remaining(2)));
    }

    #[tokio::test(start_paused = true)]
    async fn flood_of_new_keys_locks_nobody_out_and_memory_stays_bounded() {
        let limiter = limiter(3, 100);
        for key in 0..10_000 {
            limiter.take(&key).unwrap();
            limiter.take(&key).unwrap();
        }
        assert!(limiter.full_at.lock().len() <= 100);
        assert_eq!(limiter.take(&99_999), Ok(Remaining(2)));
    }
}
