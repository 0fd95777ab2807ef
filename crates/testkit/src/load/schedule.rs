//! Schedule of requests at a fixed rate.

use std::time::Duration;

/// The moments at which requests are meant to be sent, counted from the start of a load.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Schedule {
    requests: usize,
    per_second: f64,
}

impl Schedule {
    /// All at the start: what the server makes of it is its capacity.
    pub const fn at_once(requests: usize) -> Self {
        Self {
            requests,
            per_second: f64::INFINITY,
        }
    }

    /// At a steady rate.
    ///
    /// # Panics
    ///
    /// When the rate is not above zero.
    pub fn steady(requests: usize, per_second: f64) -> Self {
        assert!(per_second > 0.0, "{per_second} requests a second");
        Self {
            requests,
            per_second,
        }
    }

    /// At a steady rate for so long.
    ///
    /// # Panics
    ///
    /// When the rate is not above zero.
    pub fn lasting(length: Duration, per_second: f64) -> Self {
        let is_within = |number: &usize| *number as f64 / per_second < length.as_secs_f64();
        Self::steady((0..usize::MAX).take_while(is_within).count(), per_second)
    }

    /// Returns the number of requests.
    pub const fn len(&self) -> usize {
        self.requests
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.requests == 0
    }

    /// Returns the time at which this request is meant to be sent, from the start; none past the
    /// last one.
    pub fn offset(&self, number: usize) -> Option<Duration> {
        let seconds = number as f64 / self.per_second;
        (number < self.requests).then(|| Duration::from_secs_f64(seconds))
    }

    /// Returns the time from the start to the last request.
    pub fn length(&self) -> Duration {
        let last = self.requests.checked_sub(1);
        last.and_then(|last| self.offset(last)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_spread_evenly_from_the_start() {
        for (schedule, offsets) in [
            (Schedule::steady(3, 10.0), &[0, 100, 200][..]),
            (Schedule::steady(2, 0.5), &[0, 2_000]),
            (
                Schedule::lasting(Duration::from_secs(1), 4.0),
                &[0, 250, 500, 750],
            ),
            (Schedule::at_once(3), &[0, 0, 0]),
            (Schedule::at_once(0), &[]),
        ] {
            let found: Vec<_> = (0..).map_while(|number| schedule.offset(number)).collect();
            let expected: Vec<_> = offsets.iter().copied().map(Duration::from_millis).collect();
            assert_eq!(found, expected);
            assert_eq!(
                schedule.length(),
                expected.last().copied().unwrap_or_default()
            );
        }
    }
}
