//! Incidents that all instances share: what each of them sees is reported once for all.

use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use kernel::{Alert, AlertError, AlertSink, AlertState};
use tokio_util::sync::CancellationToken;

/// Time for which an instance counts as seeing an incident without saying so again.
pub const HOLD: Duration = Duration::from_mins(2);

/// Interval at which an instance says that it still sees one.
const RENEW_EVERY: Duration = Duration::from_secs(30);

/// Instances that see an incident now.
///
/// An incident begins with the first of them and is over with the last, also when that one died:
/// who has not said for [`HOLD`] that it still sees the incident no longer counts.
#[async_trait]
pub trait SharedIncidents: Debug + Send + Sync {
    /// This instance sees the incident. Whether the incident began with that.
    ///
    /// # Errors
    ///
    /// [`SharedIncidentsError`] when it cannot be known.
    async fn see(&self, incident: &'static str) -> Result<bool, SharedIncidentsError>;

    /// This instance does not see the incident. Whether the incident ended with that.
    ///
    /// # Errors
    ///
    /// [`SharedIncidentsError`] when it cannot be known.
    async fn leave(&self, incident: &'static str) -> Result<bool, SharedIncidentsError>;
}

/// It cannot be known what other instances see.
#[derive(Debug, thiserror::Error)]
#[error("it is not known which incidents other instances see")]
pub struct SharedIncidentsError(#[source] pub Box<dyn Error + Send + Sync>);

/// Passes on the first report of an incident and the last, over all instances.
///
/// While the others cannot be asked each instance reports by itself: an alert that comes several
/// times is better than none.
#[derive(Debug)]
pub struct SharedAlerts {
    sink: Arc<dyn AlertSink>,
    shared: Arc<dyn SharedIncidents>,
    /// Incidents that end without a report of this instance, when another one died.
    watched: &'static [&'static str],
    seen: Mutex<Seen>,
}

/// Incidents that this instance sees.
#[derive(Debug, Default)]
struct Seen {
    open: HashSet<&'static str>,
    /// Those that were reported without asking the others, by the summary of the report.
    alone: HashMap<&'static str, String>,
}

impl SharedAlerts {
    /// Reports to `sink`. The end of a `watched` incident is reported by any instance when the last
    /// that saw it is gone.
    pub fn new(
        sink: Arc<dyn AlertSink>,
        shared: Arc<dyn SharedIncidents>,
        watched: &'static [&'static str],
    ) -> Self {
        Self {
            sink,
            shared,
            watched,
            seen: Mutex::default(),
        }
    }

    /// Keeps the others informed until `stop`.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let rest = || tokio::time::sleep(RENEW_EVERY);
        while stop.run_until_cancelled(rest()).await.is_some() {
            self.tick().await;
        }
    }

    /// Says once what this instance sees, and reports what ended with an instance that died.
    pub async fn tick(&self) {
        for &incident in self.watched {
            let is_open = self.seen().open.contains(incident);
            let said = if is_open {
                self.shared.see(incident).await
            } else {
                self.shared.leave(incident).await
            };
            if let (Ok(true), false) = (said, is_open) {
                let summary = "the instance that saw it is gone, and no other sees it";
                let alert = Alert {
                    incident,
                    state: AlertState::Resolved,
                    summary: summary.to_owned(),
                    request_id: None,
                };
                if let Err(error) = self.sink.send(&alert).await {
                    let error = kernel::chain(&error);
                    tracing::warn!(incident, error, "the end of an incident is not delivered");
                }
            }
        }
    }

    /// Whether this instance is the one that reports: a beginning, unless another instance has; an
    /// end, unless another instance still sees the incident. The log says so where it is not.
    pub async fn is_reporter(&self, alert: &Alert) -> bool {
        match alert.state {
            AlertState::Raised => self.is_first(alert).await,
            AlertState::Resolved => self.is_last(alert).await,
        }
    }

    async fn is_first(&self, alert: &Alert) -> bool {
        let incident = alert.incident;
        self.seen().open.insert(incident);
        match self.shared.see(incident).await {
            Ok(true) => true,
            Ok(false) => {
                let (summary, request_id) = (&alert.summary, &alert.request_id);
                tracing::info!(
                    incident,
                    request_id,
                    "this instance sees an incident that another has reported: {summary}"
                );
                false
            }
            Err(error) => {
                let error = kernel::chain(&error);
                tracing::warn!(
                    incident,
                    error,
                    "an incident is reported by this instance alone"
                );
                let summary = alert.summary.clone();
                self.seen().alone.insert(incident, summary);
                true
            }
        }
    }

    async fn is_last(&self, alert: &Alert) -> bool {
        let incident = alert.incident;
        let was_alone = self.forget(incident);
        let is_last = self.shared.leave(incident).await.unwrap_or(true);
        if !is_last && !was_alone {
            tracing::info!(
                incident,
                "this instance no longer sees an incident that another does"
            );
        }
        is_last || was_alone
    }

    /// Whether the incident was reported by this instance alone.
    fn forget(&self, incident: &'static str) -> bool {
        let mut seen = self.seen();
        seen.open.remove(incident);
        seen.alone.remove(incident).is_some()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().expect("no holder of this lock panics")
    }
}

#[async_trait]
impl AlertSink for SharedAlerts {
    async fn send(&self, alert: &Alert) -> Result<(), AlertError> {
        if !self.is_reporter(alert).await {
            return Ok(());
        }
        let sent = self.sink.send(alert).await;
        if sent.is_err() && alert.state == AlertState::Raised {
            self.forget(alert.incident);
            // The next instance that sees it reports it.
            let _expires_otherwise = self.shared.leave(alert.incident).await;
        }
        sent
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use kernel::RecordingAlertSink;

    use super::*;

    const INCIDENT: &str = "upstream-unavailable";

    /// Instances that see the incident, shared by the instances of a test.
    #[derive(Debug, Default)]
    struct Board {
        seeing: Mutex<HashSet<u8>>,
        is_away: AtomicBool,
    }

    #[derive(Debug)]
    struct Instance(u8, Arc<Board>);

    impl Instance {
        fn board(&self) -> Result<MutexGuard<'_, HashSet<u8>>, SharedIncidentsError> {
            if self.1.is_away.load(Ordering::Relaxed) {
                return Err(SharedIncidentsError("away".into()));
            }
            Ok(self.1.seeing.lock().unwrap())
        }
    }

    #[async_trait]
    impl SharedIncidents for Instance {
        async fn see(&self, _: &'static str) -> Result<bool, SharedIncidentsError> {
            let mut seeing = self.board()?;
            Ok(seeing.insert(self.0) && seeing.len() == 1)
        }

        async fn leave(&self, _: &'static str) -> Result<bool, SharedIncidentsError> {
            let mut seeing = self.board()?;
            Ok(seeing.remove(&self.0) && seeing.is_empty())
        }
    }

    fn instances() -> (Arc<Board>, Arc<RecordingAlertSink>, [SharedAlerts; 3]) {
        let (board, told) = (
            Arc::<Board>::default(),
            Arc::<RecordingAlertSink>::default(),
        );
        let instances = [0, 1, 2].map(|number| {
            let shared = Arc::new(Instance(number, board.clone()));
            SharedAlerts::new(told.clone(), shared, &[INCIDENT])
        });
        (board, told, instances)
    }

    fn alert(state: AlertState) -> Alert {
        Alert {
            incident: INCIDENT,
            state,
            summary: "it hangs".to_owned(),
            request_id: None,
        }
    }

    fn states(told: &RecordingAlertSink) -> Vec<AlertState> {
        told.alerts().iter().map(|alert| alert.state).collect()
    }

    #[tokio::test]
    async fn incident_of_three_instances_is_reported_once_and_over_with_the_last() {
        use AlertState::{Raised, Resolved};
        let (_, told, instances) = instances();
        for instance in &instances {
            instance.send(&alert(Raised)).await.unwrap();
        }
        assert_eq!(states(&told), [Raised]);
        for instance in &instances[1..] {
            instance.send(&alert(Resolved)).await.unwrap();
            instance.tick().await;
        }
        assert_eq!(states(&told), [Raised]);
        instances[0].send(&alert(Resolved)).await.unwrap();
        assert_eq!(states(&told), [Raised, Resolved]);
    }

    #[tokio::test]
    async fn incidents_are_reported_by_each_instance_while_the_others_cannot_be_asked() {
        use AlertState::{Raised, Resolved};
        let (board, told, instances) = instances();
        board.is_away.store(true, Ordering::Relaxed);
        for instance in &instances[..2] {
            instance.send(&alert(Raised)).await.unwrap();
        }
        assert_eq!(states(&told), [Raised, Raised]);
        board.is_away.store(false, Ordering::Relaxed);
        for instance in &instances[..2] {
            instance.send(&alert(Resolved)).await.unwrap();
        }
        assert_eq!(states(&told), [Raised, Raised, Resolved, Resolved]);
    }
}
