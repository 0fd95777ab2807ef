//! Ports: where histories come from.

use std::error::Error;
use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use cube_probability::Grade;
use jiff::civil::Date;
use members::NexonKey;
use planning::luck::{PotentialRow, StarRow};

use crate::HistoryKind;

/// Opens the histories of the owner of a key.
pub trait Histories: Debug + Send + Sync {
    /// The histories of this key's owner. Nothing is asked yet.
    ///
    /// The key MUST be forgotten with the value returned, and MUST NOT be logged or part of an
    /// error. Calls MUST keep to the quota of this key, whose other jobs at the same time count
    /// against it too, and MUST NOT count against the quota of any other key.
    ///
    /// # Errors
    ///
    /// [`HistoryError::KeyRefused`] for a text that no key can have.
    fn open(&self, key: &NexonKey) -> Result<Box<dyn OwnHistories>, HistoryError>;
}

/// The histories of one account's owner.
#[async_trait]
pub trait OwnHistories: Debug + Send + Sync {
    /// One page, the newest rows first.
    ///
    /// # Errors
    ///
    /// [`HistoryError`]; the same page can be asked for again.
    async fn page(&self, kind: HistoryKind, at: &PageStart) -> Result<HistoryPage, HistoryError>;

    /// Calls made so far, failed ones included.
    fn calls(&self) -> u64;
}

/// The beginning of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageStart {
    /// The newest row of a day.
    Date(Date),
    /// The row after another page, as that page names it.
    Cursor(String),
}

/// Some rows of a history.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HistoryPage {
    /// The rows.
    pub rows: Vec<HistoryRow>,
    /// The cursor of the next page of the same day; none at its end.
    pub next: Option<String>,
}

/// One row of a history.
#[derive(Debug, Clone, PartialEq)]
pub enum HistoryRow {
    /// A reset of a potential or an additional potential.
    Reset(PotentialRow),
    /// A star force attempt.
    Star(StarRow),
    /// A reset of the potential of a soul.
    Soul(SoulRow),
    /// A row with a word that is not known.
    Unreadable,
}

/// A reset of the potential of a soul, whose chances are not published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoulRow {
    /// The grade before the reset.
    pub from: Grade,
    /// The grade after it.
    pub to: Grade,
}

/// Reason for which a page was not read.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// Nexon refuses the key.
    #[error("Nexon refuses the key")]
    KeyRefused,
    /// The key is good, but may not read this history.
    #[error("the key may not read the history `{kind}`")]
    NoRights {
        /// The history asked for.
        kind: HistoryKind,
    },
    /// The calls that Nexon permits with the key are used up.
    #[error("the calls permitted with the key are used up")]
    KeyExhausted {
        /// Earliest time of a retry, if Nexon states it.
        retry_after: Option<Duration>,
    },
    /// Nexon refuses the day or the cursor.
    #[error("Nexon refuses the day or the cursor of a page")]
    PageRefused,
    /// Nexon gives no answer.
    #[error("Nexon gives no answer")]
    Unavailable {
        /// Earliest time of a retry, if known.
        retry_after: Option<Duration>,
        /// Cause of the failure.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The answer is no page of a history.
    #[error("Nexon sent a page that cannot be read")]
    Invalid {
        /// Cause of the failure.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}
