//! Where alerts go without a channel to the operators: to the log.

use async_trait::async_trait;
use kernel::{Alert, AlertError, AlertSink, AlertState};

/// Writes alerts to the log.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogAlerts;

#[async_trait]
impl AlertSink for LogAlerts {
    async fn send(&self, alert: &Alert) -> Result<(), AlertError> {
        let Alert {
            incident,
            summary,
            request_id,
            ..
        } = alert;
        match alert.state {
            AlertState::Raised => {
                tracing::error!(incident, request_id, "an incident began: {summary}");
            }
            AlertState::Resolved => {
                tracing::info!(incident, request_id, "an incident is over: {summary}");
            }
        }
        Ok(())
    }
}
