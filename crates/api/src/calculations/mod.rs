//! Calculations that need nothing but the question.

mod bounded;
pub mod csv;
mod curve;
mod errors;
pub mod flame;
pub(crate) mod numbers;
pub mod plan;
pub mod potential;
mod sheet;
mod spread;
pub mod star_force;

pub use bounded::{BoundedQuantile, BoundedSpread, ChanceBounds};
pub use curve::{CostCurve, CurvePoint};
pub use errors::{ValidationError, ValidationErrors};
pub use numbers::{MAX_QUANTILES, MAX_WEIGHTS};
pub(crate) use sheet::add_sheet_error;
pub use spread::{CostSpread, Quantile, TrialSpread};
pub use star_force::MAX_STARS;
