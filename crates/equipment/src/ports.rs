//! Ports of the domain: identity of characters, their equipment, and the store.

use std::error::Error;
use std::fmt::Debug;
use std::num::NonZeroU32;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use kernel::CharacterName;

use crate::{Character, CharacterRecord, Equipment, Ocid, Snapshot};

/// Directory of characters.
#[async_trait]
pub trait CharacterDirectory: Debug + Send + Sync {
    /// The identifier of the character with this name; `None` when there is no such character.
    ///
    /// # Errors
    ///
    /// [`UpstreamError`] when it cannot be known now.
    async fn resolve(&self, name: &CharacterName) -> Result<Option<Ocid>, UpstreamError>;

    /// Identity of the character; `None` when the identifier is not (or no longer) known.
    ///
    /// # Errors
    ///
    /// [`UpstreamError`] when it cannot be known now.
    async fn describe(&self, ocid: &Ocid) -> Result<Option<Character>, UpstreamError>;
}

/// Source of equipment documents, which can read its own documents.
#[async_trait]
pub trait EquipmentSource: Debug + Send + Sync {
    /// Source of the data as answers name it, such as `nexon` or `sandbox`.
    fn name(&self) -> &'static str;

    /// The present equipment document, exactly as received; `None` when the identifier is not
    /// (or no longer) known. A document that comes back MUST be readable by
    /// [`EquipmentSource::read`]; one that is not is [`UpstreamError::Invalid`].
    ///
    /// # Errors
    ///
    /// [`UpstreamError`] when it cannot be known now.
    async fn fetch(&self, ocid: &Ocid) -> Result<Option<Bytes>, UpstreamError>;

    /// Reads a document that [`EquipmentSource::fetch`] once gave. Pure and total: every
    /// document ever accepted MUST stay readable.
    ///
    /// # Errors
    ///
    /// [`InvalidDocument`] naming the place that cannot be read.
    fn read(&self, document: &[u8]) -> Result<Equipment, InvalidDocument>;
}

/// Allowance of one caller for questions that the upstream has to be asked for, so that no caller
/// uses up the calls of all.
pub trait FetchAllowance: Debug + Send + Sync {
    /// Takes one such question.
    ///
    /// # Errors
    ///
    /// [`AllowanceSpent`] when none is left.
    fn take(&self) -> Result<(), AllowanceSpent>;
}

/// Refusal of a caller who has no question left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AllowanceSpent {
    /// Time until the next one.
    pub retry_after: Duration,
    /// Questions that a caller has in a window.
    pub permits: NonZeroU32,
    /// The window.
    pub window: Duration,
}

/// Store of characters and snapshots.
///
/// Names and identifiers MUST be told apart by every byte, and times kept to the microsecond.
#[async_trait]
pub trait SnapshotStore: Debug + Send + Sync {
    /// The character last known by this name.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be read.
    async fn character(&self, name: &CharacterName) -> Result<Option<CharacterRecord>, StoreError>;

    /// Keeps who a character is. MUST NOT replace a record fetched later than this one. A name
    /// that moves to another identifier follows the later record; a name whose character was
    /// renamed keeps what was last known by it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be written.
    async fn save_character(&self, record: &CharacterRecord) -> Result<(), StoreError>;

    /// The newest snapshot of a character's equipment.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be read.
    async fn latest(&self, ocid: &Ocid) -> Result<Option<Snapshot>, StoreError>;

    /// Keeps a snapshot as the newest one. A document equal to the stored one only moves
    /// `fetched_at`. MUST NOT replace a snapshot fetched later than this one.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be written.
    async fn save(&self, snapshot: &Snapshot) -> Result<(), StoreError>;

    /// The names of up to `limit` characters, those fetched last first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be read.
    async fn recent(&self, limit: u32) -> Result<Vec<CharacterName>, StoreError>;

    /// Forgets snapshots fetched before a time, the oldest first and hardly above `limit`
    /// at once, so that no call takes long; how many. MUST forget one at least while there are
    /// any, and MUST NOT touch a later one or any character.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store cannot be written.
    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}

/// Reason for which the upstream gave no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum UpstreamError {
    /// It cannot be reached, fails, or answers what makes no sense at the transport's level.
    #[error("upstream failed: {reason}")]
    Failed {
        /// The failure, without secrets.
        reason: String,
    },
    /// No answer in time.
    #[error("upstream gave no answer within {} ms", .after.as_millis())]
    TimedOut {
        /// Time waited.
        after: Duration,
    },
    /// It says that it is not available now: maintenance, or data being prepared.
    #[error("upstream is not available now: {reason}")]
    NotAvailable {
        /// The upstream's message.
        reason: String,
    },
    /// The permitted number of calls is used up.
    #[error("upstream call quota is used up")]
    QuotaExceeded {
        /// Time until a new attempt, where the upstream gives it.
        retry_after: Option<Duration>,
    },
    /// The number of calls that other instances have made cannot be known now, so that none may be
    /// made.
    #[error("it cannot be known how much of the upstream's quota is used")]
    QuotaUnknown {
        /// Time after which it may be known.
        retry_after: Duration,
    },
    /// It is not asked for this caller, who has made it be asked too often recently.
    #[error(
        "the upstream was asked too often for this client; try again in {} ms",
        .0.retry_after.as_millis()
    )]
    AllowanceSpent(AllowanceSpent),
    /// It is not asked now, because it has failed too often recently.
    #[error("upstream is left alone after its failures, for {} ms more", .retry_after.as_millis())]
    Suspended {
        /// Time until it may be called again.
        retry_after: Duration,
    },
    /// It refuses our key or our request: an operator has to act.
    #[error("upstream refuses this service: {reason}")]
    Refused {
        /// The upstream's message, without secrets.
        reason: String,
    },
    /// An answer that is no JSON or lacks its frame: a fault of the upstream.
    #[error("upstream sent an invalid document")]
    Invalid(#[from] InvalidDocument),
    /// An answer about one character that cannot be used, such as one without a name or above the
    /// limit of size: a fact about that character, which says nothing about the upstream.
    #[error("upstream sent an answer about this character that cannot be used")]
    Unusable(#[source] InvalidDocument),
}

impl UpstreamError {
    /// Time until a new attempt is useful, where that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Suspended { retry_after } | Self::QuotaUnknown { retry_after } => {
                Some(*retry_after)
            }
            Self::QuotaExceeded { retry_after } => *retry_after,
            Self::AllowanceSpent(spent) => Some(spent.retry_after),
            Self::Failed { .. }
            | Self::TimedOut { .. }
            | Self::NotAvailable { .. }
            | Self::Refused { .. }
            | Self::Invalid(_)
            | Self::Unusable(_) => None,
        }
    }

    /// Whether it says something about one character rather than about the upstream.
    pub fn is_about_the_character(&self) -> bool {
        matches!(self, Self::Unusable(_))
    }

    /// Whether the answer is there but cannot be used, so that asking again soon gives the same.
    pub fn is_unusable_answer(&self) -> bool {
        matches!(self, Self::Invalid(_) | Self::Unusable(_))
    }
}

/// A document that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at {path}: {problem}")]
pub struct InvalidDocument {
    /// Position: `byte 1024` or a path such as `item_equipment[3].starforce`.
    pub path: String,
    /// Problem at that position.
    pub problem: String,
}

/// The store failed.
#[derive(Debug, thiserror::Error)]
#[error("the store failed to {action}")]
pub struct StoreError {
    /// Action that was tried, such as `save a snapshot`.
    pub action: &'static str,
    /// Error of the store.
    #[source]
    pub source: Box<dyn Error + Send + Sync>,
}
