//! Luck reports, line by line as histories are read.

use std::convert::Infallible;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpResponse, web};
use api::luck::{LuckErrorLine, LuckLine, LuckRequest};
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{self, Stream};
use kernel::Correlation;
use members::NexonKey;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tracing::Instrument;

use super::stream::NDJSON;
use crate::access::ClientAddress;
use crate::http::{FieldError, Problem, ProblemKind, RateLimit, SecretJson, json, log_problem};
use crate::luck::LuckEvent;
use crate::state::AppState;

pub(crate) const LUCK_REPORTS: &str = "/api/v1/luck-reports";

/// Counts what the owner of a key did, beside what was to be expected.
///
/// The key reads the owner's histories within its own quota, and is forgotten with the job. Each
/// line is a JSON value: progress, and last the report, or an error with the cursor from which
/// another request goes on, and what was read so far. Rows are counted and not kept.
#[utoipa::path(
    post, path = LUCK_REPORTS, tag = "members", request_body = LuckRequest,
    responses(
        (status = 200, description = "Progress, then the report or an error, a line each", body = LuckLine, content_type = "application/x-ndjson"),
    )
)]
pub(crate) async fn luck_report(
    state: web::Data<AppState>,
    client: ClientAddress,
    body: SecretJson<LuckRequest>,
) -> Result<HttpResponse, Problem> {
    let (limit, events) = start(&state, client, body.0).await?;
    let id = kernel::request_id().unwrap_or_default();
    let mut response = limit.tell(HttpResponse::Ok());
    response
        .insert_header((CONTENT_TYPE, NDJSON))
        .insert_header((CACHE_CONTROL, "no-store"));
    let lines = events.map(move |event| Ok::<_, Infallible>(line(event, &id)));
    Ok(response.streaming(lines))
}

/// Starts a job beside the request. Whatever happens, its last event has a report or a problem.
///
/// # Errors
///
/// Problems of the request, the key and the upstream that are known before the first event.
pub(super) async fn start(
    state: &AppState,
    client: ClientAddress,
    request: LuckRequest,
) -> Result<(RateLimit, impl Stream<Item = LuckEvent> + use<>), Problem> {
    let today = histories::today(state.clock.now());
    let plan = request.plan(today)?;
    let key = NexonKey::try_from(request.nexon_api_key).map_err(|error| {
        Problem::new(ProblemKind::InvalidValue, "this cannot be a Nexon key")
            .with_error(FieldError::at("/nexon_api_key", error))
    })?;
    let limit = state
        .luck_attempts
        .take(&client)
        .await
        .map_err(|none_left| {
            let detail = "too many luck reports were asked for from your address";
            none_left.problem(ProblemKind::TooManyRequests, detail)
        })?;
    let started = state.luck.start(client, key, plan).await?;
    let (events, reader) = unbounded_channel();
    // The work goes on beside the request, and so does the body.
    let work = started.run(events, state.lifecycle.clone());
    let work = Correlation::current().scope(work.in_current_span());
    state.lifecycle.tasks().spawn(work);
    Ok((limit, events_of(reader)))
}

fn events_of(reader: UnboundedReceiver<LuckEvent>) -> impl Stream<Item = LuckEvent> + use<> {
    stream::unfold(Some(reader), |reader| async move {
        let mut reader = reader?;
        let event = reader.recv().await.unwrap_or_else(|| {
            let problem = Problem::internal("a luck report ended without its last event");
            log_problem(&problem);
            LuckEvent::Broken(problem)
        });
        let rest = (!event.is_last()).then_some(reader);
        Some((event, rest))
    })
}

/// Writes an event as a line.
fn line(event: LuckEvent, request_id: &str) -> Bytes {
    let mut text = match event {
        LuckEvent::Progress(progress) => json(&LuckLine::Progress(progress)),
        LuckEvent::Report(report) => json(&LuckLine::Report(report)),
        LuckEvent::Ended {
            problem,
            cursor,
            report,
        } => json(&LuckErrorLine {
            error: problem.details(request_id),
            cursor,
            report,
        }),
        LuckEvent::Broken(problem) => {
            json(&serde_json::json!({ "error": problem.details(request_id) }))
        }
    };
    text.push(b'\n');
    text.into()
}
