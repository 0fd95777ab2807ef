//! Alerts: what an operator must know once, and once more when it is over.

use std::collections::HashSet;
use std::error::Error;
use std::fmt::Debug;
use std::sync::Mutex;

use async_trait::async_trait;

/// Whether an incident begins or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertState {
    /// Something is wrong and someone has to look.
    Raised,
    /// It is over.
    Resolved,
}

/// A message to the operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// The stable name of what is wrong, such as `upstream-open`.
    pub incident: &'static str,
    /// Whether it begins or ends.
    pub state: AlertState,
    /// One sentence with the figures; never a secret.
    pub summary: String,
    /// The request that showed it, where there was one.
    pub request_id: Option<String>,
}

/// Brings alerts to the operators.
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

/// Which incidents are open, so that each is told once and its end once.
#[derive(Debug, Default)]
pub struct Incidents(Mutex<HashSet<&'static str>>);

impl Incidents {
    /// Opens an incident; true for the first call until it is closed.
    pub fn open(&self, incident: &'static str) -> bool {
        self.0
            .lock()
            .expect("no holder of this lock panics")
            .insert(incident)
    }

    /// Closes an incident; true when it was open.
    pub fn close(&self, incident: &'static str) -> bool {
        self.0
            .lock()
            .expect("no holder of this lock panics")
            .remove(incident)
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
        self.0
            .lock()
            .expect("no holder of this lock panics")
            .clone()
    }
}

#[cfg(feature = "testkit")]
#[async_trait]
impl AlertSink for RecordingAlertSink {
    async fn send(&self, alert: &Alert) -> Result<(), AlertError> {
        self.0
            .lock()
            .expect("no holder of this lock panics")
            .push(alert.clone());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incident_is_told_once_until_it_is_over() {
        let incidents = Incidents::default();
        assert!(incidents.open("upstream-open"));
        assert!(!incidents.open("upstream-open"));
        assert!(incidents.close("upstream-open"));
        assert!(!incidents.close("upstream-open"));
        assert!(incidents.open("upstream-open"));
    }
}
