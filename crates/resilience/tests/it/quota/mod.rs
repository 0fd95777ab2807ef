//! The quota gate: never too many calls, in order, and no wait without a result.

mod behaviour;
mod contract;
mod crowd;

use std::num::NonZeroU32;
use std::time::Duration;

use resilience::{Day, LocalQuota, QuotaSettings};
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_hours(24);

fn settings() -> QuotaSettings {
    QuotaSettings {
        per_second: NonZeroU32::new(2).unwrap(),
        per_day: NonZeroU32::new(1_000).unwrap(),
        queue: 10,
        transit: Duration::ZERO,
    }
}

/// A gate whose day ends this long from now.
fn gate(settings: QuotaSettings, to_midnight: Duration) -> LocalQuota {
    let start = Instant::now();
    let today = move || Day::at(start.elapsed() + DAY.saturating_sub(to_midnight), DAY);
    LocalQuota::new(settings, today).unwrap()
}
