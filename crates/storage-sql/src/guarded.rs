//! The store behind a circuit breaker: a database that is down costs answers nothing.
//!
//! A pool tries to connect again and again until its patience ends, so each call to a database
//! that refuses connections takes as long as one to a database that hangs. While the breaker is
//! open a call fails at once, and a caller that has a copy in memory answers with it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use equipment::{CharacterRecord, Ocid, Snapshot, SnapshotStore, StoreError};
use jiff::Timestamp;
use kernel::CharacterName;
use resilience::{Backoff, BreakerSettings, CallError, CircuitBreaker, Jitter, Outcome};

/// A store that is left alone for a while after it has failed again and again.
#[derive(Debug)]
pub struct GuardedStore {
    store: Arc<dyn SnapshotStore>,
    breaker: CircuitBreaker,
}

impl GuardedStore {
    /// Guards this store.
    pub fn new(store: Arc<dyn SnapshotStore>, jitter: Jitter) -> Self {
        // A database is back sooner than an upstream, and trying it costs nobody anything.
        let settings = BreakerSettings {
            window: Duration::from_secs(10),
            open_time: Backoff::new(Duration::from_secs(1), Duration::from_secs(4))
                .expect("1 s is above zero and below 4 s"),
            probes_to_close: std::num::NonZeroU32::MIN,
            ..BreakerSettings::default()
        };
        let breaker = CircuitBreaker::new("database", settings, jitter);
        Self {
            store,
            breaker: breaker.expect("each setting is within its range"),
        }
    }

    /// The breaker, for metrics. A clone is the same breaker.
    pub fn breaker(&self) -> CircuitBreaker {
        self.breaker.clone()
    }

    async fn call<T>(
        &self,
        action: &'static str,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let judge = |result: &Result<T, StoreError>| match result {
            Ok(_) => Outcome::Success,
            Err(_) => Outcome::Failure,
        };
        let result = self.breaker.call(call, judge).await;
        result.map_err(|error| match error {
            CallError::Failed(error) => error,
            CallError::Rejected(rejected) => StoreError {
                action,
                source: Box::new(rejected),
            },
        })
    }
}

#[async_trait]
impl SnapshotStore for GuardedStore {
    async fn character(&self, name: &CharacterName) -> Result<Option<CharacterRecord>, StoreError> {
        let call = self.store.character(name);
        self.call("read a character", call).await
    }

    async fn save_character(&self, record: &CharacterRecord) -> Result<(), StoreError> {
        let call = self.store.save_character(record);
        self.call("save a character", call).await
    }

    async fn latest(&self, ocid: &Ocid) -> Result<Option<Snapshot>, StoreError> {
        let call = self.store.latest(ocid);
        self.call("read a snapshot", call).await
    }

    async fn save(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let call = self.store.save(snapshot);
        self.call("save a snapshot", call).await
    }

    async fn recent(&self, limit: u32) -> Result<Vec<CharacterName>, StoreError> {
        let call = self.store.recent(limit);
        self.call("read recent characters", call).await
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let call = self.store.purge(before, limit);
        self.call("purge snapshots", call).await
    }
}

#[cfg(test)]
mod tests {
    use equipment::testkit::{MemoryStore, snapshot_store_contract};

    use super::*;

    fn guarded() -> (Arc<MemoryStore>, GuardedStore) {
        let store = Arc::new(MemoryStore::default());
        let guarded = GuardedStore::new(store.clone(), Jitter::from_seed(1));
        (store, guarded)
    }

    #[tokio::test]
    async fn sound_store_keeps_its_contract() {
        snapshot_store_contract(&guarded().1).await;
    }

    #[tokio::test(start_paused = true)]
    async fn failing_store_is_left_alone_and_tried_again_within_five_seconds() {
        let (store, guarded) = guarded();
        store.set_failing(true);
        let ocid = Ocid::new("ocid");
        for _ in 0..5 {
            guarded.latest(&ocid).await.unwrap_err();
        }
        store.set_failing(false);
        let error = guarded.latest(&ocid).await.unwrap_err();
        assert!(error.source.is::<resilience::Rejected>(), "{error:?}");
        tokio::time::sleep(Duration::from_secs(5)).await;
        assert!(guarded.latest(&ocid).await.is_ok());
        assert!(guarded.latest(&ocid).await.is_ok(), "and it is closed");
    }
}
