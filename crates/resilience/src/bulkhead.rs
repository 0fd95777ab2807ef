//! Bulkhead for work that takes processor time: bounded waiting, a fair share for each client, and
//! a deadline for the wait ("Release It!", bulkheads).

use std::collections::HashMap;
use std::fmt::{self, Debug};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

/// Part of all places that one client may take: 1/8.
const SHARE: usize = 8;

/// Bounds of a bulkhead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BulkheadSettings {
    /// Pieces of work that run at once.
    pub running: NonZeroUsize,
    /// Pieces of work that wait beside them.
    pub waiting: usize,
    /// Longest wait. Work that has not begun by then is given up; work that has is finished.
    pub max_wait: Duration,
}

/// Refusal of a piece of work; it has not begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BulkheadError {
    /// Every place is taken.
    #[error("all places are taken")]
    Full,
    /// This client has its share of the places.
    #[error("one client has its share of the places")]
    ClientShare,
    /// The wait took too long.
    #[error("no processor was free within {0:?}")]
    TimedOut(Duration),
}

/// Bulkhead over clients of type `K`.
///
/// The work of one client runs one piece after another, on at most half of the processors, so the
/// queue for a processor holds at most that much of each client: somebody with one question never
/// waits behind all the questions of another.
pub struct Bulkhead<K: Hash + Eq> {
    settings: BulkheadSettings,
    places: Arc<Semaphore>,
    processors: Arc<Semaphore>,
    clients: Arc<Mutex<HashMap<K, Client>>>,
}

#[derive(Debug)]
struct Client {
    places: usize,
    turn: Arc<Semaphore>,
}

impl<K: Hash + Eq + Clone> Bulkhead<K> {
    /// An empty bulkhead with these bounds.
    pub fn new(settings: BulkheadSettings) -> Self {
        let running = settings.running.get().min(Semaphore::MAX_PERMITS);
        let places = settings.waiting.saturating_add(running);
        Self {
            settings,
            places: Arc::new(Semaphore::new(places.min(Semaphore::MAX_PERMITS))),
            processors: Arc::new(Semaphore::new(running)),
            clients: Arc::default(),
        }
    }

    /// Takes a place for a piece of work of this client; work without a client has no share.
    ///
    /// # Errors
    ///
    /// [`BulkheadError::Full`] and [`BulkheadError::ClientShare`], at once.
    pub fn enter(&self, client: Option<K>) -> Result<QueuePermit<K>, BulkheadError> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| BulkheadError::Full)?;
        let share = client.map(|client| self.share(client)).transpose()?;
        Ok(QueuePermit {
            entered: Instant::now(),
            max_wait: self.settings.max_wait,
            processors: Arc::clone(&self.processors),
            share,
            permit: place,
        })
    }

    fn share(&self, client: K) -> Result<Share<K>, BulkheadError> {
        let running = self.settings.running.get();
        let most = (self.settings.waiting.saturating_add(running) / SHARE).max(1);
        let mut clients = self.clients.lock();
        let state = clients.entry(client.clone()).or_insert_with(|| Client {
            places: 0,
            turn: Arc::new(Semaphore::new((running / 2).max(1))),
        });
        if state.places >= most {
            return Err(BulkheadError::ClientShare);
        }
        state.places += 1;
        Ok(Share {
            turn: Arc::clone(&state.turn),
            clients: Arc::clone(&self.clients),
            client,
        })
    }

    /// Processors that are free.
    pub fn free_processors(&self) -> usize {
        self.processors.available_permits()
    }
}

impl<K: Hash + Eq> Debug for Bulkhead<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bulkhead")
            .field("settings", &self.settings)
            .field("free_places", &self.places.available_permits())
            .finish_non_exhaustive()
    }
}

/// Permit of a piece of work that waits for a processor.
pub struct QueuePermit<K: Hash + Eq> {
    entered: Instant,
    max_wait: Duration,
    processors: Arc<Semaphore>,
    share: Option<Share<K>>,
    permit: OwnedSemaphorePermit,
}

impl<K: Hash + Eq> QueuePermit<K> {
    /// Waits for the client's turn and a processor. Dropping the slot ends the work.
    ///
    /// # Errors
    ///
    /// [`BulkheadError::TimedOut`] at the deadline; then the work must not begin.
    pub async fn start(self) -> Result<RunPermit<K>, BulkheadError> {
        let deadline = self.entered + self.max_wait;
        let turn = async {
            let turn = match &self.share {
                Some(share) => Some(acquire(&share.turn).await),
                None => None,
            };
            (turn, acquire(&self.processors).await)
        };
        let turn = timeout_at(deadline, turn).await;
        let (turn, processor) = turn.map_err(|_| BulkheadError::TimedOut(self.max_wait))?;
        Ok(RunPermit {
            _processor: processor,
            _turn: turn,
            _share: self.share,
            _place: self.permit,
        })
    }
}

impl<K: Hash + Eq> Debug for QueuePermit<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueuePermit").finish_non_exhaustive()
    }
}

async fn acquire(semaphore: &Arc<Semaphore>) -> OwnedSemaphorePermit {
    let permit = Arc::clone(semaphore).acquire_owned().await;
    permit.expect("this semaphore is never closed")
}

/// Right to run one piece of work.
pub struct RunPermit<K: Hash + Eq> {
    _processor: OwnedSemaphorePermit,
    _turn: Option<OwnedSemaphorePermit>,
    _share: Option<Share<K>>,
    _place: OwnedSemaphorePermit,
}

impl<K: Hash + Eq> Debug for RunPermit<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunPermit").finish_non_exhaustive()
    }
}

/// One place of a client; dropping it gives the place back.
struct Share<K: Hash + Eq> {
    turn: Arc<Semaphore>,
    clients: Arc<Mutex<HashMap<K, Client>>>,
    client: K,
}

impl<K: Hash + Eq> Drop for Share<K> {
    fn drop(&mut self) {
        let mut clients = self.clients.lock();
        if let Some(state) = clients.get_mut(&self.client) {
            state.places -= 1;
            if state.places == 0 {
                clients.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn bulkhead(running: usize, waiting: usize) -> Bulkhead<u8> {
        Bulkhead::new(BulkheadSettings {
            running: NonZeroUsize::new(running).unwrap(),
            waiting,
            max_wait: Duration::from_secs(3),
        })
    }

    #[tokio::test(start_paused = true)]
    async fn places_are_bounded_and_given_back() {
        let bulkhead = bulkhead(1, 1);
        let first = bulkhead.enter(None).unwrap().start().await.unwrap();
        let second = bulkhead.enter(None).unwrap();
        assert_eq!(bulkhead.enter(None).unwrap_err(), BulkheadError::Full);
        drop(first);
        drop(second.start().await.unwrap());
        assert!(bulkhead.enter(None).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_work_is_given_up_at_the_deadline() {
        let bulkhead = bulkhead(1, 4);
        let running = bulkhead.enter(Some(1)).unwrap().start().await.unwrap();
        let late = bulkhead.enter(Some(2)).unwrap_or_else(|_| unreachable!());
        let refused = late.start().await.unwrap_err();
        assert_eq!(refused, BulkheadError::TimedOut(Duration::from_secs(3)));
        drop(running);
        assert!(bulkhead.enter(Some(2)).unwrap().start().await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn clients_have_a_share_of_the_places() {
        let bulkhead = bulkhead(2, 62);
        let flood: Vec<_> = (0..8).map(|_| bulkhead.enter(Some(1)).unwrap()).collect();
        assert_eq!(
            bulkhead.enter(Some(1)).unwrap_err(),
            BulkheadError::ClientShare
        );
        assert!(bulkhead.enter(Some(2)).is_ok());
        drop(flood);
        assert!(bulkhead.enter(Some(1)).is_ok());
        assert!(bulkhead.clients.lock().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn single_question_overtakes_the_queue_of_another_client() {
        let bulkhead = bulkhead(2, 62);
        let mut flood: Vec<_> = (0..8)
            .map(|_| Box::pin(bulkhead.enter(Some(1)).unwrap().start()))
            .collect();
        let mut running = Vec::new();
        for work in &mut flood {
            running.extend(work.now_or_never());
        }
        assert_eq!(
            running.len(),
            1,
            "one client runs on half of the processors"
        );
        let other = bulkhead.enter(Some(2)).unwrap().start().now_or_never();
        assert!(other.is_some_and(|slot| slot.is_ok()));
    }
}
