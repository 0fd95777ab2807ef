//! Alert rules over the metrics of a process. Each incident is reported once when it begins and
//! once when it is over.
//!
//! A rule of [`Scope::Instance`] is evaluated by every instance for itself. So is a rule of
//! [`Scope::Shared`], whose incident is reported once for all who see it. A rule of
//! [`Scope::Service`] is evaluated by the instance that holds a lock; when that instance dies,
//! another takes the rules over and reports open incidents again, because delivery by the dead one
//! is not certain.

mod channels;
mod log;
mod monitor;
mod rules;
mod shared;

use std::collections::HashMap;
use std::fmt::Debug;

pub use channels::Channels;
pub use log::LogAlerts;
pub use monitor::{RuleMonitor, WatchLock};
pub use rules::{Reading, Rule, Scope, Thresholds, UPSTREAM_OPEN, rules};
pub use shared::{HOLD, SharedAlerts, SharedIncidents, SharedIncidentsError};

/// Metrics of this process, read for evaluation.
pub trait MetricSource: Debug + Send + Sync {
    /// Value of every counter and gauge by metric name, summed over its labels.
    fn read(&self) -> HashMap<String, f64>;
}
