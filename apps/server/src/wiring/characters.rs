//! Characters: their use cases over the upstream, the tiers of caches, and their metrics.

use std::sync::Arc;

use equipment::{Characters, CharactersSettings, Dependencies, Lookups, SharedCache};
use http_server::response_cache::ResponseCache;
use kernel::AlertSink;
use nexon_http::{Guarded, NexonClient};
use port_metrics::{
    ObservedShared, ObservedStore, ObservedUpstream, observe_lookups, watch_breaker,
};
use process::WorkerScope;
use storage_sql::GuardedStore;
use tokio_util::task::TaskTracker;

use super::base::Base;
use super::pool::observe_pool;
use crate::config::Config;

/// Makes the use cases of characters and the cache of their responses. `tasks` are the fetches.
pub(super) fn wire(
    base: &mut Base<'_>,
    upstream: Guarded<ObservedUpstream<NexonClient>>,
    store: &Arc<ObservedStore>,
    alerts: Arc<dyn AlertSink>,
    tasks: &TaskTracker,
) -> (Characters, ResponseCache) {
    let upstream = Arc::new(upstream);
    let shared_lookups = Arc::<Lookups>::default();
    let dependencies = Dependencies {
        directory: upstream.clone(),
        source: upstream.clone(),
        stats: upstream,
        store: store.clone(),
        shared: base
            .shared
            .snapshots()
            .map(|snapshots| -> Arc<dyn SharedCache> {
                Arc::new(ObservedShared::new(snapshots, Arc::clone(&shared_lookups)))
            }),
        fetch_locks: base.shared.fetch_locks(),
        alerts,
        clock: base.clock.clone(),
        jitter: base.jitter.clone(),
        tasks: tasks.clone(),
    };
    let characters = Characters::new(dependencies, characters_settings(base.config));
    let finished = ResponseCache::new(
        Memory::of(base.config).responses,
        base.clock.clone(),
        base.jitter.clone(),
        base.metrics,
    );
    let [characters_in_memory, snapshots_in_memory] = characters.lookups();
    let [characters_in_store, snapshots_in_store] = store.lookups();
    let caches = [
        ("response", "memory", finished.lookups()),
        ("character", "memory", characters_in_memory),
        ("character", "store", characters_in_store),
        ("snapshot", "memory", snapshots_in_memory),
        ("snapshot", "shared", shared_lookups),
        ("snapshot", "store", snapshots_in_store),
    ];
    observe_lookups(caches, base.metrics);
    follow_others(base, &characters);
    (characters, finished)
}

/// Lets go of what other instances have replaced, where they can tell.
fn follow_others(base: &mut Base<'_>, characters: &Characters) {
    if !base.shared.is_redis() {
        return;
    }
    let follow = characters.clone();
    base.workers.add(
        "shared cache follower",
        WorkerScope::Requests,
        |stop| async move {
            follow.follow_changes(stop).await;
        },
    );
}

/// Parts of `cache.bytes`.
pub(super) struct Memory {
    /// Names and documents.
    documents: u64,
    /// Finished responses.
    responses: u64,
    /// Answers of evaluations.
    pub(super) answers: u64,
}

impl Memory {
    /// Three eighths for documents, as much for responses, a quarter for answers.
    pub(super) fn of(config: &Config) -> Self {
        let bytes = config.cache_bytes;
        let (answers, responses) = (bytes / 4, bytes / 8 * 3);
        Self {
            documents: bytes - answers - responses,
            responses,
            answers,
        }
    }
}

/// Settings of the use cases of characters.
fn characters_settings(config: &Config) -> CharactersSettings {
    CharactersSettings {
        deadline: config.request_deadline,
        serve_stale_for: config.serve_stale_for,
        compression: config.compression,
        refresh_after: config.refresh_after,
        memory_bytes: Memory::of(config).documents,
        ..CharactersSettings::default()
    }
}

/// The store of characters and snapshots, guarded and watched, as is its pool.
pub(super) fn store(base: &mut Base<'_>) -> Arc<ObservedStore> {
    observe_pool(&base.database, base.metrics);
    let snapshots = Arc::new(base.database.snapshots());
    let store = GuardedStore::new(snapshots, base.jitter.clone());
    let gauge = base.metrics.gauge(
        "maple_db_breaker_state",
        "Whether snapshots are stored: 0 closed (they are), 1 half-open (to try), 2 open (not).",
    );
    let watch = watch_breaker(store.breaker(), gauge);
    let workers = &mut base.workers;
    workers.add("database breaker gauge", WorkerScope::Always, watch);
    Arc::new(ObservedStore::new(Arc::new(store), base.metrics))
}
