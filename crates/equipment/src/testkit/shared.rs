//! A shared cache in memory.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use kernel::Clock;
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::broadcast;

use crate::{Ocid, SharedCache, SharedChange, Snapshot, SnapshotVersion, StoreError};

/// Changes that a slow reader may fall behind.
const CHANGES: usize = 64;

/// Shares snapshots between the users of one process, as strictly as a server would.
#[derive(Debug)]
pub struct MemorySharedCache {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    changes: broadcast::Sender<SharedChange>,
}

#[derive(Debug, Default)]
struct State {
    failing: bool,
    kept: HashMap<Ocid, (Snapshot, Timestamp)>,
}

impl MemorySharedCache {
    /// Nothing kept yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            state: Mutex::default(),
            changes: broadcast::Sender::new(CHANGES),
        }
    }

    /// Makes every call fail from now on, or work again.
    pub fn set_failing(&self, failing: bool) {
        self.lock().failing = failing;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock()
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
impl SharedCache for MemorySharedCache {
    async fn snapshot(&self, ocid: &Ocid) -> Result<Option<Snapshot>, StoreError> {
        let state = self.open("read the shared cache")?;
        let kept = state.kept.get(ocid);
        let alive = kept.filter(|(_, ends)| self.clock.now() < *ends);
        Ok(alive.map(|(snapshot, _)| snapshot.clone()))
    }

    async fn put(&self, snapshot: &Snapshot, ttl: Duration) -> Result<(), StoreError> {
        let mut state = self.open("write the shared cache")?;
        let kept = state.kept.get(&snapshot.ocid);
        if kept.is_none_or(|(kept, _)| kept.fetched_at <= snapshot.fetched_at) {
            let entry = (snapshot.clone(), self.clock.now() + ttl);
            state.kept.insert(snapshot.ocid.clone(), entry);
            // Nobody need be listening.
            let change = SharedChange::Put(SnapshotVersion::of(snapshot));
            let _ = self.changes.send(change);
        }
        Ok(())
    }

    fn changes(&self) -> broadcast::Receiver<SharedChange> {
        self.changes.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use kernel::ManualClock;

    use super::*;
    use crate::testkit::shared_cache_contract;

    #[tokio::test]
    async fn shared_cache_in_memory_keeps_the_contract() {
        let clock = Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH));
        let cache = MemorySharedCache::new(clock.clone());
        let pass = async |time| clock.advance(time);
        shared_cache_contract(&cache, Duration::from_secs(1), pass).await;
    }

    #[tokio::test]
    async fn failing_cache_fails_every_call_until_it_is_mended() {
        let cache = MemorySharedCache::new(Arc::new(kernel::SystemClock));
        let ocid = Ocid::new("ocid");
        cache.set_failing(true);
        assert!(cache.snapshot(&ocid).await.is_err());
        cache.set_failing(false);
        assert_eq!(cache.snapshot(&ocid).await.unwrap(), None);
    }
}
