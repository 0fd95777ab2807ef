//! Luck: counts over a history, beside what was to be expected of it.
//!
//! Every count is tested by its exact distribution, each row with its own chance. Rows are added
//! one by one and not kept, so memory does not grow with the history. What is reported is how
//! usual a count is; of many comparisons some are always unusual, so each report states their number.

mod count;
mod items;
mod potential;
mod report;
mod rows;
mod stars;

pub use count::{CountReport, EventCount};
pub use potential::ResetLuck;
pub use report::{GradeReport, ItemReport, OneStarReport, PaidMeso, ResetReport, StarReport};
pub use rows::{PotentialRow, StarOutcome, StarRow};
pub use stars::StarLuck;
