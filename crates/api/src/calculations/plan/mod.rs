//! Several items together: what all of them cost, and the chance that a budget is enough for all.

mod request;
mod response;

pub use request::{PlanItem, PlanRequest};
pub use response::{PlanItemResponse, PlanResponse};
