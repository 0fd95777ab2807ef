//! One item's potential: the odds of a goal, and the distribution of what it costs.

mod answer;
mod chances;
mod question;

pub use answer::PotentialAnswer;
pub use chances::{ChanceByGrade, ExactChanceByGrade};
pub use question::{PotentialQuestion, StartingState};
