//! Log lines and spans that name the request they belong to.

use std::fmt;

use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::LogFormat;

/// Functions that tell which work is under way on this thread. They are called once for each log
/// line and each span, and need no span to be made.
#[derive(Debug, Clone, Copy)]
pub struct CurrentWork {
    /// Id of the request that is being answered: letters, digits, `.`, `_` and `-` only.
    pub request_id: fn() -> Option<String>,
    /// Id of the trace, where its spans are recorded.
    pub sampled_trace: fn() -> Option<u128>,
}

impl CurrentWork {
    /// Work of a process without requests and traces.
    pub const fn none() -> Self {
        Self {
            request_id: || None,
            sampled_trace: || None,
        }
    }
}

/// Format of a line that names its request and its trace before all else.
pub(crate) struct Correlated<F> {
    pub(crate) inner: F,
    pub(crate) format: LogFormat,
    pub(crate) work: CurrentWork,
}

impl<S, N, F> FormatEvent<S, N> for Correlated<F>
where
    S: Subscriber + for<'s> LookupSpan<'s>,
    N: for<'w> FormatFields<'w> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let request = (self.work.request_id)();
        let trace = (self.work.sampled_trace)();
        if request.is_none() && trace.is_none() {
            return self.inner.format_event(context, writer, event);
        }
        let ids = [
            ("request_id", request),
            ("trace_id", trace.map(|id| format!("{id:032x}"))),
        ];
        let ids = ids
            .iter()
            .filter_map(|(name, id)| Some((name, id.as_ref()?)));
        if self.format == LogFormat::Human {
            for (name, id) in ids {
                write!(writer, "{name}={id} ")?;
            }
            return self.inner.format_event(context, writer, event);
        }
        let mut line = String::new();
        self.inner
            .format_event(context, Writer::new(&mut line), event)?;
        writer.write_char('{')?;
        for (name, id) in ids {
            write!(writer, "\"{name}\":\"{id}\",")?;
        }
        writer.write_str(line.strip_prefix('{').unwrap_or(&line))
    }
}
