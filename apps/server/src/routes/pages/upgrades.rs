//! Next upgrades of a character, from the same use case as the API's.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use api::responses::Provenance;
use api::upgrades::UpgradesResponse;
use equipment::{
    Aged, Detail, EquippedCharacter, HashedReadings, SheetOrigin, UpgradeOptions, UpgradesError,
    own_stat_sheet,
};
use pages::{FormError, Pairs, UpgradesForm};
use planning::StatSheet;

use super::ui;
use super::waiting::{Awaited, awaited};
use crate::access::ClientAddress;
use crate::http::{CachePolicy, Problem, html};
use crate::routes::characters::{character_name, log_degradations, refresh};
use crate::state::AppState;

pub(super) const PAGE: &str = "/characters/{name}/upgrades";

pub(super) async fn page(
    state: web::Data<AppState>,
    client: ClientAddress,
    request: HttpRequest,
    name: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let name = character_name(&name)?;
    let form = UpgradesForm::of(&Pairs::of_query(request.query_string()));
    let ui = ui(&state, &request).with_query(form.query());
    let characters = state.characters_for(&request);
    let known = characters.equipment_and_stats(&name, refresh(false), Detail::Full);
    let (lookup, stats) = match awaited(&state, &request, &ui, &name, known).await? {
        Awaited::Known(known) => known?,
        Awaited::Waiting(page) => return Ok(page),
    };
    let known = lookup.whole()?;
    log_degradations(&known.degradations);
    let own = stats.and_then(|stats| own_sheet(&known, &stats));
    let form = match &own {
        Some((sheet, _)) => form.with_sheet(sheet),
        None => form,
    };
    let provenance = Provenance::with_age(&known);
    let question = form.is_asked().then(|| {
        let sheet = own.as_ref().map(|(sheet, _)| sheet);
        let (question, asked) = form.request(&provenance.summary.class, sheet, &ui)?;
        let origin = match &own {
            Some((own, detail)) if *own == asked => (*detail).into(),
            _ => SheetOrigin::Given,
        };
        let options = question.checked(known.value.character.level, asked);
        let options = options.map_err(|errors| form.errors(&errors))?;
        Ok::<_, Vec<FormError>>((options, origin))
    });
    let answer = match question {
        None => None,
        Some(Err(errors)) => Some(Err(errors)),
        Some(Ok((options, origin))) => {
            let work = move || answer(&known, &options, origin);
            let answer = state.bulkhead.calculate(Some(client), work).await?;
            Some(answer?)
        }
    };
    let status = match &answer {
        Some(Err(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    };
    let page = pages::upgrades(&ui, &form, &provenance, own.is_some(), answer.as_ref());
    html::page(&request, status, page, &CachePolicy::not_at_all())
}

/// The character's own sheet and its detail; none where the class or the stats make none.
fn own_sheet(
    known: &Aged<EquippedCharacter>,
    stats: &Aged<HashedReadings>,
) -> Option<(StatSheet, Detail)> {
    let gear = known.value.equipment().ok()?;
    let made = own_stat_sheet(&known.value.character, &stats.value, &gear).ok()?;
    Some((made.sheet, made.detail))
}

/// The upgrades of the gear worn; a sheet that cannot be valued is an error of the form.
fn answer(
    known: &Aged<EquippedCharacter>,
    options: &UpgradeOptions,
    origin: SheetOrigin,
) -> Result<Result<UpgradesResponse, Vec<FormError>>, Problem> {
    let gear = known.value.equipment().map_err(Problem::internal)?;
    match equipment::upgrades(gear.worn(), options) {
        Ok(upgrades) => Ok(Ok(UpgradesResponse::new(None, options, origin, &upgrades))),
        Err(UpgradesError::NotValued(reason)) => Ok(Err(vec![FormError {
            field: "sheet".to_owned(),
            column: None,
            detail: reason.to_string(),
        }])),
        Err(error @ UpgradesError::Plan(_)) => Err(Problem::internal(error)),
    }
}
