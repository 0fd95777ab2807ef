//! Waits between tries: growing with each, and spread by random numbers so that callers do not
//! meet.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use crate::invalid::{InvalidSettings, require};

/// Far above any sensible wait, and far below what overflows an instant.
const YEAR: Duration = Duration::from_hours(365 * 24);

/// A wait that doubles with each try up to a limit.
///
/// ```
/// # use std::time::Duration;
/// let backoff = resilience::Backoff::new(Duration::from_millis(100), Duration::from_secs(1))?;
/// let waits = [0, 1, 2, 3, 4].map(|tries| backoff.wait(tries).as_millis());
/// assert_eq!(waits, [100, 200, 400, 800, 1000]);
/// # Ok::<(), resilience::InvalidSettings>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    first: Duration,
    limit: Duration,
}

impl Backoff {
    /// Starts at `first` and never exceeds `limit`.
    ///
    /// # Errors
    ///
    /// When `first` is zero or above `limit`, or `limit` is more than a year.
    pub fn new(first: Duration, limit: Duration) -> Result<Self, InvalidSettings> {
        require(!first.is_zero(), "first", "must be above zero")?;
        require(first <= limit, "first", "must be at most the limit")?;
        require(limit <= YEAR, "limit", "must be at most a year")?;
        Ok(Self { first, limit })
    }

    /// The wait after `tries` earlier ones, without jitter.
    pub fn wait(&self, tries: u32) -> Duration {
        let factor = 2_u32.saturating_pow(tries);
        self.first.saturating_mul(factor).min(self.limit)
    }
}

/// A shared source of random waits. Clones draw from the same sequence.
///
/// The seed comes from the application, so that tests repeat; give every instance of a service
/// another one, or they all wait in step.
#[derive(Debug, Clone)]
pub struct Jitter(Arc<Mutex<SmallRng>>);

impl Jitter {
    /// The sequence that belongs to `seed`.
    pub fn from_seed(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(SmallRng::seed_from_u64(seed))))
    }

    /// A wait drawn evenly from `shortest` to `longest`, both included.
    ///
    /// # Panics
    ///
    /// When `shortest` is above `longest`.
    pub fn between(&self, shortest: Duration, longest: Duration) -> Duration {
        assert!(shortest <= longest, "{shortest:?} is above {longest:?}");
        let mut rng = self.0.lock();
        rng.random_range(shortest..=longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn waits_that_cannot_work_are_refused() {
        assert_eq!(
            Backoff::new(Duration::ZERO, millis(1))
                .unwrap_err()
                .to_string(),
            "first must be above zero"
        );
        assert!(Backoff::new(millis(2), millis(1)).is_err());
        assert!(Backoff::new(millis(1), Duration::MAX).is_err());
        assert!(Backoff::new(millis(1), millis(1)).is_ok());
    }

    #[test]
    fn any_number_of_tries_stays_at_the_limit() {
        let backoff = Backoff::new(millis(7), millis(1_000)).unwrap();
        for tries in [8, 31, 32, 33, u32::MAX] {
            assert_eq!(backoff.wait(tries), millis(1_000));
        }
    }

    #[test]
    fn jitter_covers_its_range_and_repeats_with_its_seed() {
        let draw = |seed| {
            let jitter = Jitter::from_seed(seed);
            let draws = (0..1_000).map(|_| jitter.between(millis(10), millis(20)));
            draws.collect::<Vec<_>>()
        };
        let waits = draw(1);
        assert!(waits.iter().all(|w| (millis(10)..=millis(20)).contains(w)));
        assert!(waits.iter().any(|&w| w < millis(11)) && waits.iter().any(|&w| w > millis(19)));
        assert_eq!(waits, draw(1));
        assert_ne!(waits, draw(2));
    }
}
