//! A second lock service for outages of the first.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;
use tracing::warn;

use super::{Lease, Lock, LockError};

/// Takes locks from the first lock service, and from the second while the first is unreachable.
///
/// Contention is an answer, not an outage: it never leads to the second service.
/// Each call asks the first anew, so there is nothing to switch back; a first service that is down
/// must therefore fail fast.
///
/// The two services do not coordinate: while one instance reaches the first and another
/// does not, or when the first comes back while a lease of the second lives, a name can have two
/// holders. So only what is checked against a [`Fence`](super::Fence) may rely on it.
#[derive(Debug)]
pub struct FallbackLock {
    first: Arc<dyn Lock>,
    second: Arc<dyn Lock>,
}

impl FallbackLock {
    /// Falls back from `first` to `second`.
    pub fn new(first: Arc<dyn Lock>, second: Arc<dyn Lock>) -> Self {
        Self { first, second }
    }
}

#[async_trait]
impl Lock for FallbackLock {
    async fn acquire(&self, name: &str, patience: Duration) -> Result<Lease, LockError> {
        let asked = Instant::now();
        match self.first.acquire(name, patience).await {
            Err(LockError::Unreachable(error)) => {
                let error = crate::chain(&*error);
                warn!(
                    name,
                    error, "the first lock service is unreachable, the second is used"
                );
                let left = patience.saturating_sub(asked.elapsed());
                self.second.acquire(name, left).await
            }
            taken_or_held => taken_or_held,
        }
    }
}
