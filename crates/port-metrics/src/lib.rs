//! Metrics of the ports: decorators that count calls and outcomes, and gauges of what waits.

mod equipment;
mod jobs;
mod likes;
mod outbox;

pub use self::equipment::{
    MetricReadings, ObservedAlerts, ObservedShared, ObservedStore, ObservedUpstream,
    observe_lookups, watch_breaker,
};
pub use self::jobs::JobMetrics;
pub use self::likes::{KnownCharacters, ObservedLikes};
pub use self::outbox::{BacklogGauges, LogNotices, ObservedDelivery};
