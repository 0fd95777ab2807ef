//! Scheduled jobs.

use std::sync::Arc;

use equipment::Characters;
use kernel::Fenced;
use members::Sessions;
use port_metrics::{JobMetrics, ObservedStore};
use schedule::{Coordination, Job, RunnerParts, Schedule};

use super::base::Base;
use crate::jobs::{self, PurgeOutbox, PurgeSessions, PurgeSnapshots, RefreshPopular, WarmUp};
use crate::shared_clock::MAX_SKEW;

/// Makes the scheduled jobs, each with the instances that run it, and adds the workers that run them.
pub(super) fn wire(
    base: &mut Base<'_>,
    characters: &Characters,
    sessions: &Arc<Sessions>,
    store: &Arc<ObservedStore>,
) -> Schedule {
    let (config, clock, database) = (base.config, &base.clock, &base.database);
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
        Arc::new(PurgeSessions(Arc::clone(sessions))),
        Arc::new(PurgeOutbox {
            store: Arc::new(database.outbox()),
            clock: Arc::clone(clock),
            keep_for: config.notices.keep_for,
        }),
    ];
    let coordination = Coordination {
        lock: Fenced::new(base.shared.lock(), Arc::new(database.fences())),
        ticks: Arc::new(database.job_runs().within_skew(MAX_SKEW)),
    };
    let schedule = Schedule::new(jobs, &coordination);
    let parts = RunnerParts {
        instance: base.instance.clone(),
        clock: base.clock.clone(),
        jitter: base.jitter.clone(),
        observer: Arc::new(JobMetrics::new(base.metrics, &schedule.names())),
    };
    jobs::spawn_workers(&schedule, &parts, &mut base.workers);
    schedule
}
