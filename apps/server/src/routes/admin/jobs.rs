//! Scheduled jobs, as operators see them.

use actix_web::web;

use crate::state::AppState;
use api::responses::{JobResponse, JobsResponse};

pub(crate) const JOBS: &str = "/api/v1/admin/jobs";

/// Lists the scheduled jobs, each with its latest run, its outcome, and the time of the next run.
#[utoipa::path(
    get, path = JOBS, tag = "admin", operation_id = "list_jobs", security(("admin" = [])),
    responses(
        (status = 200, description = "The jobs", body = JobsResponse),
    )
)]
pub(crate) async fn jobs(state: web::Data<AppState>) -> web::Json<JobsResponse> {
    let status = state.schedule.status(state.clock.now()).await;
    let jobs = status.into_iter().map(JobResponse::from).collect();
    web::Json(JobsResponse { jobs })
}
