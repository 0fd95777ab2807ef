//! The instant by which an answer is due.

use std::time::Duration;

use tokio::time::{self, Instant};

/// Stands for "never" where an instant further away cannot be told.
const FAR_AWAY: Duration = Duration::from_hours(30 * 365 * 24);

/// The instant by which an answer is due, handed on unchanged from the edge of the service to the
/// last call it makes, so that waiting in one place shortens what is left for the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Deadline(Instant);

/// The deadline has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the deadline has passed")]
pub struct DeadlineExceeded;

/// Limit of [`Deadline::timeout_within`] that ended the work.
///
/// The difference matters to a [`CircuitBreaker`](crate::CircuitBreaker): an upstream that used
/// up its whole limit failed; one that was asked moments before the deadline did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimedOut {
    /// The work took longer than its own limit.
    #[error("no answer within {} ms", .limit.as_millis())]
    Limit {
        /// The limit of this piece of work.
        limit: Duration,
    },
    /// The deadline came before the limit was used up.
    #[error("the deadline passed during the call")]
    Deadline,
}

impl Deadline {
    /// Due at `instant`.
    pub fn at(instant: Instant) -> Self {
        Self(instant)
    }

    /// Due `budget` from now. More than 30 years are taken as 30 years.
    pub fn within(budget: Duration) -> Self {
        Self(Instant::now() + budget.min(FAR_AWAY))
    }

    /// The instant itself.
    pub fn instant(self) -> Instant {
        self.0
    }

    /// The time left; zero once it has passed.
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// Whether no time is left.
    pub fn expired(self) -> bool {
        self.remaining().is_zero()
    }

    /// The earlier of this deadline and `limit` from now.
    #[must_use]
    pub fn capped(self, limit: Duration) -> Self {
        self.min(Self::within(limit))
    }

    /// Runs `work` until the deadline. Work is not even started once the deadline has passed;
    /// work that is cut off is dropped, so it must be safe to cancel.
    ///
    /// # Errors
    ///
    /// [`DeadlineExceeded`] when the deadline came first.
    pub async fn timeout<F: Future>(self, work: F) -> Result<F::Output, DeadlineExceeded> {
        if self.expired() {
            return Err(DeadlineExceeded);
        }
        time::timeout_at(self.0, work)
            .await
            .map_err(|_| DeadlineExceeded)
    }

    /// Runs `work` until the deadline, but no longer than `limit`. Else like
    /// [`Deadline::timeout`].
    ///
    /// # Errors
    ///
    /// [`TimedOut`], which tells the two apart.
    pub async fn timeout_within<F: Future>(
        self,
        limit: Duration,
        work: F,
    ) -> Result<F::Output, TimedOut> {
        let capped = self.capped(limit);
        let cause = if capped < self {
            TimedOut::Limit { limit }
        } else {
            TimedOut::Deadline
        };
        capped.timeout(work).await.map_err(|_| cause)
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn time_that_passes_is_no_longer_left() {
        let deadline = Deadline::within(3 * SECOND);
        assert_eq!(deadline.remaining(), 3 * SECOND);
        time::advance(2 * SECOND).await;
        assert_eq!(deadline.remaining(), SECOND);
        assert!(!deadline.expired());
        time::advance(2 * SECOND).await;
        assert_eq!(deadline.remaining(), Duration::ZERO);
        assert!(deadline.expired());
    }

    #[tokio::test(start_paused = true)]
    async fn deadline_beyond_all_time_does_not_overflow() {
        assert!(!Deadline::within(Duration::MAX).expired());
        assert!(Deadline::within(SECOND).capped(Duration::MAX) < Deadline::within(2 * SECOND));
    }

    #[tokio::test(start_paused = true)]
    async fn work_is_cut_off_at_the_deadline_and_not_before() {
        let start = Instant::now();
        let deadline = Deadline::within(SECOND);
        assert_eq!(deadline.timeout(ready(7)).await, Ok(7));
        assert_eq!(
            deadline.timeout(pending::<()>()).await,
            Err(DeadlineExceeded)
        );
        assert_eq!(start.elapsed(), SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn work_does_not_start_after_the_deadline() {
        let deadline = Deadline::within(Duration::ZERO);
        let mut started = false;
        let result = deadline.timeout(async { started = true }).await;
        assert_eq!(result, Err(DeadlineExceeded));
        assert!(!started);
    }

    #[tokio::test(start_paused = true)]
    async fn shorter_limit_wins_and_is_named() {
        let deadline = Deadline::within(2 * SECOND);
        assert_eq!(
            deadline.timeout_within(SECOND, pending::<()>()).await,
            Err(TimedOut::Limit { limit: SECOND })
        );
        assert_eq!(deadline.remaining(), SECOND);
        assert_eq!(
            deadline.timeout_within(5 * SECOND, pending::<()>()).await,
            Err(TimedOut::Deadline)
        );
        assert!(deadline.expired());
    }
}
