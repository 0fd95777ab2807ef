//! The sessions that instances share, in memory.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use kernel::MemberId;

use crate::{
    SessionId, SharedSession, SharedSessions, SharedSessionsError, SharedState, SharedTime,
};

/// The sessions that instances share, in memory. Its clock moves by a microsecond with each call,
/// and as told.
#[derive(Debug, Default)]
pub struct MemorySharedSessions(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    now: u64,
    is_away: bool,
    kept: HashMap<SessionId, SharedSession>,
    changed: HashMap<SessionId, SharedTime>,
    changed_all: HashMap<MemberId, SharedTime>,
}

impl State {
    fn changed_at(&self, id: SessionId, member: Option<MemberId>) -> SharedTime {
        let all = member.and_then(|member| self.changed_all.get(&member));
        let one = self.changed.get(&id);
        one.max(all).copied().unwrap_or_default()
    }
}

impl MemorySharedSessions {
    /// Whether every call fails.
    pub fn set_away(&self, is_away: bool) {
        self.0
            .lock()
            .expect("no holder of this lock panics")
            .is_away = is_away;
    }

    /// Moves the clock.
    pub fn advance(&self, time: std::time::Duration) {
        let mut state = self.0.lock().expect("no holder of this lock panics");
        state.now += u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    }

    fn state(&self) -> Result<MutexGuard<'_, State>, SharedSessionsError> {
        let mut state = self.0.lock().expect("no holder of this lock panics");
        state.now += 1;
        if state.is_away {
            return Err(SharedSessionsError("away".into()));
        }
        Ok(state)
    }
}

#[async_trait]
impl SharedSessions for MemorySharedSessions {
    async fn look(
        &self,
        id: SessionId,
        member: Option<MemberId>,
    ) -> Result<SharedState, SharedSessionsError> {
        let state = self.state()?;
        let kept = state.kept.get(&id);
        let owner = kept.map(|kept| kept.session.member).or(member);
        let changed_at = state.changed_at(id, owner);
        Ok(SharedState {
            now: SharedTime(state.now),
            changed_at,
            found: kept.filter(|kept| kept.asked_at > changed_at).cloned(),
        })
    }

    async fn keep(&self, session: &SharedSession) -> Result<(), SharedSessionsError> {
        let mut state = self.state()?;
        let id = session.session.id;
        let changed_at = state.changed_at(id, Some(session.session.member));
        let later = state.kept.get(&id).map(|kept| kept.asked_at);
        if session.asked_at > changed_at && later.is_none_or(|later| later <= session.asked_at) {
            state.kept.insert(id, session.clone());
        }
        Ok(())
    }

    async fn changed(&self, id: SessionId) -> Result<(), SharedSessionsError> {
        let mut state = self.state()?;
        let now = SharedTime(state.now);
        state.kept.remove(&id);
        state.changed.insert(id, now);
        Ok(())
    }

    async fn changed_all(&self, member: MemberId) -> Result<(), SharedSessionsError> {
        let mut state = self.state()?;
        let now = SharedTime(state.now);
        state.changed_all.insert(member, now);
        Ok(())
    }
}
