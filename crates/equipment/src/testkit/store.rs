//! A snapshot store in memory.

use std::collections::HashMap;

use async_trait::async_trait;
use jiff::Timestamp;
use kernel::CharacterName;
use parking_lot::{Mutex, MutexGuard};

use crate::{CharacterRecord, Ocid, Snapshot, SnapshotStore, StoreError};

/// Keeps snapshots in memory, as strictly as a database.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    failing: bool,
    characters: HashMap<CharacterName, CharacterRecord>,
    snapshots: HashMap<Ocid, Snapshot>,
}

impl MemoryStore {
    /// Makes every call fail from now on, or work again.
    pub fn set_failing(&self, failing: bool) {
        self.lock().failing = failing;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock()
    }

    fn open(&self, action: &'static str) -> Result<MutexGuard<'_, State>, StoreError> {
        let state = self.lock();
        if state.failing {
            return Err(StoreError {
                action,
                source: "the test made it fail".into(),
            });
        }
        Ok(state)
    }
}

#[async_trait]
impl SnapshotStore for MemoryStore {
    async fn character(&self, name: &CharacterName) -> Result<Option<CharacterRecord>, StoreError> {
        let state = self.open("read a character")?;
        Ok(state.characters.get(name).cloned())
    }

    async fn save_character(&self, record: &CharacterRecord) -> Result<(), StoreError> {
        let mut state = self.open("save a character")?;
        let name = &record.character.name;
        let stored = state.characters.get(name);
        if stored.is_none_or(|stored| stored.fetched_at <= record.fetched_at) {
            state.characters.insert(name.clone(), record.clone());
        }
        Ok(())
    }

    async fn latest(&self, ocid: &Ocid) -> Result<Option<Snapshot>, StoreError> {
        let state = self.open("read a snapshot")?;
        Ok(state.snapshots.get(ocid).cloned())
    }

    async fn save(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let mut state = self.open("save a snapshot")?;
        let stored = state.snapshots.get(&snapshot.ocid);
        if stored.is_none_or(|stored| stored.fetched_at <= snapshot.fetched_at) {
            state
                .snapshots
                .insert(snapshot.ocid.clone(), snapshot.clone());
        }
        Ok(())
    }

    async fn recent(&self, limit: u32) -> Result<Vec<CharacterName>, StoreError> {
        let state = self.open("read recent characters")?;
        let mut records: Vec<_> = state.characters.values().collect();
        records.sort_by_key(|record| std::cmp::Reverse(record.fetched_at));
        let names = records.iter().map(|record| record.character.name.clone());
        Ok(names.take(limit as usize).collect())
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let mut state = self.open("purge snapshots")?;
        let snapshots = state.snapshots.values();
        let mut old: Vec<_> = snapshots
            .filter(|snapshot| snapshot.fetched_at < before)
            .map(|snapshot| (snapshot.fetched_at, snapshot.ocid.clone()))
            .collect();
        old.sort();
        old.truncate(limit as usize);
        for (_, ocid) in &old {
            state.snapshots.remove(ocid);
        }
        Ok(old.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::snapshot_store_contract;

    #[tokio::test]
    async fn store_in_memory_keeps_the_contract() {
        snapshot_store_contract(&MemoryStore::default()).await;
    }

    #[tokio::test]
    async fn failing_store_fails_every_call_until_it_is_mended() {
        let store = MemoryStore::default();
        store.set_failing(true);
        let ocid = Ocid::new("ocid");
        assert!(store.latest(&ocid).await.is_err());
        store.set_failing(false);
        assert_eq!(store.latest(&ocid).await.unwrap(), None);
    }
}
