//! Likes of characters by members.
//!
//! # What is promised
//!
//! That a member likes a character is one row, there or not: the relation is the truth and the
//! counts are kept in the same transaction. A like is acknowledged when it is durable, and an
//! acknowledged one is neither lost nor counted twice, whatever is killed.
//!
//! # How
//!
//! Likes come in one at a time and are written in groups. A [`LikeBuffer`] stands between:
//! [`GroupCommit`] lets requests gather while one batch is being written to the [`LikeStore`] and
//! answers each when its batch is committed. A [`Journal`], such as a durable stream, may stand
//! between the two: a request is answered as soon as the journal has it, and the worker that
//! empties the journal uses [`LikeStore::apply_from`], which applies a batch exactly once.
//!
//! Likes are kept by the game's identifier of the character, which outlives its name but not a
//! transfer between worlds.

mod backpressure;
mod change;
mod characters;
mod group_commit;
mod journal;
mod known_counts;
mod likes;
mod ports;
#[cfg(feature = "testkit")]
pub mod testkit;

pub use backpressure::{Backpressure, MAX_WAITING, Permit, QueueFull};
pub use change::{Change, Counted, StreamEntry, StreamPosition, Tally};
pub use characters::{Characters, CharactersError};
pub use group_commit::{Committer, GroupCommit, group_commit, group_commit_to};
pub use journal::Journal;
pub use known_counts::KnownCount;
pub use likes::{LikeError, LikeStatus, Liker, Likes};
pub use ports::{AHEAD_FOR, BufferError, Drift, LikeBuffer, LikeStore, LikeStoreError};
