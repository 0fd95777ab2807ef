//! Telling the operators once that an outage hurts somebody, and once that it is over.

use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard};

use kernel::{Alert, AlertSink, AlertState, Incidents};
use tokio_util::task::TaskTracker;

use crate::UpstreamError;

/// The incident: somebody asked, the upstream gave no answer, and nothing was stored.
pub const UPSTREAM_UNAVAILABLE: &str = "upstream-unavailable";

/// What the upstream was asked for. Who has the equipment has asked who it is before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Asked {
    Who,
    Equipment,
}

/// Whether the operators know.
#[derive(Debug)]
pub(super) struct Outage {
    told: Arc<Told>,
    /// The most that was asked for in vain since the incident began.
    in_vain: Mutex<Asked>,
    tasks: TaskTracker,
}

#[derive(Debug)]
struct Told {
    incidents: Incidents,
    sink: Arc<dyn AlertSink>,
    /// Held while an alert is on its way, so that the end does not overtake the beginning.
    turn: tokio::sync::Mutex<()>,
}

impl Outage {
    pub(super) fn new(sink: Arc<dyn AlertSink>, tasks: TaskTracker) -> Self {
        Self {
            told: Arc::new(Told {
                incidents: Incidents::default(),
                sink,
                turn: tokio::sync::Mutex::default(),
            }),
            in_vain: Mutex::new(Asked::Who),
            tasks,
        }
    }

    /// Somebody had to go without an answer.
    pub(super) fn hurts(&self, asked: Asked, error: &UpstreamError) {
        let mut in_vain = self.in_vain();
        if self.told.incidents.open(UPSTREAM_UNAVAILABLE) {
            *in_vain = asked;
            let cause = error.source().map(|source| format!(": {source}"));
            let cause = cause.unwrap_or_default();
            self.tell(
                AlertState::Raised,
                format!("a request went unanswered: nothing is stored, and {error}{cause}"),
            );
        }
        *in_vain = asked.max(*in_vain);
    }

    /// The upstream has answered; the incident is over if this is what was asked for in vain.
    pub(super) fn answered(&self, asked: Asked) {
        let in_vain = self.in_vain();
        if asked >= *in_vain && self.told.incidents.close(UPSTREAM_UNAVAILABLE) {
            let summary = "the upstream answers again";
            self.tell(AlertState::Resolved, summary.to_owned());
        }
    }

    /// Tells the operators, on a task: nobody's answer waits for it.
    fn tell(&self, state: AlertState, summary: String) {
        let alert = Alert {
            incident: UPSTREAM_UNAVAILABLE,
            state,
            summary,
            request_id: kernel::request_id(),
        };
        let told = Arc::clone(&self.told);
        self.tasks.spawn(async move { told.deliver(&alert).await });
    }

    fn in_vain(&self) -> MutexGuard<'_, Asked> {
        self.in_vain.lock().expect("no holder of this lock panics")
    }
}

impl Told {
    async fn deliver(&self, alert: &Alert) {
        let _turn = self.turn.lock().await;
        if let Err(error) = self.sink.send(alert).await {
            let cause = error.source().map(ToString::to_string);
            let (incident, summary) = (alert.incident, &alert.summary);
            tracing::error!(incident, summary, cause, "an alert could not be delivered");
            if alert.state == AlertState::Raised {
                // Nobody knows of it yet, so the next one who is hurt tells it again.
                self.incidents.close(UPSTREAM_UNAVAILABLE);
            }
        }
    }
}
