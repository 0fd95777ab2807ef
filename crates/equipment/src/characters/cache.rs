//! Tiers of known data: memory, the memory that instances share, the store.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kernel::{CharacterName, Clock};
use resilience::{FlightError, Jitter, SingleFlight};
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use super::settings::Shares;
use super::validity::Versions;
use crate::{
    ByteCache, CharacterRecord, Degradation, Lookups, Ocid, SharedCache, SharedChange, Snapshot,
    SnapshotStore, SnapshotVersion, StoreError,
};

/// Time for which memory keeps data that nobody has refreshed; the store keeps them longer.
pub(super) const KEPT_IN_MEMORY: Duration = Duration::from_hours(1);

/// Time for which the shared tier keeps a snapshot.
const KEPT_IN_SHARED: Duration = Duration::from_hours(1);

const TYPICAL_CHARACTER_BYTES: usize = 200;
const TYPICAL_SNAPSHOT_BYTES: usize = 10_000;

/// A snapshot, and whether it was found in memory, where only those are that were read before.
#[derive(Debug)]
pub(super) struct Hit {
    pub(super) snapshot: Snapshot,
    pub(super) was_read: bool,
}

/// Finds and keeps characters and snapshots. A tier that fails is a degradation, not an error.
///
/// Memory holds only snapshots whose document could be read, so that nobody need read one again
/// to know that.
#[derive(Debug)]
pub(super) struct TieredCache {
    characters: ByteCache<CharacterName, CharacterRecord>,
    snapshots: ByteCache<Ocid, Snapshot>,
    versions: Arc<Versions>,
    shared: Option<Arc<dyn SharedCache>>,
    store: Arc<dyn SnapshotStore>,
    /// Reads of the store under way, which all who want the same share: what is cold is often
    /// wanted by many at once.
    character_reads: SingleFlight<CharacterName, Option<CharacterRecord>, Arc<StoreError>>,
    snapshot_reads: SingleFlight<Ocid, Option<Snapshot>, Arc<StoreError>>,
}

impl TieredCache {
    pub(super) fn new(
        store: Arc<dyn SnapshotStore>,
        shared: Option<Arc<dyn SharedCache>>,
        shares: Shares,
        versions: &Arc<Versions>,
        clock: &Arc<dyn Clock>,
        jitter: &Jitter,
    ) -> Self {
        let (clock, jitter) = (|| Arc::clone(clock), || jitter.clone());
        let characters = shares.characters;
        let snapshots = shares.snapshots;
        Self {
            characters: ByteCache::new(characters, TYPICAL_CHARACTER_BYTES, clock(), jitter()),
            snapshots: ByteCache::new(snapshots, TYPICAL_SNAPSHOT_BYTES, clock(), jitter()),
            versions: Arc::clone(versions),
            shared,
            store,
            character_reads: SingleFlight::new(),
            snapshot_reads: SingleFlight::new(),
        }
    }

    /// Counters of the lookups in memory: of characters, and of snapshots.
    pub(super) fn lookups(&self) -> [Arc<Lookups>; 2] {
        [self.characters.lookups(), self.snapshots.lookups()]
    }

    /// The character last known by this name: the first found that is newer than `since`, else
    /// the newest there is.
    pub(super) async fn character(
        &self,
        name: &CharacterName,
        since: Timestamp,
        degradations: &mut Vec<Degradation>,
    ) -> Option<CharacterRecord> {
        let held = self.characters.get(name);
        if held.as_ref().is_some_and(|held| held.fetched_at > since) {
            return held;
        }
        let stored = note(self.stored_character(name).await, degradations);
        let newest = newest(held, stored, |record| record.fetched_at)?;
        self.cache_character(&newest);
        Some(newest)
    }

    /// The character that memory holds by this name; the look-up is not counted.
    pub(super) fn peek_character(&self, name: &CharacterName) -> Option<CharacterRecord> {
        self.characters.peek(name)
    }

    /// The snapshot that memory holds; the look-up is not counted.
    pub(super) fn peek_snapshot(&self, ocid: &Ocid) -> Option<Snapshot> {
        self.snapshots.peek(ocid)
    }

    /// Keeps who a character is.
    pub(super) async fn store_character(
        &self,
        record: &CharacterRecord,
        degradations: &mut Vec<Degradation>,
    ) {
        self.cache_character(record);
        note(self.store.save_character(record).await, degradations);
    }

    /// The snapshot of a character's equipment: the first found that is newer than `since`, else
    /// the newest there is. One from further than memory is to be [held](Self::cache_snapshot)
    /// once it is read.
    pub(super) async fn snapshot(
        &self,
        ocid: &Ocid,
        since: Timestamp,
        degradations: &mut Vec<Degradation>,
    ) -> Option<Hit> {
        let fetched_at = |found: &Hit| found.snapshot.fetched_at;
        let is_good = |found: &Option<Hit>| {
            let found = found.as_ref();
            found.is_some_and(|found| fetched_at(found) > since)
        };
        let from_afar = |snapshot| Hit {
            snapshot,
            was_read: false,
        };
        let mut found = self.snapshots.get(ocid).map(|snapshot| Hit {
            snapshot,
            was_read: true,
        });
        if is_good(&found) {
            return found;
        }
        if let Some(shared) = &self.shared {
            let kept = note(shared.snapshot(ocid).await, degradations);
            found = newest(found, kept.map(from_afar), fetched_at);
        }
        if !is_good(&found) {
            let stored = note(self.stored_snapshot(ocid).await, degradations);
            found = newest(found, stored.map(from_afar), fetched_at);
        }
        found
    }

    /// Keeps a snapshot in memory. Its document MUST have been read.
    pub(super) fn cache_snapshot(&self, snapshot: &Snapshot) {
        let ocid = &snapshot.ocid;
        let bytes =
            size_of::<Snapshot>() + 2 * ocid.as_str().len() + snapshot.document.compressed().len();
        self.snapshots
            .put(ocid.clone(), snapshot.clone(), bytes, KEPT_IN_MEMORY);
        self.versions.snapshot_changed(ocid);
    }

    /// Keeps a snapshot in every tier. Its document MUST have been read.
    pub(super) async fn store_snapshot(
        &self,
        snapshot: &Snapshot,
        degradations: &mut Vec<Degradation>,
    ) {
        self.cache_snapshot(snapshot);
        note(self.store.save(snapshot).await, degradations);
        if let Some(shared) = &self.shared {
            note(shared.put(snapshot, KEPT_IN_SHARED).await, degradations);
        }
    }

    /// Lets go of what other instances have replaced, until told to stop.
    pub(super) async fn follow_changes(&self, stop: CancellationToken) {
        let Some(shared) = &self.shared else {
            return;
        };
        let mut changes = shared.changes();
        loop {
            let change = tokio::select! {
                () = stop.cancelled() => return,
                change = changes.recv() => change,
            };
            match change {
                Ok(SharedChange::Put(version)) => self.learn_of(&version),
                // Which ones were missed is not known, so none is trusted any longer.
                Ok(SharedChange::Missed) | Err(RecvError::Lagged(_)) => {
                    self.snapshots.clear();
                    self.versions.all_changed();
                }
                Err(RecvError::Closed) => return,
            }
        }
    }

    /// There is a newer snapshot: ours is as new if it is equal, and stale if not.
    fn learn_of(&self, version: &SnapshotVersion) {
        let Some(held) = self.snapshots.get(&version.ocid) else {
            // An answer made of one that memory has let go may still stand.
            self.versions.snapshot_changed(&version.ocid);
            return;
        };
        if held.fetched_at >= version.fetched_at {
            return;
        }
        if held.document.hash() == version.hash {
            let fetched_at = version.fetched_at;
            self.cache_snapshot(&Snapshot { fetched_at, ..held });
        } else {
            self.snapshots.remove(&version.ocid);
            self.versions.snapshot_changed(&version.ocid);
        }
    }

    async fn stored_character(
        &self,
        name: &CharacterName,
    ) -> Result<Option<CharacterRecord>, Arc<StoreError>> {
        let (store, wanted) = (Arc::clone(&self.store), name.clone());
        let read = move || async move { Ok(store.character(&wanted).await?) };
        let read = self.character_reads.run(name.clone(), read).await;
        read.map_err(why_not_read)
    }

    async fn stored_snapshot(&self, ocid: &Ocid) -> Result<Option<Snapshot>, Arc<StoreError>> {
        let (store, wanted) = (Arc::clone(&self.store), ocid.clone());
        let read = move || async move { Ok(store.latest(&wanted).await?) };
        let read = self.snapshot_reads.run(ocid.clone(), read).await;
        read.map_err(why_not_read)
    }

    fn cache_character(&self, record: &CharacterRecord) {
        let character = &record.character;
        let name = &character.name;
        let bytes = size_of::<CharacterRecord>()
            + 2 * name.as_str().len()
            + character.ocid.as_str().len()
            + character.world.len()
            + character.class.len();
        self.characters
            .put(name.clone(), record.clone(), bytes, KEPT_IN_MEMORY);
        self.versions.name_changed(name);
    }
}

/// The newer one; the first, when they are equal.
fn newest<T>(one: Option<T>, other: Option<T>, age: impl Fn(&T) -> Timestamp) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) if age(&one) >= age(&other) => Some(one),
        (one, other) => other.or(one),
    }
}

fn why_not_read(error: FlightError<Arc<StoreError>>) -> Arc<StoreError> {
    match error {
        FlightError::Failed(error) => error,
        FlightError::Panicked => Arc::new(StoreError {
            action: "read",
            source: "the read panicked".into(),
        }),
    }
}

fn note<T: Default>(
    result: Result<T, impl Into<Arc<StoreError>>>,
    degradations: &mut Vec<Degradation>,
) -> T {
    result.unwrap_or_else(|error| {
        degradations.push(Degradation::Store(error.into()));
        T::default()
    })
}
