//! Calculations that need nothing but the question.

use actix_web::web;

use crate::calculations::Faults;
use crate::calculations::plan::{PlanAnswer, PlanQuestion};
use crate::calculations::potential::{PotentialAnswer, PotentialQuestion};
use crate::calculations::star_force::{StarForceAnswer, StarForceQuestion};
use crate::http::{FieldError, Json, Problem, ProblemDetails, ProblemKind};
use crate::service::Service;

pub(crate) const PLAN: &str = "/api/v1/calculations/plan";
pub(crate) const POTENTIAL: &str = "/api/v1/calculations/potential";
pub(crate) const STAR_FORCE: &str = "/api/v1/calculations/star-force";

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

/// Tells what star force takes, and the distribution of what it costs.
#[utoipa::path(
    post, path = STAR_FORCE, tag = "calculations",
    request_body = StarForceQuestion,
    responses(
        (status = 200, description = "What it takes", body = StarForceAnswer),
        (status = "default", description = "What went wrong", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn star_force(
    service: web::Data<Service>,
    question: Json<StarForceQuestion>,
) -> Result<web::Json<StarForceAnswer>, Problem> {
    let answer = service.capacity.calculate(move || question.0.answer());
    Ok(web::Json(answer.await??))
}

/// Tells what several items cost together, and the chance that a budget is enough for all.
#[utoipa::path(
    post, path = PLAN, tag = "calculations",
    request_body = PlanQuestion,
    responses(
        (status = 200, description = "What they cost together", body = PlanAnswer),
        (status = "default", description = "What went wrong", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn plan(
    service: web::Data<Service>,
    question: Json<PlanQuestion>,
) -> Result<web::Json<PlanAnswer>, Problem> {
    let answer = service.capacity.calculate(move || question.0.answer());
    Ok(web::Json(answer.await??))
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
