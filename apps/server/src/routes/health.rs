//! Whether the process lives, and whether it can do its work.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::{CustomizeResponder, Responder, web};
use futures_util::future::join_all;
use serde::Serialize;
use utoipa::ToSchema;

use crate::state::AppState;

pub(crate) const LIVE: &str = "/health/live";
pub(crate) const READY: &str = "/health/ready";

/// Whether the process lives. It depends on nothing else.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Liveness {
    /// Always `alive`.
    #[schema(example = "alive")]
    status: &'static str,
}

/// Whether the service can do its work.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Readiness {
    /// Whether requests should be sent here.
    ready: bool,
    /// Each thing outside of the process that it uses, and whether it answers: `failed` for what
    /// it needs, `degraded` for what it does without.
    #[schema(example = json!({"database": "ok"}))]
    dependencies: BTreeMap<&'static str, DependencyStatus>,
    /// Whether the process is about to end.
    stopping: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DependencyStatus {
    Ok,
    // The service does without it.
    Degraded,
    Failed,
}

/// Says that the process lives.
#[utoipa::path(get, path = LIVE, tag = "health", operation_id = "get_liveness", responses((status = 200, description = "The process lives", body = Liveness)))]
pub(crate) async fn live() -> impl Responder {
    web::Json(Liveness { status: "alive" })
}

/// Says whether the service can do its work, and what it lacks.
#[utoipa::path(
    get, path = READY, tag = "health", operation_id = "get_readiness",
    responses(
        (status = 200, description = "Requests should be sent here", body = Readiness),
        (status = 503, description = "Requests should be sent elsewhere", body = Readiness),
    )
)]
pub(crate) async fn ready(state: web::Data<AppState>) -> CustomizeResponder<web::Json<Readiness>> {
    let checks = state.health_checks.iter().map(|dependency| async move {
        let status = match dependency.check().await {
            Ok(()) => DependencyStatus::Ok,
            Err(error) => {
                // The check warns once for each incident; readiness is asked for every few seconds.
                let (dependency_name, error) = (dependency.name(), kernel::chain(&*error));
                tracing::debug!(dependency = dependency_name, error, "dependency fails");
                if dependency.is_needed() {
                    DependencyStatus::Failed
                } else {
                    DependencyStatus::Degraded
                }
            }
        };
        (dependency.name(), status)
    });
    let dependencies: BTreeMap<_, _> = join_all(checks).await.into_iter().collect();
    let stopping = state.lifecycle.is_stopping();
    let ready = !stopping
        && dependencies
            .values()
            .all(|&s| s != DependencyStatus::Failed);
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    web::Json(Readiness {
        ready,
        dependencies,
        stopping,
    })
    .customize()
    .with_status(status)
}
