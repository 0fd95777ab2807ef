//! One item's potential: the odds of a goal, and the distribution of what it costs.

mod answer;
mod question;

pub use answer::{ChanceByGrade, PotentialAnswer};
pub use question::{PotentialQuestion, StartingState};
