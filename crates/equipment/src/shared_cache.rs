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

    /// Changes from now on, by this instance or another. A reader that is notified that it lags
    /// has missed some, as with [`SharedChange::Missed`].
    fn changes(&self) -> broadcast::Receiver<SharedChange>;
}

/// Change in a [`SharedCache`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SharedChange {
    /// A snapshot was put.
    Put(SnapshotVersion),
    /// Notifications may have been missed: local copies must be validated again.
    Missed,
}

/// Version of a character's newest snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotVersion {
    /// The character that wears it.
    pub ocid: Ocid,
    /// Time of the fetch.
    pub fetched_at: Timestamp,
    /// Hash of the document: two snapshots of one hash differ in their age only.
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
