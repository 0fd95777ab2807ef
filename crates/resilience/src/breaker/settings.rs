//! Settings of a circuit breaker: conditions of opening and closing, and the open time.

use std::num::NonZeroU32;
use std::time::Duration;

use crate::backoff::Backoff;
use crate::invalid::{InvalidSettings, require};

/// Settings of a [`CircuitBreaker`](super::CircuitBreaker): conditions of opening and closing, and
/// the open time.
#[derive(Debug, Clone)]
pub struct BreakerSettings {
    /// Calls that ended longer ago than this are forgotten.
    pub window: Duration,
    /// At most this many calls are remembered, the latest ones.
    pub window_calls: u32,
    /// The rate below is judged whenever a call fails, but only over at least this many calls in
    /// the window.
    pub minimum_calls: u32,
    /// Opens when this share of the calls in the window failed; above 0, at most 1.
    pub failure_rate: f64,
    /// Opens after this many failures in a row, however few calls there were.
    pub consecutive_failures: Option<NonZeroU32>,
    /// Time for which it stays open: the first time, and at most after failed probes.
    pub open_time: Backoff,
    /// The share of the open time that is left to chance, 0 to 1: the time is drawn evenly from
    /// `(1 - open_jitter) * open_time` to `open_time`, so that several instances do not probe in
    /// step.
    pub open_jitter: f64,
    /// At most this many probes are under way at once while half-open.
    pub probe_limit: NonZeroU32,
    /// This many healthy probes close it; the first unhealthy one opens it again.
    pub probes_to_close: NonZeroU32,
    /// Age at which probes under way are given up as failed, once every probe has reached it. Above
    /// the timeout of the calls, this only ever meets a caller that forgot its permit.
    pub probe_timeout: Duration,
}

impl Default for BreakerSettings {
    /// Half of at least 10 calls in 30 s, or 5 failures in a row; open for 5 s, doubling up to
    /// 2 min, of which a fifth is left to chance; one probe at a time, two to close.
    fn default() -> Self {
        Self {
            window: Duration::from_secs(30),
            window_calls: 1_000,
            minimum_calls: 10,
            failure_rate: 0.5,
            consecutive_failures: NonZeroU32::new(5),
            open_time: Backoff::new(Duration::from_secs(5), Duration::from_mins(2))
                .expect("5 s is above zero and below 2 min"),
            open_jitter: 0.2,
            probe_limit: NonZeroU32::MIN,
            probes_to_close: NonZeroU32::MIN.saturating_add(1),
            probe_timeout: Duration::from_secs(30),
        }
    }
}

impl BreakerSettings {
    pub(super) fn validate(&self) -> Result<(), InvalidSettings> {
        require(!self.window.is_zero(), "window", "must be above zero")?;
        require(
            (1..=self.window_calls).contains(&self.minimum_calls),
            "minimum_calls",
            "must be 1 to window_calls",
        )?;
        require(
            self.failure_rate > 0.0 && self.failure_rate <= 1.0,
            "failure_rate",
            "must be above 0 and at most 1",
        )?;
        require(
            (0.0..=1.0).contains(&self.open_jitter),
            "open_jitter",
            "must be 0 to 1",
        )?;
        require(
            !self.probe_timeout.is_zero(),
            "probe_timeout",
            "must be above zero",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_that_cannot_work_is_named() {
        let refused = |change: fn(&mut BreakerSettings)| {
            let mut settings = BreakerSettings::default();
            change(&mut settings);
            settings.validate().unwrap_err().setting
        };
        assert_eq!(refused(|s| s.window = Duration::ZERO), "window");
        assert_eq!(refused(|s| s.minimum_calls = 0), "minimum_calls");
        assert_eq!(refused(|s| s.window_calls = 9), "minimum_calls");
        assert_eq!(refused(|s| s.failure_rate = 0.0), "failure_rate");
        assert_eq!(refused(|s| s.failure_rate = f64::NAN), "failure_rate");
        assert_eq!(refused(|s| s.open_jitter = 1.1), "open_jitter");
        assert_eq!(
            refused(|s| s.probe_timeout = Duration::ZERO),
            "probe_timeout"
        );
        assert_eq!(BreakerSettings::default().validate(), Ok(()));
    }
}
