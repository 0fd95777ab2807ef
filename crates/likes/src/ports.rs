//! Ports of likes: the store, and the buffer in front of it.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use kernel::{MemberId, Ocid};

use crate::{Change, Counted, StreamEntry, StreamPosition, Tally};

/// Keeps who likes which character. The count of a character MUST always be the number of its
/// likers.
#[async_trait]
pub trait LikeStore: Debug + Send + Sync {
    /// Applies changes in their order, all in one transaction. Each member likes a character at
    /// most once, whatever runs beside this.
    ///
    /// Returns the count of each character named, after the batch.
    ///
    /// # Errors
    ///
    /// [`LikeStoreError`]; then all of the changes stand or none, and it is not known which.
    async fn apply(&self, changes: &[Change]) -> Result<HashMap<Ocid, u64>, LikeStoreError>;

    /// Applies the entries that follow `after` in a stream, in one transaction with the stream's
    /// watermark, which moves from `after` to the last entry's position.
    ///
    /// When the watermark is not at `after`, nothing MUST change: somebody else has applied what
    /// follows. Returns where the watermark is then, which in both cases is where to go on.
    ///
    /// `entries` are all that there is in the stream between `after` and the last of them.
    ///
    /// # Errors
    ///
    /// [`LikeStoreError`]; then watermark and changes stand together or neither does.
    async fn apply_from(
        &self,
        stream: &str,
        after: StreamPosition,
        entries: &[StreamEntry],
    ) -> Result<StreamPosition, LikeStoreError>;

    /// Applies changes like [`LikeStore::apply`], ahead of entries of the same members and
    /// characters that may wait in a stream which cannot be read now.
    ///
    /// Such an entry MUST change nothing when [`LikeStore::apply_from`] brings it, if it was taken
    /// at `taken_at` or before; the watermark still moves past it. This MUST be remembered for
    /// [`AHEAD_FOR`].
    ///
    /// # Errors
    ///
    /// [`LikeStoreError`]; then all of this stands or nothing, and it is not known which.
    async fn apply_ahead(
        &self,
        changes: &[Change],
        taken_at: Timestamp,
    ) -> Result<HashMap<Ocid, u64>, LikeStoreError>;

    /// Up to where a stream was applied; [`StreamPosition::START`] for one never heard of.
    ///
    /// # Errors
    ///
    /// [`LikeStoreError`] when the store fails.
    async fn watermark(&self, stream: &str) -> Result<StreamPosition, LikeStoreError>;

    /// Returns the number of likes of a character, and the subset of `members` who like it, as of
    /// one instant.
    ///
    /// # Errors
    ///
    /// [`LikeStoreError`] when the store fails.
    async fn tally(&self, character: &Ocid, members: &[MemberId]) -> Result<Tally, LikeStoreError>;

    /// The tallies of several characters, as of one instant; `asked` names the members asked about
    /// for each. Every character asked about is in the answer.
    ///
    /// # Errors
    ///
    /// [`LikeStoreError`] when the store fails.
    async fn tallies(
        &self,
        asked: &BTreeMap<Ocid, Vec<MemberId>>,
    ) -> Result<HashMap<Ocid, Tally>, LikeStoreError>;

    /// Recounts all likes and returns the characters whose stored count differs from the number of
    /// likers.
    ///
    /// # Errors
    ///
    /// [`LikeStoreError`] when the store fails.
    async fn recount(&self) -> Result<Vec<Drift>, LikeStoreError>;
}

/// For how long a store remembers what was applied ahead of a stream: longer than a stream is away
/// that comes back at all.
pub const AHEAD_FOR: Duration = Duration::from_hours(30 * 24);

/// A count that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// Character whose count is wrong.
    pub character: Ocid,
    /// The count kept.
    pub kept: u64,
    /// The number of likers.
    pub likers: u64,
}

/// The store failed.
#[derive(Debug, thiserror::Error)]
#[error("the likes failed to {action}")]
pub struct LikeStoreError {
    /// Attempted action, such as `apply changes`.
    pub action: &'static str,
    /// Error of the store.
    #[source]
    pub source: Box<dyn Error + Send + Sync>,
}

/// Takes changes, and stands before the store when it is asked.
#[async_trait]
pub trait LikeBuffer: Debug + Send + Sync {
    /// Takes a change. When this returns well the change MUST be durable, and MUST come to the
    /// store after the changes acknowledged before it was begun.
    ///
    /// Returns the character's count with the change in it; none when the count cannot be known
    /// now.
    ///
    /// # Errors
    ///
    /// [`BufferError`]; except with [`BufferError::QueueFull`] and [`BufferError::Closed`], the
    /// change may still reach the store.
    async fn append(&self, change: Change) -> Result<Option<u64>, BufferError>;

    /// The tally of a character with every acknowledged change in it; `members` are those asked
    /// about.
    ///
    /// # Errors
    ///
    /// [`BufferError`] when it cannot be known now.
    async fn tally(&self, character: &Ocid, members: &[MemberId]) -> Result<Tally, BufferError>;

    /// The count of a character, as far as it can be known now.
    ///
    /// # Errors
    ///
    /// [`BufferError`] when nothing can be known now.
    async fn count(&self, character: &Ocid) -> Result<Counted, BufferError> {
        Ok(Counted::complete(self.tally(character, &[]).await?.count))
    }
}

/// The buffer did not take a change, or cannot tell.
#[derive(Debug, Clone, thiserror::Error)]
pub enum BufferError {
    /// As many changes wait as may. Nothing has changed.
    #[error("the queue of likes is full: {waiting} are waiting")]
    QueueFull {
        /// Number of waiting changes.
        waiting: usize,
    },
    /// The service is being shut down. Nothing has changed.
    #[error("likes are not accepted during shutdown")]
    Closed,
    /// The journal in which changes become durable failed.
    #[error("the like could not be made durable or counted")]
    Failed(#[source] Arc<dyn Error + Send + Sync>),
    /// The writer ended before it reported the outcome of the change.
    #[error("the like's writer ended before it answered")]
    Lost,
}
