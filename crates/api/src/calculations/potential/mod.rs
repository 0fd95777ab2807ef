//! One item's potential: the odds of a goal, and the distribution of what it costs.

mod chances;
mod request;
mod response;

pub use chances::{ChanceByGrade, ExactChanceByGrade};
pub use request::{PotentialRequest, StartingState};
pub use response::PotentialResponse;
