//! Calculations that need nothing but the question.

mod bounded;
mod faults;
mod numbers;
pub mod plan;
pub mod potential;
mod spread;
pub mod star_force;

pub use bounded::{BoundedQuantile, BoundedSpread, ChanceBounds};
pub use faults::{Fault, Faults};
pub use spread::{CostSpread, Quantile, TrialSpread};
