//! Luck reports, line by line as histories are read.

use std::convert::Infallible;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpResponse, web};
use api::luck::{LuckLine, LuckRequest};
use bytes::Bytes;
use futures_util::stream::{self, Stream};
use kernel::Correlation;
use members::NexonKey;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tracing::Instrument;

use super::stream::NDJSON;
use crate::access::ClientAddress;
use crate::http::{FieldError, Problem, ProblemKind, SecretJson, json};
use crate::luck::LuckText;
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
    let today = histories::today(state.clock.now());
    let plan = body.0.plan(today)?;
    let key = NexonKey::try_from(body.0.nexon_api_key).map_err(|error| {
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
    let (lines, reader) = unbounded_channel();
    // The work goes on beside the request, and so does the body.
    let id = kernel::request_id().unwrap_or_default();
    let work = started.run(lines, state.lifecycle.clone(), id.clone());
    let request = Correlation::current();
    let work = request.scope(work.in_current_span());
    state.lifecycle.tasks().spawn(work);
    let mut response = limit.tell(HttpResponse::Ok());
    response
        .insert_header((CONTENT_TYPE, NDJSON))
        .insert_header((CACHE_CONTROL, "no-store"));
    Ok(response.streaming(lines_of(reader, id)))
}

/// The lines as they come. Whatever happens, the last one is a report or an error.
fn lines_of(
    reader: UnboundedReceiver<LuckText>,
    request_id: String,
) -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::unfold(Some((reader, request_id)), |state| async move {
        let (mut reader, request_id) = state?;
        let line = reader.recv().await;
        let line = line.unwrap_or_else(|| broken_off(&request_id));
        let rest = (!line.is_last).then_some((reader, request_id));
        Some((Ok(line.text), rest))
    })
}

/// The last line of a job that ended without one.
fn broken_off(request_id: &str) -> LuckText {
    let problem = Problem::internal("a luck report ended without its last line");
    let error = problem.details(request_id);
    let mut text = json(&serde_json::json!({ "error": error }));
    text.push(b'\n');
    LuckText {
        text: text.into(),
        is_last: true,
    }
}
