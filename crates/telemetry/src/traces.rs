//! Traces: `tracing` spans with a field `otel.kind`, recorded as OpenTelemetry spans.

use std::fmt::{self, Debug};
use std::time::Duration;

use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, TracerProvider,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{
    IdGenerator, RandomIdGenerator, Sampler, SdkTracer, SdkTracerProvider,
};
use tokio::runtime::Handle;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::Interest;
use tracing::{Metadata, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::filter::DynFilterFn;
use tracing_subscriber::{Layer, Registry};

use crate::export::{BoundedProcessor, ExportError};
use crate::{CurrentWork, Metrics};

/// Time for which the export of the last spans may hold up the end of the process.
const SHUTDOWN: Duration = Duration::from_secs(2);

/// Field that makes a `tracing` span an OpenTelemetry span.
const KIND: &str = "otel.kind";

/// Collector and share of traces.
#[derive(Clone)]
pub struct TraceSettings {
    /// Address that spans are posted to, such as `http://127.0.0.1:4318/v1/traces`.
    pub endpoint: String,
    /// Headers of each request, such as a token. Never shown.
    pub headers: Vec<(String, String)>,
    /// Timeout of one request to the collector.
    pub timeout: Duration,
    /// Interval between exports.
    pub delay: Duration,
    /// Share of the traces that begin here and are recorded, from 0 to 1.
    pub sample: f64,
    /// Upper bound on spans that wait; beyond it the newest is dropped.
    pub queue: usize,
    /// Attributes of this process, such as `service.name`.
    pub resource: Vec<(String, String)>,
}

impl Debug for TraceSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TraceSettings")
            .field("endpoint", &self.endpoint)
            .field("sample", &self.sample)
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}

/// Ids of a span of this or another process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RemoteSpan {
    /// Id of the trace.
    pub trace_id: u128,
    /// Id of the span.
    pub span_id: u64,
    /// Whether it is recorded.
    pub is_sampled: bool,
}

impl From<RemoteSpan> for SpanContext {
    fn from(span: RemoteSpan) -> Self {
        Self::new(
            TraceId::from(span.trace_id),
            SpanId::from(span.span_id),
            TraceFlags::default().with_sampled(span.is_sampled),
            true,
            TraceState::default(),
        )
    }
}

/// The recorder of spans of a process. A clone is another handle on the same.
#[derive(Debug, Clone)]
pub struct Traces {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
    sample: f64,
    work: CurrentWork,
}

/// Whether a trace is recorded at this share: the rule of `TraceIdRatioBased`, so that all services
/// with the same share decide alike.
pub fn samples(trace_id: u128, share: f64) -> bool {
    // 2^63: the id's lowest 64 bits are compared without their last one.
    const ALL: f64 = 9_223_372_036_854_775_808.0;
    let low = u64::try_from(trace_id & u128::from(u64::MAX)).unwrap_or(u64::MAX);
    ((low >> 1) as f64) < share * ALL
}

impl Traces {
    /// Begins to record; call it within a runtime. `work` gives the trace that a span belongs to.
    ///
    /// # Errors
    ///
    /// [`ExportError`] when the exporter cannot be set up. Whether the collector is there is not
    /// looked at.
    pub fn new(
        settings: &TraceSettings,
        metrics: &Metrics,
        work: CurrentWork,
    ) -> Result<Self, ExportError> {
        let counts = metrics.spans();
        let processor = BoundedProcessor::new(settings, &counts, Handle::current())?;
        let attributes = settings.resource.iter();
        let attributes = attributes.map(|(key, value)| KeyValue::new(key.clone(), value.clone()));
        let provider = SdkTracerProvider::builder()
            .with_span_processor(processor)
            // A span is made only where the trace is recorded.
            .with_sampler(Sampler::AlwaysOn)
            .with_id_generator(TraceIds {
                work,
                random: RandomIdGenerator::default(),
            })
            .with_resource(
                Resource::builder_empty()
                    .with_attributes(attributes)
                    .build(),
            )
            .build();
        Ok(Self {
            tracer: provider.tracer("maple-expectation"),
            provider,
            sample: settings.sample,
            work,
        })
    }

    /// Draws the id of a trace that begins here; whether it is recorded.
    pub fn begin(&self) -> (u128, bool) {
        let trace_id = RandomIdGenerator::default().new_trace_id();
        let trace_id = u128::from_be_bytes(trace_id.to_bytes());
        (trace_id, samples(trace_id, self.sample))
    }

    /// Returns the ids of a span; none of one that is not recorded.
    pub fn ids_of(&self, span: &Span) -> Option<RemoteSpan> {
        let context = span.context();
        let span = context.span();
        let ids = span.span_context();
        ids.is_valid().then(|| RemoteSpan {
            trace_id: u128::from_be_bytes(ids.trace_id().to_bytes()),
            span_id: u64::from_be_bytes(ids.span_id().to_bytes()),
            is_sampled: ids.is_sampled(),
        })
    }

    /// Makes a span that was not entered yet the child of another.
    pub fn set_parent(&self, span: &Span, parent: RemoteSpan) {
        let context = Context::new().with_remote_span_context(parent.into());
        if let Err(error) = span.set_parent(context) {
            tracing::debug!(%error, "a span has no parent");
        }
    }

    /// Links a span to another.
    pub fn link(&self, span: &Span, to: RemoteSpan) {
        span.add_link(to.into());
    }

    /// Exports the last spans, within two seconds.
    pub async fn shutdown(self) {
        let provider = self.provider;
        let ended = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(SHUTDOWN));
        match tokio::time::timeout(SHUTDOWN, ended).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(error))) => tracing::warn!(%error, "the last traces are lost"),
            Ok(Err(_)) | Err(_) => tracing::warn!("the last traces are lost"),
        }
    }

    /// The layer that records. It looks at spans with the field `otel.kind` only, and asks for each
    /// whether its trace is recorded before the span is made.
    pub(crate) fn layer(&self) -> Box<dyn Layer<Registry> + Send + Sync> {
        let sampled = self.work.sampled_trace;
        let is_ours =
            |metadata: &Metadata<'_>| metadata.is_span() && metadata.fields().field(KIND).is_some();
        let filter = DynFilterFn::new(move |metadata, _| is_ours(metadata) && sampled().is_some())
            .with_callsite_filter(move |metadata| {
                if is_ours(metadata) {
                    Interest::sometimes()
                } else {
                    Interest::never()
                }
            })
            .with_max_level_hint(LevelFilter::INFO);
        tracing_opentelemetry::layer()
            .with_tracer(self.tracer.clone())
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_level(false)
            .with_tracked_inactivity(false)
            .with_context_activation(false)
            .with_filter(filter)
            .boxed()
    }
}

/// Ids of spans at random, and of traces as the work under way has them: the id that the client and
/// the log see is a part of it.
#[derive(Debug)]
struct TraceIds {
    work: CurrentWork,
    random: RandomIdGenerator,
}

impl IdGenerator for TraceIds {
    fn new_trace_id(&self) -> TraceId {
        let current = (self.work.sampled_trace)();
        current.map_or_else(|| self.random.new_trace_id(), TraceId::from)
    }

    fn new_span_id(&self) -> SpanId {
        self.random.new_span_id()
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry_sdk::trace::{SamplingDecision, ShouldSample};

    use super::*;

    #[test]
    fn sampling_decides_as_the_ratio_sampler_of_the_sdk() {
        let kind = opentelemetry::trace::SpanKind::Server;
        for share in [0.0, 0.01, 0.5, 1.0] {
            let sampler = Sampler::TraceIdRatioBased(share);
            let mut sampled = 0_u32;
            for number in 1..=2_000_u128 {
                // Weyl sequence by the golden ratio: low bits spread evenly.
                let id = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1 << 100;
                let theirs = sampler.should_sample(None, TraceId::from(id), "", &kind, &[], &[]);
                let ours = samples(id, share);
                assert_eq!(
                    ours,
                    theirs.decision == SamplingDecision::RecordAndSample,
                    "{id:x} at {share}"
                );
                sampled += u32::from(ours);
            }
            let expected = share * 2_000.0;
            assert!((f64::from(sampled) - expected).abs() <= 20.0, "{sampled}");
        }
    }

    #[test]
    fn settings_do_not_show_their_headers() {
        let settings = TraceSettings {
            endpoint: "http://127.0.0.1:4318/v1/traces".to_owned(),
            headers: vec![("authorization".to_owned(), "canary".to_owned())],
            timeout: Duration::from_secs(1),
            delay: Duration::from_secs(1),
            sample: 1.0,
            queue: 8,
            resource: Vec::new(),
        };
        assert!(!format!("{settings:?}").contains("canary"));
    }
}
