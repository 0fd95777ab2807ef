//! Bounds on concurrent requests and calculations. Excess load is refused at once, so that accepted
//! work is answered in time.

use std::num::NonZeroUsize;
use std::time::Duration;

use actix_web::web;
use kernel::Correlation;
use resilience::{BulkheadError, BulkheadSettings, RunPermit};
use telemetry::{Counters, Histogram, Metrics};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use crate::client_address::ClientAddress;
use crate::problem::{Problem, ProblemKind};

/// Wait before another try: the work that waits now is done by then.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Upper ends of the buckets of waits, in seconds; the deadline of a request ends them.
const WAITS: [f64; 9] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0];

const REQUESTS: &str = "requests";
const CALCULATIONS: &str = "calculations";

/// Upper bounds on concurrent work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests that are being answered. They cost memory, and most of them wait for something.
    pub requests: NonZeroUsize,
    /// Calculations that wait for a processor. They cost time: each takes tens of milliseconds.
    pub waiting_calculations: usize,
    /// Connections of one address; a share of all connections without.
    pub connections_per_address: Option<NonZeroUsize>,
}

impl Default for Limits {
    /// 4,096 requests; 64 calculations, which two processors work off in about a second.
    fn default() -> Self {
        Self {
            requests: NonZeroUsize::new(4_096).expect("is above zero"),
            waiting_calculations: 64,
            connections_per_address: None,
        }
    }
}

/// Bounds on requests and calculations, and the metric of refusals.
#[derive(Debug)]
pub struct LoadShedder {
    requests: Semaphore,
    calculations: resilience::Bulkhead<ClientAddress>,
    max_wait: Duration,
    refusals: Refusals,
    waits: Histogram,
}

impl LoadShedder {
    /// Within these limits, on this many processors; a calculation waits for one until
    /// `max_wait` has passed.
    pub fn new(
        limits: Limits,
        processors: NonZeroUsize,
        max_wait: Duration,
        metrics: &Metrics,
    ) -> Self {
        Self {
            requests: Semaphore::new(limits.requests.get().min(Semaphore::MAX_PERMITS)),
            calculations: resilience::Bulkhead::new(BulkheadSettings {
                running: processors,
                waiting: limits.waiting_calculations,
                max_wait,
            }),
            max_wait,
            refusals: Refusals(metrics.counters(
                "maple_http_overload_refusals_total",
                "Requests refused because of too much concurrent work, by its kind.",
                ["of"],
                [[REQUESTS], [CALCULATIONS]],
            )),
            waits: metrics.histogram(
                "maple_calculation_wait_seconds",
                "Time for which calculations waited for a processor, those that were given up \
                 included.",
                &WAITS,
            ),
        }
    }

    /// Takes a permit for one request, until it is dropped.
    ///
    /// # Errors
    ///
    /// [`ProblemKind::Overloaded`] when there is none.
    pub fn request(&self) -> Result<SemaphorePermit<'_>, Problem> {
        self.try_request().ok_or_else(|| {
            self.refusals
                .overloaded(REQUESTS, "too many requests at once")
        })
    }

    /// Takes a permit for one request, if there is one. That there is none is not counted: the
    /// request goes on to where it is.
    pub(crate) fn try_request(&self) -> Option<SemaphorePermit<'_>> {
        self.requests.try_acquire().ok()
    }

    /// Takes a permit for one calculation of a client, until it is done or the permit is dropped.
    /// Calculations of the service itself belong to no client.
    ///
    /// # Errors
    ///
    /// [`ProblemKind::Overloaded`] when there is none, [`ProblemKind::TooManyRequests`] when this
    /// client has its share.
    pub fn calculation(&self, client: Option<ClientAddress>) -> Result<Permit, Problem> {
        self.enter(client).map_err(|error| self.refuse(error))
    }

    /// Takes a permit like [`LoadShedder::calculation`], without counting a refusal: for work that
    /// another client may do instead.
    ///
    /// # Errors
    ///
    /// [`BulkheadError`] when there is none for this client.
    pub fn enter(&self, client: Option<ClientAddress>) -> Result<Permit, BulkheadError> {
        Ok(Permit {
            place: self.calculations.enter(client)?,
            waits: self.waits.clone(),
            refusals: self.refusals.clone(),
        })
    }

    /// Counts a refusal and returns its problem.
    pub fn refuse(&self, error: BulkheadError) -> Problem {
        self.refusals.problem(error)
    }

    /// Longest wait of a calculation for a processor.
    pub(crate) fn max_wait(&self) -> Duration {
        self.max_wait
    }

    /// Runs a calculation of tens of milliseconds on a thread of its own, at most as many at once
    /// as there are processors.
    ///
    /// # Errors
    ///
    /// Those of [`LoadShedder::calculation`], [`ProblemKind::Overloaded`] when no processor was free
    /// in time, [`ProblemKind::Internal`] when the calculation panics.
    pub async fn calculate<T: Send + 'static>(
        &self,
        client: Option<ClientAddress>,
        calculation: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        self.calculation(client)?.calculate(calculation).await
    }
}

/// Problems of refused work, and their metric.
#[derive(Debug, Clone)]
struct Refusals(Counters<1>);

impl Refusals {
    fn problem(&self, error: BulkheadError) -> Problem {
        match error {
            BulkheadError::Full => self.overloaded(CALCULATIONS, "too many calculations at once"),
            BulkheadError::TimedOut(_) => self.overloaded(
                CALCULATIONS,
                "no processor was free for this client in time",
            ),
            BulkheadError::ClientShare => {
                self.0.with([CALCULATIONS]).inc();
                let detail = "too many calculations of yours are running";
                Problem::new(ProblemKind::TooManyRequests, detail).retry_after(RETRY_AFTER)
            }
        }
    }

    fn overloaded(&self, of: &'static str, detail: &str) -> Problem {
        self.0.with([of]).inc();
        Problem::new(ProblemKind::Overloaded, detail).retry_after(RETRY_AFTER)
    }
}

/// Right to one calculation.
#[derive(Debug)]
pub struct Permit {
    place: resilience::QueuePermit<ClientAddress>,
    waits: Histogram,
    refusals: Refusals,
}

impl Permit {
    /// Waits for a processor and calculates, on a thread of its own.
    ///
    /// # Errors
    ///
    /// [`ProblemKind::Overloaded`] when no processor was free in time, [`ProblemKind::Internal`]
    /// when the calculation panics.
    pub async fn calculate<T: Send + 'static>(
        self,
        calculation: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let refusals = self.refusals.clone();
        let processor = self.start().await;
        let processor = processor.map_err(|error| refusals.problem(error))?;
        processor.calculate(calculation).await
    }

    /// Waits for a processor.
    ///
    /// # Errors
    ///
    /// [`BulkheadError::TimedOut`] when none was free in time.
    pub async fn start(self) -> Result<Processor, BulkheadError> {
        let asked = Instant::now();
        let permit = self.place.start().await;
        self.waits.observe(asked.elapsed().as_secs_f64());
        Ok(Processor(permit?))
    }
}

/// Right to a processor for one calculation.
#[derive(Debug)]
pub struct Processor(RunPermit<ClientAddress>);

impl Processor {
    /// Calculates on a thread of its own.
    ///
    /// # Errors
    ///
    /// [`ProblemKind::Internal`] when the calculation panics.
    pub async fn calculate<T: Send + 'static>(
        self,
        calculation: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let (request, span) = (Correlation::current(), tracing::Span::current());
        let calculated = web::block(move || {
            // The permit goes with the calculation, which goes on when the client leaves.
            let _taken = self.0;
            request.sync_scope(|| span.in_scope(calculation))
        });
        calculated.await.map_err(Problem::internal)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, mpsc};

    use tokio::task::JoinSet;

    use super::*;

    /// Longer than any test takes.
    const MAX_WAIT: Duration = Duration::from_hours(1);

    fn bulkhead(requests: usize, waiting_calculations: usize) -> Arc<LoadShedder> {
        let limits = Limits {
            requests: NonZeroUsize::new(requests).unwrap(),
            waiting_calculations,
            connections_per_address: None,
        };
        Arc::new(LoadShedder::new(
            limits,
            NonZeroUsize::MIN,
            MAX_WAIT,
            &Metrics::new(),
        ))
    }

    #[test]
    fn request_beyond_the_limit_is_refused_until_another_ends() {
        let bulkhead = bulkhead(2, 0);
        let first = bulkhead.request().unwrap();
        let _second = bulkhead.request().unwrap();
        let refused = bulkhead.request().unwrap_err();
        assert_eq!(refused.kind(), ProblemKind::Overloaded);
        drop(first);
        assert!(bulkhead.request().is_ok());
    }

    /// One is done, two wait, and every other is refused at once; who waited gets its turn.
    #[actix_web::test]
    async fn calculations_wait_for_a_processor_and_beyond_the_limit_are_refused() {
        let bulkhead = bulkhead(1, 2);
        let (proceed, blocked) = mpsc::channel::<()>();
        let blocked = Arc::new(std::sync::Mutex::new(blocked));
        let mut asked = JoinSet::new();
        for number in 0..10 {
            let (bulkhead, blocked) = (Arc::clone(&bulkhead), Arc::clone(&blocked));
            asked.spawn_local(async move {
                let calculation = move || {
                    blocked.lock().unwrap().recv().unwrap();
                    number
                };
                bulkhead.calculate(None, calculation).await
            });
        }
        for _ in 0..7 {
            let refused = asked.join_next().await.unwrap().unwrap().unwrap_err();
            assert_eq!(refused.kind(), ProblemKind::Overloaded);
        }
        let mut done = Vec::new();
        for _ in 0..3 {
            proceed.send(()).unwrap();
            done.push(asked.join_next().await.unwrap().unwrap().unwrap());
        }
        assert_eq!(done, [0, 1, 2]);
        proceed.send(()).unwrap();
        assert_eq!(bulkhead.calculate(None, || 7).await.unwrap(), 7);
        assert_eq!(bulkhead.refusals.0.with([CALCULATIONS]).get(), 7);
    }

    /// A client that leaves frees its permit in the queue, but not a processor that still works.
    #[actix_web::test]
    async fn abandoned_calculation_keeps_its_processor() {
        let bulkhead = bulkhead(1, 1);
        let (proceed, blocked) = mpsc::channel::<()>();
        let (started, has_started) = tokio::sync::oneshot::channel();
        let mut left = JoinSet::new();
        let working = Arc::clone(&bulkhead);
        left.spawn_local(async move {
            let calculation = move || {
                started.send(()).unwrap();
                blocked.recv().unwrap();
            };
            working.calculate(None, calculation).await
        });
        has_started.await.unwrap();
        left.shutdown().await;
        assert_eq!(bulkhead.calculations.free_processors(), 0);
        proceed.send(()).unwrap();
        assert_eq!(bulkhead.calculate(None, || 7).await.unwrap(), 7);
    }
}
