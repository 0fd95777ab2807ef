//! The ports, watched: how the upstream answers and how much is stored.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use equipment::{
    Character, CharacterDirectory, CharacterRecord, Equipment, EquipmentSource, InvalidDocument,
    Ocid, Snapshot, SnapshotStore, StoreError, UpstreamError,
};
use kernel::CharacterName;
use resilience::{BreakerState, CircuitBreaker};
use telemetry::{Counters, Histogram, Metrics};
use tokio_util::sync::CancellationToken;

const CALLS: [&str; 3] = ["id", "basic", "item_equipment"];

const OUTCOMES: [&str; 9] = [
    "found",
    "unknown",
    "failed",
    "timed_out",
    "not_available",
    "quota_exceeded",
    "suspended",
    "refused",
    "invalid",
];

/// From 1 KiB to 1 MiB; a real document has about 10 KiB once compressed.
const BYTES: [f64; 11] = [
    1_024.0,
    2_048.0,
    4_096.0,
    8_192.0,
    16_384.0,
    32_768.0,
    65_536.0,
    131_072.0,
    262_144.0,
    524_288.0,
    1_048_576.0,
];

/// Counts the calls to the upstream by what came of them.
#[derive(Debug)]
pub struct ObservedUpstream<U> {
    upstream: U,
    calls: Counters<2>,
}

impl<U> ObservedUpstream<U> {
    /// Watches this upstream.
    pub fn new(upstream: U, metrics: &Metrics) -> Self {
        let known = CALLS
            .iter()
            .flat_map(|&call| OUTCOMES.map(|outcome| [call, outcome]));
        Self {
            upstream,
            calls: metrics.counters(
                "maple_upstream_calls_total",
                "Calls to the upstream, by what was asked and what came of it.",
                ["call", "outcome"],
                known,
            ),
        }
    }

    fn count<T>(&self, call: &'static str, answer: &Result<Option<T>, UpstreamError>) {
        let outcome = match answer {
            Ok(Some(_)) => "found",
            Ok(None) => "unknown",
            Err(UpstreamError::Failed { .. }) => "failed",
            Err(UpstreamError::TimedOut { .. }) => "timed_out",
            Err(UpstreamError::NotAvailable { .. }) => "not_available",
            Err(UpstreamError::QuotaExceeded { .. }) => "quota_exceeded",
            Err(UpstreamError::Suspended { .. }) => "suspended",
            Err(UpstreamError::Refused { reason }) => {
                tracing::error!(call, reason, "upstream refuses us: check the API key");
                "refused"
            }
            Err(UpstreamError::Invalid(_)) => "invalid",
        };
        self.calls.with([call, outcome]).inc();
    }
}

#[async_trait]
impl<U: CharacterDirectory> CharacterDirectory for ObservedUpstream<U> {
    async fn resolve(&self, name: &CharacterName) -> Result<Option<Ocid>, UpstreamError> {
        let answer = self.upstream.resolve(name).await;
        self.count("id", &answer);
        answer
    }

    async fn describe(&self, ocid: &Ocid) -> Result<Option<Character>, UpstreamError> {
        let answer = self.upstream.describe(ocid).await;
        self.count("basic", &answer);
        answer
    }
}

#[async_trait]
impl<U: EquipmentSource> EquipmentSource for ObservedUpstream<U> {
    fn name(&self) -> &'static str {
        self.upstream.name()
    }

    async fn fetch(&self, ocid: &Ocid) -> Result<Option<Bytes>, UpstreamError> {
        let answer = self.upstream.fetch(ocid).await;
        self.count("item_equipment", &answer);
        answer
    }

    fn read(&self, document: &[u8]) -> Result<Equipment, InvalidDocument> {
        self.upstream.read(document)
    }
}

/// Shows where the breaker stands, until told to stop.
pub fn watch_breaker(
    breaker: CircuitBreaker,
    metrics: &Metrics,
    stop: CancellationToken,
) -> impl Future<Output = ()> + Send + use<> {
    let gauge = metrics.gauge(
        "maple_upstream_breaker_state",
        "Whether the upstream is called: 0 closed (it is), 1 half-open (to try), 2 open (not).",
    );
    let mut states = breaker.subscribe();
    let follow = async move {
        loop {
            gauge.set(match states.borrow_and_update().state {
                BreakerState::Closed => 0,
                BreakerState::HalfOpen => 1,
                BreakerState::Open { .. } => 2,
            });
            if states.changed().await.is_err() {
                return;
            }
        }
    };
    async move {
        // The breaker is kept, or nobody could change its state.
        let _breaker = breaker;
        stop.run_until_cancelled(follow).await;
    }
}

/// Measures the snapshots that are stored.
#[derive(Debug)]
pub struct ObservedStore {
    store: Arc<dyn SnapshotStore>,
    bytes: Histogram,
}

impl ObservedStore {
    /// Watches this store.
    pub fn new(store: Arc<dyn SnapshotStore>, metrics: &Metrics) -> Self {
        Self {
            store,
            bytes: metrics.histogram(
                "maple_snapshot_bytes",
                "Size of the equipment snapshots handed to the store, compressed.",
                &BYTES,
            ),
        }
    }
}

#[async_trait]
impl SnapshotStore for ObservedStore {
    async fn character(&self, name: &CharacterName) -> Result<Option<CharacterRecord>, StoreError> {
        self.store.character(name).await
    }

    async fn save_character(&self, record: &CharacterRecord) -> Result<(), StoreError> {
        self.store.save_character(record).await
    }

    async fn latest(&self, ocid: &Ocid) -> Result<Option<Snapshot>, StoreError> {
        self.store.latest(ocid).await
    }

    async fn save(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        self.store.save(snapshot).await?;
        let bytes = u32::try_from(snapshot.document.compressed().len()).unwrap_or(u32::MAX);
        self.bytes.observe(bytes.into());
        Ok(())
    }
}
