//! The recorder against a collector that takes spans, hangs or is away.

use std::time::Duration;

use telemetry::{CurrentWork, LogFormat, Metrics, RemoteSpan, TraceSettings, Traces, subscriber};
use testkit::{Collector, CollectorMode};
use tracing::info_span;

const SAMPLED: CurrentWork = CurrentWork {
    request_id: || None,
    sampled_trace: || Some(TRACE),
};
const TRACE: u128 = 0xabc;

fn settings(endpoint: &str, queue: usize) -> TraceSettings {
    TraceSettings {
        endpoint: format!("{endpoint}/v1/traces"),
        headers: Vec::new(),
        timeout: Duration::from_hours(1),
        delay: Duration::from_millis(10),
        sample: 1.0,
        queue,
        resource: vec![("service.name".to_owned(), "test".to_owned())],
    }
}

/// Number of spans with this outcome.
fn count(metrics: &Metrics, outcome: &str) -> u64 {
    let text = metrics.text();
    let name = format!("maple_trace_spans_total{{outcome=\"{outcome}\"}} ");
    let line = text.lines().find_map(|line| line.strip_prefix(&name));
    line.unwrap().parse().unwrap()
}

fn recording(traces: &Traces, work: CurrentWork, spans: impl FnOnce()) {
    let subscriber = subscriber("off", LogFormat::Json, std::io::sink, work, Some(traces));
    tracing::subscriber::with_default(subscriber.unwrap(), spans);
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_arrive_with_their_parents_and_the_id_of_the_work() {
    let collector = Collector::start().await.unwrap();
    let metrics = Metrics::new();
    let traces = Traces::new(&settings(&collector.url(), 100), &metrics, SAMPLED).unwrap();
    let remote = RemoteSpan {
        trace_id: 7,
        span_id: 9,
        is_sampled: true,
    };
    recording(&traces, SAMPLED, || {
        let root = info_span!("root", otel.kind = "server");
        let ids = traces.ids_of(&root).unwrap();
        assert_eq!(ids.trace_id, TRACE);
        root.in_scope(|| {
            drop(info_span!("no field of a kind, no span"));
            let child = info_span!("child", otel.kind = "client");
            let ids_of_child = traces.ids_of(&child).unwrap();
            assert_eq!(ids_of_child.trace_id, TRACE);
        });
        let continued = info_span!("continued", otel.kind = "consumer");
        traces.set_parent(&continued, remote);
        traces.link(&continued, remote);
    });
    traces.shutdown().await;
    let spans = collector.spans();
    let named = |name: &str| spans.iter().find(|span| span.name == name).unwrap();
    assert_eq!(spans.len(), 3, "{spans:#?}");
    assert_eq!(named("root").parent_id, None);
    let parent = named("child").parent_id.as_ref();
    assert_eq!(parent, Some(&named("root").span_id));
    let (trace, span) = (format!("{:032x}", 7), format!("{:016x}", 9));
    assert_eq!(named("continued").trace_id, trace);
    assert_eq!(named("continued").parent_id.as_ref(), Some(&span));
    assert_eq!(named("continued").links, [(trace, span)]);
    assert_eq!(count(&metrics, "exported"), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn span_of_a_trace_that_is_not_recorded_is_not_exported() {
    let collector = Collector::start().await.unwrap();
    let metrics = Metrics::new();
    let work = CurrentWork::none();
    let traces = Traces::new(&settings(&collector.url(), 100), &metrics, work).unwrap();
    recording(&traces, work, || {
        drop(info_span!("root", otel.kind = "server"));
    });
    traces.shutdown().await;
    assert_eq!(collector.spans(), []);
}

/// Spans that wait are bounded, with those on their way to the collector; the rest is counted.
#[tokio::test(flavor = "multi_thread")]
async fn queue_is_bounded_while_the_collector_hangs_and_drops_are_counted() {
    let collector = Collector::start().await.unwrap();
    collector.set_mode(CollectorMode::Hangs);
    let metrics = Metrics::new();
    let traces = Traces::new(&settings(&collector.url(), 8), &metrics, SAMPLED).unwrap();
    recording(&traces, SAMPLED, || {
        for _ in 0..100 {
            drop(info_span!("a span", otel.kind = "server"));
        }
    });
    assert_eq!(count(&metrics, "dropped"), 92);
    // Returns although the request to the collector does not.
    traces.shutdown().await;
    assert_eq!(count(&metrics, "exported"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_spans_are_counted_as_failed() {
    let metrics = Metrics::new();
    // Port 9 is discard: nobody listens.
    let settings = settings("http://127.0.0.1:9", 8);
    let traces = Traces::new(&settings, &metrics, SAMPLED).unwrap();
    recording(&traces, SAMPLED, || {
        drop(info_span!("a span", otel.kind = "server"));
    });
    while count(&metrics, "failed") == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(count(&metrics, "failed"), 1);
    traces.shutdown().await;
}
