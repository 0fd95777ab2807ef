//! Locks in Redis: a key that ends by itself, with its owner's name in it.

use std::fmt::{self, Debug};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use fred::interfaces::KeysInterface;
use fred::types::{Expiration, SetOptions};
use kernel::{Ids, Lease, Lock, LockError};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::script::{EXTEND, RELEASE};
use crate::{Error, Redis};

/// Poll interval of a waiter that gets no notification: a holder that died sends none.
const POLL: Duration = Duration::from_millis(250);

/// Substitute for a deadline beyond the range of `Instant`: far enough never to be reached.
const FAR_AWAY: Duration = Duration::from_hours(30 * 365 * 24);

/// A lease is renewed when this part of it has passed, so that one the server has forgotten is
/// noticed within two such parts and never later than a third.
const RENEW_AFTER: u32 = 6;

/// A renewal that failed is tried again after this part of the lease.
const RETRY_AFTER: u32 = 24;

/// Locks in Redis.
///
/// Each lease is a key with a random owner that ends by itself. A task renews it; when the server
/// has forgotten it, or a sixth of the lease is left and no renewal came through, the lease is
/// lost. The holder's time is counted from before the request, the server's from after it, so the
/// holder's always ends first.
#[derive(Debug, Clone)]
pub struct RedisLock {
    redis: Redis,
    ids: Arc<dyn Ids>,
    lease: Duration,
}

impl RedisLock {
    /// Locks with leases that end `lease` after their holder has died; `ids` names the owners.
    ///
    /// A lease should be some times the command timeout, or one slow answer loses it.
    pub fn new(redis: Redis, ids: Arc<dyn Ids>, lease: Duration) -> Self {
        Self { redis, ids, lease }
    }

    async fn attempt(&self, name: &str) -> Result<Option<Lease>, Error> {
        let claim = Claim {
            redis: self.redis.clone(),
            key: self.redis.key(&format!("lock:{name}")),
            name: name.to_owned(),
            owner: format!("{:032x}", self.ids.next()),
            is_ours: true,
        };
        let asked = Instant::now();
        match claim.take(self.lease).await {
            Ok(true) => Ok(Some(hold(claim, asked, self.lease))),
            Ok(false) => {
                claim.belongs_to_another();
                Ok(None)
            }
            // The lock may have been taken nevertheless, so it is released.
            Err(error) => Err(error),
        }
    }
}

#[async_trait]
impl Lock for RedisLock {
    async fn acquire(&self, name: &str, patience: Duration) -> Result<Lease, LockError> {
        let deadline = Instant::now() + patience.min(FAR_AWAY);
        // From here on no release is missed.
        let mut freed = self.redis.invalidations().freed();
        loop {
            let attempt = self.attempt(name).await;
            if let Some(lease) = attempt.map_err(|e| LockError::Unreachable(Box::new(e)))? {
                return Ok(lease);
            }
            let look_again = deadline.min(Instant::now() + POLL);
            let is_freed = timeout_at(look_again, until_freed(&mut freed, name)).await;
            if is_freed.is_err() && look_again == deadline {
                let name = name.to_owned();
                return Err(LockError::Held { name, patience });
            }
        }
    }
}

/// Returns when a lock may be free.
async fn until_freed(freed: &mut Receiver<Option<Arc<str>>>, name: &str) {
    loop {
        match freed.recv().await {
            Ok(Some(other)) if &*other != name => {}
            Ok(_) | Err(RecvError::Lagged(_)) => return,
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

/// A lock that is ours, or may be; given back when dropped.
struct Claim {
    redis: Redis,
    key: String,
    name: String,
    owner: String,
    is_ours: bool,
}

impl Claim {
    /// Takes the lock if it is free.
    async fn take(&self, lease: Duration) -> Result<bool, Error> {
        let (end, free) = (Expiration::PX(millis(lease)), Some(SetOptions::NX));
        let client = self.redis.client();
        let set =
            client.set::<Option<String>, _, _>(&self.key, &self.owner, Some(end), free, false);
        Ok(self.redis.call(set).await?.is_some())
    }

    /// Extends a lease; false when it is no longer ours.
    async fn extend(&self, lease: Duration) -> Result<bool, Error> {
        let arguments = vec![self.owner.clone(), millis(lease).to_string()];
        let extended = self.redis.run(&EXTEND, &self.key, arguments);
        self.redis.call_ungated(extended).await
    }

    fn belongs_to_another(mut self) {
        self.is_ours = false;
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if !self.is_ours {
            return;
        }
        let redis = self.redis.clone();
        let channel = redis.invalidations().freed_channel().to_owned();
        let key = std::mem::take(&mut self.key);
        let arguments = vec![
            std::mem::take(&mut self.owner),
            channel,
            std::mem::take(&mut self.name),
        ];
        self.redis.spawn_detached(async move {
            let freed = redis.run::<u8>(&RELEASE, key, arguments);
            // If the server is unreachable, the lease expires by itself.
            let _ = redis.call_ungated(freed).await;
        });
    }
}

impl Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Renews a claim until its lease is dropped or lost.
fn hold(claim: Claim, taken: Instant, length: Duration) -> Lease {
    let (lost, done) = (CancellationToken::new(), CancellationToken::new());
    let redis = claim.redis.clone();
    let (tell, is_done) = (lost.clone(), done.clone());
    redis.spawn_detached(async move {
        tokio::select! {
            () = is_done.cancelled() => {}
            () = until_lost(&claim, taken, length) => {
                tracing::warn!(lock = claim.name, "a lock was lost while it was held");
                tell.cancel();
            }
        }
        // Cancelled before the claim is released, so that no other holder has the lock before.
        drop(claim);
    });
    Lease::new(lost, move || done.cancel())
}

/// Renews as long as it can.
async fn until_lost(claim: &Claim, taken: Instant, length: Duration) {
    let ours_until = |asked: Instant| asked + length - length / RENEW_AFTER;
    let mut last_call = ours_until(taken);
    let mut renew_at = taken + length / RENEW_AFTER;
    loop {
        sleep_until(renew_at.min(last_call)).await;
        let asked = Instant::now();
        if asked >= last_call {
            return;
        }
        match timeout_at(last_call, claim.extend(length)).await {
            Ok(Ok(true)) => {
                last_call = ours_until(asked);
                renew_at = asked + length / RENEW_AFTER;
            }
            Ok(Ok(false)) | Err(_) => return,
            Ok(Err(_)) => renew_at = Instant::now() + length / RETRY_AFTER,
        }
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
