//! What a character's gear would cost to make again: the question's options and the answer.

mod answer;
mod lines;
mod options;
mod outcome;

pub use answer::{
    Amount, Breakdown, ChosenOptions, ExpectationAnswer, ItemCost, PresetCost, Subject, Sum,
};
pub use lines::{Line, LinesQuestion, ReaderLeft};
pub use options::{ExpectationOptions, InvalidOptions, PresetWord, StartWord};
pub use outcome::{PotentialCost, StarForceCost};
