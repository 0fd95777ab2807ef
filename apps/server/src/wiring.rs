//! What runs, made from the configuration, plainly from top to bottom.

pub(crate) mod members;

use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;
use std::time::Duration;

use ::schedule::{RunnerParts, Schedule};
use anyhow::Context;
use equipment::{Characters, CharactersSettings, Dependencies, Evaluator, Lookups, SharedCache};
use kernel::{AlertSink, Clock, TimeOrderedIds};
use nexon_http::NexonClient;
use nexon_sandbox::Sandbox;
use notify_discord::Webhook;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use resilience::Jitter;
use storage_sql::{Database, GuardedStore};
use telemetry::Metrics;
use tokio::sync::{Notify, Semaphore};
use tokio_util::task::TaskTracker;

use crate::access::{AdminToken, ClientFetches, RatePolicy, TrustedProxies};
use crate::config::{Config, Nexon};
use crate::health::WriteCheck;
use crate::http::{CharacterCachePolicy, RequestIds, RequestMetrics};
use crate::jobs::{self, JobMetrics};
use crate::lifecycle::Lifecycle;
use crate::notices::BacklogGauges;
use crate::observed::{
    ObservedAlerts, ObservedShared, ObservedStore, observe_lookups, observe_pool, watch_breaker,
};
use crate::openapi;
use crate::shared_clock::SharedClock;
use crate::state::{AppState, HealthCheck};
use crate::wiring::shared::SharedServices;
use crate::workers::{WorkerScope, Workers};
use http_server::response_cache::ResponseCache;
use http_server::{Limits, LoadShedder};
use upstream::{Quotas, guarded};

pub use database::open_database;
pub(crate) use database::open_existing_database;
pub(crate) use upstream::upstream;

mod database;
mod health;
mod notices;
mod people;
mod schedule;
mod shared;
mod upstream;

/// How long the end waits for fetches that nobody waits for any more. They may be cut off.
const LAST_FETCHES: Duration = Duration::from_millis(500);

/// How long the database may take to say goodbye.
const LAST_STATEMENTS: Duration = Duration::from_secs(1);

/// Chunks of documents that may be made at the same time: more than there are processors on the
/// machines this is made for would only take memory.
const CHUNK_PERMITS: usize = 4;

/// Everything that answers questions.
#[derive(Debug)]
pub struct Wired {
    /// Who characters are and what they wear.
    pub characters: Characters,
    /// Where characters come from, as answers name it.
    pub source: &'static str,
    limits: Limits,
    client_fetches: Option<NonZeroU32>,
    deadline: Duration,
    finished: ResponseCache,
    evaluator: Evaluator,
    cache_policy: CharacterCachePolicy,
    members: members::Members,
    people: people::People,
    /// What goes on beside the requests.
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
#[expect(
    clippy::too_many_lines,
    reason = "plain wiring, read from top to bottom"
)]
pub async fn wire(
    config: &Config,
    metrics: &Metrics,
    clock: Arc<dyn Clock>,
) -> anyhow::Result<Wired> {
    let jitter = Jitter::from_seed(SmallRng::from_os_rng().random());
    let database = up_to_date(config).await?.with_breaker(jitter.clone());
    let mut workers = Workers::default();
    let every = config.notices.watch_every;
    let shared_clock = health::shared_clock(&database, clock, every, &mut workers, metrics).await?;
    let clock: Arc<dyn Clock> = Arc::new(shared_clock.clone());
    let store = store(&database, &jitter, &mut workers, metrics);

    let sandbox = sandbox(&config.nexon)?;
    let settings = upstream(&config.nexon, sandbox.as_ref());
    let source = settings.source;
    let shared = SharedServices::connect(config, &database, metrics, &clock, &jitter)?;
    let members = members::wire(
        config,
        &database,
        &settings,
        &shared,
        &jitter,
        &mut workers,
        metrics,
    )?;
    let client = NexonClient::new(settings).context("cannot call the upstream (nexon.*)")?;
    let tasks = TaskTracker::new();
    let quotas = Quotas::of(&config.nexon, &shared)?;
    quotas.look_up_at_start(&tasks);
    quotas.observe(metrics);
    let upstream = guarded(client, quotas, &jitter, &mut workers, metrics)?;
    let upstream = Arc::new(upstream);

    let instance = instance(config);
    let ids = Arc::new(TimeOrderedIds::new(clock.clone()));
    let lane = Arc::new(database.outbox_lane("discord", ids));
    let webhook = notices::webhook(&config.notices, lane, &clock)?;
    let channels = notices::channels(
        &config.notices,
        &instance,
        webhook.as_ref(),
        &clock,
        ObservedAlerts::counters(metrics),
    );
    let to_operators: Arc<dyn AlertSink> = Arc::new(channels.clone());
    let shared_alerts = shared.shared_alerts(Arc::clone(&to_operators), &instance, &mut workers);
    let shared_lookups = Arc::<Lookups>::default();
    let dependencies = Dependencies {
        directory: upstream.clone(),
        source: upstream.clone(),
        stats: upstream,
        store: store.clone(),
        shared: shared.snapshots().map(|snapshots| -> Arc<dyn SharedCache> {
            Arc::new(ObservedShared::new(snapshots, Arc::clone(&shared_lookups)))
        }),
        fetch_locks: shared.fetch_locks(),
        alerts: shared_alerts.clone().map_or(to_operators, |it| it as _),
        clock: clock.clone(),
        jitter: jitter.clone(),
        tasks: tasks.clone(),
    };
    let characters = Characters::new(dependencies, characters_settings(config));
    let finished = ResponseCache::new(
        Memory::of(config).responses,
        clock.clone(),
        jitter.clone(),
        metrics,
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
    observe_lookups(caches, metrics);
    follow_others(&characters, &shared, &mut workers);
    let committed = deliver(
        config,
        &database,
        webhook,
        &clock,
        &jitter,
        &mut workers,
        metrics,
    );
    let (people, like_worker) = people::wire(
        &database,
        shared.likes(&database, &instance),
        &characters,
        config.members.developers.clone(),
        &clock,
        committed,
        metrics,
    );
    workers.add("likes committer", WorkerScope::Requests, |stop| {
        like_worker.run(stop)
    });
    notices::evaluate_rules(
        &config.notices,
        channels,
        shared.lock(),
        shared_alerts,
        metrics,
        &mut workers,
    );
    let schedule = schedule::wire(
        config,
        &characters,
        Arc::clone(&members.sessions),
        &store,
        &clock,
        shared.lock(),
        &database,
    );
    let parts = RunnerParts {
        instance: instance.clone(),
        clock: clock.clone(),
        jitter: jitter.clone(),
        observer: Arc::new(JobMetrics::new(metrics, &schedule.names())),
    };
    jobs::spawn_workers(&schedule, &parts, &mut workers);
    let write_checks = health::write_checks(&database, &shared, every, &mut workers, metrics);
    metrics.process();
    workers.observe(metrics);
    // At zero, whether traces are on or not.
    metrics.spans();
    metrics.build_info(&[("version", env!("CARGO_PKG_VERSION"))]);
    Ok(Wired {
        characters,
        source,
        limits: config.limits,
        client_fetches: config
            .nexon
            .api_key
            .as_ref()
            .map(|_| config.nexon.fetches_per_client),
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

/// The database, brought to this version's schema.
async fn up_to_date(config: &Config) -> anyhow::Result<Database> {
    let database = open_database(config).await?;
    let migrated = database.migrate().await;
    migrated.context("cannot migrate the database")?;
    Ok(database)
}

/// What answers instead of Nexon where there is no key for it.
fn sandbox(nexon: &Nexon) -> anyhow::Result<Option<Sandbox>> {
    if nexon.api_key.is_some() {
        return Ok(None);
    }
    let sandbox = Sandbox::start_local().context("cannot start the sandbox")?;
    Ok(Some(sandbox))
}

/// Lets go of what other instances have replaced, where they can tell.
fn follow_others(characters: &Characters, shared: &SharedServices, workers: &mut Workers) {
    if !shared.is_redis() {
        return;
    }
    let follow = characters.clone();
    workers.add(
        "shared cache follower",
        WorkerScope::Requests,
        |stop| async move {
            follow.follow_changes(stop).await;
        },
    );
}

/// Takes what was committed to the outbox to its receiver. What to notify of a commit.
fn deliver(
    config: &Config,
    database: &Database,
    webhook: Option<Arc<Webhook>>,
    clock: &Arc<dyn Clock>,
    jitter: &Jitter,
    workers: &mut Workers,
    metrics: &Metrics,
) -> Arc<Notify> {
    let outbox = Arc::new(database.outbox());
    let backlog = BacklogGauges::new(outbox.clone(), clock.clone(), metrics);
    let relay = notices::relay(
        &config.notices,
        outbox,
        webhook,
        clock.clone(),
        jitter.clone(),
        metrics,
    );
    let committed = relay.wake();
    let every = config.notices.watch_every;
    workers.add("outbox gauges", WorkerScope::Always, move |stop| {
        backlog.run(every, stop)
    });
    workers.add("outbox relay", WorkerScope::Background, |stop| {
        relay.run(stop)
    });
    committed
}

/// Parts of `cache.bytes`.
struct Memory {
    /// Names and documents.
    documents: u64,
    /// Finished responses.
    responses: u64,
    /// Answers of evaluations.
    answers: u64,
}

impl Memory {
    /// Three eighths for documents, as much for responses, a quarter for answers.
    fn of(config: &Config) -> Self {
        let bytes = config.cache_bytes;
        let (answers, responses) = (bytes / 4, bytes / 8 * 3);
        Self {
            documents: bytes - answers - responses,
            responses,
            answers,
        }
    }
}

/// How characters are answered.
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
fn store(
    database: &Database,
    jitter: &Jitter,
    workers: &mut Workers,
    metrics: &Metrics,
) -> Arc<ObservedStore> {
    observe_pool(database, metrics);
    let store = GuardedStore::new(Arc::new(database.snapshots()), jitter.clone());
    let gauge = metrics.gauge(
        "maple_db_breaker_state",
        "Whether snapshots are stored: 0 closed (they are), 1 half-open (to try), 2 open (not).",
    );
    let watch = watch_breaker(store.breaker(), gauge);
    workers.add("database breaker gauge", WorkerScope::Always, watch);
    Arc::new(ObservedStore::new(Arc::new(store), metrics))
}

/// Name of this instance.
fn instance(config: &Config) -> String {
    let made_up = || format!("instance-{:08x}", SmallRng::from_os_rng().random::<u32>());
    config.instance_id.clone().unwrap_or_else(made_up)
}

/// How many calculations can be done at once.
fn processors() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Where requests get their ids and are counted.
pub fn request_metrics(metrics: &Metrics) -> RequestMetrics {
    let paths = openapi::paths();
    let paths: Vec<_> = paths.iter().map(String::as_str).collect();
    RequestMetrics::new(RequestIds::new(SmallRng::from_os_rng()), metrics, &paths)
}

impl Wired {
    /// What the routes answer from.
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
                .map(|per_minute| Arc::new(ClientFetches::limits(per_minute))),
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
