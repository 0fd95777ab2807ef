//! Several questions about potentials, answered one by one.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{PotentialRequest, PotentialResponse};
use crate::calculations::ValidationErrors;
use crate::problem::ProblemDetails;

/// Upper bound on the questions of a batch.
pub const MAX_QUESTIONS: usize = 25;

/// Several questions.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PotentialBatchRequest {
    /// The questions.
    #[schema(min_items = 1, max_items = 25)]
    pub questions: Vec<PotentialRequest>,
}

impl PotentialBatchRequest {
    /// Answers each question; one at fault does not affect the others.
    ///
    /// # Errors
    ///
    /// [`ValidationErrors`] when there are no questions or too many.
    pub fn answer(
        &self,
    ) -> Result<Vec<Result<PotentialResponse, ValidationErrors>>, ValidationErrors> {
        let given = self.questions.len();
        if !(1..=MAX_QUESTIONS).contains(&given) {
            let mut errors = ValidationErrors::new();
            let detail = format!("{given} questions; expected 1 to {MAX_QUESTIONS}");
            errors.add("/questions", detail);
            return Err(errors);
        }
        Ok(self
            .questions
            .iter()
            .map(PotentialRequest::answer)
            .collect())
    }
}

/// Answers in the order of the questions.
#[derive(Debug, Serialize, ToSchema)]
pub struct PotentialBatchResponse {
    /// The answers.
    pub answers: Vec<BatchAnswer>,
}

/// One answer of a batch, or its problem.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchAnswer {
    /// HTTP status that the question alone would have had.
    #[schema(example = 200)]
    pub status: u16,
    /// The answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<PotentialResponse>,
    /// The problem (RFC 9457).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ProblemDetails<'static>>)]
    pub problem: Option<serde_json::Value>,
}
