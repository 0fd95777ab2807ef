//! Problems of the outbox.

use std::time::Duration;

use outbox::OutboxError;

use crate::problem::{Problem, ProblemKind};

/// Wait before another try after a failure of the store.
const RETRY_STORE: Duration = Duration::from_secs(5);

impl From<OutboxError> for Problem {
    fn from(error: OutboxError) -> Self {
        Self::new(ProblemKind::StoreUnavailable, error.to_string())
            .retry_after(RETRY_STORE)
            .caused_by(error)
    }
}
