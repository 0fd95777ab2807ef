//! Calculators: a form in the query, the answer below it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use pages::{FlameForm, FormError, Pairs, PlanForm, PotentialForm, StarForceForm};

use super::ui;
use crate::access::ClientAddress;
use crate::http::{CachePolicy, Problem, html};
use crate::state::AppState;

/// Responds with a calculator; with 422 where its question cannot be answered.
fn answered<T>(
    request: &HttpRequest,
    page: String,
    answer: Option<&Result<T, Vec<FormError>>>,
) -> Result<HttpResponse, Problem> {
    let status = match answer {
        Some(Err(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    };
    html::page(request, status, page, &cache_policy(request))
}

/// An empty calculator is the same for everybody; one with a state is its visitor's own.
fn cache_policy(request: &HttpRequest) -> CachePolicy {
    match request.query_string() {
        "" => CachePolicy::revalidate(),
        _ => CachePolicy::private(),
    }
}

pub(super) async fn potential(
    state: web::Data<AppState>,
    client: ClientAddress,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let form = PotentialForm::of(&Pairs::of_query(request.query_string()));
    let ui = ui(&state, &request).with_query(form.query());
    let mut answer = None;
    if form.is_asked() {
        let question = form.clone();
        let work = move || question.answer();
        answer = Some(state.bulkhead.calculate(Some(client), work).await?);
    }
    let status = match &answer {
        Some(answer) if answer.is_refused() => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    };
    let page = pages::potential(&ui, &form, answer.as_ref());
    html::page(&request, status, page, &cache_policy(&request))
}

pub(super) async fn star_force(
    state: web::Data<AppState>,
    client: ClientAddress,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let form = StarForceForm::of(&Pairs::of_query(request.query_string()));
    let ui = ui(&state, &request).with_query(form.query());
    let answer = match form.is_asked().then(|| form.request()) {
        None => None,
        Some(Err(errors)) => Some(Err(errors)),
        Some(Ok(question)) => {
            let answer = state
                .bulkhead
                .calculate(Some(client), move || question.answer())
                .await?;
            Some(answer.map_err(|errors| form.errors(&errors)))
        }
    };
    let page = pages::star_force(&ui, &form, answer.as_ref());
    answered(&request, page, answer.as_ref())
}

pub(super) async fn flame(
    state: web::Data<AppState>,
    client: ClientAddress,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let form = FlameForm::of(&Pairs::of_query(request.query_string()));
    let ui = ui(&state, &request).with_query(form.query());
    let answer = match form.is_asked().then(|| form.request()) {
        None => None,
        Some(Err(errors)) => Some(Err(errors)),
        Some(Ok(question)) => {
            let answer = state
                .bulkhead
                .calculate(Some(client), move || question.answer())
                .await?;
            Some(answer.map_err(|errors| form.errors(&errors)))
        }
    };
    let page = pages::flame(&ui, &form, answer.as_ref());
    answered(&request, page, answer.as_ref())
}

pub(super) async fn plan(
    state: web::Data<AppState>,
    client: ClientAddress,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let form = PlanForm::of(&Pairs::of_query(request.query_string()));
    let ui = ui(&state, &request).with_query(form.query());
    let answer = match form.is_asked().then(|| form.request()) {
        None => None,
        Some(Err(errors)) => Some(Err(errors)),
        Some(Ok(question)) => {
            let answer = state
                .bulkhead
                .calculate(Some(client), move || question.answer())
                .await?;
            Some(answer.map_err(|errors| form.errors(&errors)))
        }
    };
    let page = pages::plan(&ui, &form, answer.as_ref());
    answered(&request, page, answer.as_ref())
}
