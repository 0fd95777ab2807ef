//! Traces of this process: the recorder behind the kernel's port.

use std::sync::Arc;

use kernel::trace::{self, TraceContext, Tracer};
use telemetry::{CurrentWork, Metrics, RemoteSpan, Traces};
use tracing::Span;

use crate::config::Config;

/// The work under way, as log lines and spans name it.
pub const WORK: CurrentWork = CurrentWork {
    request_id: kernel::request_id,
    sampled_trace: trace::sampled,
};

/// Recorder of spans.
#[derive(Debug)]
struct Recorder(Traces);

/// Begins to record, where a collector is configured. `instance` names this process.
///
/// # Errors
///
/// When the exporter cannot be set up.
pub fn start(config: &Config, metrics: &Metrics) -> anyhow::Result<Option<Traces>> {
    let Some(settings) = config.otlp.settings(config.instance_id.as_deref()) else {
        return Ok(None);
    };
    let traces = Traces::new(&settings, metrics, WORK)?;
    trace::install(Arc::new(Recorder(traces.clone())));
    Ok(Some(traces))
}

impl Tracer for Recorder {
    fn begin(&self) -> TraceContext {
        let (trace_id, is_sampled) = self.0.begin();
        TraceContext {
            trace_id,
            parent: None,
            is_sampled,
        }
    }

    fn context_of(&self, span: &Span) -> Option<TraceContext> {
        self.0.ids_of(span).map(|ids| TraceContext {
            trace_id: ids.trace_id,
            parent: Some(ids.span_id),
            is_sampled: ids.is_sampled,
        })
    }

    fn continue_from(&self, span: &Span, parent: TraceContext) {
        if let Some(parent) = remote(parent) {
            self.0.set_parent(span, parent);
        }
    }

    fn link(&self, span: &Span, to: TraceContext) {
        if let Some(to) = remote(to) {
            self.0.link(span, to);
        }
    }
}

fn remote(context: TraceContext) -> Option<RemoteSpan> {
    Some(RemoteSpan {
        trace_id: context.trace_id,
        span_id: context.parent?,
        is_sampled: context.is_sampled,
    })
}
