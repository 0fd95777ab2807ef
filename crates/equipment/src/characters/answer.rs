//! Questions and answers of the use case.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kernel::CharacterName;

use crate::{
    Character, DocumentError, Equipment, EquipmentSource, InvalidDocument, Snapshot, StoreError,
    UpstreamError,
};

/// Age below which data are fresh: the upstream itself is about 15 minutes behind the game.
pub const FRESH_FOR: Duration = Duration::from_mins(15);

/// Condition on which a question is answered from stored data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Refresh {
    /// Known data are good; once it is no longer [fresh](FRESH_FOR), it is served once more
    /// and fetched again in the background.
    #[default]
    WhenStale,
    /// Wait for the upstream, and fall back to what is known only if it gives no answer, unless
    /// what is known is younger than [`CharactersSettings::refresh_after`](crate::CharactersSettings).
    Now,
}

/// Freshness of an answer: its age against [`FRESH_FOR`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Younger.
    Fresh,
    /// As old or older: it is being fetched again, or the upstream gives no answer.
    Stale,
}

/// An answer, and how old it is.
#[derive(Debug, Clone)]
pub struct Aged<T> {
    /// The answer.
    pub value: T,
    /// Time at which the upstream gave it.
    pub fetched_at: Timestamp,
    /// Time since then.
    pub age: Duration,
    /// Freshness at that age.
    pub freshness: Freshness,
    /// Failures on the way that did not prevent the answer.
    pub degradations: Vec<Degradation>,
}

/// Known data of a character and its equipment.
#[derive(Debug, Clone)]
pub enum Lookup {
    /// Both.
    Full(Aged<EquippedCharacter>),
    /// Identity without equipment: part of the answer is missing.
    Partial {
        /// Identity of the character.
        character: Aged<Character>,
        /// Reason for which the equipment is not known.
        missing: CharactersError,
    },
}

impl Lookup {
    /// The whole answer, for callers that need all of it.
    ///
    /// # Errors
    ///
    /// Reason for which the rest is missing.
    pub fn whole(self) -> Result<Aged<EquippedCharacter>, CharactersError> {
        match self {
            Self::Full(known) => Ok(known),
            Self::Partial { missing, .. } => Err(missing),
        }
    }
}

/// A character and what it wears.
#[derive(Debug, Clone)]
pub struct EquippedCharacter {
    /// Identity of the character.
    pub character: Character,
    /// The document as received.
    pub snapshot: Snapshot,
    /// Source of the document, such as `nexon` or `sandbox`.
    pub source: &'static str,
    pub(super) reader: Arc<dyn EquipmentSource>,
    /// The document as read, where it was read on the way here.
    pub(super) read: Option<Arc<Equipment>>,
}

impl EquippedCharacter {
    /// The document as read. Who has the answer to this very document already need not ask: it
    /// takes a third of a millisecond where the document came from memory.
    ///
    /// # Errors
    ///
    /// [`UnreadableDocument`] only if memory changed since the document was read for the first
    /// time, which is before anybody is given it.
    pub fn equipment(&self) -> Result<Arc<Equipment>, UnreadableDocument> {
        if let Some(read) = &self.read {
            return Ok(Arc::clone(read));
        }
        let plain = self.snapshot.document.decompress()?;
        Ok(Arc::new(self.reader.read(&plain)?))
    }
}

/// Failure that did not prevent an answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Degradation {
    /// The upstream gave no answer; an earlier one is served.
    #[error("the upstream gave no answer, so an earlier one is served")]
    Upstream(#[source] UpstreamError),
    /// A refresh was asked for too soon after the last answer of the upstream, which is served.
    #[error("the answer is younger than {} s, so the upstream was not asked again", .refresh_after.as_secs())]
    RefreshTooSoon {
        /// The age from which a refresh asks the upstream.
        refresh_after: Duration,
    },
    /// The store could not be read or written: the answer is right, but was not taken from the
    /// store or will not be found there.
    #[error("the store gave no help")]
    Store(#[source] Arc<StoreError>),
    /// A stored document could not be read back.
    #[error("the stored document cannot be read")]
    StoredDocument(#[source] Arc<UnreadableDocument>),
}

/// Reason for which a stored document cannot be read back.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableDocument {
    /// It is not what was stored.
    #[error(transparent)]
    Damaged(#[from] DocumentError),
    /// It is, but its reader no longer accepts it.
    #[error(transparent)]
    Invalid(#[from] InvalidDocument),
}

/// Reason for which there is no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CharactersError {
    /// The upstream knows no character of this name.
    #[error("there is no character called {0}")]
    UnknownCharacter(CharacterName),
    /// The upstream sent a document that cannot be read. Stored data stay unchanged.
    #[error("the upstream sent a document that cannot be read")]
    UpstreamInvalid(#[source] InvalidDocument),
    /// The upstream gave no answer, and nothing is stored.
    #[error("the upstream gave no answer and nothing is stored")]
    Unavailable(#[source] UpstreamError),
}

impl CharactersError {
    /// Time until a new attempt is useful, where that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unavailable(error) => error.retry_after(),
            Self::UnknownCharacter(_) | Self::UpstreamInvalid(_) => None,
        }
    }

    pub(super) fn without_answer(error: UpstreamError) -> Self {
        match error {
            UpstreamError::Invalid(document) | UpstreamError::Unusable(document) => {
                Self::UpstreamInvalid(document)
            }
            error => Self::Unavailable(error),
        }
    }
}
