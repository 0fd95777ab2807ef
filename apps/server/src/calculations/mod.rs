//! Calculations that need nothing but the question.

mod faults;
pub mod potential;
mod spread;

pub use faults::{Fault, Faults};
pub use spread::{CostSpread, Quantile, TrialSpread};
