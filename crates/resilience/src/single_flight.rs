//! Many callers ask for the same thing at once; it is fetched once.

use std::collections::HashMap;
use std::fmt::{self, Debug};
use std::future::poll_fn;
use std::hash::Hash;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::Semaphore;

/// Lets the callers that ask for the same key at the same time share one piece of work.
///
/// The first caller brings the work and drives it. The others wait, and get a clone of its result
/// or of its error. Nothing is kept once the work is done: the next caller starts anew.
///
/// - **The driver is dropped**: the next caller in line drives the same work on from where it
///   stands; nothing is fetched twice.
/// - **Every caller is dropped**: so is the work.
/// - **The work panics**: every caller gets [`FlightError::Panicked`], the driver too.
///
/// The work is the first caller's, but its result is everybody's: give it a limit of its own,
/// not the first caller's deadline, and put each caller's deadline around [`SingleFlight::run`].
pub struct SingleFlight<K, V, E> {
    flights: Mutex<HashMap<K, Entry<V, E>>>,
}

/// Error of shared work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FlightError<E> {
    /// The work failed.
    #[error(transparent)]
    Failed(E),
    /// The work panicked.
    #[error("the shared work panicked")]
    Panicked,
}

impl<K, V, E> SingleFlight<K, V, E>
where
    K: Eq + Hash + Clone,
    V: Clone,
    E: Clone,
{
    /// Nothing under way.
    pub fn new() -> Self {
        Self {
            flights: Mutex::default(),
        }
    }

    /// Waits for the work under way for `key`, or starts `work`. Safe to cancel.
    ///
    /// # Errors
    ///
    /// The work's own error, or that it panicked.
    pub async fn run<W>(
        &self,
        key: K,
        work: impl FnOnce() -> W + Send + 'static,
    ) -> Result<V, FlightError<E>>
    where
        W: Future<Output = Result<V, E>> + Send + 'static,
    {
        let participant = self.join(key, work);
        let Ok(_driving) = participant.flight.driver.acquire().await else {
            return participant.flight.result();
        };
        let result = participant.flight.drive().await;
        participant.complete(result.clone());
        result
    }

    /// Number of pieces of work under way.
    pub fn len(&self) -> usize {
        lock(&self.flights).len()
    }

    /// Whether no work is under way.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn join<W>(&self, key: K, work: impl FnOnce() -> W + Send + 'static) -> Participant<'_, K, V, E>
    where
        W: Future<Output = Result<V, E>> + Send + 'static,
    {
        let mut flights = lock(&self.flights);
        let entry = flights.entry(key.clone()).or_insert_with(|| Entry {
            flight: Arc::new(Flight::new(async move { work().await }.boxed())),
            participants: 0,
        });
        entry.participants += 1;
        Participant {
            flights: &self.flights,
            key,
            flight: Arc::clone(&entry.flight),
        }
    }
}

impl<K, V, E> Default for SingleFlight<K, V, E>
where
    K: Eq + Hash + Clone,
    V: Clone,
    E: Clone,
{
    fn default() -> Self {
        Self::new()
    }
}

impl<K, V, E> Debug for SingleFlight<K, V, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SingleFlight")
            .field("under_way", &lock(&self.flights).len())
            .finish()
    }
}

/// Work that can still be joined, and how many callers have.
struct Entry<V, E> {
    flight: Arc<Flight<V, E>>,
    participants: usize,
}

/// One piece of work and, at the end, its result.
struct Flight<V, E> {
    /// The one permit is the right to drive. It is closed when the result is there, which wakes
    /// all who wait for their turn at once.
    driver: Semaphore,
    work: Mutex<BoxFuture<'static, Result<V, E>>>,
    result: OnceLock<Result<V, FlightError<E>>>,
}

impl<V: Clone, E: Clone> Flight<V, E> {
    fn new(work: BoxFuture<'static, Result<V, E>>) -> Self {
        Self {
            driver: Semaphore::new(1),
            work: Mutex::new(work),
            result: OnceLock::new(),
        }
    }

    /// Drives the work to its end. Dropped on the way, it leaves the work where it stands.
    async fn drive(&self) -> Result<V, FlightError<E>> {
        // After a panic the work is never polled again, so nobody sees it half done.
        AssertUnwindSafe(poll_fn(|task| lock(&self.work).as_mut().poll(task)))
            .catch_unwind()
            .await
            .map_or(Err(FlightError::Panicked), |result| {
                result.map_err(FlightError::Failed)
            })
    }

    fn result(&self) -> Result<V, FlightError<E>> {
        self.result
            .get()
            .expect("the right to drive ends only when the result is there")
            .clone()
    }
}

/// A caller's part in a flight. Dropped, it leaves; the last one out ends the flight.
struct Participant<'a, K: Eq + Hash, V, E> {
    flights: &'a Mutex<HashMap<K, Entry<V, E>>>,
    key: K,
    flight: Arc<Flight<V, E>>,
}

impl<K: Eq + Hash, V, E> Participant<'_, K, V, E> {
    /// Makes the result known. From now on a new caller starts anew.
    fn complete(&self, result: Result<V, FlightError<E>>) {
        // Only the driver lands, and no one drives after it: the cell is empty.
        let _ = self.flight.result.set(result);
        self.remove_entry(|_| true);
        self.flight.driver.close();
    }

    /// Takes this flight off the list if it is there and `done` says so.
    fn remove_entry(&self, done: impl FnOnce(&mut Entry<V, E>) -> bool) {
        let mut flights = lock(self.flights);
        let closed = flights
            .get_mut(&self.key)
            .filter(|entry| Arc::ptr_eq(&entry.flight, &self.flight))
            .is_some_and(done)
            .then(|| flights.remove(&self.key));
        // The work may hold anything, even a caller of ours: it is dropped without the lock.
        drop(flights);
        drop(closed);
    }
}

impl<K: Eq + Hash, V, E> Drop for Participant<'_, K, V, E> {
    fn drop(&mut self) {
        self.remove_entry(|entry| {
            entry.participants -= 1;
            entry.participants == 0
        });
    }
}

/// A panic of the work, or of a key's own code, must not spread to the other callers.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock()
}
