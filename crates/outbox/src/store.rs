//! The store's port: claims, settlements, dead letters.

use std::error::Error;
use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{EventId, Message};

/// Keeps messages until they are delivered or given up.
///
/// Messages come in through the unit of work of the change they tell of, not through this port.
#[async_trait]
pub trait OutboxStore: Debug + Send + Sync {
    /// Claims up to `limit` messages that are due at `now`, the longest due first, for `lease`.
    ///
    /// A message is due when it waits and its time has come, or when the lease of an earlier claim
    /// has run out; then that attempt MUST be recorded as [`AttemptResult::Unknown`]. A message
    /// whose `max_attempts` are used up in this way MUST become a dead letter instead. No message
    /// is claimed by two at once. Each claim raises the message's attempt number by one.
    ///
    /// # Errors
    ///
    /// [`OutboxError`] when the store fails; then nothing is claimed.
    async fn claim_due(
        &self,
        now: Timestamp,
        lease: Duration,
        limit: u32,
        max_attempts: u32,
    ) -> Result<Vec<Claimed>, OutboxError>;

    /// Settles attempts, all in one transaction. A settlement whose attempt no longer holds its
    /// message MUST change nothing; the ids of those are returned.
    ///
    /// # Errors
    ///
    /// [`OutboxError`] when the store fails; then nothing is settled.
    async fn settle(&self, settlements: &[Settlement]) -> Result<Vec<EventId>, OutboxError>;

    /// Returns the size and age of the backlog.
    ///
    /// # Errors
    ///
    /// [`OutboxError`] when the store fails.
    async fn backlog(&self) -> Result<Backlog, OutboxError>;

    /// Up to `limit` dead letters with ids above `after`, by id.
    ///
    /// # Errors
    ///
    /// [`OutboxError`] when the store fails.
    async fn dead_letters(
        &self,
        after: Option<EventId>,
        limit: u32,
    ) -> Result<Vec<DeadLetter>, OutboxError>;

    /// One dead letter with every attempt made.
    ///
    /// # Errors
    ///
    /// [`OutboxError`] when the store fails.
    async fn dead_letter(
        &self,
        id: EventId,
    ) -> Result<Option<(DeadLetter, Vec<Attempt>)>, OutboxError>;

    /// Disposes of dead letters in one transaction: back to waiting (due at `now`, with all
    /// attempts ahead and their history kept), or discarded permanently. Ids that are no dead
    /// letters are skipped; returns the ids of those changed.
    ///
    /// # Errors
    ///
    /// [`OutboxError`] when the store fails; then nothing changes.
    async fn dispose(
        &self,
        ids: &[EventId],
        disposal: Disposal,
        now: Timestamp,
    ) -> Result<Vec<EventId>, OutboxError>;

    /// Removes up to `limit` messages that were delivered or discarded before `before`, with their
    /// attempts, in one transaction; how many there were. What waits and what is a dead letter
    /// MUST stay, however old.
    ///
    /// # Errors
    ///
    /// [`OutboxError`] when the store fails; then nothing is removed.
    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64, OutboxError>;
}

/// A message claimed for one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The message.
    pub message: Message,
    /// Number of this attempt since the message began to wait, from 1. It is also the fencing token
    /// of the claim.
    pub attempt: u32,
}

/// Outcome of an attempt, and the next step for the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// Id of the message.
    pub id: EventId,
    /// Number of the attempt; it MUST still hold the message.
    pub attempt: u32,
    /// End of the attempt.
    pub ended_at: Timestamp,
    /// Outcome of the attempt; none when nothing was tried, and then the attempt does not count.
    pub result: Option<AttemptResult>,
    /// Next step for the message.
    pub next: NextStep,
}

/// Outcome of an attempt, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttemptResult {
    /// The receiver has it.
    Delivered,
    /// The receiver does not have it.
    Failed(String),
    /// The receiver may have it.
    Unknown(String),
}

/// Next step for a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    /// Nothing: it has arrived.
    Done,
    /// Another attempt, not before this time.
    TryAt(Timestamp),
    /// It is given up until an operator decides.
    DeadLetter,
}

/// Size and age of the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Backlog {
    /// Messages that wait or are being delivered.
    pub pending: u64,
    /// Dead letters.
    pub dead: u64,
    /// Creation time of the oldest pending message.
    pub oldest: Option<Timestamp>,
}

/// A message that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The message.
    pub message: Message,
    /// Time at which the message became a dead letter.
    pub died_at: Timestamp,
    /// Outcome of the last attempt.
    pub last_result: AttemptResult,
}

/// One attempt in a message's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Number of the attempt at its time.
    pub number: u32,
    /// End of the attempt or of its lease.
    pub ended_at: Timestamp,
    /// Outcome of the attempt.
    pub result: AttemptResult,
}

/// Disposal of a dead letter by an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposal {
    /// Deliver them after all.
    Replay,
    /// Never deliver them.
    Discard,
}

/// The store failed.
#[derive(Debug, thiserror::Error)]
#[error("the outbox failed to {action}")]
pub struct OutboxError {
    /// Attempted action, such as `claim messages`.
    pub action: &'static str,
    /// Error of the store.
    #[source]
    pub source: Box<dyn Error + Send + Sync>,
}
