//! Next upgrades of a character, from the same use case as the API's.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use api::responses::Provenance;
use api::upgrades::UpgradesResponse;
use equipment::{Aged, EquippedCharacter, Lookup, SheetOrigin, UpgradeOptions, UpgradesError};
use pages::{FormError, Pairs, UpgradesForm};

use super::ui;
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
    let known = match state.characters.equipment(&name, refresh(false)).await? {
        Lookup::Full(known) => known,
        Lookup::Partial { missing, .. } => return Err(missing.into()),
    };
    log_degradations(&known.degradations);
    let provenance = Provenance::with_age(&known);
    let question = form.is_asked().then(|| {
        let question = form.request(&provenance.summary.class, &ui)?;
        let sheet = question.stat_sheet.clone();
        let sheet = sheet.expect("a form without errors has a sheet");
        let options = question.checked(known.value.character.level, sheet);
        options.map_err(|errors| form.errors(&errors))
    });
    let answer = match question {
        None => None,
        Some(Err(errors)) => Some(Err(errors)),
        Some(Ok(options)) => {
            let work = move || answer(&known, &options);
            let answer = state.bulkhead.calculate(Some(client), work).await?;
            Some(answer?)
        }
    };
    let status = match &answer {
        Some(Err(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    };
    let page = pages::upgrades(&ui, &form, &provenance, answer.as_ref());
    html::page(&request, status, page, &CachePolicy::not_at_all())
}

/// The upgrades of the gear worn; a sheet that cannot be valued is an error of the form.
fn answer(
    known: &Aged<EquippedCharacter>,
    options: &UpgradeOptions,
) -> Result<Result<UpgradesResponse, Vec<FormError>>, Problem> {
    let gear = known.value.equipment().map_err(Problem::internal)?;
    let worn = gear.presets.iter().find(|preset| preset.active);
    let items = worn.map_or(&[][..], |preset| &preset.items);
    match equipment::upgrades(items, options) {
        Ok(upgrades) => Ok(Ok(UpgradesResponse::new(
            None,
            options,
            SheetOrigin::Given,
            &upgrades,
        ))),
        Err(UpgradesError::NotValued(reason)) => Ok(Err(vec![FormError {
            field: "sheet".to_owned(),
            column: None,
            detail: reason.to_string(),
        }])),
        Err(error @ UpgradesError::Plan(_)) => Err(Problem::internal(error)),
    }
}
