//! What sessions need from the outside: whose a key is, and a place to keep sessions.

use std::error::Error;
use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use kernel::MemberId;

use crate::{Account, Member, NexonKey, Session, SessionId, TokenHash, TokenHashes};

/// Knows whose a key is.
#[async_trait]
pub trait Accounts: Debug + Send + Sync {
    /// The account that a key belongs to, and its owner's characters.
    ///
    /// The same owner MUST get the same account every time, whatever the order in which the game
    /// lists accounts. The key MUST NOT be kept, logged or part of an error.
    ///
    /// # Errors
    ///
    /// [`AccountsError`] says why it is not known.
    async fn find(&self, key: &NexonKey) -> Result<Account, AccountsError>;
}

/// Why it is not known whose a key is.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// The game does not take the key.
    #[error("the game does not take the key")]
    KeyRefused,
    /// The key is good, but its owner has no account in this game.
    #[error("the key's owner has no account in this game")]
    NoAccount,
    /// The calls that the game permits with this key are used up.
    #[error("the calls permitted with the key are used up")]
    KeyExhausted {
        /// When to try again, where the game says so.
        retry_after: Option<Duration>,
    },
    /// The game gives no answer.
    #[error("the game gives no answer")]
    Unavailable {
        /// When to try again, where that is known.
        retry_after: Option<Duration>,
        /// What happened.
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
    /// [`SessionStoreError`]; the session may be kept all the same.
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

    /// Ends every session of a member; how many there were.
    ///
    /// # Errors
    ///
    /// [`SessionStoreError`] when the store fails.
    async fn end_all(&self, member: MemberId) -> Result<u64, SessionStoreError>;

    /// Removes the sessions whose refresh token is good no more; how many there were.
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
    /// What was tried, such as `open a session`.
    pub action: &'static str,
    /// What the store says.
    #[source]
    pub source: Box<dyn Error + Send + Sync>,
}
