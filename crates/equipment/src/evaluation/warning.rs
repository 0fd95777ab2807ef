//! Warnings that a reader needs to judge the numbers.

use std::fmt::{self, Display};

use cube_probability::star_force::Note;
use cube_probability::{Decimal, Layer};
use planning::{BossDefence, NotValued};

use crate::MainStat;

/// Warning that a reader needs to judge the numbers.
#[derive(Debug, Clone, PartialEq)]
pub enum Warning {
    /// The class is not known; its main stat was taken from the gear, where that tells one.
    UnknownClass {
        /// The class as given, if any was.
        class: Option<String>,
        /// The main stat taken.
        taken: Option<MainStat>,
    },
    /// The character's level is not known; this one was taken.
    UnknownLevel {
        /// The highest level that an item requires.
        taken: u16,
    },
    /// The worth at which goals count points of 최대 HP.
    PointsOfHp {
        /// Per cent of 최대 HP that a point is worth; zero where it is not known.
        worth: Decimal,
    },
    /// No stat sheet is known, so that strength cannot be judged.
    NoStatSheet,
    /// The stat sheet is that of another class.
    SheetOfAnotherClass,
    /// The stat sheet cannot be valued.
    SheetNotValued(NotValued),
    /// The character does no damage to the hardest bosses; strength is judged against this one.
    WeakerBoss(BossDefence),
    /// Something about the prices of stars.
    StarForce(Note),
    /// An item has lines that the game does not give; they have no price.
    ImpossibleLines {
        /// Slot of the item.
        slot: String,
        /// The item.
        name: String,
        /// Layer of the potential.
        layer: Layer,
    },
    /// Lines do not meet the goal derived from them: a fault of this program.
    GoalNotMet {
        /// Slot of the item.
        slot: String,
        /// The item.
        name: String,
        /// Layer of the potential.
        layer: Layer,
    },
}

impl Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownClass { class, taken } => {
                match class {
                    Some(class) => write!(f, "the class {class} is not known")?,
                    None => f.write_str("the class is not given")?,
                }
                match taken {
                    Some(main) => write!(f, "; {main} was taken as its main stat, as the gear has most of it"),
                    None => f.write_str(" and the gear favours no stat, so no potential has a price"),
                }
            }
            Self::UnknownLevel { taken } => write!(
                f,
                "the character's level is not given; {taken} was taken, the highest that an item requires"
            ),
            Self::PointsOfHp { worth } if *worth == Decimal::default() => f.write_str(
                "the worth of a point of 최대 HP is not known, as the source caps it; goals count percentages of 최대 HP only",
            ),
            Self::PointsOfHp { worth } => write!(
                f,
                "a point of 최대 HP on gear is worth {worth} % of the character's 최대 HP, which goals count it at"
            ),
            Self::NoStatSheet => f.write_str(
                "no stat sheet is known, so that goals ask for the same lines or better instead of lines as strong",
            ),
            Self::SheetOfAnotherClass => f.write_str(
                "the stat sheet names the stats of another class than the character's",
            ),
            Self::SheetNotValued(reason) => write!(
                f,
                "strength cannot be judged, so that goals ask for the same lines or better: {reason}"
            ),
            Self::WeakerBoss(defence) => write!(
                f,
                "the character does no damage to a boss of {} % defence; strength is judged against one of {} %",
                BossDefence::DEFAULT.per_cent(),
                defence.per_cent()
            ),
            Self::StarForce(note) => write!(f, "star force: {note}"),
            Self::ImpossibleLines { slot, name, layer } => write!(
                f,
                "{name} ({slot}) has lines in its {layer} that no reset gives; they have no price"
            ),
            Self::GoalNotMet { slot, name, layer } => write!(
                f,
                "{name} ({slot}) does not meet the goal derived from its own {layer}; it has no price"
            ),
        }
    }
}
