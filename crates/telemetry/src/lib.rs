//! Telemetry of the service: log lines for people and machines, traces over OTLP, and Prometheus
//! metrics.
//!
//! Only applications use this crate. Libraries emit `tracing` events and spans and do not depend on
//! a subscriber.

mod correlation;
mod events;
mod export;
mod log;
mod metrics;
mod traces;

pub use correlation::CurrentWork;
pub use events::count_connection_errors;
pub use export::{ExportError, SpanCounts};
pub use log::{InvalidFilter, LogFormat, UnknownLogFormat, check_filter, install, subscriber};
pub use metrics::{
    Counter, Counters, Gauge, Gauges, Histogram, Histograms, Metrics, ReadRow, Readings,
};
pub use traces::{RemoteSpan, TraceSettings, Traces, samples};
