//! A lock service that a test can interrupt, and fences in memory.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use parking_lot::{Mutex, MutexGuard};
use tokio_util::sync::CancellationToken;

use super::{Fence, FenceError, FenceToken, Fences, Lease, LocalLock, Lock, LockError, StaleFence};

/// Locks in memory, which a test can have forgotten, or out of reach. A clone keeps the same locks,
/// as another instance would see them.
#[derive(Debug, Clone, Default)]
pub struct MemoryLock(Arc<LockTable>);

#[derive(Debug, Default)]
struct LockTable {
    locks: Mutex<LocalLock>,
    given: Mutex<Vec<CancellationToken>>,
    is_away: AtomicBool,
}

impl MemoryLock {
    /// Every lease is lost and every lock free, as when the lock service has lost its data.
    pub fn forget_all(&self) {
        *self.0.locks() = LocalLock::default();
        self.0.given().drain(..).for_each(|lost| lost.cancel());
    }

    /// Makes the lock service unreachable, or reachable again. Leases live on.
    pub fn set_away(&self, is_away: bool) {
        self.0.is_away.store(is_away, Ordering::Relaxed);
    }
}

impl LockTable {
    fn locks(&self) -> MutexGuard<'_, LocalLock> {
        self.locks.lock()
    }

    fn given(&self) -> MutexGuard<'_, Vec<CancellationToken>> {
        self.given.lock()
    }
}

#[async_trait]
impl Lock for MemoryLock {
    async fn acquire(&self, name: &str, patience: Duration) -> Result<Lease, LockError> {
        if self.0.is_away.load(Ordering::Relaxed) {
            return Err(LockError::Unreachable("the test put it away".into()));
        }
        loop {
            let locks = self.0.locks().clone();
            let lease = locks.acquire(name, patience).await?;
            // Else they were forgotten while this waited.
            if self.0.locks().is_same(&locks) {
                self.0.given().push(lease.lost().clone());
                return Ok(lease);
            }
        }
    }
}

/// Fences in memory, as strict as the database.
#[derive(Debug, Default)]
pub struct MemoryFences(Mutex<HashMap<String, u64>>);

impl MemoryFences {
    /// Checks a fence as a protected write does first in its transaction.
    ///
    /// # Errors
    ///
    /// [`StaleFence`] when there is a later holder.
    pub fn check(&self, fence: &Fence) -> Result<(), StaleFence> {
        let newest = self.tokens().get(&fence.name).copied().unwrap_or(0);
        let newest = FenceToken::new(newest);
        if newest == fence.token {
            return Ok(());
        }
        let fence = fence.clone();
        Err(StaleFence { fence, newest })
    }

    fn tokens(&self) -> MutexGuard<'_, HashMap<String, u64>> {
        self.0.lock()
    }
}

#[async_trait]
impl Fences for MemoryFences {
    async fn raise(&self, name: &str) -> Result<FenceToken, FenceError> {
        let mut tokens = self.tokens();
        let newest = tokens.entry(name.to_owned()).or_default();
        *newest += 1;
        Ok(FenceToken::new(*newest))
    }
}
