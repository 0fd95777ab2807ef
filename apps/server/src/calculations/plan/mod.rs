//! Several items together: what all of them cost, and the chance that a budget is enough for all.

mod answer;
mod question;

pub use answer::{PlanAnswer, PlanItemAnswer};
pub use question::{PlanItem, PlanQuestion};
