//! Calculations that need nothing but the question.

use actix_web::web;

use crate::access::ClientAddress;
use crate::http::{FieldError, Json, Problem, ProblemDetails, ProblemKind};
use crate::state::AppState;
use api::calculations::ValidationErrors;
use api::calculations::plan::{PlanRequest, PlanResponse};
use api::calculations::potential::{PotentialRequest, PotentialResponse};
use api::calculations::star_force::{StarForceRequest, StarForceResponse};

pub(crate) const PLAN: &str = "/api/v1/calculations/plan";
pub(crate) const POTENTIAL: &str = "/api/v1/calculations/potential";
pub(crate) const STAR_FORCE: &str = "/api/v1/calculations/star-force";

/// Tells the odds of a goal on one item, and the exact distribution of what it costs.
#[utoipa::path(
    post, path = POTENTIAL, tag = "calculations",
    request_body = PotentialRequest,
    responses(
        (status = 200, description = "The odds and the cost", body = PotentialResponse),
        (status = "default", description = "What went wrong", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn potential(
    question: Json<PotentialRequest>,
) -> Result<web::Json<PotentialResponse>, Problem> {
    Ok(web::Json(question.0.answer()?))
}

/// Tells what star force takes, and the distribution of what it costs.
#[utoipa::path(
    post, path = STAR_FORCE, tag = "calculations",
    request_body = StarForceRequest,
    responses(
        (status = 200, description = "What it takes", body = StarForceResponse),
        (status = "default", description = "What went wrong", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn star_force(
    state: web::Data<AppState>,
    client: ClientAddress,
    question: Json<StarForceRequest>,
) -> Result<web::Json<StarForceResponse>, Problem> {
    let answer = state
        .bulkhead
        .calculate(Some(client), move || question.0.answer());
    Ok(web::Json(answer.await??))
}

/// Tells what several items cost together, and the chance that a budget is enough for all.
#[utoipa::path(
    post, path = PLAN, tag = "calculations",
    request_body = PlanRequest,
    responses(
        (status = 200, description = "What they cost together", body = PlanResponse),
        (status = "default", description = "What went wrong", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn plan(
    state: web::Data<AppState>,
    client: ClientAddress,
    question: Json<PlanRequest>,
) -> Result<web::Json<PlanResponse>, Problem> {
    let answer = state
        .bulkhead
        .calculate(Some(client), move || question.0.answer());
    Ok(web::Json(answer.await??))
}

impl From<ValidationErrors> for Problem {
    fn from(errors: ValidationErrors) -> Self {
        let in_goal = errors.all().iter().any(|fault| fault.column.is_some());
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
        let errors = errors.all().iter().map(|fault| {
            let error = FieldError::at(&fault.pointer, &fault.detail);
            match fault.column {
                Some(column) => error.in_column(column),
                None => error,
            }
        });
        Self::new(kind, detail).with_errors(errors)
    }
}
