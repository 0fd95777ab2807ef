//! Spans of deliveries, by the semantic conventions for messaging.

use kernel::trace;
use tracing::{Instrument, Span, field, info_span};

use crate::{Claimed, Outcome};

/// Runs one delivery as a part of the trace of the request that stored the message, however long
/// ago that was and in whatever process. The span is a child of that request's, and linked to it.
pub(crate) async fn traced(claimed: &Claimed, delivery: impl Future<Output = Outcome>) -> Outcome {
    let stored = claimed.message.trace;
    let work = async {
        let span = span(claimed);
        let outcome = delivery.instrument(span.clone()).await;
        record(&span, &outcome);
        outcome
    };
    trace::resume(stored).scope(work).await
}

fn span(claimed: &Claimed) -> Span {
    let message = &claimed.message;
    let span = info_span!(
        "delivery",
        otel.name = %format_args!("process {}", message.topic),
        otel.kind = "consumer",
        otel.status_code = field::Empty,
        error.type = field::Empty,
        messaging.system = "outbox",
        messaging.operation.name = "process",
        messaging.operation.type = "process",
        messaging.destination.name = message.topic,
        messaging.message.id = %message.id,
        maple.outbox.attempt = claimed.attempt,
    );
    match message.trace {
        Some(stored) => {
            let span = trace::child_of(stored, span);
            trace::link(&span, stored);
            span
        }
        None => span,
    }
}

fn record(span: &Span, outcome: &Outcome) {
    let error = match outcome {
        Outcome::Delivered | Outcome::Paused { .. } => return,
        Outcome::Retry { .. } => "retry",
        Outcome::Rejected { .. } => "rejected",
        Outcome::Unknown { .. } => "unknown",
    };
    span.record("error.type", error);
    span.record("otel.status_code", "ERROR");
}
