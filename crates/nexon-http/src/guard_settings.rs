//! Settings of the guard around an upstream, and the quota that Nexon grants.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use kernel::Clock;
use resilience::{Backoff, BreakerSettings, Day, InvalidSettings, LocalQuota, QuotaSettings};

/// Korea, by whose days Nexon counts, is nine hours ahead of UTC, all year.
pub const KST: Duration = Duration::from_hours(9);

/// Settings of the guard around an upstream.
#[derive(Debug, Clone)]
pub struct GuardSettings {
    /// Time within which every call for one question begins, after all waits for quota and between
    /// attempts. The question takes this and one call's timeout at most.
    pub patience: Duration,
    /// Calls for one question, at most.
    pub attempts: NonZeroU32,
    /// The waits between them.
    pub backoff: Backoff,
    /// Retries for every hundred calls, in the long run.
    pub retry_percent: u8,
    /// Retries that may be made at once after a quiet time.
    pub retry_reserve: u16,
    /// Thresholds of the breaker.
    pub breaker: BreakerSettings,
    /// For how long it is left alone once it has announced maintenance.
    pub closed_for: Duration,
}

impl Default for GuardSettings {
    /// 5 s of patience, 2 attempts some 100 ms apart, a tenth of the calls as retries with 10 in
    /// reserve, the breaker's own defaults, and 15 s of rest for maintenance.
    fn default() -> Self {
        Self {
            patience: Duration::from_secs(5),
            attempts: NonZeroU32::MIN.saturating_add(1),
            backoff: Backoff::new(Duration::from_millis(100), Duration::from_secs(1))
                .expect("100 ms is above zero and below 1 s"),
            retry_percent: 10,
            retry_reserve: 10,
            breaker: BreakerSettings::default(),
            closed_for: Duration::from_secs(15),
        }
    }
}

/// Quota that Nexon grants, with as many callers waiting as can get through within `patience`. `transit`
/// is the longest time from a permit to the moment Nexon counts the call, which the call's own
/// timeout bounds.
pub fn quota_settings(
    per_second: NonZeroU32,
    per_day: NonZeroU32,
    patience: Duration,
    transit: Duration,
) -> QuotaSettings {
    let queue = u64::from(per_second.get()).saturating_mul(patience.as_secs());
    QuotaSettings {
        per_second,
        per_day,
        queue: usize::try_from(queue).unwrap_or(usize::MAX),
        transit,
    }
}

/// Rate of the quota for strangers, in those of the whole quota: a call that waited for both would
/// queue twice. An empty Redis remembers a full second of it, so that it is not large.
const RATE_OF_STRANGERS: NonZeroU32 = NonZeroU32::new(4).expect("four is not zero");

/// The quota of calls for characters of whom nothing is known, which keeps `kept_percent` of the
/// day's calls, 0 to 100, for those that are known. It bounds the day; its rate is a few times that
/// of the whole quota, where calls wait for their turn.
pub fn strangers_settings(settings: QuotaSettings, kept_percent: u8) -> QuotaSettings {
    let rest = u64::from(100_u8.saturating_sub(kept_percent));
    let calls = u64::from(settings.per_day.get()) * rest / 100;
    let calls = u32::try_from(calls).unwrap_or(u32::MAX);
    let per_day = NonZeroU32::new(calls).unwrap_or(NonZeroU32::MIN);
    QuotaSettings {
        per_day,
        per_second: settings.per_second.saturating_mul(RATE_OF_STRANGERS),
        ..settings
    }
}

/// A quota for one process, whose day ends at [`KST`]'s midnight.
///
/// # Errors
///
/// A `transit` of more than a minute, or too many callers that could wait.
pub fn local_quota(
    settings: QuotaSettings,
    clock: Arc<dyn Clock>,
) -> Result<LocalQuota, InvalidSettings> {
    LocalQuota::new(settings, move || {
        let now = clock.now().as_duration();
        Day::at(now.try_into().unwrap_or_default(), KST)
    })
}
