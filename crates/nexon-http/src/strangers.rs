//! Share of the quota for characters of whom nothing is known.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use equipment::{Ocid, UpstreamError};
use parking_lot::Mutex;
use resilience::{Deadline, QuotaGate, QuotaPermit};
use tokio::time::Instant;

use crate::guard::quota_exceeded;

/// Time after a look-up by name in which calls for its character are those for a stranger. By its
/// end what they answered is stored.
const STRANGER_FOR: Duration = Duration::from_mins(10);

/// Upper bound on remembered strangers; calls for those beyond it come from the whole quota.
const CAPACITY: usize = 10_000;

/// A quota for look-ups by name and for the calls that follow them, whatever their number.
#[derive(Debug)]
pub(crate) struct Strangers {
    quota: Arc<dyn QuotaGate>,
    /// Time at which each was looked up.
    seen: Mutex<HashMap<Ocid, Instant>>,
}

impl Strangers {
    pub(crate) fn new(quota: Arc<dyn QuotaGate>) -> Self {
        Self {
            quota,
            seen: Mutex::default(),
        }
    }

    /// Notes the character that a look-up by name has found.
    pub(crate) fn note(&self, ocid: &Ocid) {
        let now = Instant::now();
        let mut seen = self.seen.lock();
        if seen.len() >= CAPACITY {
            seen.retain(|_, since| now - *since < STRANGER_FOR);
        }
        if seen.len() < CAPACITY {
            seen.insert(ocid.clone(), now);
        }
    }

    /// Permit for a look-up by name.
    pub(crate) async fn permit(&self, patience: Duration) -> Result<QuotaPermit, UpstreamError> {
        let permit = self.quota.acquire(Deadline::within(patience)).await;
        permit.map_err(quota_exceeded)
    }

    /// Permit for a call about a character; none is needed for one that is known.
    pub(crate) async fn permit_for(
        &self,
        ocid: &Ocid,
        patience: Duration,
    ) -> Result<Option<QuotaPermit>, UpstreamError> {
        let since = self.seen.lock().get(ocid).copied();
        if since.is_none_or(|since| since.elapsed() >= STRANGER_FOR) {
            return Ok(None);
        }
        self.permit(patience).await.map(Some)
    }
}
