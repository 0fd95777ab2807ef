//! The clock that instances share, and the checks of what they depend on.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use kernel::Clock;
use process::{WorkerScope, Workers};
use storage_sql::Database;
use telemetry::Metrics;

use super::base::Base;
use crate::health::WriteCheck;
use crate::shared_clock::SharedClock;

/// The time that instances share, heard once from a database that has a clock, with the worker that
/// asks for it at this interval.
pub(super) async fn shared_clock(
    database: &Database,
    own: Arc<dyn Clock>,
    every: Duration,
    workers: &mut Workers,
    metrics: &Metrics,
) -> anyhow::Result<SharedClock> {
    let clock = SharedClock::new(own, metrics);
    if database.has_own_clock() {
        let heard = clock.follow(database).await;
        heard.context("the database does not say the time")?;
        let (worker, database) = (clock.clone(), database.clone());
        workers.add("shared clock", WorkerScope::Always, move |stop| {
            worker.run(database, every, stop)
        });
    }
    Ok(clock)
}

/// Checks of the database and of Redis by a write, with the workers that look at this interval.
pub(super) fn write_checks(base: &mut Base<'_>) -> Vec<WriteCheck> {
    let every = base.config.notices.watch_every;
    let (database, metrics, workers) = (&base.database, base.metrics, &mut base.workers);
    let failing = metrics.gauge(
        "maple_database_failing",
        "Whether the database takes no writes: 0 it takes them, 1 it does not.",
    );
    let check = WriteCheck::database(database.clone(), failing);
    let worker = check.clone();
    workers.add("database check", WorkerScope::Always, move |stop| {
        worker.run(every, stop)
    });
    let mut checks = vec![check];
    if let Some(check) = base.shared.write_check(metrics) {
        let worker = check.clone();
        workers.add("redis check", WorkerScope::Always, move |stop| {
            worker.run(every, stop)
        });
        checks.push(check);
    }
    checks
}
