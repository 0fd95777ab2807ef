//! What the service tells people: the webhook and the alerts.

use std::sync::Arc;

use anyhow::Context;
use kernel::{AlertSink, Clock, Lock};
use notify_discord::{DiscordAlerts, Webhook};
use telemetry::Metrics;

use crate::alerts::{Channels, LogAlerts, Watch, WatchLock, rules};
use crate::config::Notices;

/// The one way to Discord, if there is a webhook.
pub(super) fn webhook(config: &Notices) -> anyhow::Result<Option<Arc<Webhook>>> {
    let Some(url) = &config.webhook else {
        tracing::info!("donations and alerts go to the log: discord.webhook_url is not set");
        return Ok(None);
    };
    let webhook = Webhook::new(url.clone(), config.discord_timeout)
        .context("cannot call Discord (discord.*)")?;
    Ok(Some(Arc::new(webhook)))
}

/// The ways to the operators.
pub(super) fn channels(
    config: &Notices,
    instance: &str,
    webhook: Option<&Arc<Webhook>>,
    clock: &Arc<dyn Clock>,
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
        Arc::new(discord) as Arc<dyn AlertSink>
    });
    Channels { log, discord }
}

/// Who watches the metrics.
pub(super) fn watch(
    config: &Notices,
    channels: Channels,
    lock: Arc<dyn Lock>,
    metrics: &Metrics,
) -> Watch {
    let rules = rules(&config.thresholds);
    Watch::new(metrics.clone(), rules, channels, WatchLock::new(lock))
}
