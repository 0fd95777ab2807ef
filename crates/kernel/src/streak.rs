//! Failures that follow one another, logged once when they begin and once when they are over.

use std::sync::atomic::{AtomicU64, Ordering};

/// Count of the failures since the last success.
///
/// A dependency that is away fails every call; one line for each buries the others.
#[derive(Debug, Default)]
pub struct Streak(AtomicU64);

impl Streak {
    /// Counts a failure. Whether it is the first since the last success.
    pub fn failed(&self) -> bool {
        self.0.fetch_add(1, Ordering::Relaxed) == 0
    }

    /// Records a success. Returns the number of failures before it; none without any.
    pub fn succeeded(&self) -> Option<u64> {
        // Nearly always there are none, and a load does not take the cache line from the others.
        if self.0.load(Ordering::Relaxed) == 0 {
            return None;
        }
        Some(self.0.swap(0, Ordering::Relaxed)).filter(|&failures| failures > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streak_names_its_first_failure_and_counts_all_at_its_end() {
        let streak = Streak::default();
        assert_eq!(streak.succeeded(), None);
        assert_eq!([(); 3].map(|()| streak.failed()), [true, false, false]);
        assert_eq!(streak.succeeded(), Some(3));
        assert_eq!(streak.succeeded(), None);
        assert!(streak.failed());
    }
}
