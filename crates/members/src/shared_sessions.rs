//! Port of the sessions that instances share: what one of them read from the store, all know.

use std::error::Error;
use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use kernel::MemberId;

use crate::{Member, Session, SessionId};

/// Time by the clock of what is shared, in microseconds since 1970. The clocks of instances do not
/// enter into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct SharedTime(pub u64);

impl SharedTime {
    /// Time since an earlier one; zero when that is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }
}

/// A session as the store had it when it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedSession {
    /// The session.
    pub session: Session,
    /// Its member.
    pub member: Member,
    /// Time at which the store was asked.
    pub asked_at: SharedTime,
}

/// State of a session as instances share it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedState {
    /// The present.
    pub now: SharedTime,
    /// Last known change of the session or of all sessions of its member; the beginning of time
    /// without one.
    pub changed_at: SharedTime,
    /// The session as it was read last, if that was after `changed_at`.
    pub found: Option<SharedSession>,
}

/// Keeps the sessions that instances share.
///
/// A state that was read from the store before a session changed MUST be neither returned nor kept
/// after the change, by any instance, so that a session that ended is not brought back.
#[async_trait]
pub trait SharedSessions: Debug + Send + Sync {
    /// Returns the state of a session. `member` is the owner, if the caller knows.
    ///
    /// # Errors
    ///
    /// [`SharedSessionsError`] when it cannot be known.
    async fn look(
        &self,
        id: SessionId,
        member: Option<MemberId>,
    ) -> Result<SharedState, SharedSessionsError>;

    /// Keeps a session, unless it changed since the store was asked, or a later answer is kept.
    ///
    /// # Errors
    ///
    /// [`SharedSessionsError`]; then it may have been kept.
    async fn keep(&self, session: &SharedSession) -> Result<(), SharedSessionsError>;

    /// Notes that a session changed or ended, now.
    ///
    /// # Errors
    ///
    /// [`SharedSessionsError`]; then others may learn of it from the store only.
    async fn changed(&self, id: SessionId) -> Result<(), SharedSessionsError>;

    /// Notes that all sessions of a member ended, now.
    ///
    /// # Errors
    ///
    /// [`SharedSessionsError`]; then others may learn of it from the store only.
    async fn changed_all(&self, member: MemberId) -> Result<(), SharedSessionsError>;
}

/// The sessions that instances share cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the sessions that instances share cannot be used")]
pub struct SharedSessionsError(#[source] pub Box<dyn Error + Send + Sync>);
