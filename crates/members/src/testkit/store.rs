//! The sessions in memory, as strict as the database.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use kernel::MemberId;
use parking_lot::{Mutex, MutexGuard};

use crate::{Member, Session, SessionId, SessionStore, SessionStoreError, TokenHash, TokenHashes};

/// The sessions in memory.
#[derive(Debug, Default)]
pub struct MemorySessionStore(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    members: BTreeMap<MemberId, Member>,
    sessions: BTreeMap<SessionId, Session>,
    is_down: bool,
}

impl MemorySessionStore {
    /// Whether every call fails.
    pub fn set_down(&self, is_down: bool) {
        self.state().is_down = is_down;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock()
    }

    fn to(&self, action: &'static str) -> Result<MutexGuard<'_, State>, SessionStoreError> {
        let state = self.state();
        if state.is_down {
            let source = "down".into();
            return Err(SessionStoreError { action, source });
        }
        Ok(state)
    }
}

#[async_trait]
impl SessionStore for MemorySessionStore {
    async fn open(
        &self,
        session: &Session,
        member: &Member,
        at_most: u64,
    ) -> Result<(), SessionStoreError> {
        let mut state = self.to("open a session")?;
        let known = state
            .members
            .entry(member.id)
            .or_insert_with(|| member.clone());
        if known.seen_at <= member.seen_at {
            *known = member.clone();
        }
        state.sessions.insert(session.id, session.clone());
        let mut own: Vec<_> = state
            .sessions
            .values()
            .filter(|one| one.member == member.id)
            .cloned()
            .collect();
        // This one first, whatever the clock of another instance says.
        own.sort_by_key(|one| (one.id != session.id, Reverse((one.opened_at, one.id))));
        for (place, one) in own.iter().enumerate() {
            let is_over = one.tokens.refresh_until <= session.opened_at;
            if is_over || place as u64 >= at_most {
                state.sessions.remove(&one.id);
            }
        }
        Ok(())
    }

    async fn find(&self, id: SessionId) -> Result<Option<(Session, Member)>, SessionStoreError> {
        let state = self.to("find a session")?;
        Ok(state.sessions.get(&id).map(|session| {
            let member = &state.members[&session.member];
            (session.clone(), member.clone())
        }))
    }

    async fn rotate(
        &self,
        id: SessionId,
        from: &TokenHash,
        to: &TokenHashes,
    ) -> Result<bool, SessionStoreError> {
        let mut state = self.to("refresh a session")?;
        let Some(session) = state.sessions.get_mut(&id) else {
            return Ok(false);
        };
        let is_current = session.tokens.refresh == *from;
        if is_current {
            session.tokens = *to;
        }
        Ok(is_current)
    }

    async fn end(&self, id: SessionId) -> Result<bool, SessionStoreError> {
        let mut state = self.to("end a session")?;
        Ok(state.sessions.remove(&id).is_some())
    }

    async fn end_all(&self, member: MemberId) -> Result<u64, SessionStoreError> {
        Ok(self
            .to("end a member's sessions")?
            .remove(|session| session.member == member))
    }

    async fn remove_expired(&self, now: Timestamp) -> Result<u64, SessionStoreError> {
        Ok(self
            .to("remove expired sessions")?
            .remove(|session| session.tokens.refresh_until <= now))
    }
}

impl State {
    fn remove(&mut self, which: impl Fn(&Session) -> bool) -> u64 {
        let before = self.sessions.len();
        self.sessions.retain(|_, session| !which(session));
        (before - self.sessions.len()) as u64
    }
}
