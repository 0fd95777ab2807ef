//! Characters: who they are and what they wear.

use actix_web::{HttpRequest, HttpResponse, web};
use equipment::{Degradation, Lookup, Refresh, UpstreamError};
use http_server::response_cache::{ResponseKey, ResponseQuery, Standing};
use kernel::CharacterName;
use serde::Deserialize;
use utoipa::IntoParams;

use super::likes;
use super::stat_sheet::validity;
use crate::access::ClientAddress;
use crate::http::{CachePolicy, FieldError, JsonResponse, Problem, ProblemKind, Query, json};
use crate::state::AppState;
use api::responses::{CharacterResponse, EquipmentResponse, Provenance};

pub(crate) const CHARACTER: &str = "/api/v1/characters/{name}";
pub(crate) const EQUIPMENT: &str = "/api/v1/characters/{name}/equipment";

/// Freshness that the data must have.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct RefreshQuery {
    /// Ask the upstream even when what is stored is fresh.
    refresh: bool,
}

impl RefreshQuery {
    pub(super) fn refresh(self) -> Refresh {
        refresh(self.refresh)
    }
}

/// Says who a character is.
#[utoipa::path(
    get, path = CHARACTER, tag = "characters", operation_id = "get_character",
    params(("name" = String, Path, description = "The character's name"), RefreshQuery),
    responses(
        (status = 200, description = "Who it is", body = CharacterResponse),
    )
)]
pub(crate) async fn character(
    state: web::Data<AppState>,
    request: HttpRequest,
    name: web::Path<String>,
    query: Query<RefreshQuery>,
) -> Result<JsonResponse<CharacterResponse>, Problem> {
    let name = character_name(&name)?;
    let refresh = query.0.refresh();
    let known = state.characters_for(&request).who(&name, refresh).await?;
    log_degradations(&known.degradations);
    let likes = likes::count(&state, &known.value).await;
    let answer = CharacterResponse::new(&known, likes, state.source);
    // Likes change at any time, so who keeps it has to ask whether it is still the same.
    let cache_policy = state.cache_policy.of(&known, Refresh::Now);
    Ok(JsonResponse::new(answer, cache_policy))
}

/// Lists what a character wears, in all presets.
#[utoipa::path(
    get, path = EQUIPMENT, tag = "characters", operation_id = "get_equipment",
    params(("name" = String, Path, description = "The character's name"), RefreshQuery),
    responses(
        (status = 200, description = "What it wears", body = EquipmentResponse),
    )
)]
pub(crate) async fn equipment(
    state: web::Data<AppState>,
    client: ClientAddress,
    request: HttpRequest,
    name: web::Path<String>,
    query: Query<RefreshQuery>,
) -> Result<HttpResponse, Problem> {
    let name = character_name(&name)?;
    let refresh = query.0.refresh();
    let characters = state.characters_for(&request);
    let lookup = characters.equipment(&name, refresh).await?;
    let validity = validity(&characters, &name, refresh, &lookup, None);
    let known = match lookup {
        Lookup::Full(known) => known,
        Lookup::Partial { character, missing } => {
            let provenance = Provenance::without_equipment(&character, state.source, &missing);
            let answer = EquipmentResponse::partial(provenance);
            return JsonResponse::new(answer, CachePolicy::not_at_all()).answer(&request);
        }
    };
    let cache_policy = state.cache_policy.of(&known, refresh);
    let key = ResponseKey::new(ResponseQuery::Equipment, &known, None);
    let work = move |key: &ResponseKey| {
        log_degradations(&known.degradations);
        let equipment = known.value.equipment()?;
        Ok(json(&EquipmentResponse::new(
            key.provenance.clone(),
            &equipment,
        )))
    };
    let made = state.finished.get(key, Some(client), &state.bulkhead, work);
    let made = made.await?;
    let standing = Standing {
        route: EQUIPMENT,
        validity,
        policy: cache_policy,
        complete: |_| (),
    };
    state.finished.answer(&request, &made, standing)
}

/// The name in a path.
pub(super) fn character_name(text: &str) -> Result<CharacterName, Problem> {
    text.parse().map_err(|error| {
        Problem::new(
            ProblemKind::BadRequest,
            "the character's name cannot be one",
        )
        .with_error(FieldError::of_parameter("name", error))
    })
}

/// Refresh that a parameter asks for.
pub(crate) fn refresh(now: bool) -> Refresh {
    if now {
        Refresh::Now
    } else {
        Refresh::WhenStale
    }
}

/// Logs what went wrong without preventing an answer.
pub(super) fn log_degradations(degradations: &[Degradation]) {
    // What a client asked for too often is no failure.
    let failures = degradations.iter().filter(|degradation| {
        !matches!(
            degradation,
            Degradation::RefreshTooSoon { .. }
                | Degradation::Upstream(UpstreamError::AllowanceSpent(_))
        )
    });
    for degradation in failures {
        let degradation = kernel::chain(degradation);
        tracing::warn!(degradation, "answered in spite of degradation");
    }
}
