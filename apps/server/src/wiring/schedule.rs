//! What is done now and then.

use std::sync::Arc;

use equipment::Characters;
use kernel::{Clock, Fenced, Lock};
use members::Sessions;
use schedule::{Coordination, Job, Schedule};
use storage_sql::Database;

use crate::config::Config;
use crate::jobs::{PurgeOutbox, PurgeSessions, PurgeSnapshots, RefreshPopular, WarmUp};
use crate::observed::ObservedStore;
use crate::shared_clock::MAX_SKEW;

/// What is done now and then, and where.
pub(super) fn wire(
    config: &Config,
    characters: &Characters,
    sessions: Arc<Sessions>,
    store: &Arc<ObservedStore>,
    clock: &Arc<dyn Clock>,
    lock: Arc<dyn Lock>,
    database: &Database,
) -> Schedule {
    let nexon = &config.nexon;
    let quota = nexon.api_key.as_ref().map(|_| nexon.quota_per_day.get());
    let jobs: Vec<Arc<dyn Job>> = vec![
        Arc::new(WarmUp {
            characters: characters.clone(),
            store: store.clone(),
        }),
        Arc::new(RefreshPopular::new(characters.clone(), quota)),
        Arc::new(PurgeSnapshots {
            store: store.clone(),
            clock: Arc::clone(clock),
            keep_for: config.serve_stale_for,
            every: config.purge_every,
        }),
        Arc::new(PurgeSessions(sessions)),
        Arc::new(PurgeOutbox {
            store: Arc::new(database.outbox()),
            clock: Arc::clone(clock),
            keep_for: config.notices.keep_for,
        }),
    ];
    let coordination = Coordination {
        lock: Fenced::new(lock, Arc::new(database.fences())),
        ticks: Arc::new(database.job_runs().within_skew(MAX_SKEW)),
    };
    Schedule::new(jobs, &coordination)
}
