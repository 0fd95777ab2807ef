//! Fencing tokens: a write under a superseded lock is refused.

use std::error::Error;
use std::fmt::{self, Debug, Display};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::{Lease, LeaseLost, Lock, LockError};

/// Fencing token of a lock holder: of two holders, the later has the greater token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FenceToken(u64);

impl FenceToken {
    /// Restores a token from its stored number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number to store.
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl Display for FenceToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.0, f)
    }
}

/// Fence of a protected write: the name of the lock and the holder's fencing token.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Fence {
    /// The lock.
    pub name: String,
    /// The holder's fencing token.
    pub token: FenceToken,
}

/// A write came from a holder after which another has taken the lock. It was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a write under the lock `{}` is refused: its holder has token {}, the newest is {newest}",
    .fence.name, .fence.token
)]
pub struct StaleFence {
    /// Fence that the write carried.
    pub fence: Fence,
    /// The token of the lock's last holder; zero when there has been none.
    pub newest: FenceToken,
}

/// Issues fencing tokens. It lives in the store of the protected writes, so that a write and the
/// check of its token are one transaction.
#[async_trait]
pub trait Fences: Debug + Send + Sync {
    /// A new token for the holder of a lock. It MUST be greater than every token given in this
    /// name before, and once it is given a write that carries an earlier one MUST be refused with
    /// [`StaleFence`].
    ///
    /// # Errors
    ///
    /// [`FenceError`]; then a token may have been used up.
    async fn raise(&self, name: &str) -> Result<FenceToken, FenceError>;
}

/// No token could be given out.
#[derive(Debug, thiserror::Error)]
#[error("no fencing token was issued")]
pub struct FenceError(#[source] pub Box<dyn Error + Send + Sync>);

impl From<FenceError> for LockError {
    /// Without a token there is no lock.
    fn from(error: FenceError) -> Self {
        Self::Unreachable(Box::new(error))
    }
}

/// Locks with fencing: each lease comes with a fence for its writes.
#[derive(Debug, Clone)]
pub struct Fenced {
    lock: Arc<dyn Lock>,
    fences: Arc<dyn Fences>,
}

/// A held lock with the fence that its writes carry.
#[derive(Debug)]
#[must_use = "the lock is free again when its lease is dropped"]
pub struct FencedLease {
    lease: Lease,
    fence: Fence,
}

impl Fenced {
    /// Locks of `lock` with fences of `fences`.
    pub fn new(lock: Arc<dyn Lock>, fences: Arc<dyn Fences>) -> Self {
        Self { lock, fences }
    }

    /// Like [`Lock::acquire`]; from the moment it returns, writes of earlier holders are refused.
    ///
    /// # Errors
    ///
    /// [`LockError`].
    pub async fn acquire(&self, name: &str, patience: Duration) -> Result<FencedLease, LockError> {
        let lease = self.lock.acquire(name, patience).await?;
        let token = self.fences.raise(name).await?;
        let name = name.to_owned();
        Ok(FencedLease {
            lease,
            fence: Fence { name, token },
        })
    }
}

impl FencedLease {
    /// The lease.
    pub fn lease(&self) -> &Lease {
        &self.lease
    }

    /// Returns the fence that every write under the lease must carry.
    pub fn fence(&self) -> &Fence {
        &self.fence
    }

    /// Like [`Lease::work`].
    ///
    /// # Errors
    ///
    /// [`LeaseLost`].
    pub async fn work<W: Future>(&self, work: W) -> Result<W::Output, LeaseLost> {
        self.lease.work(work).await
    }
}
