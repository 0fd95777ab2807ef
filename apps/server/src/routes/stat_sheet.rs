//! The stat sheet of a character, for reading and for sending back.

use actix_web::{HttpRequest, HttpResponse, web};
use equipment::{
    Aged, AnswerValidity, Characters, CharactersError, EvaluationOptions, HashedReadings, Lookup,
    NoStatSheet, Refresh, own_stat_sheet,
};
use kernel::CharacterName;
use planning::{Detail, NotValued};
use serde::Deserialize;
use utoipa::IntoParams;

use super::characters::{character_name, log_degradations, refresh};
use crate::http::{FieldError, JsonResponse, Problem, ProblemKind, Query};
use crate::state::AppState;
use api::responses::{DetailWord, StatSheetResponse};

pub(crate) const STAT_SHEET: &str = "/api/v1/characters/{name}/stat-sheet";

/// Sources of the sheet, and how fresh they have to be.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct StatSheetQuery {
    /// Sources to read.
    #[param(inline)]
    detail: DetailWord,
    /// Ask the upstream even when what is stored is fresh.
    refresh: bool,
}

/// Answers the numbers that a character's boss damage is computed from.
#[utoipa::path(
    get, path = STAT_SHEET, tag = "characters", operation_id = "get_stat_sheet",
    params(("name" = String, Path, description = "The character's name"), StatSheetQuery),
    responses(
        (status = 200, description = "The sheet, and what is not known about it", body = StatSheetResponse),
    )
)]
pub(crate) async fn sheet(
    state: web::Data<AppState>,
    request: HttpRequest,
    name: web::Path<String>,
    query: Query<StatSheetQuery>,
) -> Result<HttpResponse, Problem> {
    let name = character_name(&name)?;
    let (refresh, detail) = (refresh(query.0.refresh), Detail::from(query.0.detail));
    let characters = state.characters_for(&request);
    let (lookup, stats) = futures_util::future::join(
        characters.equipment(&name, refresh),
        characters.stats(&name, refresh, detail),
    )
    .await;
    let (known, stats) = (lookup?.whole()?, stats?);
    log_degradations(&stats.degradations);
    let character = &known.value.character;
    let gear = known.value.equipment().map_err(Problem::internal)?;
    let made = own_stat_sheet(character, &stats.value, &gear).map_err(no_sheet)?;
    let cache_policy = state.cache_policy.of(&stats, refresh);
    let answer = StatSheetResponse::new(character, &stats, known.value.source, detail, made);
    JsonResponse::new(answer, cache_policy).answer(&request)
}

/// Equipment of a character, the stats that its sheet is made of where the question brings none and
/// judges strength at all, and the validity of an answer made of them.
///
/// # Errors
///
/// [`CharactersError`] when not even the character is known.
pub(super) async fn equipped(
    state: &AppState,
    request: &HttpRequest,
    name: &CharacterName,
    refresh: Refresh,
    detail: DetailWord,
    evaluation: &EvaluationOptions,
) -> Result<(Lookup, Option<HashedReadings>, Option<AnswerValidity>), CharactersError> {
    let characters = state.characters_for(request);
    if !evaluation.needs_readings() {
        let lookup = characters.equipment(name, refresh).await?;
        let validity = validity(&characters, name, refresh, &lookup, None);
        return Ok((lookup, None, validity));
    }
    let known = characters.equipment_and_stats(name, refresh, detail.into());
    let (lookup, stats) = known.await?;
    let Some(stats) = stats else {
        return Ok((lookup, None, None));
    };
    log_degradations(&stats.degradations);
    let validity = validity(&characters, name, refresh, &lookup, Some(&stats));
    Ok((lookup, Some(stats.value), validity))
}

/// Validity of the answer to a question that does not ask for the newest.
pub(super) fn validity(
    characters: &Characters,
    name: &CharacterName,
    refresh: Refresh,
    lookup: &Lookup,
    stats: Option<&Aged<HashedReadings>>,
) -> Option<AnswerValidity> {
    match (refresh, lookup) {
        (Refresh::WhenStale, Lookup::Full(known)) => characters.validity(name, known, stats),
        _ => None,
    }
}

/// A class that cannot be valued is a fact about the character; stats that make no sheet are the
/// upstream's.
pub(super) fn no_sheet(reason: NoStatSheet) -> Problem {
    match reason {
        NoStatSheet::NotValued(NotValued::Sheet(_)) => {
            let detail = format!("the recorded stats make no sheet: {reason}");
            Problem::new(ProblemKind::UpstreamInvalid, detail).caused_by(reason)
        }
        NoStatSheet::UnknownClass(_)
        | NoStatSheet::NotValued(NotValued::DemonAvenger | NotValued::NoDamage { .. }) => {
            let detail = "the character has no stat sheet";
            Problem::new(ProblemKind::InvalidValue, detail)
                .with_error(FieldError::of_parameter("name", reason))
        }
    }
}
