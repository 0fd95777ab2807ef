//! Adapters between the domains of members and the rest: the character that a name means to likes,
//! and the number of likes that wait.

use async_trait::async_trait;
use equipment::{Characters, CharactersError, Refresh};
use kernel::{CharacterName, MemberId, Ocid};
use likes::{BufferError, Change, Counted, LikeBuffer, Tally};
use telemetry::{Counters, Gauge, Metrics};

/// The characters that the service knows, as likes ask for them.
#[derive(Debug, Clone)]
pub struct KnownCharacters(pub Characters);

#[async_trait]
impl likes::Characters for KnownCharacters {
    async fn find(&self, name: &CharacterName) -> Result<Option<Ocid>, likes::CharactersError> {
        match self.0.who(name, Refresh::WhenStale).await {
            Ok(known) => Ok(Some(known.value.ocid)),
            Err(CharactersError::UnknownCharacter(_)) => Ok(None),
            Err(error) => Err(likes::CharactersError(Box::new(error))),
        }
    }
}

const OUTCOMES: [&str; 3] = ["taken", "refused", "failed"];

/// Counts likes, and those that wait to become durable.
#[derive(Debug)]
pub struct ObservedLikes<B> {
    buffer: B,
    pending: Gauge,
    changes: Counters<1>,
}

impl<B> ObservedLikes<B> {
    /// Watches this buffer.
    pub fn new(buffer: B, metrics: &Metrics) -> Self {
        Self {
            buffer,
            pending: metrics.gauge(
                "maple_likes_pending",
                "Likes that wait to become durable, are being written, or wait in a stream.",
            ),
            changes: metrics.counters(
                "maple_like_changes_total",
                "Likes and likes taken back: taken when durable; refused when too many wait; \
                 failed when it cannot be told.",
                ["outcome"],
                OUTCOMES.map(|outcome| [outcome]),
            ),
        }
    }
}

impl<B> ObservedLikes<B> {
    /// Gauge of the likes that wait, to add those that wait behind the buffer.
    pub fn pending(&self) -> Gauge {
        self.pending.clone()
    }
}

#[async_trait]
impl<B: LikeBuffer> LikeBuffer for ObservedLikes<B> {
    async fn append(&self, change: Change) -> Result<Option<u64>, BufferError> {
        let _waiting = Waiting::begin(&self.pending);
        let appended = self.buffer.append(change).await;
        let outcome = match &appended {
            Ok(_) => "taken",
            Err(BufferError::QueueFull { .. } | BufferError::Closed) => "refused",
            Err(BufferError::Failed(_) | BufferError::Lost) => "failed",
        };
        self.changes.with([outcome]).inc();
        appended
    }

    async fn tally(&self, character: &Ocid, members: &[MemberId]) -> Result<Tally, BufferError> {
        self.buffer.tally(character, members).await
    }

    async fn count(&self, character: &Ocid) -> Result<Counted, BufferError> {
        self.buffer.count(character).await
    }
}

/// A like that waits, until it is dropped.
struct Waiting<'g>(&'g Gauge);

impl<'g> Waiting<'g> {
    fn begin(gauge: &'g Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use likes::group_commit;
    use likes::testkit::{MemoryLikeStore, TransactionFault};
    use tokio_util::sync::CancellationToken;

    use super::*;

    #[tokio::test]
    async fn waiting_likes_are_shown_and_outcomes_are_counted() {
        let metrics = Metrics::new();
        let store = Arc::new(MemoryLikeStore::default());
        store.plan([Some(TransactionFault::RolledBack)]);
        let (buffer, committer) = group_commit(store, 2);
        let likes = ObservedLikes::new(buffer, &metrics);
        let change = |member| Change {
            member: MemberId::new(member),
            character: Ocid::new("adele"),
            liked: true,
        };
        let shown = |line: &str| {
            let text = metrics.text();
            assert!(
                text.lines().any(|shown| shown == line),
                "no {line} in {text}"
            );
        };
        {
            let (mut one, mut two) = (likes.append(change(1)), likes.append(change(2)));
            assert!(futures_util::poll!(&mut one).is_pending());
            assert!(futures_util::poll!(&mut two).is_pending());
            shown("maple_likes_pending 2");
            assert!(likes.append(change(3)).await.is_err());
            let stop = CancellationToken::new();
            stop.cancel();
            committer.run(stop).await;
            assert!(one.await.is_err() && two.await.is_err());
        }
        shown("maple_likes_pending 0");
        shown("maple_like_changes_total{outcome=\"refused\"} 1");
        shown("maple_like_changes_total{outcome=\"failed\"} 2");
        shown("maple_like_changes_total{outcome=\"taken\"} 0");
    }
}
