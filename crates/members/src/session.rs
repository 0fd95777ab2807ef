//! Sessions, and who they belong to.

use std::sync::Arc;

use jiff::Timestamp;
use kernel::{Id, MemberId};

use crate::{OwnCharacter, TokenHash};

/// The identity of a session: 128 random bits.
pub type SessionId = Id<Session>;

/// One log-in of a member, on one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its identity.
    pub id: SessionId,
    /// Whose it is.
    pub member: MemberId,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// What is kept of its tokens.
    pub tokens: TokenHashes,
}

/// What is kept of a session's two tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenHashes {
    /// The hash of the access token.
    pub access: TokenHash,
    /// Until when it gives access.
    pub access_until: Timestamp,
    /// The hash of the refresh token.
    pub refresh: TokenHash,
    /// Until when it refreshes, which is the end of the session.
    pub refresh_until: Timestamp,
}

/// What is known of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who it is.
    pub id: MemberId,
    /// The member's own characters, as of the last log-in.
    pub characters: Vec<OwnCharacter>,
    /// When that was.
    pub seen_at: Timestamp,
}

/// What a member may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Like characters and give points.
    Member,
    /// Be given points.
    Developer,
}

impl Role {
    /// The role's name in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Developer => "developer",
        }
    }
}

/// A member whose access token is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticatedSession {
    /// The session.
    pub session: SessionId,
    /// Whose it is.
    pub member: Arc<Member>,
    /// What the member may do.
    pub roles: Vec<Role>,
}
