//! A character's page, from the same use case and cache as the expectation of the API.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use api::expectation::ExpectationResponse;
use api::responses::Provenance;
use equipment::{EvaluationOptions, Lookup};
use pages::{CharacterForm, Pairs, Ui};

use super::ui;
use crate::access::ClientAddress;
use crate::http::{CachePolicy, Problem, html};
use crate::routes::characters::{character_name, log_degradations, refresh};
use crate::routes::stat_sheet::equipped;
use crate::state::AppState;
use http_server::response_cache::{ResponseKey, ResponseQuery};

/// Time for which a visitor sees nothing; a page that says what it waits for comes after it.
const PATIENCE: Duration = Duration::from_millis(400);

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
    let is_patient = form.is_waiting() || !is_navigation(&request);
    let patience = if is_patient { Duration::MAX } else { PATIENCE };
    let Ok(known) = tokio::time::timeout(patience, known).await else {
        // The fetch goes on by itself, and the next page waits for it.
        return waiting(&request, &ui, name.as_str());
    };
    let (lookup, readings, _) = known?;
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
    let key = ResponseKey {
        question: ResponseQuery::Page {
            rules: rules.name,
            options: options.key(),
            lang: ui.lang().code(),
            address: ui.address(),
        },
        provenance: Provenance::of(&known),
        document: known.value.snapshot.document.hash(),
        stats: readings.as_ref().map(|readings| readings.hash()),
    };
    let evaluator = state.evaluator.clone();
    let work = move |key: &ResponseKey| {
        log_degradations(&known.degradations);
        let gear = known.value.equipment()?;
        let provenance = key.provenance.clone();
        let evaluation = EvaluationOptions {
            class: Some(provenance.summary.class.clone()),
            character_level: provenance.summary.level,
            readings,
            ..evaluation
        };
        let expectation = evaluator.evaluate(&gear, rules, &evaluation);
        let answer = ExpectationResponse::of_wearer(provenance, &expectation, rules, &options);
        Ok(pages::character(&ui, &form, &answer).into_bytes())
    };
    let made = state.finished.get(key, Some(client), &state.bulkhead, work);
    let body = made.await?;
    Ok(html::secured(body.answer(&request, &cache_policy)?))
}

/// Whether a browser opens the page for somebody who sees the wait (Fetch Metadata, W3C). Programs
/// get the page itself.
fn is_navigation(request: &HttpRequest) -> bool {
    let mode = request.headers().get("sec-fetch-mode");
    mode.is_some_and(|mode| mode == "navigate")
}

/// Responds with the page that says what it waits for.
fn waiting(request: &HttpRequest, ui: &Ui, name: &str) -> Result<HttpResponse, Problem> {
    let page = pages::waiting(ui, name);
    html::page(request, StatusCode::OK, page, &CachePolicy::not_at_all())
}
