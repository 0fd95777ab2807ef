//! What a character's gear would cost to make again: the question's options and the answer.

mod lines;
mod options;
mod outcome;
mod response;

pub use lines::{Line, LinesRequest, ReaderLeft};
pub use options::{ExpectationOptions, InvalidOptions, PresetWord, StartWord};
pub use outcome::{PotentialCost, StarForceCost};
pub use response::{
    Amount, Breakdown, ChosenOptions, ExpectationResponse, ItemCost, PresetCost, Subject, Sum,
};
