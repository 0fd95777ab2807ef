//! Scheduled jobs, as operators see them.

use actix_web::web;

use crate::answers::{JobAnswer, JobsAnswer};
use crate::http::ProblemDetails;
use crate::service::Service;

pub(crate) const JOBS: &str = "/api/v1/admin/jobs";

/// Tells of each scheduled job when it was done last, what came of it, and when it is due next.
#[utoipa::path(
    get, path = JOBS, tag = "admin", security(("admin" = [])),
    responses(
        (status = 200, description = "The jobs", body = JobsAnswer),
        (status = "default", description = "What went wrong", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn jobs(service: web::Data<Service>) -> web::Json<JobsAnswer> {
    let status = service.schedule.status(service.clock.now()).await;
    let jobs = status.into_iter().map(JobAnswer::from).collect();
    web::Json(JobsAnswer { jobs })
}
