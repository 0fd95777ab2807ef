//! Items without an action, each with its reason.

use cube_probability::{Layer, Method};

/// An item, or one of its potentials, without an action.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LeftOut {
    /// The slot of the item.
    pub slot: String,
    /// The reason.
    pub reason: LeftOutReason,
}

/// Reason that there is no action.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
pub enum LeftOutReason {
    /// The grade of a potential is not known.
    #[error("the grade of the {0} is not known")]
    UnknownGrade(Layer),
    /// A potential has lines that are not in the published tables.
    #[error("the {0} has lines that are not known")]
    UnknownLines(Layer),
    /// The level of the item is not known.
    #[error("the level of the item is not known")]
    UnknownLevel,
    /// The level of the item or its stars are not known.
    #[error("the level or the stars of the item are not known")]
    UnknownStars,
    /// The item has no stars, as one has that takes none.
    #[error("the item has no stars; that star force works on it is not known")]
    NoStars,
    /// Star force does not go on from the stars of 놀라운 장비강화 주문서.
    #[error("the stars come from 놀라운 장비강화 주문서")]
    StarsFromScroll,
    /// The gain of a weapon's first stars is not known.
    #[error("the first 15 stars of a weapon go by its own attack, which is not known")]
    WeaponAttack,
    /// The cost of a method is not known, or the game has no such reset.
    #[error("{layer} by {method}: {detail}")]
    NotPriced {
        /// The potential.
        layer: Layer,
        /// The method.
        method: Method,
        /// The error of the calculation.
        detail: String,
    },
}
