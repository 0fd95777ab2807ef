//! The port to a memory that instances share, between each one's own and the store.

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::broadcast;

use crate::{ContentHash, Ocid, Snapshot, StoreError};

/// Keeps snapshots for a while where every instance finds them, and tells all of new ones.
///
/// It is only ever a help: whatever it loses is in the store. A snapshot's version is the time at
/// which it was fetched.
#[async_trait]
pub trait SharedCache: Debug + Send + Sync {
    /// The snapshot of a character's equipment, if it is kept and its time is not over.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the cache cannot be read.
    async fn snapshot(&self, ocid: &Ocid) -> Result<Option<Snapshot>, StoreError>;

    /// Keeps a snapshot for `ttl` from now. MUST NOT replace a snapshot fetched later than this
    /// one, and MUST tell [`SharedCache::changes`] of every snapshot that was kept.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the cache cannot be written.
    async fn put(&self, snapshot: &Snapshot, ttl: Duration) -> Result<(), StoreError>;

    /// What is put from now on, by this instance or another. A reader that is told that it lags
    /// has missed some, as with [`SharedChange::Missed`].
    fn changes(&self) -> broadcast::Receiver<SharedChange>;
}

/// What happens in a [`SharedCache`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SharedChange {
    /// A snapshot was put.
    Put(SnapshotVersion),
    /// Some may have been put of which nobody was told: whether what one holds is the newest is
    /// not known any more.
    Missed,
}

/// Which snapshot of a character's equipment is the newest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotVersion {
    /// Whose equipment it is.
    pub ocid: Ocid,
    /// When it was fetched.
    pub fetched_at: Timestamp,
    /// What was fetched: two snapshots of one hash differ in their age only.
    pub hash: ContentHash,
}

impl SnapshotVersion {
    /// The version of this snapshot.
    pub fn of(snapshot: &Snapshot) -> Self {
        Self {
            ocid: snapshot.ocid.clone(),
            fetched_at: snapshot.fetched_at,
            hash: snapshot.document.hash(),
        }
    }
}
