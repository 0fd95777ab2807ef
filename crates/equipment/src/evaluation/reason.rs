//! Reasons for which something has no price.

use std::fmt::{self, Display};

use cube_probability::{Goal, GoalError, GoalLimit, Method, PhaseError, ResetError};

use crate::{MainStat, UnreadableField};

/// Reason for which there is nothing to price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotApplicable {
    /// The item has no such potential.
    NoPotential,
    /// The item shows the potentials and stars of the weapon, which are priced there.
    SharedWithWeapon,
    /// The item has no stars.
    NoStars,
    /// The item was given with its stars.
    StarsOfItsOwn,
    /// The start given has as many stars as the item.
    StartsWithStars,
    /// Nothing is asked of the item.
    NoTarget,
    /// Items worn there take no star force.
    TakesNoStars,
    /// Items worn there carry no potential.
    CarriesNoPotential,
}

impl Display for NotApplicable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoPotential => "the item has no such potential",
            Self::SharedWithWeapon => "it is shared with the weapon and priced there",
            Self::NoStars => "the item has no stars",
            Self::StarsOfItsOwn => "the item is given with its stars",
            Self::StartsWithStars => "the start given has as many stars",
            Self::NoTarget => "the target asks nothing of it",
            Self::TakesNoStars => "items worn here take no star force",
            Self::CarriesNoPotential => "items worn here carry no potential",
        })
    }
}

/// Reason for which something has no price.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NotPriced {
    /// The item has lines, but neither its slot nor its kind is known, or nothing worn there
    /// carries a potential.
    #[error("no option tables are known for {kind} worn as {slot}")]
    UnknownPart {
        /// The slot as written.
        slot: String,
        /// The kind as written.
        kind: String,
    },
    /// The target is no goal.
    #[error("the target is no goal: {0}")]
    NoGoal(GoalError),
    /// The grade is none of the four.
    #[error("unknown grade `{0}`")]
    UnknownGrade(String),
    /// The class is not known, and none of the lines counts for the main stat that was taken from
    /// the gear instead.
    #[error(
        "the class is not known, and none of the lines counts for {0}, which was taken as its main stat"
    )]
    GuessedClass(MainStat),
    /// The required level, by which the tables are chosen, cannot be read.
    #[error(transparent)]
    Unreadable(UnreadableField),
    /// A grade without lines.
    #[error("the potential shows no lines")]
    NoLines,
    /// Neither the class nor the gear tells which stats count.
    #[error("neither the class nor the gear tells which stats count")]
    UnknownClass,
    /// The goal is larger than goals may be.
    #[error("the goal is too large")]
    GoalTooLarge(#[source] GoalLimit),
    /// The lines do not meet the goal that was derived from them.
    #[error("the lines do not meet the goal `{0}` derived from them")]
    GoalNotMet(Goal),
    /// The method does not work on this item.
    #[error("the method does not work here: {0}")]
    CannotReset(ResetError),
    /// No price of the method is known.
    #[error("no price of {0} is known")]
    NoPrice(Method),
    /// The cost cannot be counted.
    #[error("the cost cannot be counted: {0}")]
    Uncountable(PhaseError),
}
