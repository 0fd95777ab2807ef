//! Gate in front of the webhook: Discord's rate limits, and a margin before its ban on invalid
//! requests.

use std::collections::VecDeque;
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use tokio::time::Instant;

/// So many refused requests in [`WINDOW`] make Discord ban an address; all that is behind the
/// address counts.
const BANNED_AT: usize = 10_000;

/// Time for which a refused request counts.
const WINDOW: Duration = Duration::from_mins(10);

/// Upper bound on refused requests of one process: a twentieth of Discord's limit, so that twenty
/// processes can share an address.
pub(crate) const MAX_INVALID: usize = BANNED_AT / 20;

/// Pause after a webhook was not found, or its secret was refused.
pub(crate) const GONE: Duration = Duration::from_mins(1);

/// Reason for which the gate is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PauseReason {
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
    closed: Option<(Instant, PauseReason)>,
    /// Times of the refused requests within the last [`WINDOW`].
    invalid: VecDeque<Instant>,
}

impl Gate {
    /// Checks that sending is allowed now; otherwise returns the remaining pause and its reason.
    pub(crate) fn check(&self) -> Result<(), (Duration, PauseReason)> {
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
            return Err((oldest + WINDOW - now, PauseReason::TooManyInvalid));
        }
        Ok(())
    }

    /// Nothing is to be sent for this long. A longer pause that was asked for earlier stands.
    pub(crate) fn close_for(&self, pause: Duration, why: PauseReason) {
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
        self.0.lock()
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
    async fn gate_opens_when_the_pause_is_over_and_no_sooner() {
        let gate = Gate::default();
        assert_eq!(gate.check(), Ok(()));
        let pause = Duration::from_secs(5);
        gate.close_for(pause, PauseReason::RateLimited);
        gate.close_for(Duration::from_secs(1), PauseReason::BucketEmpty);
        assert_eq!(gate.check(), Err((pause, PauseReason::RateLimited)));
        tokio::time::advance(Duration::from_millis(4_999)).await;
        assert_eq!(
            gate.check(),
            Err((Duration::from_millis(1), PauseReason::RateLimited))
        );
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(gate.check(), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn gate_closes_long_before_the_address_is_banned() {
        let gate = Gate::default();
        for _ in 0..MAX_INVALID {
            assert_eq!(gate.check(), Ok(()));
            gate.count_invalid();
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        let (wait, why) = gate.check().unwrap_err();
        assert_eq!(why, PauseReason::TooManyInvalid);
        assert_eq!(wait, Duration::from_secs(600 - MAX_INVALID as u64));
        tokio::time::advance(wait).await;
        assert_eq!(gate.check(), Ok(()), "the oldest is forgotten");
    }
}
