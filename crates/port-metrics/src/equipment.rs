//! Metrics of the upstream, the store of snapshots, the caches, breakers and alerts.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use alerts::MetricSource;
use async_trait::async_trait;
use bytes::Bytes;
use equipment::{
    Character, CharacterDirectory, CharacterRecord, Equipment, EquipmentSource, InvalidDocument,
    Lookups, Ocid, SharedCache, SharedChange, Snapshot, SnapshotStore, StatsSource, StoreError,
    UpstreamError,
};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use kernel::{Alert, AlertError, AlertSink, CharacterName};
use planning::{GivenStats, RecordedStats, StatSource};
use resilience::{BreakerState, CircuitBreaker};
use telemetry::{Counters, Gauge, Histogram, Metrics, ReadRow};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

const CALLS: [&str; 10] = [
    "id",
    "basic",
    "item_equipment",
    "stat",
    "hyper_stat",
    "ability",
    "symbol_equipment",
    "set_effect",
    "union_raider",
    "link_skill",
];

const OUTCOMES: [&str; 11] = [
    "found",
    "unknown",
    "failed",
    "timed_out",
    "not_available",
    "quota_exceeded",
    "suspended",
    "refused",
    "invalid",
    "unusable",
    "quota_unknown",
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
            Err(UpstreamError::Unusable(_)) => "unusable",
            // Said before a call is made.
            Err(UpstreamError::QuotaUnknown { .. }) => "quota_unknown",
            Err(UpstreamError::AllowanceSpent(_)) => return,
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

#[async_trait]
impl<U: StatsSource> StatsSource for ObservedUpstream<U> {
    async fn recorded(&self, ocid: &Ocid) -> Result<Option<RecordedStats>, UpstreamError> {
        let answer = self.upstream.recorded(ocid).await;
        self.count("stat", &answer);
        answer
    }

    async fn given(
        &self,
        ocid: &Ocid,
        source: StatSource,
    ) -> Result<Option<GivenStats>, UpstreamError> {
        let answer = self.upstream.given(ocid, source).await;
        let call = match source {
            StatSource::ItemEquipment => "item_equipment",
            StatSource::HyperStat => "hyper_stat",
            StatSource::Ability => "ability",
            StatSource::Symbol => "symbol_equipment",
            StatSource::SetEffect => "set_effect",
            StatSource::UnionRaider => "union_raider",
            StatSource::LinkSkill => "link_skill",
        };
        self.count(call, &answer);
        answer
    }
}

/// A worker that shows where a breaker stands: 0 closed, 1 half-open, 2 open.
pub fn watch_breaker(
    breaker: CircuitBreaker,
    gauge: Gauge,
) -> impl FnOnce(CancellationToken) -> BoxFuture<'static, ()> + use<> {
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
    |stop| {
        async move {
            // The breaker is kept, or nobody could change its state.
            let _breaker = breaker;
            stop.run_until_cancelled(follow).await;
        }
        .boxed()
    }
}

/// Bytes of a document over those it is stored in; a real one has about 15.
const RATIOS: [f64; 10] = [1.0, 2.0, 4.0, 6.0, 8.0, 10.0, 15.0, 20.0, 30.0, 50.0];

/// Measures the snapshots that are stored, and counts lookups.
#[derive(Debug)]
pub struct ObservedStore {
    store: Arc<dyn SnapshotStore>,
    bytes: Histogram,
    ratio: Histogram,
    characters: Arc<Lookups>,
    snapshots: Arc<Lookups>,
}

impl ObservedStore {
    /// Watches this store.
    pub fn new(store: Arc<dyn SnapshotStore>, metrics: &Metrics) -> Self {
        Self {
            store,
            bytes: metrics.histogram(
                "maple_snapshot_bytes",
                "Size of the snapshots of equipment and stats handed to the store, compressed.",
                &BYTES,
            ),
            ratio: metrics.histogram(
                "maple_snapshot_compression_ratio",
                "Size of the snapshots of equipment and stats handed to the store, plain over compressed.",
                &RATIOS,
            ),
            characters: Arc::default(),
            snapshots: Arc::default(),
        }
    }

    /// Counters of the lookups of characters, and of snapshots.
    pub fn lookups(&self) -> [Arc<Lookups>; 2] {
        [Arc::clone(&self.characters), Arc::clone(&self.snapshots)]
    }
}

#[async_trait]
impl SnapshotStore for ObservedStore {
    async fn character(&self, name: &CharacterName) -> Result<Option<CharacterRecord>, StoreError> {
        let found = self.store.character(name).await?;
        self.characters.count(found.is_some());
        Ok(found)
    }

    async fn save_character(&self, record: &CharacterRecord) -> Result<(), StoreError> {
        self.store.save_character(record).await
    }

    async fn latest(&self, ocid: &Ocid) -> Result<Option<Snapshot>, StoreError> {
        let found = self.store.latest(ocid).await?;
        self.snapshots.count(found.is_some());
        Ok(found)
    }

    async fn save(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        self.store.save(snapshot).await?;
        let bytes = u32::try_from(snapshot.document.compressed().len()).unwrap_or(u32::MAX);
        self.bytes.observe(bytes.into());
        if let (Some(plain), 1..) = (snapshot.document.plain_bytes(), bytes) {
            self.ratio.observe(plain as f64 / f64::from(bytes));
        }
        Ok(())
    }

    async fn recent(&self, limit: u32) -> Result<Vec<CharacterName>, StoreError> {
        self.store.recent(limit).await
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.store.purge(before, limit).await
    }
}

/// The snapshots that instances share, with their lookups counted.
#[derive(Debug)]
pub struct ObservedShared {
    shared: Arc<dyn SharedCache>,
    lookups: Arc<Lookups>,
}

impl ObservedShared {
    /// Watches this cache.
    pub fn new(shared: Arc<dyn SharedCache>, lookups: Arc<Lookups>) -> Self {
        Self { shared, lookups }
    }
}

#[async_trait]
impl SharedCache for ObservedShared {
    async fn snapshot(&self, ocid: &Ocid) -> Result<Option<Snapshot>, StoreError> {
        let found = self.shared.snapshot(ocid).await?;
        self.lookups.count(found.is_some());
        Ok(found)
    }

    async fn put(&self, snapshot: &Snapshot, ttl: Duration) -> Result<(), StoreError> {
        self.shared.put(snapshot, ttl).await
    }

    fn changes(&self) -> broadcast::Receiver<SharedChange> {
        self.shared.changes()
    }
}

/// Declares the lookups of all caches: what is looked for, where, and whether it was there.
pub fn observe_lookups(caches: [(&'static str, &'static str, Arc<Lookups>); 6], metrics: &Metrics) {
    let rows = caches.into_iter().flat_map(|(cache, tier, lookups)| {
        let (hits, misses) = (Arc::clone(&lookups), lookups);
        let hit: ReadRow<'_, 3> = ([cache, tier, "hit"], Box::new(move || hits.hits()));
        let miss: ReadRow<'_, 3> = ([cache, tier, "miss"], Box::new(move || misses.misses()));
        [hit, miss]
    });
    metrics.counters_of(
        "maple_cache_lookups_total",
        "Lookups by what was looked for, in which tier, and whether it was there, however old.",
        ["cache", "tier", "outcome"],
        rows,
    );
}

/// Alerts that are sent, counted.
#[derive(Debug)]
pub struct ObservedAlerts {
    sink: Arc<dyn AlertSink>,
    sent: Counters<1>,
}

impl ObservedAlerts {
    /// Watches this receiver.
    pub fn new(sink: Arc<dyn AlertSink>, sent: Counters<1>) -> Self {
        Self { sink, sent }
    }

    /// Declares the counters.
    pub fn counters(metrics: &Metrics) -> Counters<1> {
        metrics.counters(
            "maple_alerts_sent_total",
            "Alerts sent to Discord, by outcome.",
            ["outcome"],
            [["sent"], ["failed"]],
        )
    }
}

#[async_trait]
impl AlertSink for ObservedAlerts {
    async fn send(&self, alert: &Alert) -> Result<(), AlertError> {
        let sent = self.sink.send(alert).await;
        let outcome = if sent.is_ok() { "sent" } else { "failed" };
        self.sent.with([outcome]).inc();
        sent
    }
}

/// Metrics of this process, as the rules read them.
#[derive(Debug)]
pub struct MetricReadings(pub Metrics);

impl MetricSource for MetricReadings {
    fn read(&self) -> HashMap<String, f64> {
        self.0.readings().into_map()
    }
}
