//! Cache of recently authenticated sessions, so that not every request queries the store.

use std::fmt::{self, Debug};
use std::sync::Arc;
use std::time::Duration;

use quick_cache::sync::Cache;
use tokio::time::Instant;

use crate::{Member, Session, SessionId};

/// Time for which a cached session is trusted. After it, a session that ended on any instance is
/// refused here too, unless the store fails.
pub const SESSION_CACHE_TTL: Duration = Duration::from_secs(30);

/// Upper bound on cached sessions.
const CAPACITY: usize = 10_000;

/// Extension of that time while the store fails, before the next attempt to query it.
const EXTENSION: Duration = Duration::from_secs(5);

/// Cached state of a session.
#[derive(Debug, Clone)]
pub(crate) struct CachedSession {
    pub(crate) session: Session,
    pub(crate) member: Arc<Member>,
    fresh_until: Instant,
}

impl CachedSession {
    /// Caches the state that the store returned. `asked_at` is the start of the query, not its end,
    /// because the session may have ended since.
    pub(crate) fn new((session, member): (Session, Member), asked_at: Instant) -> Self {
        Self {
            session,
            member: Arc::new(member),
            fresh_until: asked_at + SESSION_CACHE_TTL,
        }
    }

    /// Whether the cached state may be used without a query.
    pub(crate) fn is_fresh(&self) -> bool {
        Instant::now() < self.fresh_until
    }

    /// Returns the same state with its time extended.
    pub(crate) fn extended(&self) -> Self {
        Self {
            fresh_until: Instant::now() + EXTENSION,
            ..self.clone()
        }
    }
}

/// Cache of recently authenticated sessions.
pub(crate) struct SessionCache(Cache<SessionId, Arc<CachedSession>>);

impl Default for SessionCache {
    fn default() -> Self {
        Self(Cache::new(CAPACITY))
    }
}

impl SessionCache {
    pub(crate) fn get(&self, id: SessionId) -> Option<Arc<CachedSession>> {
        self.0.get(&id)
    }

    pub(crate) fn put(&self, seen: Arc<CachedSession>) {
        self.0.insert(seen.session.id, seen);
    }

    pub(crate) fn forget(&self, id: SessionId) {
        self.0.remove(&id);
    }

    pub(crate) fn forget_all(&self, which: impl Fn(&CachedSession) -> bool) {
        self.0.retain(|_, seen| !which(seen));
    }
}

impl Debug for SessionCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionCache")
            .field("sessions", &self.0.len())
            .finish()
    }
}
