//! Problems of luck reports and histories.

use std::time::Duration;

use api::luck::LuckRequestError;
use histories::HistoryError;

use crate::problem::{FieldError, Problem, ProblemKind};

/// Wait before another try where Nexon names none.
const RETRY_AFTER: Duration = Duration::from_secs(30);

impl From<HistoryError> for Problem {
    fn from(error: HistoryError) -> Self {
        match error {
            HistoryError::KeyRefused => {
                Self::new(ProblemKind::WrongKey, "Nexon does not take this key")
            }
            HistoryError::NoRights { kind } => Self::new(
                ProblemKind::KeyWithoutRight,
                format!("the key may not read the history `{kind}`; leave it out or permit it"),
            ),
            HistoryError::KeyExhausted { retry_after } => Self::new(
                ProblemKind::QuotaExceeded,
                "the calls that Nexon permits with this key are used up; the cursor goes on",
            )
            .retry_after(retry_after.unwrap_or(RETRY_AFTER)),
            HistoryError::PageRefused => Self::new(
                ProblemKind::UpstreamInvalid,
                "Nexon refuses the day or the cursor of a page",
            ),
            HistoryError::Unavailable { retry_after, .. } => Self::new(
                ProblemKind::UpstreamUnavailable,
                "Nexon gives no answer; the cursor goes on",
            )
            .retry_after(retry_after.unwrap_or(RETRY_AFTER))
            .caused_by(error),
            HistoryError::Invalid { .. } => Self::new(
                ProblemKind::UpstreamInvalid,
                "Nexon sent a page that cannot be read",
            )
            .caused_by(error),
        }
    }
}

impl From<LuckRequestError> for Problem {
    fn from(error: LuckRequestError) -> Self {
        match error {
            LuckRequestError::UnknownKind { pointer, detail } => {
                Self::new(ProblemKind::BadRequest, "there is no such history")
                    .with_error(FieldError::at(pointer, detail))
            }
            LuckRequestError::Value { pointer, detail } => {
                Self::new(ProblemKind::InvalidValue, format!("{pointer}: {detail}"))
                    .with_error(FieldError::at(pointer, detail))
            }
        }
    }
}
