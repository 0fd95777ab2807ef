//! Gates of keys: one for each key that is in use, forgotten with its last job.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Weak};
use std::time::Duration;

use async_trait::async_trait;
use kernel::Clock;
use members::NexonKey;
use parking_lot::Mutex;
use resilience::{Deadline, LocalQuota, QuotaError, QuotaGate, QuotaPermit, QuotaSettings};
use sha2::{Digest, Sha256};

use crate::guard_settings::local_quota;

/// Jobs of one key that may wait for its gate.
const QUEUE: usize = 64;

/// Upper bound on the time from a permit to the moment Nexon counts the call, as a quota takes it.
const MAX_TRANSIT: Duration = Duration::from_mins(1);

/// Hash of a key. It stands in memory only, and only while the key is in use.
type KeyHash = [u8; 32];

/// The gates of the keys in use.
#[derive(Debug)]
pub(super) struct KeyGates {
    settings: QuotaSettings,
    clock: Arc<dyn Clock>,
    gates: Mutex<HashMap<KeyHash, Weak<LocalQuota>>>,
}

/// A gate of one key, shared by the jobs of the key.
#[derive(Debug)]
pub(super) struct KeyGate {
    quota: Arc<LocalQuota>,
    hash: KeyHash,
    gates: Arc<KeyGates>,
}

impl KeyGates {
    /// Gates that let so many calls through in a second. The calls of a day are counted by Nexon
    /// alone: a key is used elsewhere too, and what is forgotten cannot be counted.
    pub(super) fn new(per_second: NonZeroU32, timeout: Duration, clock: Arc<dyn Clock>) -> Self {
        let settings = QuotaSettings {
            per_second,
            per_day: NonZeroU32::MAX,
            queue: QUEUE,
            transit: timeout.min(MAX_TRANSIT),
        };
        Self {
            settings,
            clock,
            gates: Mutex::default(),
        }
    }

    /// The gate of this key: that of its other jobs, if there are any.
    pub(super) fn of(self: &Arc<Self>, key: &NexonKey) -> KeyGate {
        let hash: KeyHash = Sha256::digest(key.expose()).into();
        let mut gates = self.gates.lock();
        let known = gates.get(&hash).and_then(Weak::upgrade);
        let quota = known.unwrap_or_else(|| {
            let quota = local_quota(self.settings, Arc::clone(&self.clock));
            let quota = Arc::new(quota.expect("the queue is short and the transit bounded"));
            gates.insert(hash, Arc::downgrade(&quota));
            quota
        });
        KeyGate {
            quota,
            hash,
            gates: Arc::clone(self),
        }
    }
}

#[async_trait]
impl QuotaGate for KeyGate {
    async fn acquire(&self, deadline: Deadline) -> Result<QuotaPermit, QuotaError> {
        self.quota.acquire(deadline).await
    }

    fn used_today(&self) -> u32 {
        self.quota.used_today()
    }
}

impl Drop for KeyGate {
    fn drop(&mut self) {
        let mut gates = self.gates.gates.lock();
        // Under the lock nobody takes another handle, so this one is the last of its key or not.
        if Arc::strong_count(&self.quota) == 1 {
            gates.remove(&self.hash);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use kernel::SystemClock;

    use super::*;

    fn key(text: &str) -> NexonKey {
        NexonKey::try_from(secrecy::SecretString::from(text)).unwrap()
    }

    fn gates() -> Arc<KeyGates> {
        let per_second = NonZeroU32::new(2).unwrap();
        Arc::new(KeyGates::new(
            per_second,
            Duration::from_hours(1),
            Arc::new(SystemClock),
        ))
    }

    /// Whether a call gets through now.
    fn is_open(gate: &KeyGate) -> bool {
        let deadline = Deadline::within(Duration::from_secs(30));
        let permit = gate.acquire(deadline).now_or_never();
        permit.is_some_and(|permit| permit.is_ok())
    }

    #[tokio::test(start_paused = true)]
    async fn jobs_of_a_key_share_its_gate_and_no_other_keys() {
        let gates = gates();
        let (one, two, other) = (
            gates.of(&key("a")),
            gates.of(&key("a")),
            gates.of(&key("b")),
        );
        assert!(is_open(&one) && is_open(&two));
        assert!(!is_open(&one) && !is_open(&two), "two calls a second");
        assert!(is_open(&other));
        tokio::time::advance(Duration::from_millis(1_001)).await;
        assert!(is_open(&two));
    }

    #[test]
    fn gate_is_forgotten_with_the_last_job_of_its_key() {
        let gates = gates();
        let known = || gates.gates.lock().len();
        let (one, two) = (gates.of(&key("a")), gates.of(&key("a")));
        assert_eq!(known(), 1);
        drop(one);
        assert_eq!(known(), 1);
        drop(two);
        assert_eq!(known(), 0);
    }
}
