//! Circuit breaker around every use of the database.
//!
//! A pool tries to connect again and again until its patience ends, so each call to a database that
//! refuses connections takes as long as one to a database that hangs. While the breaker is open a
//! call fails at once. Requests are no probes: the write probe is, which runs beside them.

use std::num::NonZeroU32;
use std::time::Duration;

use resilience::{
    Backoff, BreakerSettings, BreakerState, CallError, CircuitBreaker, Jitter, Outcome,
};

use crate::Error;

/// Earliest time of a retry while the breaker is open; the next write probe is about then.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// A breaker that opens when the database is away, and not for what it refuses.
pub(crate) fn breaker(jitter: Jitter) -> CircuitBreaker {
    let settings = BreakerSettings {
        consecutive_failures: NonZeroU32::new(3),
        // Calls that overlap with its end fail together; only a row of failures says that it is
        // away.
        failure_rate: 1.0,
        open_time: Backoff::new(Duration::from_millis(250), Duration::from_millis(500))
            .expect("a quarter of a second is above zero and below half of one"),
        probes_to_close: NonZeroU32::MIN,
        ..BreakerSettings::default()
    };
    CircuitBreaker::new("database", settings, jitter).expect("each setting is within its range")
}

/// Makes a call unless the breaker is open or half-open.
pub(crate) async fn call<T>(
    breaker: &CircuitBreaker,
    call: impl Future<Output = Result<T, Error>>,
    is_away: impl Fn(&Error) -> bool,
) -> Result<T, Error> {
    if breaker.state() != BreakerState::Closed {
        return Err(suspended());
    }
    let judge = |answer: &Result<T, Error>| judge(answer, &is_away);
    settle(breaker.call(call, judge).await)
}

/// Makes a call by which the breaker learns that the database is back. One that comes too early to
/// be a probe is made as well, and changes nothing.
pub(crate) async fn probe(
    breaker: &CircuitBreaker,
    call: impl Future<Output = Result<(), Error>>,
) -> Result<(), Error> {
    if breaker.check().is_err() {
        return call.await;
    }
    let judge = |answer: &Result<(), Error>| judge(answer, &Error::is_away);
    settle(breaker.call(call, judge).await)
}

fn settle<T>(answer: Result<T, CallError<Error>>) -> Result<T, Error> {
    answer.map_err(|error| match error {
        CallError::Failed(error) => error,
        CallError::Rejected(_) => suspended(),
    })
}

fn suspended() -> Error {
    Error::Suspended {
        retry_after: RETRY_AFTER,
    }
}

fn judge<T>(answer: &Result<T, Error>, is_away: &impl Fn(&Error) -> bool) -> Outcome {
    match answer {
        Err(error) if is_away(error) => Outcome::Failure,
        _ => Outcome::Success,
    }
}
