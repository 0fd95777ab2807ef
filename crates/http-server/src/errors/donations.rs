//! Problems of donations, grants and the ledger.

use std::time::Duration;

use donation::{DonateError, GrantError, LedgerError};

use crate::problem::{FieldError, Problem, ProblemKind};

/// Wait before another try while the accounts are in use.
const RETRY_BUSY: Duration = Duration::from_secs(1);

/// Wait before another try after a failure of the store.
const RETRY_STORE: Duration = Duration::from_secs(5);

impl From<DonateError> for Problem {
    fn from(error: DonateError) -> Self {
        let detail = error.to_string();
        let invalid = |pointer: &str| {
            Self::new(ProblemKind::InvalidValue, "this cannot be given")
                .with_error(FieldError::at(pointer, &detail))
        };
        match error {
            DonateError::Amount(_) => invalid("/amount"),
            DonateError::Note(_) => invalid("/message"),
            DonateError::ToOneself => invalid("/to"),
            DonateError::UnknownDeveloper(_) => Self::new(ProblemKind::UnknownDeveloper, &detail)
                .with_error(FieldError::at("/to", "there is no such developer")),
            DonateError::ShortBalance { balance, amount } => {
                Self::new(ProblemKind::ShortBalance, &detail)
                    .with_figure("balance", balance)
                    .with_figure("amount", amount)
            }
            DonateError::KeyReused => Self::new(ProblemKind::KeyReused, &detail),
            DonateError::InFlight => {
                Self::new(ProblemKind::InFlight, &detail).retry_after(RETRY_BUSY)
            }
            DonateError::Ledger(error) => error.into(),
        }
    }
}

impl From<LedgerError> for Problem {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Busy => {
                Self::new(ProblemKind::Busy, error.to_string()).retry_after(RETRY_BUSY)
            }
            LedgerError::Failed { action, .. } => Self::new(
                ProblemKind::StoreUnavailable,
                format!("the ledger failed to {action}; send the same request again"),
            )
            .retry_after(RETRY_STORE)
            .caused_by(error),
        }
    }
}

impl From<GrantError> for Problem {
    fn from(error: GrantError) -> Self {
        let detail = error.to_string();
        let invalid = |pointer: &str| {
            Self::new(ProblemKind::InvalidValue, "this cannot be granted")
                .with_error(FieldError::at(pointer, &detail))
        };
        match error {
            GrantError::Amount(_) => invalid("/amount"),
            GrantError::Unexplained => invalid("/reason"),
            GrantError::UnknownMember(_) => Self::new(ProblemKind::UnknownMember, &detail)
                .with_error(FieldError::at("/to", "nobody with this id has logged in")),
            GrantError::Ledger(error) => error.into(),
        }
    }
}
