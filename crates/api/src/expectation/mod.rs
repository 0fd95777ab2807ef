//! Cost of making a character's gear again, or of bringing it to a target: options and answer.

mod completion;
mod lines;
mod options;
mod outcome;
mod response;
mod slots;
mod star_force;

pub use completion::{CompletionRequest, TargetRequest, TargetsRequest};
pub use lines::{Line, LinesRequest, ReaderLeft};
pub use options::{ExpectationOptions, GoalWord, MAX_SLOTS, PresetWord, StartOptions, StartWord};
pub use outcome::{OtherMeaning, PotentialCost, StarForceCost};
pub use response::{
    Amount, Breakdown, ChosenOptions, ExpectationResponse, ItemAssumption, ItemCost, PresetCost,
    Subject, Sum,
};
pub use slots::NamedSlots;
pub use star_force::{SpareItemOptions, StarForceOptions};
