//! Fetches under way: one for each name, and none that depends on who waits for it.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use kernel::{CharacterName, Correlation};
use parking_lot::{Mutex, MutexGuard};
use resilience::{FlightError, SingleFlight};
use tokio_util::task::TaskTracker;
use tracing::{Instrument, Span};

use super::fetch::FetchError;
use crate::UpstreamError;

/// Lets all who want the same fetch share one, which goes on by itself.
///
/// A fetch is kept alive by a task, so an asker that leaves at its deadline wastes no call: the
/// answer is kept for the next one.
#[derive(Debug, Clone)]
pub(super) struct InFlight<T>(Arc<UnderWay<T>>);

#[derive(Debug)]
struct UnderWay<T> {
    single: SingleFlight<CharacterName, T, FetchError>,
    kept_alive: Mutex<HashSet<CharacterName>>,
    tasks: TaskTracker,
}

impl<T: Clone + Send + Sync + 'static> InFlight<T> {
    pub(super) fn new(tasks: TaskTracker) -> Self {
        Self(Arc::new(UnderWay {
            single: SingleFlight::new(),
            kept_alive: Mutex::default(),
            tasks,
        }))
    }

    /// Starts a fetch unless one is under way, and does not wait for it. The result, if it was
    /// there at once.
    pub(super) fn start<W>(
        &self,
        name: &CharacterName,
        fetch: impl FnOnce() -> W + Send + 'static,
    ) -> Option<Result<T, FetchError>>
    where
        W: Future<Output = Result<T, FetchError>> + Send + 'static,
    {
        if !self.kept_alive().insert(name.clone()) {
            return None;
        }
        let (in_flight, key) = (self.clone(), name.clone());
        let fetch = on_behalf_of_the_request(fetch);
        let mut flight = Box::pin(async move {
            let result = in_flight.0.single.run(key.clone(), fetch).await;
            in_flight.kept_alive().remove(&key);
            result.map_err(fetch_error)
        });
        // Polled once here, it is aboard before anybody else is, or can leave.
        let result = (&mut flight).now_or_never();
        if result.is_none() {
            self.0.tasks.spawn(flight.map(drop));
        }
        result
    }

    /// The result of the fetch under way, or of one that is started now.
    pub(super) async fn join<W>(
        &self,
        name: &CharacterName,
        fetch: impl FnOnce() -> W + Clone + Send + 'static,
    ) -> Result<T, FetchError>
    where
        W: Future<Output = Result<T, FetchError>> + Send + 'static,
    {
        if let Some(result) = self.start(name, fetch.clone()) {
            return result;
        }
        let fetch = on_behalf_of_the_request(fetch);
        let flight = self.0.single.run(name.clone(), fetch).await;
        flight.map_err(fetch_error)
    }

    fn kept_alive(&self) -> MutexGuard<'_, HashSet<CharacterName>> {
        self.0.kept_alive.lock()
    }
}

/// A fetch that carries the id and the span of the request that begins it, in whatever task it
/// goes on: its log lines and alerts name that request.
fn on_behalf_of_the_request<W: Future + Send + 'static>(
    fetch: impl FnOnce() -> W,
) -> impl FnOnce() -> BoxFuture<'static, W::Output> {
    let (request, span) = (Correlation::current(), Span::current());
    move || request.scope(fetch().instrument(span)).boxed()
}

fn fetch_error(error: FlightError<FetchError>) -> FetchError {
    match error {
        FlightError::Failed(fetch_error) => fetch_error,
        FlightError::Panicked => FetchError::Upstream(UpstreamError::Failed {
            reason: "the fetch panicked".to_owned(),
        }),
    }
}
