//! Metrics of the database's pool.

use storage_sql::{Database, PoolStatus};
use telemetry::Metrics;

/// Shows how full the database's pool is, whenever metrics are read.
pub(super) fn observe_pool(database: &Database, metrics: &Metrics) {
    type Part = fn(&PoolStatus) -> u32;
    let parts: [(&str, &str, Part); 5] = [
        (
            "maple_db_pool_size",
            "Connections to the database that are open.",
            |pool| pool.size,
        ),
        (
            "maple_db_pool_idle",
            "Open connections to the database that nobody uses.",
            |pool| pool.idle,
        ),
        (
            "maple_db_pool_in_use",
            "Connections to the database in use.",
            |pool| pool.size.saturating_sub(pool.idle),
        ),
        (
            "maple_db_pool_max",
            "The most connections to the database that may be open.",
            |pool| pool.max,
        ),
        (
            "maple_db_pool_waiters",
            "Calls that wait for a connection to the database.",
            |pool| pool.waiters,
        ),
    ];
    for (name, help, part) in parts {
        let database = database.clone();
        metrics.gauge_of(name, help, move || part(&database.pool_status()).into());
    }
}
