//! The limit on calls, as Nexon sets it for an application: so many a second, so many a day.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_hours(24);

/// Limits on the number of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// In any second.
    pub per_second: usize,
    /// In any 24 hours.
    pub per_day: usize,
}

impl Quota {
    /// Nexon's limits for an application in the development stage.
    pub const DEVELOPMENT: Self = Self {
        per_second: 5,
        per_day: 1_000,
    };
}

/// Calls admitted in the last 24 hours, as a sliding window.
#[derive(Debug)]
pub(crate) struct SlidingWindow {
    quota: Quota,
    calls: VecDeque<Instant>,
}

impl SlidingWindow {
    pub(crate) fn new(quota: Quota) -> Self {
        Self {
            quota,
            calls: VecDeque::new(),
        }
    }

    /// Admits a call, or returns the wait before the next admission.
    pub(crate) fn admit(&mut self, now: Instant) -> Result<(), Duration> {
        while self.calls.front().is_some_and(|call| now - *call >= DAY) {
            self.calls.pop_front();
        }
        self.wait(self.quota.per_second, SECOND, now)?;
        self.wait(self.quota.per_day, DAY, now)?;
        self.calls.push_back(now);
        Ok(())
    }

    /// The call that must leave the window first is the `limit`-th from the end.
    fn wait(&self, limit: usize, window: Duration, now: Instant) -> Result<(), Duration> {
        let Some(index) = self.calls.len().checked_sub(limit) else {
            return Ok(());
        };
        let age = self
            .calls
            .get(index)
            .map_or(Duration::ZERO, |call| now - *call);
        match window.checked_sub(age) {
            None | Some(Duration::ZERO) => Ok(()),
            Some(left) => Err(left),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quota_windows_slide() {
        let mut window = SlidingWindow::new(Quota {
            per_second: 2,
            per_day: 3,
        });
        let start = Instant::now();
        let mut at = |millis| window.admit(start + Duration::from_millis(millis));
        assert_eq!(at(0), Ok(()));
        assert_eq!(at(600), Ok(()));
        assert_eq!(at(700), Err(Duration::from_millis(300)));
        assert_eq!(at(999), Err(Duration::from_millis(1)));
        assert_eq!(at(1_000), Ok(()));
        assert_eq!(at(1_001), Err(Duration::from_millis(599)));
        assert_eq!(at(2_000), Err(Duration::from_secs(86_398)));
        assert_eq!(at(86_400_000), Ok(()));
        assert_eq!(at(86_400_001), Err(Duration::from_millis(599)));
    }

    #[test]
    fn quota_of_zero_admits_nothing() {
        let mut window = SlidingWindow::new(Quota {
            per_second: 0,
            per_day: 0,
        });
        assert_eq!(window.admit(Instant::now()), Err(SECOND));
    }
}
