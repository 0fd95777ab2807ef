//! Completeness of a response.

use serde::Serialize;
use utoipa::ToSchema;

/// Completeness of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Completeness {
    /// Nothing.
    Complete,
    /// Something, and the answer says what: it is missing from every total, never counted as zero.
    Partial,
}

impl Completeness {
    /// Complete, if it is.
    pub(crate) fn of(is_complete: bool) -> Self {
        if is_complete {
            Self::Complete
        } else {
            Self::Partial
        }
    }
}
