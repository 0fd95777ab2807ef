//! The sessions seen of late, so that not every request asks the store.

use std::fmt::{self, Debug};
use std::sync::Arc;
use std::time::Duration;

use quick_cache::sync::Cache;
use tokio::time::Instant;

use crate::{Member, Session, SessionId};

/// For how long what the store said of a session is believed: by then at the latest a session
/// that ended anywhere is refused here, unless the store fails.
pub const SEEN_FOR: Duration = Duration::from_secs(30);

/// The most sessions that are remembered.
const CAPACITY: usize = 10_000;

/// For how long it is believed once more when the store fails, before that is asked again.
const BELIEVED_AGAIN_FOR: Duration = Duration::from_secs(5);

/// What the store said of a session.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) session: Session,
    pub(crate) member: Arc<Member>,
    believed_until: Instant,
}

impl Seen {
    /// What the store said when it was asked, which is earlier than when it answered: it may have
    /// been told of the end since.
    pub(crate) fn new((session, member): (Session, Member), asked_at: Instant) -> Self {
        Self {
            session,
            member: Arc::new(member),
            believed_until: asked_at + SEEN_FOR,
        }
    }

    /// Whether the store need not be asked again.
    pub(crate) fn is_believed(&self) -> bool {
        Instant::now() < self.believed_until
    }

    /// The same, believed for a moment more.
    pub(crate) fn believed_again(&self) -> Self {
        Self {
            believed_until: Instant::now() + BELIEVED_AGAIN_FOR,
            ..self.clone()
        }
    }
}

/// The sessions seen of late.
pub(crate) struct SeenOfLate(Cache<SessionId, Arc<Seen>>);

impl Default for SeenOfLate {
    fn default() -> Self {
        Self(Cache::new(CAPACITY))
    }
}

impl SeenOfLate {
    pub(crate) fn get(&self, id: SessionId) -> Option<Arc<Seen>> {
        self.0.get(&id)
    }

    pub(crate) fn put(&self, seen: Arc<Seen>) {
        self.0.insert(seen.session.id, seen);
    }

    pub(crate) fn forget(&self, id: SessionId) {
        self.0.remove(&id);
    }

    pub(crate) fn forget_all(&self, which: impl Fn(&Seen) -> bool) {
        self.0.retain(|_, seen| !which(seen));
    }
}

impl Debug for SeenOfLate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeenOfLate")
            .field("sessions", &self.0.len())
            .finish()
    }
}
