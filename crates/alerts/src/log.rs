//! Alerts in the log.

use async_trait::async_trait;
use kernel::{Alert, AlertError, AlertSink, AlertState};

/// Writes alerts to the log.
#[derive(Debug, Clone)]
pub struct LogAlerts {
    /// Name of this instance.
    pub instance: String,
    /// The page with a chapter for each incident.
    pub runbook: String,
}

#[async_trait]
impl AlertSink for LogAlerts {
    async fn send(&self, alert: &Alert) -> Result<(), AlertError> {
        let Alert {
            incident,
            summary,
            request_id,
            ..
        } = alert;
        let instance = &self.instance;
        let runbook = format!("{}#{incident}", self.runbook);
        match alert.state {
            AlertState::Raised => {
                tracing::error!(
                    incident,
                    request_id,
                    instance,
                    runbook,
                    "an incident began: {summary}"
                );
            }
            AlertState::Resolved => {
                tracing::info!(
                    incident,
                    request_id,
                    instance,
                    "an incident is resolved: {summary}"
                );
            }
        }
        Ok(())
    }
}
