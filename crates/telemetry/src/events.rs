//! Counts events of a library that writes one for each mistake of a client, and would fill the log.

use std::sync::OnceLock;

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::Context;
use tracing_subscriber::{Layer, Registry};

use crate::Counter;

/// Library whose errors are counted: it writes one for each connection whose bytes are no HTTP, or
/// that breaks off within a request.
const TARGET: &str = "actix_http";

/// Counter of this process; without one nothing is counted.
static CONNECTION_ERRORS: OnceLock<Counter> = OnceLock::new();

/// Counts the connections that end with an error from now on, whether the log shows them or not.
/// A second counter of the same process is ignored.
pub fn count_connection_errors(counter: Counter) {
    let _second = CONNECTION_ERRORS.set(counter);
}

/// Layer that counts, beside the one that writes lines.
struct CountErrors;

impl<S: Subscriber> Layer<S> for CountErrors {
    fn on_event(&self, _: &Event<'_>, _: Context<'_, S>) {
        if let Some(counter) = CONNECTION_ERRORS.get() {
            counter.inc();
        }
    }
}

/// The layer, which sees these events and no others.
pub(crate) fn layer() -> impl Layer<Registry> + Send + Sync {
    CountErrors.with_filter(Targets::new().with_target(TARGET, Level::ERROR))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CurrentWork, LogFormat, Metrics, subscriber};

    #[test]
    fn errors_of_connections_are_counted_and_not_written() {
        let counter = Metrics::new().counter("errors_total", "Errors.");
        count_connection_errors(counter.clone());
        let filter = format!("info,{TARGET}=off");
        let writer = || -> std::io::Stderr { panic!("a line is written") };
        let none = CurrentWork::none();
        let subscriber = subscriber(&filter, LogFormat::Json, writer, none, None).unwrap();
        tracing::subscriber::with_default(subscriber, || {
            tracing::error!(target: "actix_http::h1::dispatcher", "stream error");
            tracing::warn!(target: "actix_http::h1::dispatcher", "something else");
            tracing::debug!("of another library");
        });
        assert_eq!(counter.get(), 1);
    }
}
