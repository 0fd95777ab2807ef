//! The upstream and what stands around a call to it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use nexon_http::{
    GuardSettings, Guarded, NexonClient, NexonSettings, quota_settings, strangers_settings,
};
use nexon_sandbox::Sandbox;
use port_metrics::{ObservedUpstream, watch_breaker};
use process::WorkerScope;
use resilience::{Deadline, QuotaError, QuotaGate};
use secrecy::SecretString;
use telemetry::Metrics;
use tokio_util::task::TaskTracker;

use super::base::Base;
use super::shared::SharedServices;
use crate::config::Nexon;

/// Time for which the quota is asked for at the start.
const FIRST_LOOK: Duration = Duration::from_secs(15);

/// Pause before the quota is asked for again where Redis is not connected yet.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// Calls that the upstream grants; none of it where the sandbox grants everything.
#[derive(Debug)]
struct Quotas {
    all: Option<Arc<dyn QuotaGate>>,
    /// Calls that the upstream grants in a day.
    per_day: u32,
    /// Look-ups of names of which nothing is known; none where nothing is kept from them.
    strangers: Option<Arc<dyn QuotaGate>>,
}

impl Quotas {
    /// The quotas of the configured key.
    fn of(nexon: &Nexon, shared: &SharedServices) -> anyhow::Result<Self> {
        if nexon.api_key.is_none() {
            return Ok(Self {
                all: None,
                per_day: nexon.quota_per_day.get(),
                strangers: None,
            });
        }
        let all = quota_settings(
            nexon.quota_per_second,
            nexon.quota_per_day,
            GuardSettings::default().patience,
            nexon.timeout,
        );
        let strangers = match nexon.quota_kept_percent {
            0 => None,
            kept => {
                let strangers = strangers_settings(all, kept);
                Some(shared.quota("quota-of-strangers", strangers)?)
            }
        };
        Ok(Self {
            all: Some(shared.quota("quota", all)?),
            per_day: nexon.quota_per_day.get(),
            strangers,
        })
    }

    /// Declares what is used and left of the day's calls.
    fn observe(&self, metrics: &Metrics) {
        let used =
            |all: &Option<Arc<dyn QuotaGate>>| all.as_ref().map_or(0, |all| all.used_today());
        let (all, per_day) = (self.all.clone(), self.per_day);
        metrics.gauge_of(
            "maple_upstream_quota_used_today",
            "Calls used of the upstream's quota in its day, of all instances as of this one's \
             last call; 0 with the sandbox.",
            move || used(&all).into(),
        );
        let all = self.all.clone();
        metrics.gauge_of(
            "maple_upstream_quota_left_today",
            "Calls left of the upstream's quota in its day, of all instances as of this one's \
             last call.",
            move || per_day.saturating_sub(used(&all)).into(),
        );
    }

    /// Asks for a call of each quota and gives it back. A Redis that has just been started knows
    /// of no calls and waits out those it may have forgotten; that time begins here and not with
    /// the first request.
    fn look_up_at_start(&self, tasks: &TaskTracker) {
        for quota in [&self.all, &self.strangers].into_iter().flatten() {
            tasks.spawn(first_look(Arc::clone(quota)));
        }
    }
}

async fn first_look(quota: Arc<dyn QuotaGate>) {
    let deadline = Deadline::within(FIRST_LOOK);
    let asked = deadline.timeout(async {
        loop {
            match quota.acquire(deadline).await {
                Ok(permit) => return permit.unused(),
                Err(QuotaError::Unknown) => tokio::time::sleep(LOOK_AGAIN).await,
                Err(_) => return,
            }
        }
    });
    // Requests find out by themselves.
    let _ = asked.await;
}

/// Makes the upstream with everything around a call to it; its quotas are looked up at once.
pub(super) fn wire(
    base: &mut Base<'_>,
    settings: NexonSettings,
    tasks: &TaskTracker,
) -> anyhow::Result<Guarded<ObservedUpstream<NexonClient>>> {
    let client = NexonClient::new(settings).context("cannot call the upstream (nexon.*)")?;
    let quotas = Quotas::of(&base.config.nexon, &base.shared)?;
    quotas.look_up_at_start(tasks);
    quotas.observe(base.metrics);
    guarded(base, client, quotas)
}

/// The upstream with everything around a call to it, watched.
fn guarded(
    base: &mut Base<'_>,
    client: NexonClient,
    quotas: Quotas,
) -> anyhow::Result<Guarded<ObservedUpstream<NexonClient>>> {
    let upstream = Guarded::new(
        ObservedUpstream::new(client, base.metrics),
        GuardSettings::default(),
        quotas.all,
        base.jitter.clone(),
    );
    let upstream = upstream.context("cannot guard the upstream")?;
    let upstream = upstream.with_strangers_quota(quotas.strangers);
    let gauge = base.metrics.gauge(
        "maple_upstream_breaker_state",
        "Whether the upstream is called: 0 closed (it is), 1 half-open (to try), 2 open (not).",
    );
    let watch = watch_breaker(upstream.breaker(), gauge);
    let workers = &mut base.workers;
    workers.add("upstream breaker gauge", WorkerScope::Always, watch);
    Ok(upstream)
}

/// Nexon with our key, or the sandbox, which takes any.
pub(crate) fn upstream(nexon: &Nexon, sandbox: Option<&Sandbox>) -> NexonSettings {
    let key = nexon.api_key.clone();
    NexonSettings {
        source: if sandbox.is_some() {
            "sandbox"
        } else {
            "nexon"
        },
        base_url: sandbox.map_or_else(|| nexon.base_url.to_string(), |s| s.url().to_owned()),
        api_key: key.unwrap_or_else(|| SecretString::from("sandbox")),
        connect_timeout: nexon.timeout,
        timeout: nexon.timeout,
    }
}
