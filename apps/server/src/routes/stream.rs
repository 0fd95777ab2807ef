//! Cost of making a character's gear again, item by item.

use std::convert::Infallible;

use actix_web::http::Method;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use cube_probability::Rules;
use equipment::{
    Aged, EquippedCharacter, EvaluationOptions, Evaluator, Lookup, UnreadableDocument,
};
use futures_util::stream::{self, Stream};
use kernel::Correlation;
use telemetry::Gauge;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tracing::Instrument;

use super::characters::{character_name, log_degradations, refresh};
use super::expectation::{ExpectationQuery, of_query};
use super::stat_sheet::equipped;
use crate::access::ClientAddress;
use crate::http::{Problem, ProblemKind, Query, json};
use crate::state::AppState;
use api::expectation::{ExpectationOptions, ExpectationResponse, Line, LinesRequest, ReaderLeft};
use api::responses::Provenance;

pub(crate) const STREAM: &str = "/api/v1/characters/{name}/expectation/stream";

/// Newline-delimited JSON.
pub(super) const NDJSON: &str = "application/x-ndjson";

/// Tells what a character's gear would cost to make again, each item once it is known.
///
/// Each line is a JSON value: items, and last a summary, or an error if the answer could not be
/// brought to its end.
#[utoipa::path(
    get, path = STREAM, tag = "characters", operation_id = "stream_expectation",
    params(("name" = String, Path, description = "The character's name"), ExpectationQuery),
    responses(
        (status = 200, description = "What it would cost, one line after the other", body = Line, content_type = "application/x-ndjson"),
    )
)]
pub(crate) async fn stream(
    state: web::Data<AppState>,
    client: ClientAddress,
    request: HttpRequest,
    name: web::Path<String>,
    query: Query<ExpectationQuery>,
) -> Result<HttpResponse, Problem> {
    let name = character_name(&name)?;
    let refresh = refresh(query.0.refresh);
    let options = query.0.into_options()?;
    let (rules, evaluation) = options.checked().map_err(|errors| of_query(&errors))?;
    let known = equipped(
        &state,
        &request,
        &name,
        refresh,
        options.detail,
        &evaluation,
    );
    let (lookup, readings, _) = known.await?;
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CONTENT_TYPE, NDJSON))
        .insert_header((CACHE_CONTROL, "no-store"));
    if *request.method() == Method::HEAD {
        return Ok(response.streaming(stream::empty::<Result<Bytes, Infallible>>()));
    }
    // A whole answer has some hundred kilobytes at most, and a client that reads slowly must not
    // hold up the thread that works it out.
    let (lines, reader) = unbounded_channel();
    match lookup {
        Lookup::Full(known) => {
            log_degradations(&known.degradations);
            let work = Work {
                evaluation: evaluation.of_wearer(&known.value.character, readings),
                known,
                options,
                rules,
                evaluator: state.evaluator.clone(),
                lines,
            };
            start(&state, client, work).await?;
        }
        Lookup::Partial { character, missing } => {
            let provenance = Provenance::without_equipment(&character, state.source, &missing);
            let answer = ExpectationResponse::partial(provenance, rules, &options);
            send(&lines, &Line::Summary(Box::new(answer))).expect("the reader is here");
        }
    }
    Ok(response.streaming(body(reader, OpenStream::new(&state.open_streams))))
}

/// Starts the work when the client has its turn: before the head of the response is sent, so
/// that a refusal is a response of its own.
async fn start(state: &AppState, client: ClientAddress, work: Work) -> Result<(), Problem> {
    let permit = state.bulkhead.calculation(Some(client))?;
    let processor = permit.start().await;
    let processor = processor.map_err(|error| state.bulkhead.refuse(error))?;
    let done = async move {
        // A thread that panics has left the stream without its last line.
        let _done = processor.calculate(move || work.done()).await;
    };
    let request = Correlation::current();
    let done = request.scope(done.in_current_span());
    state.lifecycle.tasks().spawn(done);
    Ok(())
}

/// A line on its way to the client.
#[derive(Debug)]
struct Sent {
    text: Bytes,
    is_last: bool,
}

/// Work of a thread for a stream.
#[derive(Debug)]
struct Work {
    known: Aged<EquippedCharacter>,
    options: ExpectationOptions,
    rules: &'static Rules,
    evaluation: EvaluationOptions,
    evaluator: Evaluator,
    lines: UnboundedSender<Sent>,
}

impl Work {
    fn done(self) {
        match self.answer() {
            Ok(Ok(())) => {}
            Ok(Err(ReaderLeft)) => tracing::debug!("the reader of a stream left"),
            // The stream ends without its last line, which is an error line then.
            Err(error) => tracing::error!(
                error = kernel::chain(&error),
                "a stream could not be worked out"
            ),
        }
    }

    fn answer(&self) -> Result<Result<(), ReaderLeft>, UnreadableDocument> {
        let equipment = self.known.value.equipment()?;
        let question = LinesRequest {
            provenance: Provenance::with_age(&self.known),
            equipment: &equipment,
            rules: self.rules,
            options: &self.options,
            evaluation: &self.evaluation,
        };
        Ok(question.answer(&self.evaluator, |line| send(&self.lines, &line)))
    }
}

fn send(lines: &UnboundedSender<Sent>, line: &Line) -> Result<(), ReaderLeft> {
    let mut text = json(line);
    text.push(b'\n');
    let sent = lines.send(Sent {
        text: text.into(),
        is_last: !matches!(line, Line::Item { .. }),
    });
    sent.map_err(|_| ReaderLeft)
}

/// The lines as they come. Whatever happens, the last one is a summary or an error.
fn body(
    reader: UnboundedReceiver<Sent>,
    open: OpenStream,
) -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::unfold(Some((reader, open)), |state| async move {
        let (mut reader, open) = state?;
        let sent = reader.recv().await.unwrap_or_else(|| {
            let mut text = json(&Line::Error {
                problem: ProblemKind::Internal.uri(),
                detail: "the answer could not be worked out to its end; the log tells more",
            });
            text.push(b'\n');
            Sent {
                text: text.into(),
                is_last: true,
            }
        });
        let rest = (!sent.is_last).then_some((reader, open));
        Some((Ok(sent.text), rest))
    })
}

/// Counted among the open streams until it is dropped: at its end, or when the client leaves.
#[derive(Debug)]
struct OpenStream(Gauge);

impl OpenStream {
    fn new(open: &Gauge) -> Self {
        open.inc();
        Self(open.clone())
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.0.dec();
    }
}
