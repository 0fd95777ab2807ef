//! Telemetry of the service: log lines for people and machines, and Prometheus metrics.
//!
//! Only applications use this crate. Libraries emit `tracing` events and do not depend on a
//! subscriber.

mod events;
mod log;
mod metrics;

pub use events::count_connection_errors;
pub use log::{InvalidFilter, LogFormat, UnknownLogFormat, check_filter, install, subscriber};
pub use metrics::{Counter, Counters, Gauge, Gauges, Histogram, Histograms, Metrics, Readings};
