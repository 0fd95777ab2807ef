//! What the service tells people: the webhook, the alerts and the relay.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use kernel::{AlertSink, Clock, Lock};
use notify_discord::{DiscordAlerts, DonationNotices, Webhook};
use outbox::{Delivery, Lane, OutboxStore, Relay, RelayOptions};
use resilience::Jitter;
use telemetry::{Counters, Metrics};

use crate::config::Notices;
use crate::notices::{LogNotices, ObservedDelivery};
use crate::observed::{MetricReadings, ObservedAlerts};
use crate::workers::{WorkerScope, Workers};
use alerts::{Channels, LogAlerts, RuleMonitor, SharedAlerts, WatchLock, rules};

/// What the log takes no longer than.
const LOG_PATIENCE: Duration = Duration::from_secs(1);

/// The one way to Discord, if there is a webhook. `lane` is what instances share.
pub(super) fn webhook(
    config: &Notices,
    lane: Arc<dyn Lane>,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<Option<Arc<Webhook>>> {
    let Some(url) = &config.webhook else {
        tracing::info!("donations and alerts go to the log: discord.webhook_url is not set");
        return Ok(None);
    };
    let webhook = Webhook::new(url.clone(), config.discord_timeout)
        .context("cannot call Discord (discord.*)")?;
    Ok(Some(Arc::new(webhook.sharing(lane, Arc::clone(clock)))))
}

/// The ways to the operators.
pub(super) fn channels(
    config: &Notices,
    instance: &str,
    webhook: Option<&Arc<Webhook>>,
    clock: &Arc<dyn Clock>,
    sent: Counters<1>,
) -> Channels {
    let log = LogAlerts {
        instance: instance.to_owned(),
        runbook: config.runbook.clone(),
    };
    let discord = webhook.map(|webhook| {
        let discord = DiscordAlerts::new(
            Arc::clone(webhook),
            Arc::clone(clock),
            instance.to_owned(),
            config.runbook.clone(),
        );
        Arc::new(ObservedAlerts::new(Arc::new(discord), sent)) as Arc<dyn AlertSink>
    });
    Channels { log, discord }
}

/// Adds the worker that evaluates the alert rules.
pub(super) fn evaluate_rules(
    config: &Notices,
    channels: Channels,
    lock: Arc<dyn Lock>,
    shared: Option<Arc<SharedAlerts>>,
    metrics: &Metrics,
    workers: &mut Workers,
) {
    let monitor = RuleMonitor::new(
        Arc::new(MetricReadings(metrics.clone())),
        rules(&config.thresholds),
        channels,
        WatchLock::new(lock),
    )
    .sharing(shared);
    let every = config.watch_every;
    workers.add("alert rules", WorkerScope::Always, move |stop| {
        monitor.run(every, stop)
    });
}

/// Who takes messages from the outbox to Discord, or to the log.
pub(super) fn relay(
    config: &Notices,
    store: Arc<dyn OutboxStore>,
    webhook: Option<Arc<Webhook>>,
    clock: Arc<dyn Clock>,
    jitter: Jitter,
    metrics: &Metrics,
) -> Relay {
    let patience = webhook.as_ref().map_or(LOG_PATIENCE, |w| w.patience());
    let delivery: Arc<dyn Delivery> = match webhook {
        Some(webhook) => Arc::new(DonationNotices::new(webhook)),
        None => Arc::new(LogNotices),
    };
    // Each longer than what it waits for, so that a living relay settles what it claimed.
    let delivery_timeout = patience + Duration::from_secs(1);
    let options = RelayOptions {
        delivery_timeout,
        lease: 2 * delivery_timeout,
        poll_every: config.poll_every,
        schedule: config.schedule.clone(),
        ..RelayOptions::default()
    };
    let dice = move || {
        let drawn = jitter.between(Duration::ZERO, Duration::from_secs(1));
        drawn.as_secs_f64()
    };
    let delivery = Arc::new(ObservedDelivery::new(delivery, metrics));
    Relay::new(store, delivery, clock, dice, options)
}
