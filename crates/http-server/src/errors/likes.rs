//! Problems of likes and their buffer.

use std::time::Duration;

use likes::{BufferError, LikeError};

use crate::problem::{Problem, ProblemKind};

/// Wait before another try after a buffer that is full, or a store that fails.
const RETRY_AFTER: Duration = Duration::from_secs(1);

impl From<LikeError> for Problem {
    fn from(error: LikeError) -> Self {
        let detail = error.to_string();
        match error {
            LikeError::UnknownCharacter(_) => Self::new(ProblemKind::UnknownCharacter, detail),
            LikeError::OwnCharacter => Self::new(ProblemKind::Forbidden, detail),
            LikeError::Characters(error) => {
                match error.0.downcast::<equipment::CharactersError>() {
                    Ok(characters) => (*characters).into(),
                    Err(other) => Self::internal(other),
                }
            }
            LikeError::Buffer(error) => error.into(),
        }
    }
}

impl From<BufferError> for Problem {
    fn from(error: BufferError) -> Self {
        let kind = match error {
            BufferError::QueueFull { .. } | BufferError::Closed => ProblemKind::Overloaded,
            BufferError::Failed(_) | BufferError::Lost => ProblemKind::StoreUnavailable,
        };
        Self::new(kind, error.to_string())
            .retry_after(RETRY_AFTER)
            .caused_by(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_buffer_and_failing_store_are_different_problems() {
        let failed = || BufferError::Failed(std::sync::Arc::new(std::fmt::Error));
        for (error, kind) in [
            (
                BufferError::QueueFull { waiting: 9 },
                ProblemKind::Overloaded,
            ),
            (BufferError::Closed, ProblemKind::Overloaded),
            (failed(), ProblemKind::StoreUnavailable),
            (BufferError::Lost, ProblemKind::StoreUnavailable),
        ] {
            let problem = Problem::from(LikeError::Buffer(error));
            assert_eq!(problem.kind(), kind);
            assert_eq!(kind.status(), 503);
        }
    }
}
