//! Alerts to operators: one when an incident begins, one when it ends.

use std::collections::HashSet;
use std::error::Error;
use std::fmt::Debug;

use async_trait::async_trait;
use parking_lot::Mutex;

/// Edge of an incident: firing or resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertState {
    /// The incident has begun and needs attention.
    Raised,
    /// The incident has ended.
    Resolved,
}

/// A message to the operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Stable name of the incident, such as `upstream-open`.
    pub incident: &'static str,
    /// Edge of the incident that this alert reports.
    pub state: AlertState,
    /// One sentence with the figures; contains no secret.
    pub summary: String,
    /// Id of the request that revealed the incident, if any.
    pub request_id: Option<String>,
}

/// Port that delivers alerts to the operators.
#[async_trait]
pub trait AlertSink: Debug + Send + Sync {
    /// Delivers one alert. The caller has made sure that it is the first of its incident.
    ///
    /// # Errors
    ///
    /// [`AlertError`] when it could not be delivered; the caller may send it again.
    async fn send(&self, alert: &Alert) -> Result<(), AlertError>;
}

/// An alert could not be delivered.
#[derive(Debug, thiserror::Error)]
#[error("an alert could not be delivered")]
pub struct AlertError(#[source] pub Box<dyn Error + Send + Sync>);

/// Open incidents, kept so that each begin and each end is reported once.
#[derive(Debug, Default)]
pub struct Incidents(Mutex<HashSet<&'static str>>);

impl Incidents {
    /// Opens an incident; true for the first call until it is closed.
    pub fn open(&self, incident: &'static str) -> bool {
        self.0.lock().insert(incident)
    }

    /// Closes an incident; true when it was open.
    pub fn close(&self, incident: &'static str) -> bool {
        self.0.lock().remove(incident)
    }
}

/// Keeps every alert for a test to look at.
#[cfg(feature = "testkit")]
#[derive(Debug, Default)]
pub struct RecordingAlertSink(Mutex<Vec<Alert>>);

#[cfg(feature = "testkit")]
impl RecordingAlertSink {
    /// The alerts delivered so far, in order.
    pub fn alerts(&self) -> Vec<Alert> {
        self.0.lock().clone()
    }
}

#[cfg(feature = "testkit")]
#[async_trait]
impl AlertSink for RecordingAlertSink {
    async fn send(&self, alert: &Alert) -> Result<(), AlertError> {
        self.0.lock().push(alert.clone());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn incidents_are_reported_once_until_they_are_over() {
        let incidents = Incidents::default();
        assert!(incidents.open("upstream-open"));
        assert!(!incidents.open("upstream-open"));
        assert!(incidents.close("upstream-open"));
        assert!(!incidents.close("upstream-open"));
        assert!(incidents.open("upstream-open"));
    }
}
