//! What is asked of the use case, and what it answers.

use std::time::Duration;

use jiff::Timestamp;
use kernel::CharacterName;

use crate::{
    Character, DocumentError, Equipment, InvalidDocument, Snapshot, StoreError, UpstreamError,
};

/// What is younger than this is fresh: the upstream itself is about 15 minutes behind the game.
pub const FRESH_FOR: Duration = Duration::from_mins(15);

/// Whether a question may be answered from what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Refresh {
    /// What is stored is good while it is [fresh](FRESH_FOR).
    #[default]
    WhenStale,
    /// Ask the upstream, and fall back to what is stored only if it gives no answer.
    Now,
}

/// Whether an answer is younger than [`FRESH_FOR`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Younger.
    Fresh,
    /// As old or older: the upstream gave no answer.
    Stale,
}

/// An answer, and how old it is.
#[derive(Debug)]
pub struct Known<T> {
    /// The answer.
    pub value: T,
    /// When the upstream gave it.
    pub fetched_at: Timestamp,
    /// How long ago that was.
    pub age: Duration,
    /// Whether that is young enough.
    pub freshness: Freshness,
    /// What went wrong on the way without preventing the answer.
    pub troubles: Vec<Trouble>,
}

/// A character and what it wears.
#[derive(Debug)]
pub struct Wearer {
    /// Who it is.
    pub character: Character,
    /// The document as received.
    pub snapshot: Snapshot,
    /// The document as read.
    pub equipment: Equipment,
    /// Where the document came from, such as `nexon` or `sandbox`.
    pub source: &'static str,
}

/// What went wrong without preventing an answer.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The upstream gave no answer; an earlier one is served.
    #[error("the upstream gave no answer, so an earlier one is served")]
    Upstream(#[source] UpstreamError),
    /// The store could not be read or written: the answer is right, but was not taken from the
    /// store or will not be found there.
    #[error("the store gave no help")]
    Store(#[source] StoreError),
    /// A stored document could not be read back.
    #[error("the stored document cannot be read")]
    StoredDocument(#[source] UnreadableDocument),
}

/// Why a stored document cannot be read back.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableDocument {
    /// It is not what was stored.
    #[error(transparent)]
    Damaged(#[from] DocumentError),
    /// It is, but its reader no longer accepts it.
    #[error(transparent)]
    Invalid(#[from] InvalidDocument),
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum CharactersError {
    /// The upstream knows no character of this name.
    #[error("there is no character called {0}")]
    UnknownCharacter(CharacterName),
    /// The upstream sent a document that cannot be read. What was stored stays as it is.
    #[error("the upstream sent a document that cannot be read")]
    UpstreamInvalid(#[source] InvalidDocument),
    /// The upstream gave no answer, and nothing is stored.
    #[error("the upstream gave no answer and nothing is stored")]
    Unavailable(#[source] UpstreamError),
}
