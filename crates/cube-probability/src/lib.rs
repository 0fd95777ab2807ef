//! Exact odds and exact cost distributions of `MapleStory` (KMS) item enhancement.
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod chance;
mod compare;
mod distribution;
mod draw;
pub mod flame;
mod fourier;
mod goal;
mod grade;
mod limits;
mod line_tables;
mod method;
mod odds;
mod option_forms;
mod option_line;
mod part;
mod phase;
mod plan;
mod reset;
mod rules;
#[cfg(feature = "simulation")]
pub mod simulation;
pub mod soul;
pub mod star_force;
mod stat;
pub mod stopping;
mod success;
mod tables;
mod words;

pub use chance::Chance;
pub use compare::{Aim, Comparison, Mix, MixError};
pub use distribution::{
    Bar, Bounds, ChartPoint, CostBounds, CostBracket, CostDistribution, Distribution, InvalidLevel,
    Level, Moments, Quantile, Summary, Unit, Unknown,
};
pub use draw::{Draw, DrawnLines};
pub use goal::{
    Decimal, Goal, GoalError, GoalErrorReason, GoalLimit, MAX_GOAL_ATOMS, MAX_GOAL_CHARS,
    MAX_GOAL_DEPTH, Sum, Term,
};
pub use grade::Grade;
pub use limits::LimitedCategory;
pub use line_tables::{LineOption, LineTables};
pub use method::{Layer, Method};
pub use odds::{Odds, OutOfReach, Verdict};
pub use option_line::{OptionLine, UnknownOption};
pub use part::Part;
pub use phase::{Phase, PhaseError};
pub use plan::{PlanError, Total};
pub use reset::{MAX_CUBE_PRICE, Prices, ResetError, Start};
pub use rules::{MAX_ITEM_LEVEL, Rules, Source, UnknownRules};
pub use stat::Stat;
pub use success::{LineTotals, Outcomes};
#[doc(hidden)]
pub use tables::read_built_in_tables;
pub use words::UnknownWord;
