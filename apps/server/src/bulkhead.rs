//! How much is taken on at once. What is beyond is refused at once, so that what is taken on is
//! answered in time however much more is asked.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use telemetry::{Counters, Metrics};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

use crate::http::{Problem, ProblemKind};

/// When it is worth trying again: what is waiting now is answered by then.
const RETRY_AFTER: Duration = Duration::from_secs(1);

const REQUESTS: &str = "requests";
const CALCULATIONS: &str = "calculations";

/// How much is taken on at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests that are being answered. They cost memory, and most of them wait for something.
    pub requests: NonZeroUsize,
    /// Calculations that wait for a processor. They cost time: each takes tens of milliseconds.
    pub waiting_calculations: usize,
}

impl Default for Limits {
    /// 4,096 requests; 64 calculations, which two processors work off in about a second.
    fn default() -> Self {
        Self {
            requests: NonZeroUsize::new(4_096).expect("is above zero"),
            waiting_calculations: 64,
        }
    }
}

/// Takes on what can be answered in time.
#[derive(Debug)]
pub struct Bulkhead {
    requests: Semaphore,
    /// Calculations that are done or wait.
    permits: Arc<Semaphore>,
    processors: Arc<Semaphore>,
    refused: Counters<1>,
}

impl Bulkhead {
    /// Within these limits, on so many processors.
    pub fn new(limits: Limits, processors: NonZeroUsize, metrics: &Metrics) -> Self {
        let most = |number: usize| number.min(Semaphore::MAX_PERMITS);
        let processors = most(processors.get());
        let permits = most(limits.waiting_calculations.saturating_add(processors));
        Self {
            requests: Semaphore::new(most(limits.requests.get())),
            permits: Arc::new(Semaphore::new(permits)),
            processors: Arc::new(Semaphore::new(processors)),
            refused: metrics.counters(
                "maple_http_overload_refusals_total",
                "Requests refused because too much was being answered, by what there was too much of.",
                ["of"],
                [[REQUESTS], [CALCULATIONS]],
            ),
        }
    }

    /// A permit for one more request, until it is dropped.
    ///
    /// # Errors
    ///
    /// [`ProblemKind::Overloaded`] when there is none.
    pub fn request(&self) -> Result<SemaphorePermit<'_>, Problem> {
        let permit = self.requests.try_acquire();
        permit.map_err(|_| self.overloaded(REQUESTS))
    }

    /// A permit for one more calculation, until it is done or the permit is dropped.
    ///
    /// # Errors
    ///
    /// [`ProblemKind::Overloaded`] when there is none.
    pub fn calculation(&self) -> Result<Permit, Problem> {
        let permit = Arc::clone(&self.permits).try_acquire_owned();
        Ok(Permit {
            permit: permit.map_err(|_| self.overloaded(CALCULATIONS))?,
            processors: Arc::clone(&self.processors),
        })
    }

    /// Calculates for tens of milliseconds: not on the thread that answers everybody else, and
    /// not more at once than there are processors.
    ///
    /// # Errors
    ///
    /// [`ProblemKind::Overloaded`] when too many wait already, [`ProblemKind::Internal`] when
    /// the calculation panics.
    pub async fn calculate<T: Send + 'static>(
        &self,
        calculation: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        self.calculation()?.calculate(calculation).await
    }

    fn overloaded(&self, of: &'static str) -> Problem {
        self.refused.with([of]).inc();
        Problem::new(ProblemKind::Overloaded, format!("too many {of} at once"))
            .retry_after(RETRY_AFTER)
    }
}

/// The right to one calculation.
#[derive(Debug)]
pub struct Permit {
    permit: OwnedSemaphorePermit,
    processors: Arc<Semaphore>,
}

impl Permit {
    /// Waits for a processor and calculates, on a thread of its own.
    ///
    /// # Errors
    ///
    /// [`ProblemKind::Internal`] when the calculation panics.
    pub async fn calculate<T: Send + 'static>(
        self,
        calculation: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let processor = self.processors.acquire_owned().await;
        let processor = processor.expect("this semaphore is never closed");
        let permit = self.permit;
        let span = tracing::Span::current();
        let calculated = web::block(move || {
            // Both go with the calculation, which goes on when the client leaves.
            let _taken = (permit, processor);
            span.in_scope(calculation)
        });
        calculated.await.map_err(Problem::internal)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use tokio::task::JoinSet;

    use super::*;

    fn bulkhead(requests: usize, waiting_calculations: usize) -> Arc<Bulkhead> {
        let limits = Limits {
            requests: NonZeroUsize::new(requests).unwrap(),
            waiting_calculations,
        };
        Arc::new(Bulkhead::new(limits, NonZeroUsize::MIN, &Metrics::new()))
    }

    #[test]
    fn a_request_beyond_the_limit_is_refused_until_another_ends() {
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
                bulkhead.calculate(calculation).await
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
        assert_eq!(bulkhead.calculate(|| 7).await.unwrap(), 7);
        assert_eq!(bulkhead.refused.with([CALCULATIONS]).get(), 7);
    }

    /// A client that leaves frees its permit in the queue, but not a processor that still works.
    #[actix_web::test]
    async fn a_calculation_nobody_waits_for_keeps_its_processor() {
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
            working.calculate(calculation).await
        });
        has_started.await.unwrap();
        left.shutdown().await;
        assert_eq!(bulkhead.processors.available_permits(), 0);
        proceed.send(()).unwrap();
        assert_eq!(bulkhead.calculate(|| 7).await.unwrap(), 7);
    }
}
