//! The clock, injected so that tests control the time.

use std::fmt::Debug;

use jiff::Timestamp;

/// Tells the time of day.
pub trait Clock: Debug + Send + Sync {
    /// The present instant, UTC.
    fn now(&self) -> Timestamp;
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the clock"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that stands still until a test moves it.
#[cfg(feature = "testkit")]
#[derive(Debug)]
pub struct ManualClock(parking_lot::Mutex<Timestamp>);

#[cfg(feature = "testkit")]
impl ManualClock {
    /// A clock that shows `start`.
    pub fn at(start: Timestamp) -> Self {
        Self(parking_lot::Mutex::new(start))
    }

    /// Moves the clock forward.
    ///
    /// # Panics
    ///
    /// When the new time is out of the range of [`Timestamp`].
    pub fn advance(&self, by: std::time::Duration) {
        let mut now = self.0.lock();
        *now = now
            .checked_add(by)
            .expect("a test stays within the range of timestamps");
    }
}

#[cfg(feature = "testkit")]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock()
    }
}
