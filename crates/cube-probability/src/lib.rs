//! Exact odds and exact cost distributions of `MapleStory` (KMS) item enhancement.

mod goal;
mod grade;
mod method;
mod option_forms;
mod option_line;
mod part;
mod stat;
mod words;

pub use goal::{
    Decimal, Goal, GoalError, GoalErrorReason, GoalLimit, MAX_GOAL_ATOMS, MAX_GOAL_CHARS,
    MAX_GOAL_DEPTH, Sum, Term,
};
pub use grade::Grade;
pub use method::{Layer, Method};
pub use option_line::{OptionLine, UnknownOption};
pub use part::Part;
pub use stat::Stat;
pub use words::UnknownWord;
