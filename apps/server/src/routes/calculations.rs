//! Calculations that need nothing but the question.

use actix_web::web;

use crate::calculations::Faults;
use crate::calculations::potential::{PotentialAnswer, PotentialQuestion};
use crate::http::{FieldError, Json, Problem, ProblemDetails, ProblemKind};

pub(crate) const POTENTIAL: &str = "/api/v1/calculations/potential";

/// Tells the odds of a goal on one item, and the exact distribution of what it costs.
#[utoipa::path(
    post, path = POTENTIAL, tag = "calculations",
    request_body = PotentialQuestion,
    responses(
        (status = 200, description = "The odds and the cost", body = PotentialAnswer),
        (status = "default", description = "What went wrong", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn potential(
    question: Json<PotentialQuestion>,
) -> Result<web::Json<PotentialAnswer>, Problem> {
    Ok(web::Json(question.0.answer()?))
}

impl From<Faults> for Problem {
    fn from(faults: Faults) -> Self {
        let in_goal = faults.all().iter().any(|fault| fault.column.is_some());
        let (kind, detail) = if in_goal {
            (
                ProblemKind::InvalidGoal,
                "the text of the goal makes no sense where `errors` says",
            )
        } else {
            (
                ProblemKind::InvalidValue,
                "the question asks for what the game does not have",
            )
        };
        let errors = faults.all().iter().map(|fault| {
            let error = FieldError::at(&fault.pointer, &fault.detail);
            match fault.column {
                Some(column) => error.in_column(column),
                None => error,
            }
        });
        Self::new(kind, detail).with_errors(errors)
    }
}
