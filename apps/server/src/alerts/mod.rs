//! What operators are told: rules over the metrics of this process, each told once when it begins
//! and once when it is over.
//!
//! Each instance judges what concerns itself, such as its breaker, and names itself. What all of
//! them share, such as the dead letters, is judged by the one that holds the lock of the watch.
//! When that one dies another takes the watch resolved, and tells again what has not ended by then:
//! nobody knows whether the dead one got it out.

mod channels;
mod log;
mod rules;
mod watch;

pub use channels::Channels;
pub use log::LogAlerts;
pub use rules::{Reading, Rule, Scope, Thresholds, rules};
pub use watch::{RuleMonitor, WatchLock};
