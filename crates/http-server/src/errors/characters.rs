//! Problems of characters and the upstream.

use std::time::Duration;

use equipment::{AllowanceSpent, CharactersError, UpstreamError};

use crate::problem::{Problem, ProblemKind};
use crate::rate_limit::RateLimit;

/// Name of the limit on fetches in `RateLimit` headers.
pub const FETCHES: &str = "fetches";

/// Name of the limit on fetches in a day.
const FETCHES_OF_A_DAY: &str = "fetches-of-a-day";

/// Wait before another try where the upstream names none.
const RETRY_AFTER: Duration = Duration::from_secs(30);

impl From<CharactersError> for Problem {
    fn from(error: CharactersError) -> Self {
        let detail = error.to_string();
        match &error {
            CharactersError::UnknownCharacter(_) => {
                Self::new(ProblemKind::UnknownCharacter, detail)
            }
            CharactersError::UpstreamInvalid(document) => Self::new(
                ProblemKind::UpstreamInvalid,
                format!("{detail}: {document}; what was stored stays as it was"),
            )
            .caused_by(error),
            CharactersError::Unavailable(UpstreamError::AllowanceSpent(spent)) => {
                let limit = fetch_limit(*spent);
                Self::new(ProblemKind::TooManyRequests, TOO_MANY_FETCHES)
                    .retry_after(spent.retry_after)
                    .limited(limit)
            }
            CharactersError::Unavailable(upstream) => {
                let retry_after = error.retry_after().unwrap_or(RETRY_AFTER);
                Self::new(unavailable(upstream), detail)
                    .retry_after(retry_after)
                    .caused_by(error)
            }
        }
    }
}

const TOO_MANY_FETCHES: &str = "your address asked for too many characters that are not stored";

fn unavailable(upstream: &UpstreamError) -> ProblemKind {
    match upstream {
        UpstreamError::QuotaExceeded { .. } => ProblemKind::QuotaExceeded,
        UpstreamError::AllowanceSpent(_) => ProblemKind::TooManyRequests,
        UpstreamError::Invalid(_) | UpstreamError::Unusable(_) => ProblemKind::UpstreamInvalid,
        UpstreamError::Failed { .. }
        | UpstreamError::TimedOut { .. }
        | UpstreamError::NotAvailable { .. }
        | UpstreamError::Suspended { .. }
        | UpstreamError::QuotaUnknown { .. }
        | UpstreamError::Refused { .. } => ProblemKind::UpstreamUnavailable,
    }
}

/// Limit on fetches that a client has reached.
fn fetch_limit(spent: AllowanceSpent) -> RateLimit {
    let is_of_a_minute = spent.window <= Duration::from_mins(1);
    RateLimit {
        policy: if is_of_a_minute {
            FETCHES
        } else {
            FETCHES_OF_A_DAY
        },
        permits: spent.permits,
        window: spent.window,
        remaining: 0,
    }
}
