//! Bulkhead for work that takes processor time: bounded waiting, a fair share for each client, and
//! a deadline for the wait ("Release It!", bulkheads).

use std::fmt::{self, Debug};
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use self::processors::{Processors, Turn};

mod processors;

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
/// The work of one client runs one piece after another, on at most half of the processors, and the
/// client that has had the least of them is next: somebody with one question waits neither behind
/// all the questions of another, nor behind those whose questions never end. While such a client
/// asks, clients that ask without end leave it the last processor.
pub struct Bulkhead<K: Hash + Eq> {
    settings: BulkheadSettings,
    places: Arc<Semaphore>,
    processors: Arc<Processors<K>>,
}

impl<K: Hash + Eq + Clone> Bulkhead<K> {
    /// An empty bulkhead with these bounds.
    pub fn new(settings: BulkheadSettings) -> Self {
        let running = settings.running.get();
        let places = settings.waiting.saturating_add(running);
        Self {
            settings,
            places: Arc::new(Semaphore::new(places.min(Semaphore::MAX_PERMITS))),
            processors: Arc::new(Processors::new(running, (places / SHARE).max(1))),
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
        let turn = Processors::enter(&self.processors, client);
        Ok(QueuePermit {
            entered: Instant::now(),
            max_wait: self.settings.max_wait,
            turn: turn.ok_or(BulkheadError::ClientShare)?,
            place,
        })
    }

    /// Processors that are free.
    pub fn free_processors(&self) -> usize {
        self.processors.free()
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
pub struct QueuePermit<K: Hash + Eq + Clone> {
    entered: Instant,
    max_wait: Duration,
    turn: Turn<K>,
    place: OwnedSemaphorePermit,
}

impl<K: Hash + Eq + Clone> QueuePermit<K> {
    /// Waits for the client's turn and a processor. Dropping the slot ends the work.
    ///
    /// # Errors
    ///
    /// [`BulkheadError::TimedOut`] at the deadline; then the work must not begin.
    pub async fn start(mut self) -> Result<RunPermit<K>, BulkheadError> {
        let deadline = self.entered + self.max_wait;
        let turn = timeout_at(deadline, self.turn.wait()).await;
        turn.map_err(|_| BulkheadError::TimedOut(self.max_wait))?;
        Ok(RunPermit {
            _turn: self.turn,
            _place: self.place,
        })
    }
}

impl<K: Hash + Eq + Clone> Debug for QueuePermit<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueuePermit").finish_non_exhaustive()
    }
}

/// Right to run one piece of work.
pub struct RunPermit<K: Hash + Eq + Clone> {
    _turn: Turn<K>,
    _place: OwnedSemaphorePermit,
}

impl<K: Hash + Eq + Clone> Debug for RunPermit<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunPermit").finish_non_exhaustive()
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

    /// Work that is begun at once, or not yet.
    fn begins(
        work: &mut (impl Future<Output = Result<RunPermit<u8>, BulkheadError>> + Unpin),
    ) -> Option<RunPermit<u8>> {
        work.now_or_never().map(Result::unwrap)
    }

    #[tokio::test(start_paused = true)]
    async fn work_that_is_given_up_while_it_waits_or_unseen_leaves_its_processor() {
        let bulkhead = bulkhead(1, 62);
        let wait = |client| Box::pin(bulkhead.enter(client).unwrap().start());
        let running = begins(&mut wait(Some(1))).unwrap();
        let (mut waits, mut given) = (wait(Some(2)), wait(None));
        assert!(begins(&mut waits).is_none() && begins(&mut given).is_none());
        drop(waits);
        drop(running);
        assert_eq!(bulkhead.free_processors(), 0);
        drop(given);
        assert_eq!(bulkhead.free_processors(), 1);
        assert!(begins(&mut wait(Some(2))).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn client_that_had_the_least_is_next() {
        let bulkhead = bulkhead(1, 62);
        let wait = |client| Box::pin(bulkhead.enter(Some(client)).unwrap().start());
        // Two clients without end, each back when its work is done.
        let mut running = begins(&mut wait(1)).unwrap();
        let mut next = wait(2);
        assert!(begins(&mut next).is_none());
        for turn in 0..10 {
            tokio::time::advance(Duration::from_millis(100)).await;
            drop(running);
            running = begins(&mut next).unwrap();
            next = wait(1 + turn % 2);
            assert!(begins(&mut next).is_none());
        }
        // A visitor comes before both of them, though they have waited for longer.
        let mut visitor = wait(3);
        assert!(begins(&mut visitor).is_none());
        drop(running);
        assert!(begins(&mut next).is_none());
        assert!(begins(&mut visitor).is_some());
        assert!(begins(&mut next).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn last_processor_is_kept_for_clients_that_ask_now_and_then() {
        let bulkhead = bulkhead(2, 62);
        let wait = |client| Box::pin(bulkhead.enter(Some(client)).unwrap().start());
        // Two clients without end have both processors for as long as nobody else asks.
        let mut running = [1, 2].map(|client| begins(&mut wait(client)).unwrap());
        for _ in 0..10 {
            tokio::time::advance(Duration::from_secs(1)).await;
            drop(running);
            running = [1, 2].map(|client| begins(&mut wait(client)).unwrap());
        }
        let mut visitor = wait(3);
        assert!(begins(&mut visitor).is_none());
        let [first, second] = running;
        drop(first);
        drop(begins(&mut visitor).unwrap());
        let mut next = wait(1);
        assert!(begins(&mut next).is_none(), "the last processor is kept");
        assert!(begins(&mut wait(3)).is_some());
        drop(second);
        assert!(begins(&mut next).is_some());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(begins(&mut wait(2)).is_some(), "no longer");
    }
}
