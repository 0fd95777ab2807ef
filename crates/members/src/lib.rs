//! Members by their game account, sessions, and roles.
//!
//! # What is promised
//!
//! A member logs in with their own key of the game's API, which proves whose account it is and is
//! forgotten at once. What stays of the account is its [`MemberId`]: 128 bits of an HMAC-SHA-256
//! over the account's id with a secret of this service ([`Identities`]), so that nobody can tell
//! the account from what is stored.
//!
//! A session has one access token, valid for a quarter of an hour, and one refresh token, valid for
//! a week; a refresh gives two new ones and invalidates both. A client that presents a superseded
//! refresh token ends the session: one of the two parties that hold it is a thief. A session that
//! ended is refused everywhere within [`SESSION_CACHE_TTL`].
//!
//! # How
//!
//! A token is the session's identifier and 256 random bits. The store keeps the SHA-256 of the
//! bits only, and the two are compared in constant time: the store is asked by the identifier,
//! never by the secret. [`Sessions`] remembers what the store said for [`SESSION_CACHE_TTL`] at most.

mod account;
mod identity;
mod ports;
mod revocation;
mod session;
mod session_cache;
mod sessions;
mod shared_sessions;
#[cfg(feature = "testkit")]
pub mod testkit;
mod token;

pub use account::{AccountId, GameAccount, InvalidNexonKey, MAX_KEY_BYTES, NexonKey, OwnCharacter};
pub use identity::Identities;
pub use kernel::MemberId;
pub use ports::{Accounts, AccountsError, SessionStore, SessionStoreError};
pub use revocation::{Revocation, revoke_all};
pub use session::{AuthenticatedSession, Member, Role, Session, SessionId, TokenHashes};
pub use session_cache::SESSION_CACHE_TTL;
pub use sessions::{
    ACCESS_FOR, AuthenticateError, Dependencies, LogInError, LoggedIn, REFRESH_FOR, RefreshError,
    SESSION_FOR, SESSIONS_PER_MEMBER, Sessions,
};
pub use shared_sessions::{
    SharedSession, SharedSessions, SharedSessionsError, SharedState, SharedTime,
};
pub use token::TokenHash;
