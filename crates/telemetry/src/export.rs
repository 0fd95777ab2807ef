//! Export of spans: a bounded queue, counters of what became of each span, and the HTTP client.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use opentelemetry::Context;
use opentelemetry_http::{HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{ExporterBuildError, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Span, SpanData, SpanExporter, SpanProcessor,
};
use tokio::runtime::Handle;
use tracing::{info, warn};

use crate::{Counter, Counters, Metrics, TraceSettings};

/// Upper bound on a collector's answer, in bytes; one of OTLP has a few.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// Number of spans in one request to the collector.
const BATCH: usize = 512;

/// Reason for which traces cannot be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The HTTP client cannot be set up, for want of root certificates for example.
    #[error("the HTTP client of the collector cannot be set up")]
    Http(#[source] reqwest::Error),
    /// The exporter does not take its settings.
    #[error("the exporter of traces cannot be set up")]
    Exporter(#[source] ExporterBuildError),
}

/// Counters of spans by what became of them.
#[derive(Debug, Clone)]
pub struct SpanCounts {
    exported: Counter,
    failed: Counter,
    dropped: Counter,
}

impl SpanCounts {
    /// Declares the counters.
    pub(crate) fn new(metrics: &Metrics) -> Self {
        let outcomes: Counters<1> = metrics.counters(
            "maple_trace_spans_total",
            "Recorded spans by outcome: exported; failed: the collector did not take them; \
             dropped: the queue was full.",
            ["outcome"],
            [["exported"], ["failed"], ["dropped"]],
        );
        Self {
            exported: outcomes.with(["exported"]),
            failed: outcomes.with(["failed"]),
            dropped: outcomes.with(["dropped"]),
        }
    }
}

/// Spans that wait for export or are in a request to the collector.
#[derive(Debug, Clone)]
struct Waiting {
    spans: Arc<AtomicUsize>,
    most: usize,
}

impl Waiting {
    /// Takes a place in the queue; whether there was one.
    fn enter(&self) -> bool {
        let one_more = |spans: usize| (spans < self.most).then_some(spans + 1);
        let (set, get) = (Ordering::AcqRel, Ordering::Acquire);
        self.spans.fetch_update(set, get, one_more).is_ok()
    }

    fn leave(&self, spans: usize) {
        self.spans.fetch_sub(spans, Ordering::AcqRel);
    }
}

/// A processor whose queue is bounded with the spans under way to the collector in it. A span that
/// finds no place is dropped and counted; no caller waits.
#[derive(Debug)]
pub(crate) struct BoundedProcessor {
    batches: BatchSpanProcessor,
    waiting: Waiting,
    dropped: Counter,
}

impl BoundedProcessor {
    /// Sends batches to the collector of `settings` from a thread of its own; requests run on
    /// `runtime`.
    pub(crate) fn new(
        settings: &TraceSettings,
        counts: &SpanCounts,
        runtime: Handle,
    ) -> Result<Self, ExportError> {
        let client = CollectorClient::new(settings, runtime)?;
        let exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_endpoint(settings.endpoint.as_str())
            .with_timeout(settings.timeout)
            .with_headers(settings.headers.iter().cloned().collect())
            .build()
            .map_err(ExportError::Exporter)?;
        let waiting = Waiting {
            spans: Arc::default(),
            most: settings.queue,
        };
        let exporter = CountedExporter {
            exporter,
            counts: counts.clone(),
            waiting: waiting.clone(),
            is_failing: AtomicBool::new(false),
        };
        let batches = BatchConfigBuilder::default()
            .with_max_queue_size(settings.queue)
            .with_max_export_batch_size(BATCH.min(settings.queue))
            .with_scheduled_delay(settings.delay)
            .build();
        Ok(Self {
            batches: BatchSpanProcessor::new(exporter, batches),
            waiting,
            dropped: counts.dropped.clone(),
        })
    }
}

impl SpanProcessor for BoundedProcessor {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.batches.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        if self.waiting.enter() {
            self.batches.on_end(span);
        } else {
            self.dropped.inc();
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.batches.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.batches.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.batches.set_resource(resource);
    }
}

/// An exporter that counts, and logs the beginning and the end of an outage once each.
#[derive(Debug)]
struct CountedExporter<E> {
    exporter: E,
    counts: SpanCounts,
    waiting: Waiting,
    is_failing: AtomicBool,
}

impl<E: SpanExporter> SpanExporter for CountedExporter<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        let result = self.exporter.export(batch).await;
        self.waiting.leave(spans);
        let counter = match &result {
            Ok(()) => &self.counts.exported,
            Err(_) => &self.counts.failed,
        };
        counter.inc_by(spans as u64);
        let was_failing = self.is_failing.swap(result.is_err(), Ordering::Relaxed);
        match &result {
            Err(error) if !was_failing => warn!(%error, "the collector does not take traces"),
            Ok(()) if was_failing => info!("the collector takes traces again"),
            _ => {}
        }
        result
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

/// HTTP client of the exporter. The exporter's thread has no runtime, so requests run on the one of
/// the service.
#[derive(Debug)]
struct CollectorClient {
    http: reqwest::Client,
    runtime: Handle,
}

impl CollectorClient {
    fn new(settings: &TraceSettings, runtime: Handle) -> Result<Self, ExportError> {
        // An error means that the process has a provider already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder()
            .user_agent(concat!("maple-expectation/", env!("CARGO_PKG_VERSION")))
            // The headers may hold a token, which goes to the configured host only.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(settings.timeout);
        let builder = if settings.endpoint.starts_with("https:") {
            builder.https_only(true)
        } else {
            // Plain HTTP needs no root certificates, and a machine may have none.
            builder.tls_certs_only([])
        };
        Ok(Self {
            http: builder.build().map_err(ExportError::Http)?,
            runtime,
        })
    }
}

#[async_trait]
impl HttpClient for CollectorClient {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let http = self.http.clone();
        self.runtime.spawn(send(http, request)).await?
    }
}

async fn send(
    http: reqwest::Client,
    request: Request<Bytes>,
) -> Result<Response<Bytes>, HttpError> {
    let without_url = reqwest::Error::without_url;
    let request = reqwest::Request::try_from(request).map_err(without_url)?;
    let mut answer = http.execute(request).await.map_err(without_url)?;
    let mut body = BytesMut::new();
    while let Some(chunk) = answer.chunk().await.map_err(without_url)? {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err("the collector's answer is too long".into());
        }
        body.extend_from_slice(&chunk);
    }
    let mut response = Response::builder().status(answer.status());
    if let Some(headers) = response.headers_mut() {
        headers.clone_from(answer.headers());
    }
    Ok(response.body(body.freeze())?)
}
