//! Upgrades of a character's gear.

use actix_web::{HttpRequest, HttpResponse, web};
use equipment::{
    Aged, Character, Detail, Equipment, HashedReadings, Refresh, SheetOrigin, UpgradesError,
    own_stat_sheet,
};
use planning::StatSheet;

use super::characters::{character_name, log_degradations, refresh};
use super::stat_sheet::no_sheet;
use crate::access::ClientAddress;
use crate::http::{CachePolicy, FieldError, Json, JsonResponse, Problem, ProblemKind};
use crate::state::AppState;
use api::responses::Provenance;
use api::upgrades::{UpgradesRequest, UpgradesResponse};

pub(crate) const CALCULATED: &str = "/api/v1/calculations/upgrades";
pub(crate) const UPGRADES: &str = "/api/v1/characters/{name}/upgrades";

/// Ranks the upgrades of gear in the question, and tells the best set of them.
#[utoipa::path(
    post, path = CALCULATED, tag = "calculations", operation_id = "calculate_upgrades",
    request_body = UpgradesRequest,
    responses(
        (status = 200, description = "Every action, and the best set", body = UpgradesResponse),
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
        let origin = SheetOrigin::Given;
        Ok(UpgradesResponse::new(None, &options, origin, &upgrades))
    };
    let answer = state.bulkhead.calculate(Some(client), work).await?;
    Ok(web::Json(answer.map_err(problem)?))
}

/// Ranks the upgrades of a character's gear, and tells the best set of them.
#[utoipa::path(
    post, path = UPGRADES, tag = "characters", operation_id = "rank_upgrades",
    params(("name" = String, Path, description = "The character's name")),
    request_body = UpgradesRequest,
    responses(
        (status = 200, description = "Every action, and the best set", body = UpgradesResponse),
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
    // Level and sheet are known only later; all else is checked before the upstream is asked.
    question.0.check()?;
    let refresh: Refresh = refresh(false);
    let characters = state.characters_for(&request);
    let (known, stats) = if question.0.stat_sheet.is_some() {
        (characters.equipment(&name, refresh).await?, None)
    } else {
        // Nothing can be ranked without a sheet.
        let (known, stats) = futures_util::future::join(
            characters.equipment(&name, refresh),
            characters.stats(&name, refresh, Detail::Full),
        )
        .await;
        (known?, Some(stats?))
    };
    let known = known.whole()?;
    let gear = known.value.equipment().map_err(Problem::internal)?;
    question.0.named_slots().check(&gear)?;
    let (sheet, origin) = sheet_of(&question.0, &known.value.character, &gear, stats.as_ref())?;
    let options = question.0.checked(known.value.character.level, sheet)?;
    let work = move || {
        log_degradations(&known.degradations);
        let upgrades = equipment::upgrades(gear.worn(), &options).map_err(problem)?;
        let provenance = Some(Provenance::of(&known));
        let answer = UpgradesResponse::new(provenance, &options, origin, &upgrades);
        Ok::<_, Problem>(answer)
    };
    let answer = state.bulkhead.calculate(Some(client), work).await??;
    JsonResponse::new(answer, CachePolicy::not_at_all()).answer(&request)
}

/// The sheet of the question, else the character's own.
fn sheet_of(
    question: &UpgradesRequest,
    character: &Character,
    gear: &Equipment,
    stats: Option<&Aged<HashedReadings>>,
) -> Result<(StatSheet, SheetOrigin), Problem> {
    if let Some(sheet) = &question.stat_sheet {
        return Ok((sheet.clone(), SheetOrigin::Given));
    }
    let stats = stats.expect("stats are fetched for a question without a sheet");
    log_degradations(&stats.degradations);
    let made = own_stat_sheet(character, &stats.value, gear).map_err(no_sheet)?;
    Ok((made.sheet, made.detail.into()))
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
