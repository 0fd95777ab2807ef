//! Luck report of a player: the same job as the API's, written as a page while it runs. The key
//! comes in a body only, and no response of this page is kept by a cache.

use std::convert::Infallible;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use api::luck::{LuckRequest, LuckRequestError};
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{self, Stream};
use pages::{LuckForm, LuckRefusal, Pairs, Ui};
use secrecy::ExposeSecret;

use super::ui;
use crate::access::{ClientAddress, SameOrigin};
use crate::http::{CachePolicy, FormBody, Problem, ProblemKind, html, log_problem};
use crate::luck::LuckEvent;
use crate::routes::luck::start;
use crate::state::AppState;

pub(super) const PAGE: &str = "/luck";

/// The form.
pub(super) async fn page(
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let form = LuckForm::of(&Pairs::default());
    let page = pages::luck(&ui(&state, &request), &form, None, None);
    html::page(&request, StatusCode::OK, page, &CachePolicy::not_at_all())
}

/// Reads the histories of the owner of a key.
pub(super) async fn report(
    state: web::Data<AppState>,
    client: ClientAddress,
    request: HttpRequest,
    _: SameOrigin,
    body: FormBody,
) -> Result<HttpResponse, Problem> {
    let form = form_of(&body);
    let ui = ui(&state, &request);
    let today = histories::today(state.clock.now());
    let question = LuckRequest {
        nexon_api_key: body.get("key"),
        from: form.from(today),
        to: form.last_day(),
        kinds: form.kinds(),
        cursor: form.cursor(),
    };
    if let Err(error) = question.plan(today) {
        let problem = Problem::from(error.clone());
        return Ok(refused(&ui, &form, &problem, at_fault(&error), None));
    }
    let cursor = form.cursor();
    match start(&state, client, question).await {
        Ok((limit, events)) => {
            let mut response = limit.tell(html::streamed());
            let frame = pages::luck_frame(&ui, &form);
            let body = body_of(ui, frame, events);
            Ok(html::secured(response.streaming(body)))
        }
        Err(problem) if problem.kind() != ProblemKind::Internal => {
            let refusal = match problem.kind() {
                ProblemKind::InvalidValue => LuckRefusal::Key,
                kind => LuckRefusal::Problem(kind),
            };
            // Nothing was read yet, so there is a rest only where the form went on with one.
            Ok(refused(&ui, &form, &problem, refusal, cursor.as_deref()))
        }
        Err(problem) => Err(problem),
    }
}

/// Reads the fields beside the key.
fn form_of(body: &FormBody) -> LuckForm {
    let fields = LuckForm::FIELDS.map(|field| (field, body.get(field)));
    let given = fields
        .iter()
        .map(|(field, text)| (*field, text.expose_secret()));
    let given = given.filter(|(_, text)| !text.is_empty());
    LuckForm::of(&given.chain([("sent", "1")]).collect())
}

/// Returns the field at fault.
fn at_fault(error: &LuckRequestError) -> LuckRefusal {
    let pointer = match error {
        LuckRequestError::UnknownKind { pointer, .. } => pointer.as_str(),
        LuckRequestError::Value { pointer, .. } => pointer,
    };
    match pointer {
        "/to" => LuckRefusal::LastDay,
        "/from" => LuckRefusal::TooOld,
        "/cursor" => LuckRefusal::Cursor,
        _ => LuckRefusal::NoHistory,
    }
}

/// Responds with the form and the reason; status and headers are the problem's.
fn refused(
    ui: &Ui,
    form: &LuckForm,
    problem: &Problem,
    refusal: LuckRefusal,
    cursor: Option<&str>,
) -> HttpResponse {
    log_problem(problem);
    html::refusal(problem, pages::luck(ui, form, Some(refusal), cursor))
}

/// The page, piece by piece: its beginning at once, then progress, and last the report.
fn body_of(
    ui: Ui,
    (before, after): (String, String),
    events: impl Stream<Item = LuckEvent>,
) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let parts = events.map(move |event| part(&ui, event));
    let whole = stream::iter([before])
        .chain(parts)
        .chain(stream::iter([after]));
    whole.map(|part| Ok(part.into()))
}

fn part(ui: &Ui, event: LuckEvent) -> String {
    match event {
        LuckEvent::Progress(progress) => pages::luck_progress(ui, progress),
        LuckEvent::Report(report) => pages::luck_report(ui, &report, None, None),
        LuckEvent::Ended {
            problem,
            cursor,
            report,
        } => pages::luck_report(ui, &report, Some(problem.kind()), cursor.as_deref()),
        LuckEvent::Broken(_) => pages::luck_broken(ui),
    }
}
