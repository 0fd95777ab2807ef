//! Responses under way: each is made once for all clients that ask for it, on the first processor
//! that any of them is given.

use std::collections::HashMap;
use std::fmt::{self, Debug};
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Either, Shared, select};
use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::CachedBody;
use super::lines::SharedKey;
use crate::bulkhead::{LoadShedder, Processor};
use crate::client_address::ClientAddress;
use crate::problem::Problem;

/// Response, or the reason for which there is none.
pub(super) type Made = Result<Arc<CachedBody>, Problem>;

/// Responses under way, by their keys.
///
/// Each caller enters the bulkhead as the client it is. So a client that asks for many responses
/// queues behind itself, and another client that asks for one of them does not: it brings its own
/// turn.
#[derive(Default)]
pub(super) struct InFlightResponses(Mutex<HashMap<SharedKey, Weak<SharedWork>>>);

/// One response under way.
struct SharedWork {
    work: Shared<BoxFuture<'static, Made>>,
    turn: Turn,
}

/// First processor that one of the callers is given.
struct Turn {
    /// None once a processor was given.
    processor: Mutex<Option<oneshot::Sender<Processor>>>,
    /// Callers that wait for a processor.
    waiting: AtomicUsize,
}

impl InFlightResponses {
    /// Returns the response of this key: of the work under way, or of `make`, which is run on the
    /// first processor that this client or one that joins is given.
    ///
    /// # Errors
    ///
    /// The refusal of this client when no caller is given a processor; the error of `make`.
    pub(super) async fn run(
        &self,
        key: SharedKey,
        client: Option<ClientAddress>,
        bulkhead: &LoadShedder,
        make: impl FnOnce() -> Made + Send + 'static,
    ) -> Made {
        let shared = self.join(&key, make);
        let participant = Participant {
            in_flight: self,
            key,
            shared,
        };
        participant.shared.lead_or_follow(client, bulkhead).await
    }

    fn join(
        &self,
        key: &SharedKey,
        make: impl FnOnce() -> Made + Send + 'static,
    ) -> Arc<SharedWork> {
        let mut under_way = self.0.lock();
        let known = under_way.get(key).and_then(Weak::upgrade);
        // One that has ended gives its result to those that waited, and to no other.
        if let Some(shared) = known.filter(|shared| shared.work.peek().is_none()) {
            return shared;
        }
        let shared = Arc::new(SharedWork::new(make));
        under_way.insert(key.clone(), Arc::downgrade(&shared));
        shared
    }
}

impl SharedWork {
    fn new(make: impl FnOnce() -> Made + Send + 'static) -> Self {
        let (processor, given) = oneshot::channel::<Processor>();
        let work = async move {
            let given = given.await;
            let processor = given.map_err(|_| Problem::internal("nobody was given a processor"))?;
            processor.calculate(make).await?
        };
        let work = AssertUnwindSafe(work).catch_unwind().map(|made| {
            made.unwrap_or_else(|_| Err(Problem::internal("the response could not be made")))
        });
        Self {
            work: work.boxed().shared(),
            turn: Turn {
                processor: Mutex::new(Some(processor)),
                waiting: AtomicUsize::new(0),
            },
        }
    }

    async fn lead_or_follow(&self, client: Option<ClientAddress>, bulkhead: &LoadShedder) -> Made {
        let waiting = self.turn.wait();
        let own = async { bulkhead.enter(client)?.start().await };
        let refused = match select(self.work.clone(), pin!(own)).await {
            Either::Left((made, _)) => return made,
            Either::Right((Ok(processor), _)) => {
                self.turn.give(processor);
                return self.work.clone().await;
            }
            Either::Right((Err(refused), _)) => refused,
        };
        drop(waiting);
        if self.turn.is_given() {
            return self.work.clone().await;
        }
        if self.turn.is_awaited() {
            let made = tokio::time::timeout(bulkhead.max_wait(), self.work.clone());
            if let Ok(made) = made.await {
                return made;
            }
        }
        Err(bulkhead.refuse(refused))
    }
}

impl Turn {
    /// Counts a caller that waits for a processor, until the guard is dropped.
    fn wait(&self) -> WaitingCaller<'_> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        WaitingCaller(&self.waiting)
    }

    fn is_awaited(&self) -> bool {
        self.waiting.load(Ordering::SeqCst) > 0
    }

    fn is_given(&self) -> bool {
        self.processor.lock().is_none()
    }

    /// Gives the work its processor; one that comes later is free again at once.
    fn give(&self, processor: Processor) {
        if let Some(first) = self.processor.lock().take() {
            // The work holds the other end until it is done.
            let _unneeded = first.send(processor);
        }
    }
}

/// Caller that waits for a processor.
struct WaitingCaller<'t>(&'t AtomicUsize);

impl Drop for WaitingCaller<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Caller of a response; the last one that leaves removes the entry.
struct Participant<'f> {
    in_flight: &'f InFlightResponses,
    key: SharedKey,
    shared: Arc<SharedWork>,
}

impl Drop for Participant<'_> {
    fn drop(&mut self) {
        let mut under_way = self.in_flight.0.lock();
        let is_last = under_way.get(&self.key).is_some_and(|entry| {
            entry.as_ptr() == Arc::as_ptr(&self.shared) && entry.strong_count() == 1
        });
        if is_last {
            under_way.remove(&self.key);
        }
    }
}

impl Debug for InFlightResponses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InFlightResponses")
            .field("under_way", &self.0.lock().len())
            .finish()
    }
}
