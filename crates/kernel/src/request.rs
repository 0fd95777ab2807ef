//! Correlation of work with the request, job or message that caused it.

use std::sync::Arc;

use crate::trace::TraceContext;

tokio::task_local! {
    static CORRELATION: Correlation;
}

/// Request and trace that work belongs to. It holds within [`Correlation::scope`], and not in tasks
/// that are spawned there: those are given [`Correlation::current`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Correlation {
    /// Id of the request, as the client and the log see it; none of background work.
    pub request_id: Option<Arc<str>>,
    /// Trace of the work; none where traces are off.
    pub trace: Option<TraceContext>,
}

impl Correlation {
    /// Correlation of background work with a trace.
    pub const fn of_trace(trace: Option<TraceContext>) -> Self {
        Self {
            request_id: None,
            trace,
        }
    }

    /// Returns the correlation of the work under way here; an empty one where there is none.
    pub fn current() -> Self {
        CORRELATION.try_with(Clone::clone).unwrap_or_default()
    }

    /// Does work under this correlation.
    pub async fn scope<W: Future>(self, work: W) -> W::Output {
        CORRELATION.scope(self, work).await
    }

    /// Does work of this thread under this correlation.
    pub fn sync_scope<T>(self, work: impl FnOnce() -> T) -> T {
        CORRELATION.sync_scope(self, work)
    }
}

/// The id of the request that is being answered here, if one is.
pub fn request_id() -> Option<String> {
    let id = |correlation: &Correlation| correlation.request_id.as_deref().map(str::to_owned);
    CORRELATION.try_with(id).ok().flatten()
}

/// The trace of the work under way here, without its current span.
pub(crate) fn trace() -> Option<TraceContext> {
    CORRELATION.try_with(|it| it.trace).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn request_id_is_set_only_within_the_request() {
        let request = Correlation {
            request_id: Some("0123abcd".into()),
            trace: None,
        };
        assert_eq!(request_id(), None);
        let seen = request.clone().scope(async { request_id() }).await;
        assert_eq!(seen.as_deref(), Some("0123abcd"));
        assert_eq!(request_id(), None);
        let seen = request.sync_scope(Correlation::current);
        assert_eq!(seen.request_id.as_deref(), Some("0123abcd"));
        assert_eq!(Correlation::current(), Correlation::default());
    }
}
