//! The running parts, made from the configuration, plainly from top to bottom.

pub(crate) mod members;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use ::schedule::Schedule;
use anyhow::Context;
use equipment::{Characters, Evaluator};
use http_server::{Limits, LoadShedder, response_cache::ResponseCache};
use kernel::{AlertSink, Clock};
use nexon_sandbox::Sandbox;
use process::{Lifecycle, Workers};
use rand::SeedableRng;
use rand::rngs::SmallRng;
use storage_sql::Database;
use telemetry::Metrics;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::access::{AdminToken, FetchBounds, FetchLimits, RatePolicy, TrustedProxies};
use crate::config::{Config, Nexon};
use crate::health::WriteCheck;
use crate::http::{CharacterCachePolicy, RequestIds, RequestMetrics};
use crate::openapi;
use crate::shared_clock::SharedClock;
use crate::state::{AppState, HealthCheck};
use crate::wiring::shared::SharedServices;
use base::Base;
use characters::{Memory, store};

pub use database::open_database;
pub(crate) use database::open_existing_database;
pub(crate) use upstream::upstream;

mod base;
mod characters;
mod database;
mod health;
mod notices;
mod people;
mod pool;
mod schedule;
mod shared;
mod upstream;

/// Wait of the end for fetches that no request waits for any longer. They may be cut off.
const LAST_FETCHES: Duration = Duration::from_millis(500);

/// Wait of the end for the database to close.
const LAST_STATEMENTS: Duration = Duration::from_secs(1);

/// Chunks of documents that may be made at the same time: more than there are processors on the
/// machines this is made for would only take memory.
const CHUNK_PERMITS: usize = 4;

/// Everything that answers questions.
#[derive(Debug)]
pub struct Wired {
    /// Characters and their equipment.
    pub characters: Characters,
    /// Source of characters, as responses name it.
    pub source: &'static str,
    limits: Limits,
    client_fetches: Option<FetchBounds>,
    deadline: Duration,
    finished: ResponseCache,
    evaluator: Evaluator,
    cache_policy: CharacterCachePolicy,
    members: members::Members,
    people: people::People,
    /// Work beside the requests.
    pub workers: Workers,
    schedule: Arc<Schedule>,
    shared: SharedServices,
    database: Database,
    write_checks: Vec<WriteCheck>,
    shared_clock: SharedClock,
    sandbox: Option<Sandbox>,
    /// Fetches, which belong to nobody.
    tasks: TaskTracker,
}

/// Opens what the configuration names, and brings the database to this version's schema.
///
/// # Errors
///
/// Whatever cannot be opened.
pub async fn wire(
    config: &Config,
    metrics: &Metrics,
    clock: Arc<dyn Clock>,
) -> anyhow::Result<Wired> {
    let (mut base, shared_clock) = Base::of(config, metrics, clock).await?;
    let store = store(&mut base);
    let sandbox = sandbox(&config.nexon)?;
    let settings = upstream(&config.nexon, sandbox.as_ref());
    let source = settings.source;
    let members = members::wire(&mut base, &settings)?;
    let tasks = TaskTracker::new();
    let upstream = upstream::wire(&mut base, settings, &tasks)?;
    let webhook = notices::webhook(&base)?;
    let channels = notices::channels(&base, webhook.as_ref());
    let to_operators: Arc<dyn AlertSink> = Arc::new(channels.clone());
    let shared_alerts = base.shared_alerts(Arc::clone(&to_operators));
    let alerts = shared_alerts.clone().map_or(to_operators, |it| it as _);
    let cached = characters::wire(&mut base, upstream, &store, alerts, &tasks);
    let (characters, finished) = cached;
    let committed = notices::deliver(&mut base, webhook);
    let people = people::wire(&mut base, &characters, committed);
    notices::evaluate_rules(&mut base, channels, shared_alerts);
    let schedule = schedule::wire(&mut base, &characters, &members.sessions, &store);
    let write_checks = health::write_checks(&mut base);
    base.observe();
    let Base {
        workers,
        shared,
        database,
        ..
    } = base;
    Ok(Wired {
        characters,
        source,
        limits: config.limits,
        client_fetches: client_fetches(&config.nexon),
        deadline: config.request_deadline,
        finished,
        evaluator: Evaluator::with_memory(Memory::of(config).answers),
        cache_policy: CharacterCachePolicy::new(config.serve_stale_for),
        members,
        people,
        workers,
        schedule: Arc::new(schedule),
        shared,
        database,
        write_checks,
        shared_clock,
        sandbox,
        tasks,
    })
}

/// Upper bounds on the fetches of one client; none where the sandbox grants everything.
fn client_fetches(nexon: &Nexon) -> Option<FetchBounds> {
    nexon.api_key.as_ref().map(|_| FetchBounds {
        per_minute: nexon.fetches_per_client,
        per_day: nexon.fetches_per_client_per_day(),
    })
}

/// Sandbox that answers instead of Nexon where there is no key for it.
fn sandbox(nexon: &Nexon) -> anyhow::Result<Option<Sandbox>> {
    if nexon.api_key.is_some() {
        return Ok(None);
    }
    let sandbox = Sandbox::start_local().context("cannot start the sandbox")?;
    Ok(Some(sandbox))
}

/// Number of calculations that can run at once.
fn processors() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Ids of requests, and their metrics.
pub fn request_metrics(metrics: &Metrics) -> RequestMetrics {
    let paths = openapi::paths();
    let paths: Vec<_> = paths.iter().map(String::as_str).collect();
    RequestMetrics::new(RequestIds::new(SmallRng::from_os_rng()), metrics, &paths)
}

impl Wired {
    /// State of the routes.
    pub fn service(&self, metrics: &Metrics, lifecycle: &Lifecycle) -> AppState {
        telemetry::count_connection_errors(metrics.counter(
            "maple_http_connection_errors_total",
            "Connections that ended because their bytes were no HTTP, or broke off within a request.",
        ));
        let limits = self.members.limits;
        AppState {
            characters: self.characters.clone(),
            client_fetches: self
                .client_fetches
                .map(|bounds| Arc::new(FetchLimits::new(bounds))),
            donations: Arc::clone(&self.people.donations),
            dead_letters: self.people.dead_letters.clone(),
            likes: Arc::clone(&self.people.likes),
            clock: Arc::clone(&self.people.clock),
            sessions: self.members.sessions.clone(),
            attempts: RatePolicy::per_minute("log-ins", limits.log_ins_per_minute)
                .shared_by(self.shared.redis()),
            like_attempts: RatePolicy::per_minute("likes", limits.likes_per_minute)
                .shared_by(self.shared.redis()),
            donation_attempts: RatePolicy::per_minute("donations", limits.donations_per_minute)
                .shared_by(self.shared.redis()),
            luck_attempts: RatePolicy::per_minute("luck-reports", limits.log_ins_per_minute)
                .shared_by(self.shared.redis()),
            luck: Arc::clone(&self.members.luck),
            log_ins: members::log_ins(metrics),
            admin_token: self.members.admin_token.as_ref().map(AdminToken::new),
            trusted_proxies: TrustedProxies(self.members.trusted_proxies),
            connections_per_address: self.limits.connections_per_address,
            refused_connections: metrics.counter(
                "maple_http_connections_refused_total",
                "Connections closed because their address had too many.",
            ),
            source: self.source,
            bulkhead: Arc::new(LoadShedder::new(
                self.limits,
                processors(),
                self.deadline,
                metrics,
            )),
            deadline: self.deadline,
            evaluator: self.evaluator.clone(),
            finished: self.finished.clone(),
            chunk_permits: Arc::new(Semaphore::new(CHUNK_PERMITS)),
            open_streams: metrics.gauge(
                "maple_expectation_streams",
                "Streams of expectations that clients are reading.",
            ),
            cache_policy: self.cache_policy.clone(),
            schedule: Arc::clone(&self.schedule),
            health_checks: self.health_checks(),
            metrics: metrics.clone(),
            lifecycle: lifecycle.clone(),
        }
    }

    fn health_checks(&self) -> Vec<Box<dyn HealthCheck>> {
        let checks = self.write_checks.iter().cloned();
        let checks = checks.map(|check| Box::new(check) as Box<dyn HealthCheck>);
        let has_clock = self.database.has_own_clock();
        let clock = has_clock.then(|| Box::new(self.shared_clock.clone()) as Box<dyn HealthCheck>);
        checks.chain(clock).collect()
    }

    /// The sandbox that stands in for Nexon, if one does.
    pub fn sandbox(&self) -> Option<&Sandbox> {
        self.sandbox.as_ref()
    }

    /// Closes what was opened.
    ///
    /// # Errors
    ///
    /// When the database cannot be closed.
    pub async fn close(self) -> anyhow::Result<()> {
        self.tasks.close();
        if tokio::time::timeout(LAST_FETCHES, self.tasks.wait())
            .await
            .is_err()
        {
            tracing::info!(
                tasks = self.tasks.len(),
                "fetches in the background are cut off"
            );
        }
        if let Some(sandbox) = self.sandbox {
            sandbox.stop().await;
        }
        self.shared.close().await;
        let closed = tokio::time::timeout(LAST_STATEMENTS, self.database.close());
        if let Ok(closed) = closed.await {
            return closed.context("cannot close the database");
        }
        tracing::warn!("the database does not say goodbye; its connections are cut");
        Ok(())
    }
}
