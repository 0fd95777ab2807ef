//! Problems of log-ins and sessions.

use std::time::Duration;

use members::{AccountsError, AuthenticateError, LogInError, RefreshError, SessionStoreError};

use crate::problem::{Problem, ProblemKind};

/// Wait before another try where Nexon names none.
const RETRY_AFTER: Duration = Duration::from_secs(30);

/// Wait before another try after a failure of the store.
const RETRY_STORE: Duration = Duration::from_secs(1);

impl From<AuthenticateError> for Problem {
    fn from(error: AuthenticateError) -> Self {
        match error {
            AuthenticateError::Invalid => Self::new(ProblemKind::Unauthorized, error.to_string()),
            AuthenticateError::Store(error) => error.into(),
        }
    }
}

impl From<LogInError> for Problem {
    fn from(error: LogInError) -> Self {
        match error {
            LogInError::Accounts(error) => error.into(),
            LogInError::Store(error) => error.into(),
        }
    }
}

impl From<AccountsError> for Problem {
    fn from(error: AccountsError) -> Self {
        match error {
            AccountsError::KeyRefused => {
                Self::new(ProblemKind::WrongKey, "Nexon does not take this key")
            }
            AccountsError::NoAccount => Self::new(
                ProblemKind::WrongKey,
                "the key is good, but its owner has no MapleStory account",
            ),
            AccountsError::KeyExhausted { retry_after } => Self::new(
                ProblemKind::QuotaExceeded,
                "the calls that Nexon permits with this key are used up",
            )
            .retry_after(retry_after.unwrap_or(RETRY_AFTER)),
            AccountsError::Unavailable { retry_after, .. } => Self::new(
                ProblemKind::UpstreamUnavailable,
                "Nexon gives no answer, so it is not known whose the key is",
            )
            .retry_after(retry_after.unwrap_or(RETRY_AFTER))
            .caused_by(error),
        }
    }
}

impl From<RefreshError> for Problem {
    fn from(error: RefreshError) -> Self {
        match error {
            RefreshError::Invalid | RefreshError::Reused => {
                Self::new(ProblemKind::Unauthorized, error.to_string())
            }
            RefreshError::Store(error) => error.into(),
        }
    }
}

impl From<SessionStoreError> for Problem {
    fn from(error: SessionStoreError) -> Self {
        Self::new(
            ProblemKind::StoreUnavailable,
            "sessions cannot be read or written now",
        )
        .retry_after(RETRY_STORE)
        .caused_by(error)
    }
}
