//! Members, as operators see them.

use actix_web::web;
use kernel::MemberId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::{FieldError, Problem, ProblemKind};
use crate::state::AppState;

pub(crate) const SESSIONS: &str = "/api/v1/admin/members/{id}/sessions";

/// Sessions that were ended.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EndedSessions {
    /// Number of sessions that the member had.
    ended: u64,
}

/// Ends every session of a member. Every instance refuses them within a minute.
#[utoipa::path(
    delete, path = SESSIONS, tag = "admin", operation_id = "delete_member_sessions", security(("admin" = [])),
    params(("id" = String, Path, description = "The member's id")),
    responses(
        (status = 200, description = "How many ended", body = EndedSessions),
    )
)]
pub(crate) async fn end_sessions(
    state: web::Data<AppState>,
    id: web::Path<String>,
) -> Result<web::Json<EndedSessions>, Problem> {
    let member: MemberId = id.parse().map_err(|error| {
        Problem::new(ProblemKind::BadRequest, "the member's id cannot be one")
            .with_error(FieldError::of_parameter("id", error))
    })?;
    let ended = state.sessions.end_all(member).await?;
    tracing::info!(%member, ended, "an operator ended the sessions of a member");
    Ok(web::Json(EndedSessions { ended }))
}
