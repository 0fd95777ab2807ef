//! The outbox, as operators see it.

use actix_web::web;
use outbox::{Disposal, EventId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::{FieldError, Json, Problem, ProblemKind, Query};
use crate::routes::donations::out_of_range;
use crate::state::AppState;
use api::responses::{BacklogResponse, DeadLetterHistoryResponse, DeadLettersResponse};

pub(crate) const BACKLOG: &str = "/api/v1/admin/outbox";
pub(crate) const DEAD_LETTERS: &str = "/api/v1/admin/outbox/dead-letters";
pub(crate) const DEAD_LETTER: &str = "/api/v1/admin/outbox/dead-letters/{id}";
pub(crate) const REPLAY: &str = "/api/v1/admin/outbox/replay";
pub(crate) const DISCARD: &str = "/api/v1/admin/outbox/discard";

/// The most dead letters on one page, and the most that are ended at once.
const MOST: u32 = 1_000;

/// Dead letters to be listed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeadLettersQuery {
    /// Place to go on from: the `next` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<EventId>,
    /// Number of dead letters, 1,000 at most.
    #[param(minimum = 1, maximum = 1000)]
    limit: u32,
}

impl Default for DeadLettersQuery {
    fn default() -> Self {
        Self {
            cursor: None,
            limit: 100,
        }
    }
}

/// Dead letters to be ended.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dispose {
    /// Their ids, 1,000 at most.
    #[schema(value_type = Vec<String>, min_items = 1, max_items = 1000)]
    ids: Vec<EventId>,
}

/// Dead letters that were ended.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Disposed {
    /// Those that were.
    changed: Vec<String>,
    /// Those that were not, because they are no dead letters.
    unchanged: Vec<String>,
}

/// Tells how much waits.
#[utoipa::path(
    get, path = BACKLOG, tag = "admin", operation_id = "get_backlog", security(("admin" = [])),
    responses(
        (status = 200, description = "How much waits", body = BacklogResponse),
    )
)]
pub(crate) async fn backlog(
    state: web::Data<AppState>,
) -> Result<web::Json<BacklogResponse>, Problem> {
    let backlog = state.dead_letters.backlog().await?;
    Ok(web::Json(BacklogResponse::from(&backlog)))
}

/// Lists the messages that were given up, by id.
#[utoipa::path(
    get, path = DEAD_LETTERS, tag = "admin", operation_id = "list_dead_letters", security(("admin" = [])),
    params(DeadLettersQuery),
    responses(
        (status = 200, description = "A page of dead letters", body = DeadLettersResponse),
    )
)]
pub(crate) async fn dead_letters(
    state: web::Data<AppState>,
    query: Query<DeadLettersQuery>,
) -> Result<web::Json<DeadLettersResponse>, Problem> {
    let DeadLettersQuery { cursor, limit } = query.0;
    if !(1..=MOST).contains(&limit) {
        return Err(out_of_range("limit", MOST));
    }
    // One more than is shown tells whether there is a next page.
    let letters = state.dead_letters.page(cursor, limit as usize + 1).await?;
    Ok(web::Json(DeadLettersResponse::page(
        &letters,
        limit as usize,
    )))
}

/// Shows one message that was given up, with every attempt to deliver it.
#[utoipa::path(
    get, path = DEAD_LETTER, tag = "admin", operation_id = "get_dead_letter", security(("admin" = [])),
    params(("id" = String, Path, description = "The event's id")),
    responses(
        (status = 200, description = "The dead letter", body = DeadLetterHistoryResponse),
    )
)]
pub(crate) async fn dead_letter(
    state: web::Data<AppState>,
    id: web::Path<String>,
) -> Result<web::Json<DeadLetterHistoryResponse>, Problem> {
    let found = match id.parse() {
        Ok(id) => state.dead_letters.find(id).await?,
        Err(kernel::InvalidId) => None,
    };
    let found = found.ok_or_else(|| {
        Problem::new(
            ProblemKind::NotFound,
            "there is no dead letter with this id",
        )
    })?;
    Ok(web::Json(DeadLetterHistoryResponse::from(&found)))
}

/// Has dead letters delivered after all: due at once, with all attempts ahead.
#[utoipa::path(
    post, path = REPLAY, tag = "admin", operation_id = "replay_dead_letters", security(("admin" = [])),
    request_body = Dispose,
    responses(
        (status = 200, description = "Which wait again", body = Disposed),
    )
)]
pub(crate) async fn replay(
    state: web::Data<AppState>,
    body: Json<Dispose>,
) -> Result<web::Json<Disposed>, Problem> {
    dispose(&state, &body.0.ids, Disposal::Replay).await
}

/// Discards dead letters permanently. They stay in the database, and are never delivered.
#[utoipa::path(
    post, path = DISCARD, tag = "admin", operation_id = "discard_dead_letters", security(("admin" = [])),
    request_body = Dispose,
    responses(
        (status = 200, description = "Which are given up", body = Disposed),
    )
)]
pub(crate) async fn discard(
    state: web::Data<AppState>,
    body: Json<Dispose>,
) -> Result<web::Json<Disposed>, Problem> {
    dispose(&state, &body.0.ids, Disposal::Discard).await
}

async fn dispose(
    state: &AppState,
    ids: &[EventId],
    disposal: Disposal,
) -> Result<web::Json<Disposed>, Problem> {
    if ids.is_empty() || ids.len() > MOST as usize {
        return Err(
            Problem::new(ProblemKind::InvalidValue, "this cannot be done at once")
                .with_error(FieldError::at("/ids", format!("expected 1 to {MOST} ids"))),
        );
    }
    let disposed = state.dead_letters.dispose(ids, disposal).await?;
    Ok(web::Json(disposed.into()))
}

impl From<outbox::Disposed> for Disposed {
    fn from(disposed: outbox::Disposed) -> Self {
        let texts = |ids: Vec<EventId>| ids.iter().map(ToString::to_string).collect();
        Self {
            changed: texts(disposed.changed),
            unchanged: texts(disposed.unchanged),
        }
    }
}
