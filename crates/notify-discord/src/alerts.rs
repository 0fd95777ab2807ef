//! Operators' alerts.

use std::sync::Arc;

use async_trait::async_trait;
use kernel::{Alert, AlertError, AlertSink, AlertState, Clock};

use crate::text::plain;
use crate::{Embed, Field, Webhook};

const RED: u32 = 0xE7_4C3C;
const GREEN: u32 = 0x2E_CC71;

/// Brings alerts to Discord, with who sends them and where it is written what to do.
#[derive(Debug)]
pub struct DiscordAlerts {
    webhook: Arc<Webhook>,
    clock: Arc<dyn Clock>,
    instance: String,
    runbook: String,
}

impl DiscordAlerts {
    /// Over this webhook, from `instance`. `runbook` is the page that has a chapter for each
    /// incident, named like it.
    pub fn new(
        webhook: Arc<Webhook>,
        clock: Arc<dyn Clock>,
        instance: String,
        runbook: String,
    ) -> Self {
        Self {
            webhook,
            clock,
            instance,
            runbook,
        }
    }

    fn embed(&self, alert: &Alert) -> Embed {
        let incident = alert.incident;
        let (word, colour) = match alert.state {
            AlertState::Raised => ("began", RED),
            AlertState::Resolved => ("is over", GREEN),
        };
        let field = |name, value: &str| Field {
            name,
            value: value.to_owned(),
        };
        Embed {
            title: format!("{incident} {word}"),
            description: plain(&alert.summary),
            colour,
            fields: vec![
                field("Instance", &plain(&self.instance)),
                field(
                    "Request",
                    &plain(alert.request_id.as_deref().unwrap_or_default()),
                ),
                field("Runbook", &format!("{}#{incident}", self.runbook)),
            ],
            footer: format!("maple-expectation, instance {}", self.instance),
            at: self.clock.now(),
        }
    }
}

#[async_trait]
impl AlertSink for DiscordAlerts {
    async fn send(&self, alert: &Alert) -> Result<(), AlertError> {
        let posted = self.webhook.post(&self.embed(alert)).await;
        posted.map_err(|error| AlertError(Box::new(error)))
    }
}
