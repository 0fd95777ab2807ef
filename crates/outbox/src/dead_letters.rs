//! Dead letters and the backlog, as operators see and end them.

use std::sync::Arc;

use kernel::Clock;
use tokio::sync::Notify;

use crate::{Attempt, Backlog, DeadLetter, Disposal, EventId, OutboxError, OutboxStore};

/// Upper bound on the dead letters that are read, or ended, in one transaction.
const PAGE: u32 = 500;

/// The outbox for operators: the backlog, and the dead letters with their replay and discard.
#[derive(Debug, Clone)]
pub struct DeadLetters {
    store: Arc<dyn OutboxStore>,
    clock: Arc<dyn Clock>,
    wake: Arc<Notify>,
}

/// Result of a disposal.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Disposed {
    /// Dead letters that were ended, or would be.
    pub changed: Vec<EventId>,
    /// Ids that are no dead letters.
    pub unchanged: Vec<EventId>,
}

impl DeadLetters {
    /// Dead letters of `store`. `wake` is notified when messages wait again, so that the relay
    /// delivers them at once.
    pub fn new(store: Arc<dyn OutboxStore>, clock: Arc<dyn Clock>, wake: Arc<Notify>) -> Self {
        Self { store, clock, wake }
    }

    /// Returns the size and age of the backlog.
    ///
    /// # Errors
    ///
    /// [`OutboxError`] when the store fails.
    pub async fn backlog(&self) -> Result<Backlog, OutboxError> {
        self.store.backlog().await
    }

    /// Returns up to `limit` dead letters with ids above `after`, by id.
    ///
    /// # Errors
    ///
    /// [`OutboxError`] when the store fails.
    pub async fn page(
        &self,
        after: Option<EventId>,
        limit: usize,
    ) -> Result<Vec<DeadLetter>, OutboxError> {
        let (mut found, mut after) = (Vec::new(), after);
        while found.len() < limit {
            let rest = u32::try_from(limit - found.len()).unwrap_or(PAGE).min(PAGE);
            let page = self.store.dead_letters(after, rest).await?;
            let Some(last) = page.last() else {
                break;
            };
            after = Some(last.message.id);
            found.extend(page);
        }
        Ok(found)
    }

    /// Returns one dead letter with every attempt made.
    ///
    /// # Errors
    ///
    /// [`OutboxError`] when the store fails.
    pub async fn find(
        &self,
        id: EventId,
    ) -> Result<Option<(DeadLetter, Vec<Attempt>)>, OutboxError> {
        self.store.dead_letter(id).await
    }

    /// Returns the ids of all dead letters.
    ///
    /// # Errors
    ///
    /// [`OutboxError`] when the store fails.
    pub async fn ids(&self) -> Result<Vec<EventId>, OutboxError> {
        let all = self.page(None, usize::MAX).await?;
        Ok(all.into_iter().map(|letter| letter.message.id).collect())
    }

    /// Replays or discards dead letters, a page in each transaction.
    ///
    /// # Errors
    ///
    /// [`OutboxError`] when the store fails; the pages before are ended then.
    pub async fn dispose(
        &self,
        ids: &[EventId],
        disposal: Disposal,
    ) -> Result<Disposed, OutboxError> {
        let mut changed = Vec::new();
        for page in ids.chunks(PAGE as usize) {
            let now = self.clock.now();
            let ended = self.store.dispose(page, disposal, now).await?;
            tracing::info!(
                ?disposal,
                messages = ended.len(),
                "an operator ended dead letters"
            );
            if disposal == Disposal::Replay && !ended.is_empty() {
                self.wake.notify_one();
            }
            changed.extend(ended);
        }
        Ok(Disposed::of(ids, changed))
    }

    /// Returns the result that [`DeadLetters::dispose`] would have now, and changes nothing.
    ///
    /// # Errors
    ///
    /// [`OutboxError`] when the store fails.
    pub async fn would_dispose(&self, ids: &[EventId]) -> Result<Disposed, OutboxError> {
        let mut dead = Vec::new();
        for id in ids {
            if self.store.dead_letter(*id).await?.is_some() {
                dead.push(*id);
            }
        }
        Ok(Disposed::of(ids, dead))
    }
}

impl Disposed {
    fn of(ids: &[EventId], changed: Vec<EventId>) -> Self {
        let unchanged = ids.iter().copied().filter(|id| !changed.contains(id));
        Self {
            unchanged: unchanged.collect(),
            changed,
        }
    }
}
