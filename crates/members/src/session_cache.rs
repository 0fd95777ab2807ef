//! Cache of recently authenticated sessions, so that not every request queries the store.

use std::fmt::{self, Debug};
use std::sync::Arc;
use std::time::Duration;

use quick_cache::sync::Cache;
use tokio::time::Instant;

use kernel::MemberId;

use crate::{Member, Session, SessionId, SharedSession, SharedTime};

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
    /// Time at which the store was asked, by the clock of what instances share; none when that is
    /// not known.
    pub(crate) asked_at: Option<SharedTime>,
    /// The same by the clock of this instance.
    read_at: Instant,
    fresh_until: Instant,
}

impl CachedSession {
    /// Caches the state that the store returned. `asked_at` is the start of the query, not its end,
    /// because the session may have ended since.
    pub(crate) fn new((session, member): (Session, Member), asked_at: Instant) -> Self {
        Self {
            session,
            member: Arc::new(member),
            asked_at: None,
            read_at: asked_at,
            fresh_until: asked_at + SESSION_CACHE_TTL,
        }
    }

    /// Caches what an instance read from the store, `age` before `looked_at`.
    pub(crate) fn shared(found: SharedSession, looked_at: Instant, age: Duration) -> Self {
        Self {
            session: found.session,
            member: Arc::new(found.member),
            asked_at: Some(found.asked_at),
            // Before the machine was started nothing ended here.
            read_at: looked_at.checked_sub(age).unwrap_or(looked_at),
            fresh_until: looked_at + SESSION_CACHE_TTL.saturating_sub(age),
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
///
/// State that was read from the store before a session ended must not bring it back, whether a
/// query of this instance returns it late or other instances still share it: the end leaves a marker
/// with its time, and earlier state is not used.
pub(crate) struct SessionCache {
    sessions: Cache<SessionId, Arc<CachedSession>>,
    ended: Cache<SessionId, Instant>,
    ended_members: Cache<MemberId, Instant>,
}

impl Default for SessionCache {
    fn default() -> Self {
        Self {
            sessions: Cache::new(CAPACITY),
            ended: Cache::new(CAPACITY),
            ended_members: Cache::new(CAPACITY),
        }
    }
}

impl SessionCache {
    /// The cached state of a session, unless it ended since that was read.
    pub(crate) fn get(&self, id: SessionId) -> Option<Arc<CachedSession>> {
        self.sessions.get(&id).filter(|seen| self.holds(seen))
    }

    /// Whether no end of the session is known here that is later than this state.
    pub(crate) fn holds(&self, seen: &CachedSession) -> bool {
        let Session { id, member, .. } = &seen.session;
        let ended = self.ended.get(id).max(self.ended_members.get(member));
        ended.is_none_or(|at| at < seen.read_at)
    }

    /// Caches state, unless the session ended since that was read. An end that comes meanwhile is
    /// seen by [`SessionCache::get`].
    pub(crate) fn put(&self, seen: Arc<CachedSession>) {
        if self.holds(&seen) {
            self.sessions.insert(seen.session.id, seen);
        }
    }

    pub(crate) fn forget(&self, id: SessionId) {
        self.ended.insert(id, Instant::now());
        self.sessions.remove(&id);
    }

    /// Forgets every session of a member.
    pub(crate) fn forget_member(&self, member: MemberId) {
        self.ended_members.insert(member, Instant::now());
        self.sessions
            .retain(|_, seen| seen.session.member != member);
    }
}

impl Debug for SessionCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionCache")
            .field("sessions", &self.sessions.len())
            .finish_non_exhaustive()
    }
}
