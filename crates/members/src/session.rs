//! Sessions and their members.

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
    /// Member who owns the session.
    pub member: MemberId,
    /// Time at which the session was opened.
    pub opened_at: Timestamp,
    /// Hashes of its tokens.
    pub tokens: TokenHashes,
}

/// Stored hashes and expiry times of a session's two tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenHashes {
    /// The hash of the access token.
    pub access: TokenHash,
    /// End of the access token's validity.
    pub access_until: Timestamp,
    /// The hash of the refresh token.
    pub refresh: TokenHash,
    /// End of the refresh token's validity, which is the end of the session.
    pub refresh_until: Timestamp,
}

/// Stored facts about a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Id of the member.
    pub id: MemberId,
    /// The member's own characters, as of the last log-in.
    pub characters: Vec<OwnCharacter>,
    /// Time of the last log-in.
    pub seen_at: Timestamp,
}

/// Permission of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// May like characters and donate points.
    Member,
    /// May receive donated points.
    Developer,
}

impl Role {
    /// Returns the role's name in responses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Developer => "developer",
        }
    }
}

/// A member whose access token is valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticatedSession {
    /// The session.
    pub session: SessionId,
    /// Member who owns the session.
    pub member: Arc<Member>,
    /// Permissions of the member.
    pub roles: Vec<Role>,
}
