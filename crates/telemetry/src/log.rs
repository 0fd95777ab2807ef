//! The subscriber: lines for people on a terminal, JSON lines for machines.

use std::io::IsTerminal;
use std::str::FromStr;

use tracing::subscriber::SetGlobalDefaultError;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use crate::correlation::{Correlated, CurrentWork};
use crate::traces::Traces;

/// Format of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One readable line an event, after the id of its request.
    Human,
    /// One JSON object an event, with the id of its request in `request_id`.
    Json,
}

impl LogFormat {
    /// For people when standard error is a terminal, else for machines.
    pub fn for_stderr() -> Self {
        if std::io::stderr().is_terminal() {
            Self::Human
        } else {
            Self::Json
        }
    }
}

impl FromStr for LogFormat {
    type Err = UnknownLogFormat;

    fn from_str(word: &str) -> Result<Self, UnknownLogFormat> {
        match word {
            "human" => Ok(Self::Human),
            "json" => Ok(Self::Json),
            _ => Err(UnknownLogFormat),
        }
    }
}

/// The word is not a log format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected `human` or `json`")]
pub struct UnknownLogFormat;

/// The text is not a log filter.
#[derive(Debug, thiserror::Error)]
#[error("expected directives such as `info` or `warn,server=debug`: {reason}")]
pub struct InvalidFilter {
    reason: String,
}

/// Checks a filter without installing it.
///
/// # Errors
///
/// [`InvalidFilter`] when the text is not a list of directives.
pub fn check_filter(filter: &str) -> Result<(), InvalidFilter> {
    parse(filter).map(drop)
}

/// Builds the subscriber: every event that passes `filter` becomes one line on `writer` that names
/// the request of `work`, so that a request's id stands in each of its lines. Spans are made for
/// `traces` only, and only where the trace is recorded.
///
/// # Errors
///
/// [`InvalidFilter`] when `filter` is not a list of directives.
pub fn subscriber<W>(
    filter: &str,
    format: LogFormat,
    writer: W,
    work: CurrentWork,
    traces: Option<&Traces>,
) -> Result<impl Subscriber + Send + Sync + use<W>, InvalidFilter>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let events_only = filter_fn(|metadata: &Metadata<'_>| metadata.is_event());
    let lines = lines(format, writer, work).with_filter(parse(filter)?.and(events_only));
    let mut layers: Vec<Box<dyn Layer<Registry> + Send + Sync>> =
        vec![lines.boxed(), crate::events::layer().boxed()];
    layers.extend(traces.map(Traces::layer));
    Ok(Registry::default().with(layers))
}

fn lines<W>(
    format: LogFormat,
    writer: W,
    work: CurrentWork,
) -> Box<dyn Layer<Registry> + Send + Sync>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(writer)
        .with_span_events(FmtSpan::NONE);
    match format {
        LogFormat::Human => lines
            .with_ansi(std::io::stderr().is_terminal())
            .map_event_format(|inner| Correlated {
                inner,
                format,
                work,
            })
            .boxed(),
        LogFormat::Json => lines
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .map_event_format(|inner| Correlated {
                inner,
                format,
                work,
            })
            .boxed(),
    }
}

/// Makes a subscriber the one of this process.
///
/// # Errors
///
/// [`SetGlobalDefaultError`] when the process has one already.
pub fn install(subscriber: impl Subscriber + Send + Sync) -> Result<(), SetGlobalDefaultError> {
    tracing::subscriber::set_global_default(subscriber)
}

fn parse(filter: &str) -> Result<EnvFilter, InvalidFilter> {
    EnvFilter::builder()
        .parse(filter)
        .map_err(|error| InvalidFilter {
            reason: error.to_string(),
        })
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use super::*;

    /// Collects lines in memory.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Lines {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(filter: &str, format: LogFormat, work: impl FnOnce()) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        let current = CurrentWork {
            request_id: || Some("abc12345".to_owned()),
            sampled_trace: || Some(0xabc),
        };
        let subscriber = subscriber(filter, format, move || writer.clone(), current, None).unwrap();
        tracing::subscriber::with_default(subscriber, work);
        lines.text()
    }

    fn work_of_a_request() {
        let step = tracing::info_span!("fetch", ocid = "o1");
        assert!(step.is_disabled(), "a span nobody reads");
        step.in_scope(|| tracing::warn!(status = 503, "upstream failed"));
        tracing::debug!("details");
    }

    #[test]
    fn json_lines_name_the_request_and_the_recorded_trace() {
        let text = logged("info", LogFormat::Json, work_of_a_request);
        let line: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(line["message"], "upstream failed");
        assert_eq!(line["status"], 503);
        assert_eq!(line["request_id"], "abc12345");
        assert_eq!(line["trace_id"], format!("{:032x}", 0xabc));
    }

    #[test]
    fn human_lines_carry_the_request_id() {
        let text = logged("info", LogFormat::Human, work_of_a_request);
        assert_eq!(text.lines().count(), 1);
        assert!(text.contains("abc12345"), "{text}");
        assert!(text.contains("upstream failed"), "{text}");
    }

    #[test]
    fn lines_of_no_request_have_no_id() {
        let lines = Lines::default();
        let (writer, none) = (lines.clone(), CurrentWork::none());
        let subscriber = subscriber("info", LogFormat::Json, move || writer.clone(), none, None);
        tracing::subscriber::with_default(subscriber.unwrap(), work_of_a_request);
        let line: serde_json::Value = serde_json::from_str(&lines.text()).unwrap();
        assert_eq!(line.get("request_id"), None);
        assert_eq!(line.get("trace_id"), None);
    }

    #[test]
    fn filter_decides_which_events_are_written() {
        assert_eq!(logged("off", LogFormat::Json, work_of_a_request), "");
        let all = logged("debug", LogFormat::Json, work_of_a_request);
        assert_eq!(all.lines().count(), 2);
    }

    #[test]
    fn wrong_filters_and_formats_are_refused() {
        assert!(check_filter("server=loud").is_err());
        assert!(check_filter("warn,server=debug").is_ok());
        assert_eq!("xml".parse::<LogFormat>(), Err(UnknownLogFormat));
    }
}
