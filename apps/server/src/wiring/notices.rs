//! Messages to people: the webhook, the alerts and the relay.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use kernel::{AlertSink, TimeOrderedIds};
use notify_discord::{DiscordAlerts, DonationNotices, Webhook};
use outbox::{Delivery, OutboxStore, Relay, RelayOptions};
use port_metrics::{BacklogGauges, LogNotices, MetricReadings, ObservedAlerts, ObservedDelivery};
use process::WorkerScope;
use tokio::sync::Notify;

use super::base::Base;
use alerts::{Channels, LogAlerts, RuleMonitor, SharedAlerts, WatchLock, rules};

/// Upper bound on one log delivery.
const LOG_PATIENCE: Duration = Duration::from_secs(1);

/// The one way to Discord, if there is a webhook. Instances share its lane.
pub(super) fn webhook(base: &Base<'_>) -> anyhow::Result<Option<Arc<Webhook>>> {
    let (config, clock) = (&base.config.notices, &base.clock);
    let ids = Arc::new(TimeOrderedIds::new(Arc::clone(clock)));
    let lane = Arc::new(base.database.outbox_lane("discord", ids));
    let Some(url) = &config.webhook else {
        tracing::info!("donations and alerts go to the log: discord.webhook_url is not set");
        return Ok(None);
    };
    let webhook = Webhook::new(url.clone(), config.discord_timeout)
        .context("cannot call Discord (discord.*)")?;
    Ok(Some(Arc::new(webhook.sharing(lane, Arc::clone(clock)))))
}

/// The ways to the operators.
pub(super) fn channels(base: &Base<'_>, webhook: Option<&Arc<Webhook>>) -> Channels {
    let (config, clock, instance) = (&base.config.notices, &base.clock, &base.instance);
    let sent = ObservedAlerts::counters(base.metrics);
    let log = LogAlerts {
        instance: instance.clone(),
        runbook: config.runbook.clone(),
    };
    let discord = webhook.map(|webhook| {
        let discord = DiscordAlerts::new(
            Arc::clone(webhook),
            Arc::clone(clock),
            instance.clone(),
            config.runbook.clone(),
        );
        Arc::new(ObservedAlerts::new(Arc::new(discord), sent)) as Arc<dyn AlertSink>
    });
    Channels { log, discord }
}

/// Adds the worker that evaluates the alert rules.
pub(super) fn evaluate_rules(
    base: &mut Base<'_>,
    channels: Channels,
    shared: Option<Arc<SharedAlerts>>,
) {
    let config = &base.config.notices;
    let monitor = RuleMonitor::new(
        Arc::new(MetricReadings(base.metrics.clone())),
        rules(&config.thresholds),
        channels,
        WatchLock::new(base.shared.lock()),
    )
    .sharing(shared);
    let every = config.watch_every;
    base.workers
        .add("alert rules", WorkerScope::Always, move |stop| {
            monitor.run(every, stop)
        });
}

/// Adds the workers that take what was committed to the outbox to its receiver. Returns the wake of
/// the relay, for commits.
pub(super) fn deliver(base: &mut Base<'_>, webhook: Option<Arc<Webhook>>) -> Arc<Notify> {
    let outbox = Arc::new(base.database.outbox());
    let backlog = BacklogGauges::new(outbox.clone(), base.clock.clone(), base.metrics);
    let relay = relay(base, outbox, webhook);
    let committed = relay.wake();
    let every = base.config.notices.watch_every;
    let workers = &mut base.workers;
    workers.add("outbox gauges", WorkerScope::Always, move |stop| {
        backlog.run(every, stop)
    });
    workers.add("outbox relay", WorkerScope::Background, |stop| {
        relay.run(stop)
    });
    committed
}

/// Relay of messages from the outbox to Discord, or to the log.
fn relay(base: &Base<'_>, store: Arc<dyn OutboxStore>, webhook: Option<Arc<Webhook>>) -> Relay {
    let (config, jitter) = (&base.config.notices, base.jitter.clone());
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
    let delivery = Arc::new(ObservedDelivery::new(delivery, base.metrics));
    Relay::new(store, delivery, base.clock.clone(), dice, options)
}
