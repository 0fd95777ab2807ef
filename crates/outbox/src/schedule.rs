//! Retry schedule of failed messages.

use std::time::Duration;

/// The waits before each attempt; after the last one has failed the message is a dead letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetrySchedule {
    waits: Vec<Duration>,
}

/// At once, 5 s, 30 s, 5 min, 30 min, 2 h, 5 h, 10 h: about 17 hours and a half, so that an outage
/// of a working day loses nothing.
const DEFAULT_SECONDS: [u64; 8] = [0, 5, 30, 300, 1_800, 7_200, 18_000, 36_000];

/// Each wait is lengthened by up to this part, so that what failed together does not come back
/// Maximum relative lengthening of each wait, so that messages that failed together are not retried
/// together.
const JITTER: f64 = 0.1;

impl Default for RetrySchedule {
    fn default() -> Self {
        Self {
            waits: DEFAULT_SECONDS.map(Duration::from_secs).to_vec(),
        }
    }
}

/// Upper bound on the attempts of a message: the history of each attempt is kept.
const MAX_ATTEMPTS: usize = 100;

impl RetrySchedule {
    /// These waits, one before each attempt; none when there are no waits, or more than 100.
    pub fn new(waits: Vec<Duration>) -> Option<Self> {
        (1..=MAX_ATTEMPTS)
            .contains(&waits.len())
            .then_some(Self { waits })
    }

    /// The waits, one before each attempt.
    pub fn waits(&self) -> &[Duration] {
        &self.waits
    }

    /// Returns the number of attempts of a message.
    pub fn attempts(&self) -> u32 {
        u32::try_from(self.waits.len()).expect("a schedule has a handful of waits")
    }

    /// Returns the wait after `failed` failed attempts; none when there is no further attempt.
    /// `dice` in `0.0..1.0` is the jitter.
    pub fn wait_after(&self, failed: u32, dice: f64) -> Option<Duration> {
        let wait = self.waits.get(usize::try_from(failed).ok()?)?;
        Some(wait.mul_f64(1.0 + JITTER * dice.clamp(0.0, 1.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        let schedule = RetrySchedule::default();
        let waits: Vec<_> = (0..=schedule.attempts())
            .map(|failed| schedule.wait_after(failed, 0.0).map(|wait| wait.as_secs()))
            .collect();
        let expected: Vec<_> = DEFAULT_SECONDS
            .into_iter()
            .map(Some)
            .chain([None])
            .collect();
        assert_eq!(waits, expected);
    }

    #[test]
    fn jitter_lengthens_by_at_most_a_tenth() {
        let schedule = RetrySchedule::default();
        let wait = schedule.wait_after(1, 1.0).unwrap();
        assert_eq!(wait, Duration::from_millis(5_500));
    }
}
