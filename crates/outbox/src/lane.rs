//! A lane: the one way to a receiver that takes one message at a time, shared by all processes.

use std::fmt::Debug;

use async_trait::async_trait;
use jiff::Timestamp;
use kernel::Id;

use crate::OutboxError;

/// Lets one process at a time send, and remembers for all of them when nobody may.
///
/// It outlives its users: one that is killed while it has the lane keeps it until the time it said,
/// and so does a pause that the receiver asked for.
#[async_trait]
pub trait Lane: Debug + Send + Sync {
    /// Takes the lane until `until`, if it is free at `now`. Two MUST never have it at once.
    ///
    /// # Errors
    ///
    /// [`OutboxError`] when the store fails.
    async fn take(&self, now: Timestamp, until: Timestamp) -> Result<LaneState, OutboxError>;

    /// Gives the lane back: it is free again at `free_at`. `asked_for` is true when the receiver
    /// asked for a pause until then. When the lane is no longer that of `turn`, nothing MUST change.
    ///
    /// # Errors
    ///
    /// [`OutboxError`] when the store fails.
    async fn leave(
        &self,
        turn: Turn,
        free_at: Timestamp,
        asked_for: bool,
    ) -> Result<(), OutboxError>;
}

/// Result of an attempt to take the lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaneState {
    /// The lane was taken, for one turn.
    Acquired(Turn),
    /// Another sender has the lane, or the receiver asked for a pause.
    Busy {
        /// Latest time at which the lane is free; a sender that is done frees it sooner.
        free_at: Timestamp,
        /// Whether the receiver asked for a pause until then.
        asked_for: bool,
    },
}

/// Right of a holder to send, until it leaves the lane or its time is over.
pub type Turn = Id<dyn Lane>;
