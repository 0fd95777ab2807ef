//! A character's page, from the same use case and cache as the expectation of the API.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use api::expectation::ExpectationResponse;
use api::responses::Provenance;
use equipment::{HashedReadings, Lookup};
use http_server::response_cache::ResponseKey;
use pages::{CharacterForm, Pairs};

use super::waiting::{Awaited, awaited};
use super::{page_query, standing, ui};
use crate::access::ClientAddress;
use crate::http::{CachePolicy, Problem, html};
use crate::routes::characters::{character_name, log_degradations, refresh};
use crate::routes::stat_sheet::equipped;
use crate::state::AppState;

pub(super) const PAGE: &str = "/characters/{name}";

pub(super) async fn page(
    state: web::Data<AppState>,
    client: ClientAddress,
    request: HttpRequest,
    name: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let name = character_name(&name)?;
    let form = CharacterForm::of(&Pairs::of_query(request.query_string()));
    let ui = ui(&state, &request).with_query(form.query());
    let refresh = refresh(form.is_refresh());
    let options = form.options();
    let (rules, evaluation) = options.checked()?;
    let detail = options.detail;
    let known = equipped(&state, &request, &name, refresh, detail, &evaluation);
    let (lookup, readings, validity) = match awaited(&state, &request, &ui, &name, known).await? {
        Awaited::Known(known) => known?,
        Awaited::Waiting(page) => return Ok(page),
    };
    let known = match lookup {
        Lookup::Full(known) => known,
        Lookup::Partial { character, missing } => {
            let provenance = Provenance::without_equipment(&character, state.source, &missing);
            let answer = ExpectationResponse::partial(provenance, rules, &options);
            let page = pages::character(&ui, &form, &answer);
            return html::page(&request, StatusCode::OK, page, &CachePolicy::not_at_all());
        }
    };
    let cache_policy = state.cache_policy.of(&known, refresh);
    let question = page_query(rules, options.key(), &ui);
    let stats = readings.as_ref().map(HashedReadings::hash);
    let key = ResponseKey::new(question, &known, stats);
    let evaluator = state.evaluator.clone();
    let work = move |key: &ResponseKey| {
        log_degradations(&known.degradations);
        let gear = known.value.equipment()?;
        let provenance = key.provenance.clone();
        let evaluation = evaluation.of_wearer(&known.value.character, readings);
        let expectation = evaluator.evaluate(&gear, rules, &evaluation);
        let answer = ExpectationResponse::of_wearer(provenance, &expectation, rules, &options);
        Ok(pages::character(&ui, &form, &answer).into_bytes())
    };
    let made = state.finished.get(key, Some(client), &state.bulkhead, work);
    let body = made.await?;
    let standing = standing(PAGE, validity, cache_policy);
    state.finished.answer(&request, &body, standing)
}
