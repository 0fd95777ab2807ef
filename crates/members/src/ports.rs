//! Ports of members: the resolver of keys to accounts, and the store of sessions.

use std::error::Error;
use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use kernel::MemberId;

use crate::{GameAccount, Member, NexonKey, Session, SessionId, TokenHash, TokenHashes};

/// Resolves a key to the account of its owner.
#[async_trait]
pub trait Accounts: Debug + Send + Sync {
    /// The account that a key belongs to, and its owner's characters.
    ///
    /// The same owner MUST get the same account every time, whatever the order in which the game
    /// lists accounts. The key MUST NOT be kept, logged or part of an error.
    ///
    /// # Errors
    ///
    /// [`AccountsError`] with the reason.
    async fn find(&self, key: &NexonKey) -> Result<GameAccount, AccountsError>;
}

/// Reason for which a key was not resolved to an account.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// The game refuses the key.
    #[error("the game refuses the key")]
    KeyRefused,
    /// The key is good, but its owner has no account in this game.
    #[error("the key's owner has no account in this game")]
    NoAccount,
    /// The calls that the game permits with this key are used up.
    #[error("the calls permitted with the key are used up")]
    KeyExhausted {
        /// Earliest time of a retry, if the game states it.
        retry_after: Option<Duration>,
    },
    /// The game gives no answer.
    #[error("the game gives no answer")]
    Unavailable {
        /// Earliest time of a retry, if known.
        retry_after: Option<Duration>,
        /// Cause of the failure.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

/// Keeps members and their sessions.
///
/// Every call MUST stand by itself: a server that dies between two leaves nothing that has to be
/// mended. Times are kept to the microsecond.
#[async_trait]
pub trait SessionStore: Debug + Send + Sync {
    /// Keeps a new session and what is known of its member, unless something newer is.
    ///
    /// Of the member's sessions the `at_most` newest stay, this one among them; expired ones do
    /// not.
    ///
    /// # Errors
    ///
    /// [`SessionStoreError`]; the session may have been stored nevertheless.
    async fn open(
        &self,
        session: &Session,
        member: &Member,
        at_most: u64,
    ) -> Result<(), SessionStoreError>;

    /// A session and its member; none when there is no such session, or it ended.
    ///
    /// # Errors
    ///
    /// [`SessionStoreError`] when the store fails.
    async fn find(&self, id: SessionId) -> Result<Option<(Session, Member)>, SessionStoreError>;

    /// Gives a session new tokens if its refresh token is still `from`: of several calls with the
    /// same `from` one alone MUST succeed. Whether this one did.
    ///
    /// # Errors
    ///
    /// [`SessionStoreError`]; then it is not known whether the tokens are the old or the new.
    async fn rotate(
        &self,
        id: SessionId,
        from: &TokenHash,
        to: &TokenHashes,
    ) -> Result<bool, SessionStoreError>;

    /// Ends a session; whether there was one.
    ///
    /// # Errors
    ///
    /// [`SessionStoreError`] when the store fails.
    async fn end(&self, id: SessionId) -> Result<bool, SessionStoreError>;

    /// Ends every session of a member and returns their number.
    ///
    /// # Errors
    ///
    /// [`SessionStoreError`] when the store fails.
    async fn end_all(&self, member: MemberId) -> Result<u64, SessionStoreError>;

    /// Removes the sessions whose refresh token has expired and returns their number.
    ///
    /// # Errors
    ///
    /// [`SessionStoreError`] when the store fails.
    async fn remove_expired(&self, now: Timestamp) -> Result<u64, SessionStoreError>;
}

/// The store failed.
#[derive(Debug, thiserror::Error)]
#[error("the store failed to {action}")]
pub struct SessionStoreError {
    /// Attempted action, such as `open a session`.
    pub action: &'static str,
    /// Error of the store.
    #[source]
    pub source: Box<dyn Error + Send + Sync>,
}
