//! Estimate of the server's clock from the times in its responses.

use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

/// The server's clock, as last heard of. It is never ahead of the server's own by more than that
/// was set back since: an answer was given before it arrived.
#[derive(Debug, Default)]
pub(crate) struct ServerClock(Mutex<Option<(u64, Instant)>>);

impl ServerClock {
    /// Learns what time it was on the server, in microseconds since 1970, as the answer arrives.
    pub(crate) fn heard(&self, micros: u64) {
        *self.last() = Some((micros, Instant::now()));
    }

    /// A time by the server's clock that is not later than so long from now, in microseconds since
    /// 1970; long ago when nothing was heard yet.
    pub(crate) fn after(&self, time: Duration) -> u64 {
        let last = *self.last();
        last.map_or(0, |(micros, heard_at)| {
            let since = heard_at.elapsed() + time;
            micros.saturating_add(u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
        })
    }

    fn last(&self) -> parking_lot::MutexGuard<'_, Option<(u64, Instant)>> {
        self.0.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn server_clock_continues_from_the_last_response() {
        let clock = ServerClock::default();
        assert_eq!(clock.after(Duration::from_secs(1)), 0);
        clock.heard(1_000_000);
        tokio::time::advance(Duration::from_millis(5)).await;
        assert_eq!(clock.after(Duration::from_millis(2)), 1_007_000);
        clock.heard(500);
        assert_eq!(clock.after(Duration::ZERO), 500, "what was heard last");
    }
}
