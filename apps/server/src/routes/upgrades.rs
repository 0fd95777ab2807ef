//! Upgrades of a character's gear.

use actix_web::{HttpRequest, HttpResponse, web};
use equipment::{Lookup, Refresh, UpgradesError};

use super::characters::{character_name, log_degradations, refresh};
use crate::access::ClientAddress;
use crate::http::{
    CachePolicy, FieldError, Json, JsonResponse, Problem, ProblemDetails, ProblemKind,
};
use crate::state::AppState;
use api::responses::Provenance;
use api::upgrades::{UpgradesRequest, UpgradesResponse};

pub(crate) const CALCULATED: &str = "/api/v1/calculations/upgrades";
pub(crate) const UPGRADES: &str = "/api/v1/characters/{name}/upgrades";

/// Ranks the upgrades of gear in the question, and tells the best set of them.
#[utoipa::path(
    post, path = CALCULATED, tag = "calculations",
    request_body = UpgradesRequest,
    responses(
        (status = 200, description = "Every action, and the best set", body = UpgradesResponse),
        (status = "default", description = "What went wrong", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn calculated(
    state: web::Data<AppState>,
    client: ClientAddress,
    question: Json<UpgradesRequest>,
) -> Result<web::Json<UpgradesResponse>, Problem> {
    let (items, options) = question.0.checked_with_gear()?;
    let work = move || {
        let upgrades = equipment::upgrades(&items, &options)?;
        Ok(UpgradesResponse::new(None, &options, &upgrades))
    };
    let answer = state.bulkhead.calculate(Some(client), work).await?;
    Ok(web::Json(answer.map_err(problem)?))
}

/// Ranks the upgrades of a character's gear, and tells the best set of them.
#[utoipa::path(
    post, path = UPGRADES, tag = "characters",
    params(("name" = String, Path, description = "The character's name")),
    request_body = UpgradesRequest,
    responses(
        (status = 200, description = "Every action, and the best set", body = UpgradesResponse),
        (status = "default", description = "What went wrong", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn upgrades(
    state: web::Data<AppState>,
    client: ClientAddress,
    request: HttpRequest,
    name: web::Path<String>,
    question: Json<UpgradesRequest>,
) -> Result<HttpResponse, Problem> {
    let name = character_name(&name)?;
    // The level is known only later, and everything else is checked before the upstream is asked.
    question.0.checked(1)?;
    let refresh: Refresh = refresh(false);
    let known = match state
        .characters_for(&request)
        .equipment(&name, refresh)
        .await?
    {
        Lookup::Full(known) => known,
        Lookup::Partial { missing, .. } => return Err(missing.into()),
    };
    let gear = known.value.equipment().map_err(Problem::internal)?;
    question.0.named_slots().check(&gear)?;
    let options = question.0.checked(known.value.character.level)?;
    let work = move || {
        log_degradations(&known.degradations);
        let worn = gear.presets.iter().find(|preset| preset.active);
        let items = worn.map_or(&[][..], |preset| &preset.items);
        let upgrades = equipment::upgrades(items, &options).map_err(problem)?;
        let provenance = Some(Provenance::of(&known));
        Ok::<_, Problem>(UpgradesResponse::new(provenance, &options, &upgrades))
    };
    let answer = state.bulkhead.calculate(Some(client), work).await??;
    JsonResponse::new(answer, CachePolicy::not_at_all()).answer(&request)
}

fn problem(error: UpgradesError) -> Problem {
    match error {
        UpgradesError::NotValued(reason) => {
            let detail = "the character cannot be valued by this stat sheet";
            Problem::new(ProblemKind::InvalidValue, detail)
                .with_error(FieldError::at("/stat_sheet", reason))
        }
        error @ UpgradesError::Plan(_) => Problem::internal(error),
    }
}
