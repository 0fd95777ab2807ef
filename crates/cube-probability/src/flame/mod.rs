//! 환생의 불꽃: the odds of additional options.
//!
//! A flame gives an item one to four different options, each drawn evenly from those of its part,
//! and each a tier by itself; equipment of bosses always gets four, two tiers higher. A *score*
//! weighs the stats that the options give; the chance that a flame reaches a score is a sum over
//! every set of options and tiers, in whole numbers.
//!
//! Sources: Nexon, Guide/OtherProbability/gameAddOption, as published on 2026-10-11 (options,
//! numbers of lines, tiers); News/Update/799 of 2026-03-19 (the reset for meso). The amounts by
//! level are players' figures on which independent copies agree. A result equal to the one before
//! is drawn again by the game, which changes a chance by about one in a million and is left out.
//!
//! ```
//! use cube_probability::flame::{Flame, FlameItem, FlameScore, FlameStat};
//! use cube_probability::{Decimal, Part};
//!
//! let hat = FlameItem::new(Part::Hat, 200, true)?;
//! let score = FlameScore::new([
//!     (FlameStat::Int, Decimal::ONE),
//!     (FlameStat::AllStatPct, Decimal::from(10)),
//! ])?;
//! let odds = hat.odds(Flame::Eternal, &score, Decimal::from(150))?;
//! assert!(odds.chance().probability() > 0.0);
//! # Ok::<(), cube_probability::flame::FlameError>(())
//! ```

mod item;
mod odds;

use crate::words::words;
use crate::{Decimal, Part};

pub use item::{FlameItem, FlameStat};
pub use odds::{FlameOdds, FlameScore};

/// A means to draw the additional options of an item anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flame {
    /// 강력한 환생의 불꽃
    Powerful,
    /// 타오르는 환생의 불꽃
    Burning,
    /// 영원한 환생의 불꽃
    Eternal,
    /// 검은 환생의 불꽃
    Black,
    /// 심연의 환생의 불꽃
    Abyss,
    /// 메소 추가옵션 재설정: the odds of [`Black`](Self::Black) for meso.
    Meso,
}

words!("flame", Flame {
    Powerful = "powerful",
    Burning = "burning",
    Eternal = "eternal",
    Black = "black",
    Abyss = "abyss",
    Meso = "meso",
});

/// Meso of one 메소 추가옵션 재설정, for any equipment.
const MESO_RESET: u64 = 3_000_000;

impl Flame {
    /// The published price in meso; none for flames, which are traded or earned.
    pub const fn price(self) -> Option<u64> {
        match self {
            Self::Meso => Some(MESO_RESET),
            _ => None,
        }
    }

    /// The chance of each tier, in per cent: 1 to 5, or 3 to 7 for equipment of bosses.
    const fn tiers(self) -> [u64; 5] {
        match self {
            Self::Powerful | Self::Burning => [20, 30, 36, 14, 0],
            Self::Eternal | Self::Black | Self::Meso => [0, 29, 45, 25, 1],
            Self::Abyss => [0, 0, 63, 34, 3],
        }
    }
}

/// The chance of one to four options, in per cent.
const fn line_counts(boss_gear: bool) -> [u64; 4] {
    if boss_gear {
        [0, 0, 0, 100]
    } else {
        [40, 40, 16, 4]
    }
}

/// A flame that the game does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FlameError {
    /// Items of this part have no additional options.
    #[error("{} takes no flames", part.korean())]
    TakesNone {
        /// The part.
        part: Part,
    },
    /// No item has this level.
    #[error("item level {item_level} is outside 0 to {}", crate::MAX_ITEM_LEVEL)]
    LevelTooHigh {
        /// The level as given.
        item_level: u16,
    },
    /// The score weighs an attack of a weapon whose own attack is not given.
    #[error("the {stat} of a weapon's flame goes by the weapon's own, which is not given")]
    AttackMissing {
        /// 공격력 or 마력.
        stat: FlameStat,
    },
    /// A weight or the score to reach is above the largest number.
    #[error("{number} is above {}", Decimal::MAX_IN_GOAL)]
    NumberTooLarge {
        /// The number as given.
        number: Decimal,
    },
    /// The score weighs nothing.
    #[error("a score weighs at least one stat")]
    NothingWeighed,
}
