//! Destinations of alerts: the log, and Discord where there is a webhook.

use std::sync::Arc;

use async_trait::async_trait;
use kernel::{Alert, AlertError, AlertSink};

use crate::LogAlerts;

/// Destinations of operator alerts. Sent through all of them, an alert has arrived when the furthest
/// of them has it.
#[derive(Debug, Clone)]
pub struct Channels {
    /// Has every alert, so that one that is lost on the way can be found.
    pub log: LogAlerts,
    /// Discord, if there is a webhook.
    pub discord: Option<Arc<dyn AlertSink>>,
}

#[async_trait]
impl AlertSink for Channels {
    async fn send(&self, alert: &Alert) -> Result<(), AlertError> {
        self.log.send(alert).await?;
        match &self.discord {
            Some(discord) => discord.send(alert).await,
            None => Ok(()),
        }
    }
}
