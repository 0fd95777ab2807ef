//! The day an upstream counts its quota by.

use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);

/// A day somewhere, and how much of it is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Tells this day from others; it grows by one each midnight.
    pub number: u64,
    /// The time until midnight; above zero.
    pub remaining: Duration,
}

impl Day {
    /// The day at a time given since the Unix epoch, in a place that is always `east` ahead of
    /// UTC. In Korea (KST) that is nine hours, without summer time.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use resilience::Day;
    /// // 2026-10-22T14:59:50Z is ten seconds to midnight in Seoul.
    /// let now = Duration::from_secs(1_792_681_190);
    /// let day = Day::at(now, Duration::from_hours(9));
    /// assert_eq!(day.remaining, Duration::from_secs(10));
    /// ```
    pub fn at(since_epoch: Duration, east: Duration) -> Self {
        let local = since_epoch + east;
        let number = local.as_secs() / DAY.as_secs();
        let into_day = Duration::new(local.as_secs() % DAY.as_secs(), local.subsec_nanos());
        Self {
            number,
            remaining: DAY.saturating_sub(into_day),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_ends_at_its_own_midnight() {
        let hours = Duration::from_hours;
        for (since_epoch, east, number, remaining) in [
            (hours(0), hours(0), 0, hours(24)),
            (hours(0), hours(9), 0, hours(15)),
            (hours(15), hours(9), 1, hours(24)),
            (
                Duration::from_millis(172_799_999),
                hours(0),
                1,
                Duration::from_millis(1),
            ),
        ] {
            let expected = Day { number, remaining };
            assert_eq!(
                Day::at(since_epoch, east),
                expected,
                "{since_epoch:?} {east:?}"
            );
        }
    }
}
