//! Assumptions about one item.

use std::fmt::{self, Display};

use cube_probability::{Decimal, Layer};

/// An assumption about one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assumption {
    /// Lines that count neither as boss damage nor as a utility that is kept.
    IgnoredLines {
        /// The potential.
        layer: Layer,
        /// The lines, as written.
        lines: Vec<String>,
    },
    /// The potential is drawn as two lines.
    TwoLines {
        /// The potential.
        layer: Layer,
    },
    /// Points of 최대 HP count at their worth to the character; nothing where it is not known.
    PointsOfHp {
        /// The potential.
        layer: Layer,
        /// Per cent of 최대 HP that a point is worth.
        worth: Decimal,
    },
    /// Spare items are free.
    FreeSpareItems,
    /// The item was given with its stars.
    GivenWithStars,
    /// The item has no such potential yet; the resets start at rare.
    NoPotentialYet {
        /// The potential.
        layer: Layer,
    },
    /// The item has no stars, and is taken to be one that star force works on.
    TakesStarForce,
    /// The item takes fewer stars than the target.
    FewerStars {
        /// The stars it takes.
        most: u8,
    },
}

impl Assumption {
    /// The kind of assumption, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::IgnoredLines { .. } => "ignored-lines",
            Self::TwoLines { .. } => "two-lines",
            Self::PointsOfHp { .. } => "points-of-hp",
            Self::FreeSpareItems => "free-spare-items",
            Self::GivenWithStars => "given-with-stars",
            Self::NoPotentialYet { .. } => "no-potential-yet",
            Self::TakesStarForce => "takes-star-force",
            Self::FewerStars { .. } => "fewer-stars",
        }
    }
}

impl Display for Assumption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IgnoredLines { layer, lines } => write!(
                f,
                "{layer}: these lines were left out of account: `{}`",
                lines.join("`, `")
            ),
            Self::TwoLines { layer } => {
                write!(f, "{layer}: the potential is drawn as two lines")
            }
            Self::PointsOfHp { layer, worth } if *worth == Decimal::default() => write!(
                f,
                "{layer}: points of 최대 HP count nothing, as their worth is not known"
            ),
            Self::PointsOfHp { layer, worth } => write!(
                f,
                "{layer}: a point of 최대 HP counts as {worth} %, its worth to the character"
            ),
            Self::NoPotentialYet { layer } => write!(
                f,
                "{layer}: the item has none yet; its first lines have no price, and the resets start at rare"
            ),
            Self::TakesStarForce => f.write_str(
                "the item has no stars; that star force works on it is not known from the document",
            ),
            Self::FewerStars { most } => {
                write!(
                    f,
                    "the item takes {most} stars at most, which stand for the target"
                )
            }
            Self::FreeSpareItems => f.write_str("spare items are free"),
            Self::GivenWithStars => {
                f.write_str("the item is given with its stars, which have no price")
            }
        }
    }
}
