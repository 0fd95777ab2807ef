//! Members: whose a key is, where sessions are kept, who is a developer.

use std::sync::Arc;

use anyhow::Context;
use members::{Dependencies, Identities, Sessions};
use nexon_http::{
    Endpoint, GuardSettings, HistorySettings, NexonAccounts, NexonHistories, NexonSettings,
};
use port_metrics::watch_breaker;
use process::WorkerScope;
use rand::SeedableRng;
use rand::rngs::StdRng;
use secrecy::SecretString;
use telemetry::{Counters, Metrics};

use crate::config::{Config, MemberLimits};
use crate::luck::LuckReports;
use crate::routes::sessions::OUTCOMES;
use crate::session_secret;
use crate::wiring::base::Base;

/// Parts of members: sessions, their limits, and luck reports.
#[derive(Debug)]
pub(super) struct Members {
    pub(super) sessions: Arc<Sessions>,
    pub(super) luck: Arc<LuckReports>,
    pub(super) admin_token: Option<SecretString>,
    pub(super) limits: MemberLimits,
    pub(super) trusted_proxies: usize,
}

pub(super) fn wire(base: &mut Base<'_>, upstream: &NexonSettings) -> anyhow::Result<Members> {
    let (config, shared, metrics) = (base.config, &base.shared, base.metrics);
    let jitter = &base.jitter;
    let endpoint = Endpoint {
        base_url: upstream.base_url.clone(),
        connect_timeout: upstream.connect_timeout,
        timeout: upstream.timeout,
    };
    let accounts = NexonAccounts::new(&endpoint, GuardSettings::default(), jitter.clone())
        .context("cannot ask whose a key is (nexon.*)")?;
    let histories = NexonHistories::new(
        &endpoint,
        HistorySettings::default(),
        shared.clock(),
        jitter.clone(),
    );
    let histories = histories.context("cannot read histories of members (nexon.*)")?;
    let gauge = metrics.gauge(
        "maple_accounts_breaker_state",
        "Whether Nexon is asked whose a key is: 0 closed (it is), 1 half-open (to try), 2 open (not).",
    );
    let watch = watch_breaker(accounts.breaker(), gauge);
    let workers = &mut base.workers;
    workers.add("accounts breaker gauge", WorkerScope::Requests, watch);
    let sessions = Sessions::new(Dependencies {
        accounts: Arc::new(accounts),
        store: Arc::new(base.database.sessions()),
        identities: identities(config)?,
        developers: config.members.developers.keys().copied().collect(),
        clock: shared.clock(),
        rng: StdRng::from_os_rng(),
    });
    let sessions = sessions.shared_by(shared.sessions());
    Ok(Members {
        sessions: Arc::new(sessions),
        luck: Arc::new(LuckReports::new(Arc::new(histories), metrics)),
        admin_token: config.admin_token.clone(),
        limits: config.members.limits,
        trusted_proxies: config.trusted_proxies,
    })
}

/// From accounts to members, by the configured secret or the one of the data folder.
pub(crate) fn identities(config: &Config) -> anyhow::Result<Identities> {
    let secret = match &config.members.secret {
        Some(secret) => secret.clone(),
        None => session_secret::of_folder(&config.data_dir)?,
    };
    Ok(Identities::new(&secret))
}

/// Counts what comes of log-ins.
pub(super) fn log_ins(metrics: &Metrics) -> Counters<1> {
    metrics.counters(
        "maple_log_ins_total",
        "Log-ins that were tried, by what came of them.",
        ["outcome"],
        OUTCOMES.map(|outcome| [outcome]),
    )
}
