//! Traces: the context that is sent on, and the port to the recorder of spans.
//!
//! Spans are `tracing` spans with a field `otel.kind`. The decision to record is made once, where a
//! trace begins or enters the process, and is part of its [`TraceContext`]; a span of a trace that
//! is not recorded is never made.

use std::fmt::{self, Debug, Display};
use std::sync::{Arc, OnceLock};

use tracing::{Instrument, Span};

use crate::request::{self, Correlation};

/// Context of W3C Trace Context: which trace, which span of it, and whether it is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    /// Id of the trace, not zero.
    pub trace_id: u128,
    /// Span that what follows belongs to; none at the root of a trace.
    pub parent: Option<u64>,
    /// Whether spans are recorded.
    pub is_sampled: bool,
}

/// Name of the HTTP header that carries a [`TraceContext`].
pub const TRACEPARENT: &str = "traceparent";

impl TraceContext {
    /// Reads a `traceparent`: `version-trace-parent-flags` in lower-case hexadecimal digits. Of a
    /// version that is not known yet the four fields are read that every version has
    /// (W3C Trace Context, 4.3).
    pub fn parse(text: &str) -> Option<Self> {
        let mut fields = text.split('-');
        let version = hex(fields.next()?, 2)?;
        let trace_id = hex(fields.next()?, 32).filter(|&id| id != 0)?;
        let parent = hex(fields.next()?, 16).filter(|&id| id != 0)?;
        let flags = hex(fields.next()?, 2)?;
        let is_longer = fields.next().is_some();
        if version == 0xff || (version == 0 && is_longer) {
            return None;
        }
        Some(Self {
            trace_id,
            parent: u64::try_from(parent).ok(),
            is_sampled: flags & 1 == 1,
        })
    }
}

/// Writes a `traceparent`. A root that is not recorded has no span: a part of its trace's id stands
/// for one, because the field must not be zero.
impl Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stand_in = || u64::try_from(self.trace_id & u128::from(u64::MAX)).unwrap_or(1);
        let parent = self.parent.unwrap_or_else(stand_in).max(1);
        let flags = u8::from(self.is_sampled);
        write!(f, "00-{:032x}-{parent:016x}-{flags:02x}", self.trace_id)
    }
}

fn hex(text: &str, digits: usize) -> Option<u128> {
    let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let is_sound = text.len() == digits && text.bytes().all(is_hex);
    is_sound
        .then(|| u128::from_str_radix(text, 16).ok())
        .flatten()
}

/// Port to the recorder of spans.
pub trait Tracer: Debug + Send + Sync {
    /// Begins a trace and decides whether it is recorded.
    fn begin(&self) -> TraceContext;

    /// Returns the context of a span; none of one that is not recorded.
    fn context_of(&self, span: &Span) -> Option<TraceContext>;

    /// Makes a span that was not entered yet a child of a span of another process or of an earlier
    /// time.
    fn continue_from(&self, span: &Span, parent: TraceContext);

    /// Links a span to another one that it follows from.
    fn link(&self, span: &Span, to: TraceContext);
}

static TRACER: OnceLock<Arc<dyn Tracer>> = OnceLock::new();

/// Sets the recorder of this process. The first one set stays.
pub fn install(tracer: Arc<dyn Tracer>) {
    let _first_one_stays = TRACER.set(tracer);
}

/// Begins a trace of background work; none where traces are off.
pub fn begin() -> Option<TraceContext> {
    TRACER.get().map(|tracer| tracer.begin())
}

/// Returns the context to send on with a call or to store with a message; none where traces are
/// off.
pub fn current() -> Option<TraceContext> {
    let tracer = TRACER.get()?;
    let trace = request::trace()?;
    if !trace.is_sampled {
        return Some(trace);
    }
    tracer.context_of(&Span::current()).or(Some(trace))
}

/// Returns the id of the trace of the work under way here, where its spans are recorded.
pub fn sampled() -> Option<u128> {
    let trace = request::trace().filter(|trace| trace.is_sampled)?;
    Some(trace.trace_id)
}

/// Whether this process records spans at all.
pub fn is_on() -> bool {
    TRACER.get().is_some()
}

/// Returns a span, made a child of the span that its trace came from: of a client, or of the request
/// that stored a message.
pub fn child_of(context: TraceContext, span: Span) -> Span {
    if let (false, Some(tracer)) = (span.is_disabled(), TRACER.get())
        && context.parent.is_some()
    {
        tracer.continue_from(&span, context);
    }
    span
}

/// Links a span to the span that stored what it handles.
pub fn link(span: &Span, to: TraceContext) {
    if let (false, Some(tracer)) = (span.is_disabled(), TRACER.get()) {
        tracer.link(span, to);
    }
}

/// Most links of one span, as the SDK of OpenTelemetry keeps them.
const MAX_LINKS: usize = 128;

/// Runs work on a batch of what several requests asked for. Where the trace of any of them is
/// recorded, the work is a part of the first such trace, in this span, which is linked to all.
pub async fn of_batch<T>(
    requests: impl IntoIterator<Item = TraceContext>,
    span: impl FnOnce() -> Span,
    work: impl Future<Output = T>,
) -> T {
    let mut recorded: Vec<TraceContext> = Vec::new();
    for request in requests {
        if recorded.len() < MAX_LINKS && request.is_sampled && !recorded.contains(&request) {
            recorded.push(request);
        }
    }
    let Some(&first) = recorded.first() else {
        return work.await;
    };
    let work = async {
        let span = child_of(first, span());
        for request in recorded {
            link(&span, request);
        }
        work.instrument(span).await
    };
    resume(Some(first)).scope(work).await
}

/// Correlation of work on what was stored earlier: the trace that was stored with it, or a new one.
pub fn resume(stored: Option<TraceContext>) -> Correlation {
    let trace = TRACER
        .get()
        .map(|tracer| stored.unwrap_or_else(|| tracer.begin()));
    Correlation::of_trace(trace)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const PARENT: &str = "00f067aa0ba902b7";

    #[test]
    fn traceparent_round_trips() {
        for flags in ["00", "01"] {
            let text = format!("00-{TRACE}-{PARENT}-{flags}");
            let context = TraceContext::parse(&text).unwrap();
            assert_eq!(context.is_sampled, flags == "01");
            assert_eq!(context.to_string(), text);
        }
    }

    #[test]
    fn broken_traceparent_is_none() {
        let zeros = "0".repeat(32);
        for text in [
            "",
            &format!("00-{TRACE}"),
            &format!("00-{TRACE}-{PARENT}"),
            &format!("00-{TRACE}-{PARENT}-01-more"),
            &format!("00-{}-{PARENT}-01", TRACE.to_uppercase()),
            &format!("ff-{TRACE}-{PARENT}-01"),
            &format!("00-{zeros}-{PARENT}-01"),
            &format!("00-{TRACE}-0000000000000000-01"),
            &format!("00-{TRACE}-{PARENT}-0x"),
            &format!("00-{TRACE}-+0f067aa0ba902b7-01"),
        ] {
            assert_eq!(TraceContext::parse(text), None, "{text}");
        }
    }

    #[test]
    fn later_versions_are_read_as_far_as_they_are_known() {
        let context = TraceContext::parse(&format!("cc-{TRACE}-{PARENT}-03-what.comes"));
        assert!(context.is_some_and(|context| context.is_sampled));
    }

    #[test]
    fn root_without_a_span_has_a_parent_that_is_not_zero() {
        for trace_id in [1 << 100, 7] {
            let root = TraceContext {
                trace_id,
                parent: None,
                is_sampled: false,
            };
            assert!(TraceContext::parse(&root.to_string()).is_some(), "{root}");
        }
    }
}
