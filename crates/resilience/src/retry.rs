//! Trying again, where that is safe, worth it and still in time.

use std::fmt::{self, Display};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::time::sleep;

use crate::backoff::{Backoff, Jitter};
use crate::deadline::Deadline;

/// Tries a call again after a wait that doubles, drawn evenly between zero and its full length
/// ("full jitter"), within the deadline and what the shared [`RetryBudget`] allows.
#[derive(Debug, Clone)]
pub struct Retry {
    attempts: NonZeroU32,
    backoff: Backoff,
    budget: Arc<RetryBudget>,
    jitter: Jitter,
}

/// A call that may be made several times with the effect of one. Wrapping it is the caller's
/// word for that; only such calls are tried again.
///
/// Each attempt must put its own timeout inside: one that has begun is not cut off, because what
/// cut it off would say nothing about the server, and the call would be spent for nothing.
#[derive(Debug, Clone, Copy)]
pub struct Idempotent<F>(pub F);

/// Advice on an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// Another attempt would end the same way.
    GiveUp,
    /// Another attempt may do better.
    Retry,
    /// The server asked for at least this pause (`Retry-After`). The usual wait comes on top, so
    /// that those it turned away together do not come back together.
    RetryAfter(Duration),
}

/// Error of a call, for all attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("attempt {attempt} failed and there is no other: {reason}")]
pub struct RetryError<E> {
    /// Number of the last attempt, from one.
    pub attempt: u32,
    /// Reason for which there is no other.
    pub reason: GaveUp,
    /// The error of the last attempt.
    pub source: E,
}

/// Reason for which there is no further attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GaveUp {
    /// The error is not one that another attempt could mend.
    Permanent,
    /// All attempts were made.
    Attempts,
    /// The wait would have outlasted the deadline.
    Deadline,
    /// The budget for retries is spent.
    Budget,
}

impl Retry {
    /// At most `attempts` in all. Callers of the same upstream share the `budget`.
    pub fn new(
        attempts: NonZeroU32,
        backoff: Backoff,
        budget: Arc<RetryBudget>,
        jitter: Jitter,
    ) -> Self {
        Self {
            attempts,
            backoff,
            budget,
            jitter,
        }
    }

    /// Makes the call, and again as long as `advise` says so of its error and there are attempts,
    /// time and budget. No further attempt begins after the deadline; gives up at once rather than
    /// wait for nothing.
    ///
    /// # Errors
    ///
    /// [`RetryError`], with the error of the last attempt.
    pub async fn run<T, E, A>(
        &self,
        deadline: Deadline,
        mut call: Idempotent<impl FnMut() -> A>,
        advise: impl Fn(&E) -> Advice,
    ) -> Result<T, RetryError<E>>
    where
        A: Future<Output = Result<T, E>>,
    {
        self.budget.deposit();
        let mut attempt = 1;
        loop {
            let source = match (call.0)().await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            match self.wait_before_next(attempt, deadline, advise(&source)) {
                Ok(wait) => sleep(wait).await,
                Err(reason) => {
                    return Err(RetryError {
                        attempt,
                        reason,
                        source,
                    });
                }
            }
            attempt += 1;
        }
    }

    /// Returns the wait after `attempt`, and pays for the next one.
    fn wait_before_next(
        &self,
        attempt: u32,
        deadline: Deadline,
        advice: Advice,
    ) -> Result<Duration, GaveUp> {
        let asked_for = match advice {
            Advice::GiveUp => return Err(GaveUp::Permanent),
            Advice::Retry => Duration::ZERO,
            Advice::RetryAfter(pause) => pause,
        };
        if attempt >= self.attempts.get() {
            return Err(GaveUp::Attempts);
        }
        let longest = self.backoff.wait(attempt - 1);
        let wait = asked_for.saturating_add(self.jitter.between(Duration::ZERO, longest));
        if wait >= deadline.remaining() {
            return Err(GaveUp::Deadline);
        }
        if !self.budget.withdraw() {
            return Err(GaveUp::Budget);
        }
        let wait_ms = wait.as_millis();
        tracing::debug!(attempt, wait_ms, "an attempt failed and is made again");
        Ok(wait)
    }
}

/// Keeps retries a small share of all calls, so that an upstream in trouble is not called more
/// but hardly more than in good times. Each call pays in a part of a token, each retry takes a
/// whole one; the reserve is full at the start and bounds what can be saved up.
#[derive(Debug)]
pub struct RetryBudget {
    /// In hundredths of a token, as everything here.
    tokens: AtomicU32,
    per_call: u32,
    reserve: u32,
}

/// One token in the unit the budget counts in.
const TOKEN: u32 = 100;

impl RetryBudget {
    /// Allows `percent` retries for every hundred calls in the long run, and `reserve` at once.
    pub fn new(percent: u8, reserve: u16) -> Self {
        let reserve = u32::from(reserve) * TOKEN;
        Self {
            tokens: AtomicU32::new(reserve),
            per_call: percent.into(),
            reserve,
        }
    }

    fn deposit(&self) {
        let add = |tokens: u32| Some((tokens + self.per_call).min(self.reserve));
        let _ = self
            .tokens
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    /// Takes a token if there is one.
    fn withdraw(&self) -> bool {
        let take = |tokens: u32| tokens.checked_sub(TOKEN);
        self.tokens
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
            .is_ok()
    }
}

impl Display for GaveUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Permanent => "it would fail again",
            Self::Attempts => "all attempts were made",
            Self::Deadline => "the deadline is too near",
            Self::Budget => "the retry budget is spent",
        })
    }
}
