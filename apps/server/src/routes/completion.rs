//! Cost of bringing a character's gear to a target.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::characters::{character_name, refresh};
use super::expectation::{Asked, of_query};
use crate::access::ClientAddress;
use crate::http::{Json, Problem, Query};
use crate::state::AppState;
use api::expectation::{
    CompletionRequest, ExpectationResponse, PresetWord, SpareItemOptions, StarForceOptions,
};

pub(crate) const COMPLETION: &str = "/api/v1/characters/{name}/completion";

/// A named target, and the simple terms.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct CompletionQuery {
    /// A named target of `GET /api/v1/rules`.
    #[param(example = "22-stars-30-21", required = true)]
    template: Option<String>,
    /// Presets to answer for.
    #[param(inline)]
    preset: PresetWord,
    /// The price of a spare item; 0 without, and the answer says so.
    #[param(minimum = 0)]
    spare_item_meso: Option<i64>,
    /// An amount of meso whose chance of being enough for everything is asked for.
    #[param(minimum = 0)]
    budget_meso: Option<i64>,
    /// Ask the upstream even when what is stored is fresh.
    refresh: bool,
}

/// Tells what it costs to bring a character's gear from where it is to a named target.
#[utoipa::path(
    get, path = COMPLETION, tag = "characters", operation_id = "get_completion",
    params(("name" = String, Path, description = "The character's name"), CompletionQuery),
    responses(
        (status = 200, description = "What it costs, item by item and together", body = ExpectationResponse),
    )
)]
pub(crate) async fn completion(
    state: web::Data<AppState>,
    client: ClientAddress,
    request: HttpRequest,
    name: web::Path<String>,
    query: Query<CompletionQuery>,
) -> Result<HttpResponse, Problem> {
    let name = character_name(&name)?;
    let query = query.0;
    let question = CompletionRequest {
        template: query.template,
        preset: query.preset,
        star_force: StarForceOptions {
            spare_item_meso: SpareItemOptions {
                default: query.spare_item_meso.unwrap_or(0),
                ..SpareItemOptions::default()
            },
            ..StarForceOptions::default()
        },
        budget_meso: query.budget_meso,
        ..CompletionRequest::default()
    };
    let asked = Asked {
        route: COMPLETION,
        name,
        refresh: refresh(query.refresh),
        key: question.key(),
        slots: question.named_slots(),
        options: question.options(),
        terms: question.checked().map_err(|errors| of_query(&errors))?,
    };
    asked.answer(&state, client, &request).await
}

/// Tells what it costs to bring a character's gear from where it is to targets of one's own.
#[utoipa::path(
    post, path = COMPLETION, tag = "characters", operation_id = "calculate_completion",
    params(("name" = String, Path, description = "The character's name")),
    request_body = CompletionRequest,
    responses(
        (status = 200, description = "What it costs, item by item and together", body = ExpectationResponse),
    )
)]
pub(crate) async fn completion_of(
    state: web::Data<AppState>,
    client: ClientAddress,
    request: HttpRequest,
    name: web::Path<String>,
    question: Json<CompletionRequest>,
) -> Result<HttpResponse, Problem> {
    let name = character_name(&name)?;
    let asked = Asked {
        route: COMPLETION,
        name,
        refresh: refresh(false),
        key: question.0.key(),
        slots: question.0.named_slots(),
        options: question.0.options(),
        terms: question.0.checked()?,
    };
    asked.answer(&state, client, &request).await
}
