//! The four attributes that damage grows with.

use std::fmt;

use cube_probability::Stat;
use serde::{Deserialize, Serialize};

/// STR, DEX, INT or LUK.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Attribute {
    /// STR
    Str,
    /// DEX
    Dex,
    /// INT
    Int,
    /// LUK
    Luk,
}

impl Attribute {
    /// Every attribute, in the order in which arrays hold them.
    pub const ALL: [Self; 4] = [Self::Str, Self::Dex, Self::Int, Self::Luk];

    /// The stable identifier: `str`, `dex`, `int` or `luk`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Str => "str",
            Self::Dex => "dex",
            Self::Int => "int",
            Self::Luk => "luk",
        }
    }

    /// The stat of option lines in per cent, 올스탯 counted.
    pub const fn pct(self) -> Stat {
        match self {
            Self::Str => Stat::StrPct,
            Self::Dex => Stat::DexPct,
            Self::Int => Stat::IntPct,
            Self::Luk => Stat::LukPct,
        }
    }

    /// The stat of option lines in points, 올스탯 counted.
    pub const fn flat(self) -> Stat {
        match self {
            Self::Str => Stat::StrFlat,
            Self::Dex => Stat::DexFlat,
            Self::Int => Stat::IntFlat,
            Self::Luk => Stat::LukFlat,
        }
    }

    /// The stat of option lines in points for every 9 character levels.
    pub const fn per_9_levels(self) -> Stat {
        match self {
            Self::Str => Stat::StrPer9Levels,
            Self::Dex => Stat::DexPer9Levels,
            Self::Int => Stat::IntPer9Levels,
            Self::Luk => Stat::LukPer9Levels,
        }
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
