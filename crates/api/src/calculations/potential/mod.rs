//! One item's potential: the odds of a goal, and the distribution of what it costs.

mod batch;
mod chances;
mod request;
mod response;

pub use batch::{BatchAnswer, MAX_QUESTIONS, PotentialBatchRequest, PotentialBatchResponse};
pub use chances::{ChanceByGrade, ExactChanceByGrade};
pub use request::{PotentialRequest, StartingState};
pub use response::PotentialResponse;
