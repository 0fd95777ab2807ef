//! The way of a character's gear to a target, from the same use case as the API's completion.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use api::expectation::{CompletionRequest, ExpectationResponse};
use api::responses::Provenance;
use cube_probability::Rules;
use equipment::{Aged, EquippedCharacter, EvaluationOptions, Refresh};
use pages::{CompletionForm, FormError, Pairs};

use super::waiting::{Awaited, awaited};
use super::{page_query, standing, ui};
use crate::access::ClientAddress;
use crate::http::{CachePolicy, Problem, html};
use crate::routes::characters::{character_name, log_degradations, refresh};
use crate::routes::stat_sheet::validity;
use crate::state::AppState;
use http_server::response_cache::ResponseKey;

pub(super) const PAGE: &str = "/characters/{name}/completion";

/// A question that can be answered.
type CompletionQuestion = (CompletionRequest, &'static Rules, EvaluationOptions);

pub(super) async fn page(
    state: web::Data<AppState>,
    client: ClientAddress,
    request: HttpRequest,
    name: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let name = character_name(&name)?;
    let form = CompletionForm::of(&Pairs::of_query(request.query_string()));
    let ui = ui(&state, &request).with_query(form.query());
    let characters = state.characters_for(&request);
    let lookup = characters.equipment(&name, refresh(false));
    let lookup = match awaited(&state, &request, &ui, &name, lookup).await? {
        Awaited::Known(lookup) => lookup?,
        Awaited::Waiting(page) => return Ok(page),
    };
    let validity = validity(&characters, &name, Refresh::WhenStale, &lookup, None);
    let known = lookup.whole()?;
    let gear = known.value.equipment().map_err(Problem::internal)?;
    let slots: Vec<String> = gear.worn().iter().map(|item| item.slot.clone()).collect();
    let asked = match asked(&form, &slots) {
        Ok(asked) => asked,
        Err(errors) => {
            let provenance = Provenance::with_age(&known);
            let page = pages::completion(&ui, &form, &provenance, &slots, &Err(errors));
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return html::page(&request, status, page, &CachePolicy::not_at_all());
        }
    };
    // The page of the address alone is the same for everybody.
    let cache_policy = match request.query_string() {
        "" => state.cache_policy.of(&known, Refresh::WhenStale),
        _ => CachePolicy::private(),
    };
    let key = key(&known, &asked, &ui);
    let evaluator = state.evaluator.clone();
    let work = move |key: &ResponseKey| {
        log_degradations(&known.degradations);
        let (question, rules, evaluation) = asked;
        let provenance = key.provenance.clone();
        let evaluation = EvaluationOptions {
            class: Some(provenance.summary.class.clone()),
            character_level: provenance.summary.level,
            distribution: true,
            ..evaluation
        };
        let expectation = evaluator.evaluate(&gear, rules, &evaluation);
        let options = question.options();
        let answer =
            ExpectationResponse::of_wearer(provenance.clone(), &expectation, rules, &options);
        let page = pages::completion(&ui, &form, &provenance, &slots, &Ok(answer));
        Ok(page.into_bytes())
    };
    let made = state.finished.get(key, Some(client), &state.bulkhead, work);
    let body = made.await?;
    let standing = standing(PAGE, validity, cache_policy);
    state.finished.answer(&request, &body, standing)
}

/// Reads the form into a question about gear in these slots.
fn asked(form: &CompletionForm, slots: &[String]) -> Result<CompletionQuestion, Vec<FormError>> {
    let question = form.request(slots)?;
    let worn = slots.iter().map(String::as_str);
    let checked = question.named_slots().check_among(worn);
    let checked = checked.and_then(|()| question.checked());
    let (rules, evaluation) = checked.map_err(|errors| form.errors(&errors))?;
    Ok((question, rules, evaluation))
}

fn key(
    known: &Aged<EquippedCharacter>,
    (question, rules, _): &CompletionQuestion,
    ui: &pages::Ui,
) -> ResponseKey {
    let question = page_query(rules, question.key(), ui);
    ResponseKey::new(question, known, None)
}
