//! Locks across all instances: mutual exclusion by leases, and fencing of superseded holders.

#[cfg(feature = "testkit")]
pub(crate) mod contract;
#[cfg(feature = "testkit")]
pub(crate) mod fake;
mod fallback;
mod fence;
mod local;

use std::error::Error;
use std::fmt::{self, Debug};
use std::time::Duration;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

pub use fallback::FallbackLock;
pub use fence::{Fence, FenceError, FenceToken, Fenced, FencedLease, Fences, StaleFence};
pub use local::LocalLock;

/// Mutual exclusion by name, across all instances that use the same lock service.
///
/// A lock is advice: its holder can be stopped for longer than its lease and go on in the belief
/// that it still holds it. What must not happen twice is made safe where it is written: by unique
/// keys and atomic updates, or by a [`Fence`] that the write is checked against.
///
/// Every implementation keeps these promises, which `lock_contract` (feature `testkit`) checks:
///
/// - While a lease lives and is not lost, nobody else MUST get one in its name.
/// - A lease that is dropped MUST be free for others at once, or when its time is over if the
///   lock service is unreachable.
/// - A holder that asks again for what it holds waits like anybody else.
/// - A caller that goes away while it waits MUST have taken nothing, or give it back.
/// - A lease MUST be [lost](Lease::lost) before its time is over at the lock service, as long as
///   the holder runs at all, and within a third of its time when the service has lost it.
#[async_trait]
pub trait Lock: Debug + Send + Sync {
    /// Takes the lock of this name, and waits for it no longer than `patience`; with none, it
    /// tries once.
    ///
    /// # Errors
    ///
    /// [`LockError::Held`] when another has it, [`LockError::Unreachable`] when the lock
    /// service cannot be asked. Only the second is an outage.
    async fn acquire(&self, name: &str, patience: Duration) -> Result<Lease, LockError>;
}

/// Reason for which a lock was not acquired.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another holder has it.
    #[error("the lock `{name}` is held by another and was not released within {} ms", .patience.as_millis())]
    Held {
        /// Name of the lock.
        name: String,
        /// Time spent waiting.
        patience: Duration,
    },
    /// The lock service did not answer.
    #[error("the lock service is unreachable")]
    Unreachable(#[source] Box<dyn Error + Send + Sync>),
}

/// A lock that is held, until this is dropped or it is lost.
#[must_use = "the lock is free again when its lease is dropped"]
pub struct Lease {
    lost: CancellationToken,
    give_back: Option<Box<dyn FnOnce() + Send + Sync>>,
}

/// The lease was lost while work was done under it: somebody else may hold the lock now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the lock was lost while work was done under it")]
pub struct LeaseLost;

impl Lease {
    /// Makes a lease. The lock service cancels `lost` when the lease is lost; `give_back` runs
    /// once, when the lease is dropped, and releases the lock.
    pub fn new(lost: CancellationToken, give_back: impl FnOnce() + Send + Sync + 'static) -> Self {
        Self {
            lost,
            give_back: Some(Box::new(give_back)),
        }
    }

    /// Cancelled when the lease is lost. Hand clones of it to the work done under the lease.
    pub fn lost(&self) -> &CancellationToken {
        &self.lost
    }

    /// Whether the lease is known to be lost.
    pub fn is_lost(&self) -> bool {
        self.lost.is_cancelled()
    }

    /// Runs work while the lease is held; the work is dropped at its current await point when the
    /// lease is lost.
    ///
    /// # Errors
    ///
    /// [`LeaseLost`].
    pub async fn work<W: Future>(&self, work: W) -> Result<W::Output, LeaseLost> {
        let done = self.lost.run_until_cancelled(work).await;
        done.ok_or(LeaseLost)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(give_back) = self.give_back.take() {
            give_back();
        }
    }
}

impl Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease")
            .field("is_lost", &self.is_lost())
            .finish_non_exhaustive()
    }
}
