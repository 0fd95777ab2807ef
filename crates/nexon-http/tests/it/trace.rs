//! The trace of a request is sent on to the upstream.

use std::sync::Arc;

use crate::support::{Reply, Upstream};
use equipment::CharacterDirectory;
use kernel::trace::{self, TraceContext, Tracer};
use kernel::{CharacterName, Correlation};
use tracing::Span;

/// A recorder whose current span has the id 9.
#[derive(Debug)]
struct Recorder;

impl Tracer for Recorder {
    fn begin(&self) -> TraceContext {
        context(None, false)
    }

    fn context_of(&self, _: &Span) -> Option<TraceContext> {
        Some(context(Some(9), true))
    }

    fn continue_from(&self, _: &Span, _: TraceContext) {}

    fn link(&self, _: &Span, _: TraceContext) {}
}

fn context(parent: Option<u64>, is_sampled: bool) -> TraceContext {
    TraceContext {
        trace_id: 0xabc,
        parent,
        is_sampled,
    }
}

/// The `traceparent` of a call within this correlation.
async fn sent(correlation: Correlation) -> Option<String> {
    let upstream = Upstream::answering(Reply::json(r#"{"ocid":"abc"}"#)).await;
    let client = upstream.client();
    let name: CharacterName = "아델".parse().unwrap();
    correlation.scope(client.resolve(&name)).await.unwrap();
    let requests = upstream.requests();
    let mut lines = requests[0].lines();
    lines.find_map(|line| Some(line.strip_prefix("traceparent: ")?.to_owned()))
}

#[tokio::test]
async fn traceparent_is_sent_on_where_traces_are_on() {
    let sampled = || Correlation::of_trace(Some(context(Some(7), true)));
    assert_eq!(sent(sampled()).await, None, "traces are off");
    trace::install(Arc::new(Recorder));
    let expected = |span, flags| Some(format!("00-{:032x}-{span:016x}-{flags}", 0xabc));
    assert_eq!(sent(sampled()).await, expected(9, "01"));
    let unsampled = Correlation::of_trace(Some(context(Some(7), false)));
    assert_eq!(sent(unsampled).await, expected(7, "00"));
    assert_eq!(sent(Correlation::default()).await, None);
}
