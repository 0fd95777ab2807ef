//! When nothing may be sent: what Discord asked for, and what keeps it from banning us.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use tokio::time::Instant;

/// So many refused requests in [`WINDOW`] make Discord ban an address; all that is behind the
/// address counts.
const BANNED_AT: usize = 10_000;

/// How long a refused request counts.
const WINDOW: Duration = Duration::from_mins(10);

/// How many refused requests one process allows itself: twenty of them can share an address.
pub(crate) const MAX_INVALID: usize = BANNED_AT / 20;

/// How long nothing is sent to a webhook that is not there, or not ours any more.
pub(crate) const GONE: Duration = Duration::from_mins(1);

/// Why nothing is sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Closed {
    /// A 429 asked for a pause.
    #[error("Discord asked for a pause")]
    RateLimited,
    /// A 429 asked for a pause everywhere.
    #[error("Discord asked for a pause everywhere")]
    GloballyRateLimited,
    /// As many requests as its bucket holds were sent.
    #[error("the bucket of the webhook is used up")]
    BucketEmpty,
    /// The webhook was deleted or its secret changed.
    #[error("the webhook is gone")]
    Gone,
    /// So many requests were refused that more could have the address banned.
    #[error("too many requests were refused in ten minutes")]
    TooManyInvalid,
    /// Other requests are under way.
    #[error("other messages are on their way")]
    Busy,
}

/// Opens when something may be sent.
#[derive(Debug, Default)]
pub(crate) struct Gate(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    closed: Option<(Instant, Closed)>,
    /// When requests were refused, within the last [`WINDOW`].
    invalid: VecDeque<Instant>,
}

impl Gate {
    /// Whether something may be sent now; else for how long not, and why.
    pub(crate) fn check(&self) -> Result<(), (Duration, Closed)> {
        let now = Instant::now();
        let mut state = self.state();
        if let Some((until, why)) = state.closed
            && now < until
        {
            return Err((until - now, why));
        }
        state.forget_before(now);
        if state.invalid.len() >= MAX_INVALID {
            let oldest = state.invalid[state.invalid.len() - MAX_INVALID];
            return Err((oldest + WINDOW - now, Closed::TooManyInvalid));
        }
        Ok(())
    }

    /// Nothing is to be sent for this long. A longer pause that was asked for earlier stands.
    pub(crate) fn close_for(&self, pause: Duration, why: Closed) {
        let until = Instant::now() + pause;
        let mut state = self.state();
        if state.closed.is_none_or(|(earlier, _)| earlier < until) {
            state.closed = Some((until, why));
        }
    }

    /// A request was refused in a way that Discord counts.
    pub(crate) fn count_invalid(&self) {
        let now = Instant::now();
        let mut state = self.state();
        state.forget_before(now);
        state.invalid.push_back(now);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no holder of this lock panics")
    }
}

impl State {
    fn forget_before(&mut self, now: Instant) {
        while self.invalid.front().is_some_and(|&at| at + WINDOW <= now) {
            self.invalid.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_opens_when_the_pause_is_over_and_no_sooner() {
        let gate = Gate::default();
        assert_eq!(gate.check(), Ok(()));
        let pause = Duration::from_secs(5);
        gate.close_for(pause, Closed::RateLimited);
        gate.close_for(Duration::from_secs(1), Closed::BucketEmpty);
        assert_eq!(gate.check(), Err((pause, Closed::RateLimited)));
        tokio::time::advance(Duration::from_millis(4_999)).await;
        assert_eq!(
            gate.check(),
            Err((Duration::from_millis(1), Closed::RateLimited))
        );
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(gate.check(), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn it_closes_long_before_the_address_is_banned() {
        let gate = Gate::default();
        for _ in 0..MAX_INVALID {
            assert_eq!(gate.check(), Ok(()));
            gate.count_invalid();
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        let (wait, why) = gate.check().unwrap_err();
        assert_eq!(why, Closed::TooManyInvalid);
        assert_eq!(wait, Duration::from_secs(600 - MAX_INVALID as u64));
        tokio::time::advance(wait).await;
        assert_eq!(gate.check(), Ok(()), "the oldest is forgotten");
    }
}
