//! Locks within one process.

use std::collections::HashSet;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::{Lease, Lock, LockError};

/// Substitute for a deadline beyond the range of `Instant`: far enough never to be reached.
const FAR_AWAY: Duration = Duration::from_hours(30 * 365 * 24);

/// Locks for the one process that a service without Redis and MySQL is. Its leases are never
/// lost. A clone keeps the same locks.
#[derive(Debug, Clone, Default)]
pub struct LocalLock(Arc<Names>);

#[derive(Debug, Default)]
struct Names {
    held: Mutex<HashSet<String>>,
    freed: Notify,
}

#[async_trait]
impl Lock for LocalLock {
    async fn acquire(&self, name: &str, patience: Duration) -> Result<Lease, LockError> {
        let deadline = Instant::now() + patience.min(FAR_AWAY);
        loop {
            let mut freed = pin!(self.0.freed.notified());
            // From here on no release is missed.
            freed.as_mut().enable();
            if self.0.held().insert(name.to_owned()) {
                return Ok(self.lease(name));
            }
            if timeout_at(deadline, freed).await.is_err() {
                let name = name.to_owned();
                return Err(LockError::Held { name, patience });
            }
        }
    }
}

impl LocalLock {
    #[cfg(feature = "testkit")]
    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    fn lease(&self, name: &str) -> Lease {
        let (names, name) = (Arc::clone(&self.0), name.to_owned());
        Lease::new(CancellationToken::new(), move || {
            names.held().remove(&name);
            names.freed.notify_waiters();
        })
    }
}

impl Names {
    fn held(&self) -> MutexGuard<'_, HashSet<String>> {
        self.held.lock()
    }
}
