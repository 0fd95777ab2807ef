//! The incident of an upstream that gives no answers: begun once, over once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::{SignedDuration, Timestamp};
use kernel::{Alert, AlertSink, AlertState, Clock, Correlation};
use parking_lot::{Mutex, MutexGuard};
use tokio_util::task::TaskTracker;

use crate::UpstreamError;

/// The incident: the upstream gave no answer, and nothing was stored that could be served instead.
pub const UPSTREAM_UNAVAILABLE: &str = "upstream-unavailable";

/// Failed calls in a row, each of which left a question without an answer, that begin the
/// incident. One is none: the next call may be answered. What the upstream says of itself
/// (maintenance, a key that it refuses), and a breaker that is open, begin it at once.
const BEGINS_AFTER: u32 = 3;

/// Time without such a failure after which an answer ends the incident.
const OVER_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// Question to the upstream, in ascending order: the equipment is asked for after the identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Asked {
    Who,
    Equipment,
}

/// State of the incident, and the failures that begin and end it.
#[derive(Debug)]
pub(super) struct Outage {
    told: Arc<Told>,
    seen: Mutex<Seen>,
    clock: Arc<dyn Clock>,
    tasks: TaskTracker,
}

#[derive(Debug)]
struct Told {
    /// True from the beginning of the incident to its end.
    is_open: AtomicBool,
    sink: Arc<dyn AlertSink>,
    /// Held while an alert is on its way, so that the end does not overtake the beginning.
    turn: tokio::sync::Mutex<()>,
}

/// Recent answers and failures of the upstream.
#[derive(Debug)]
struct Seen {
    /// Questions in a row that it left without an answer.
    unanswered: u32,
    /// The last of them.
    last: Timestamp,
    /// The most that was asked for without an answer: only an answer to as much ends it.
    asked: Asked,
    /// The last failure of a call, which is why it is not called while the breaker is open.
    cause: Option<String>,
}

impl Outage {
    pub(super) fn new(sink: Arc<dyn AlertSink>, clock: Arc<dyn Clock>, tasks: TaskTracker) -> Self {
        Self {
            told: Arc::new(Told {
                is_open: AtomicBool::new(false),
                sink,
                turn: tokio::sync::Mutex::default(),
            }),
            seen: Mutex::new(Seen {
                unanswered: 0,
                last: Timestamp::MIN,
                asked: Asked::Who,
                cause: None,
            }),
            clock,
            tasks,
        }
    }

    /// A fetch failed; `held` is whether something older could be served.
    ///
    /// An answer that cannot be used, a quota that is used up and a deadline that ended while the
    /// fetch goes on are no failures of the upstream.
    pub(super) fn failed(&self, asked: Asked, held: bool, error: &UpstreamError) {
        let mut seen = self.seen();
        match error {
            UpstreamError::Failed { .. }
            | UpstreamError::TimedOut { .. }
            | UpstreamError::NotAvailable { .. }
            | UpstreamError::Refused { .. }
            | UpstreamError::Invalid(_) => {
                seen.cause = Some(kernel::chain(error));
            }
            UpstreamError::Suspended { .. } => {}
            UpstreamError::QuotaExceeded { .. }
            | UpstreamError::QuotaUnknown { .. }
            | UpstreamError::AllowanceSpent(_)
            | UpstreamError::Unusable(_) => return,
        }
        if held {
            return;
        }
        seen.unanswered = seen.unanswered.saturating_add(1);
        seen.last = self.clock.now();
        seen.asked = asked.max(seen.asked);
        let is_sure = matches!(
            error,
            UpstreamError::NotAvailable { .. }
                | UpstreamError::Refused { .. }
                | UpstreamError::Suspended { .. }
        );
        if !is_sure && seen.unanswered < BEGINS_AFTER {
            return;
        }
        if !self.told.is_open.swap(true, Ordering::Relaxed) {
            let cause = seen.cause.clone().unwrap_or_else(|| error.to_string());
            self.tell(
                AlertState::Raised,
                format!("requests go unanswered: nothing is stored, and {cause}"),
            );
        }
    }

    /// The upstream has answered. The incident is over if this is what was asked for without an
    /// answer, and no question has been left without one for [`OVER_AFTER`].
    pub(super) fn answered(&self, asked: Asked) {
        let mut seen = self.seen();
        if asked < seen.asked {
            return;
        }
        seen.unanswered = 0;
        let is_open = self.told.is_open.load(Ordering::Relaxed);
        if is_open && self.clock.now().duration_since(seen.last) < OVER_AFTER {
            return;
        }
        seen.asked = Asked::Who;
        if self.told.is_open.swap(false, Ordering::Relaxed) {
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
        let request = Correlation::current();
        let deliver = async move { told.deliver(&alert).await };
        self.tasks.spawn(request.scope(deliver));
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock()
    }
}

impl Told {
    async fn deliver(&self, alert: &Alert) {
        let _turn = self.turn.lock().await;
        if let Err(error) = self.sink.send(alert).await {
            let error = kernel::chain(&error);
            let (incident, summary) = (alert.incident, &alert.summary);
            tracing::error!(incident, summary, error, "an alert could not be delivered");
            if alert.state == AlertState::Raised {
                // Nobody knows of it yet, so the next one who is hurt tells it again.
                self.is_open.store(false, Ordering::Relaxed);
            }
        }
    }
}
