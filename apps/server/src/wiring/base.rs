//! Parts on which all others are wired: the configuration, the clock, the database, state that
//! instances share, and the workers added so far.

use std::sync::Arc;

use alerts::SharedAlerts;
use anyhow::Context;
use kernel::{AlertSink, Clock};
use process::Workers;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use resilience::Jitter;
use storage_sql::Database;
use telemetry::Metrics;

use super::database::open_database;
use super::health;
use super::shared::SharedServices;
use crate::config::Config;
use crate::shared_clock::SharedClock;

/// Parts on which all others are wired.
pub(super) struct Base<'a> {
    pub(super) config: &'a Config,
    pub(super) metrics: &'a Metrics,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) jitter: Jitter,
    /// Name of this instance.
    pub(super) instance: String,
    pub(super) database: Database,
    pub(super) shared: SharedServices,
    pub(super) workers: Workers,
}

impl<'a> Base<'a> {
    /// Opens the database, hears its clock, and begins to connect to Redis.
    pub(super) async fn of(
        config: &'a Config,
        metrics: &'a Metrics,
        clock: Arc<dyn Clock>,
    ) -> anyhow::Result<(Self, SharedClock)> {
        let jitter = Jitter::from_seed(SmallRng::from_os_rng().random());
        let database = up_to_date(config).await?.with_breaker(jitter.clone());
        let mut workers = Workers::default();
        let every = config.notices.watch_every;
        let shared_clock = health::shared_clock(&database, clock, every, &mut workers, metrics);
        let shared_clock = shared_clock.await?;
        let clock: Arc<dyn Clock> = Arc::new(shared_clock.clone());
        let shared = SharedServices::connect(config, &database, metrics, &clock, &jitter)?;
        let base = Self {
            config,
            metrics,
            clock,
            jitter,
            instance: instance(config),
            database,
            shared,
            workers,
        };
        Ok((base, shared_clock))
    }

    /// Alerts about what all instances depend on alike, reported to `sink` once for all.
    pub(super) fn shared_alerts(&mut self, sink: Arc<dyn AlertSink>) -> Option<Arc<SharedAlerts>> {
        let workers = &mut self.workers;
        self.shared.shared_alerts(sink, &self.instance, workers)
    }

    /// Declares the metrics of the process and of its workers.
    pub(super) fn observe(&mut self) {
        self.metrics.process();
        self.workers.observe(self.metrics);
        // At zero, whether traces are on or not.
        self.metrics.spans();
        let version = env!("CARGO_PKG_VERSION");
        self.metrics.build_info(&[("version", version)]);
    }
}

/// The database, brought to this version's schema.
async fn up_to_date(config: &Config) -> anyhow::Result<Database> {
    let database = open_database(config).await?;
    let migrated = database.migrate().await;
    migrated.context("cannot migrate the database")?;
    Ok(database)
}

/// Name of this instance.
fn instance(config: &Config) -> String {
    let made_up = || format!("instance-{:08x}", SmallRng::from_os_rng().random::<u32>());
    config.instance_id.clone().unwrap_or_else(made_up)
}
