//! Calculations that need nothing but the question.

use actix_web::http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE, VARY};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

use crate::access::ClientAddress;
use crate::http::{Json, Problem};
use crate::state::AppState;
use api::calculations::csv::{CSV, ToCsv};
use api::calculations::flame::{FlameRequest, FlameResponse};
use api::calculations::plan::{PlanRequest, PlanResponse};
use api::calculations::potential::{
    BatchAnswer, CompareRequest, CompareResponse, PotentialBatchRequest, PotentialBatchResponse,
    PotentialRequest, PotentialResponse, SimulationRequest, SimulationResponse, StoppingRequest,
    StoppingResponse,
};
use api::calculations::star_force::{StarForceRequest, StarForceResponse};

pub(crate) const PLAN: &str = "/api/v1/calculations/plan";
pub(crate) const POTENTIAL: &str = "/api/v1/calculations/potential";
pub(crate) const BATCH: &str = "/api/v1/calculations/potential/batch";
pub(crate) const STAR_FORCE: &str = "/api/v1/calculations/star-force";
pub(crate) const COMPARE: &str = "/api/v1/calculations/potential/compare";
pub(crate) const SIMULATIONS: &str = "/api/v1/calculations/potential/simulations";
pub(crate) const STOPPING: &str = "/api/v1/calculations/potential/stopping";
pub(crate) const FLAME: &str = "/api/v1/calculations/flame";

/// Tells the odds of a goal, or of lines as strong as given ones, and the exact distribution of
/// what it costs.
#[utoipa::path(
    post, path = POTENTIAL, tag = "calculations", operation_id = "calculate_potential",
    request_body = PotentialRequest,
    responses(
        (status = 200, description = "The odds and the cost", content((PotentialResponse = "application/json"), (String = "text/csv"))),
    )
)]
pub(crate) async fn potential(
    state: web::Data<AppState>,
    client: ClientAddress,
    request: HttpRequest,
    question: Json<PotentialRequest>,
) -> Result<HttpResponse, Problem> {
    let answer = state
        .bulkhead
        .calculate(Some(client), move || question.0.answer());
    Ok(respond(&request, &answer.await??))
}

/// Tells the odds and costs of several goals; a question at fault does not affect the others.
#[utoipa::path(
    post, path = BATCH, tag = "calculations", operation_id = "calculate_potentials",
    request_body = PotentialBatchRequest,
    responses(
        (status = 200, description = "The answers in the order of the questions", body = PotentialBatchResponse),
    )
)]
pub(crate) async fn potential_batch(
    state: web::Data<AppState>,
    client: ClientAddress,
    batch: Json<PotentialBatchRequest>,
) -> Result<web::Json<PotentialBatchResponse>, Problem> {
    let answers = state
        .bulkhead
        .calculate(Some(client), move || batch.0.answer());
    let request_id = kernel::request_id().unwrap_or_default();
    let answers = answers.await??.into_iter().map(|answer| match answer {
        Ok(answer) => BatchAnswer {
            status: 200,
            answer: Some(answer),
            problem: None,
        },
        Err(errors) => {
            let problem = Problem::from(errors);
            BatchAnswer {
                status: problem.kind().status(),
                answer: None,
                problem: Some(problem.details(&request_id)),
            }
        }
    });
    Ok(web::Json(PotentialBatchResponse {
        answers: answers.collect(),
    }))
}

/// Tells what star force takes, and the distribution of what it costs.
#[utoipa::path(
    post, path = STAR_FORCE, tag = "calculations", operation_id = "calculate_star_force",
    request_body = StarForceRequest,
    responses(
        (status = 200, description = "What it takes", content((StarForceResponse = "application/json"), (String = "text/csv"))),
    )
)]
pub(crate) async fn star_force(
    state: web::Data<AppState>,
    client: ClientAddress,
    request: HttpRequest,
    question: Json<StarForceRequest>,
) -> Result<HttpResponse, Problem> {
    let answer = state
        .bulkhead
        .calculate(Some(client), move || question.0.answer());
    Ok(respond(&request, &answer.await??))
}

/// Tells what several items cost together, and the chance that a budget is enough for all.
#[utoipa::path(
    post, path = PLAN, tag = "calculations", operation_id = "calculate_plan",
    request_body = PlanRequest,
    responses(
        (status = 200, description = "What they cost together", content((PlanResponse = "application/json"), (String = "text/csv"))),
    )
)]
pub(crate) async fn plan(
    state: web::Data<AppState>,
    client: ClientAddress,
    request: HttpRequest,
    question: Json<PlanRequest>,
) -> Result<HttpResponse, Problem> {
    let answer = state
        .bulkhead
        .calculate(Some(client), move || question.0.answer());
    Ok(respond(&request, &answer.await??))
}

/// Responds with a table where `Accept` asks for one, else with JSON.
fn respond<T: Serialize + ToCsv>(request: &HttpRequest, answer: &T) -> HttpResponse {
    let accept = request.headers().get(ACCEPT);
    let accept = accept.and_then(|accept| accept.to_str().ok());
    let mut response = HttpResponse::Ok();
    response.insert_header((VARY, "accept"));
    if accept.is_some_and(|accept| accept.trim().starts_with("text/csv")) {
        return response
            .insert_header((CONTENT_TYPE, CSV))
            .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"cost.csv\""))
            .body(answer.to_csv());
    }
    response.json(answer)
}

/// Compares every method for a goal, and tells the cheapest mix of them.
#[utoipa::path(
    post, path = COMPARE, tag = "calculations", operation_id = "compare_methods",
    request_body = CompareRequest,
    responses(
        (status = 200, description = "Methods, the cheapest first", body = CompareResponse),
    )
)]
pub(crate) async fn compare(
    state: web::Data<AppState>,
    client: ClientAddress,
    question: Json<CompareRequest>,
) -> Result<web::Json<CompareResponse>, Problem> {
    let answer = state
        .bulkhead
        .calculate(Some(client), move || question.0.answer());
    Ok(web::Json(answer.await??))
}

/// Plays resets with a seed, and tells how lucky they were.
#[utoipa::path(
    post, path = SIMULATIONS, tag = "calculations", operation_id = "simulate_resets",
    request_body = SimulationRequest,
    responses(
        (status = 200, description = "The path of the resets", body = SimulationResponse),
    )
)]
pub(crate) async fn simulation(
    state: web::Data<AppState>,
    client: ClientAddress,
    question: Json<SimulationRequest>,
) -> Result<web::Json<SimulationResponse>, Problem> {
    let answer = state
        .bulkhead
        .calculate(Some(client), move || question.0.answer());
    Ok(web::Json(answer.await??))
}

/// Tells at which lines to stop resetting, and what that policy is worth.
#[utoipa::path(
    post, path = STOPPING, tag = "calculations", operation_id = "calculate_stopping",
    request_body = StoppingRequest,
    responses(
        (status = 200, description = "The thresholds", body = StoppingResponse),
    )
)]
pub(crate) async fn stopping(
    state: web::Data<AppState>,
    client: ClientAddress,
    question: Json<StoppingRequest>,
) -> Result<web::Json<StoppingResponse>, Problem> {
    let answer = state
        .bulkhead
        .calculate(Some(client), move || question.0.answer());
    Ok(web::Json(answer.await??))
}

/// Tells the odds that a flame reaches a score, and what it costs.
#[utoipa::path(
    post, path = FLAME, tag = "calculations", operation_id = "calculate_flame",
    request_body = FlameRequest,
    responses(
        (status = 200, description = "The odds and the cost", body = FlameResponse),
    )
)]
pub(crate) async fn flame(
    state: web::Data<AppState>,
    client: ClientAddress,
    question: Json<FlameRequest>,
) -> Result<web::Json<FlameResponse>, Problem> {
    let answer = state
        .bulkhead
        .calculate(Some(client), move || question.0.answer());
    Ok(web::Json(answer.await??))
}
