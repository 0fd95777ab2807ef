//! Kinds of histories.

use std::fmt::{self, Display};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A history that Nexon keeps of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum HistoryKind {
    /// Uses of cubes (큐브).
    #[serde(rename = "cube")]
    Cube,
    /// Meso resets (잠재능력 재설정).
    #[serde(rename = "potential")]
    Potential,
    /// Star force attempts (스타포스).
    #[serde(rename = "starforce")]
    StarForce,
    /// Resets of the potential of a soul (소울 잠재능력 재설정).
    #[serde(rename = "soul_potential")]
    SoulPotential,
}

/// The word names no history.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no history has this name; expected one of cube, potential, starforce, soul_potential")]
pub struct UnknownHistoryKind;

impl HistoryKind {
    /// Every kind, in the order in which a day is read.
    pub const ALL: &'static [Self] = &[
        Self::Cube,
        Self::Potential,
        Self::StarForce,
        Self::SoulPotential,
    ];

    /// The kinds that a key of the game's owner can read without further consent. The potential of
    /// a soul needs the scope `maplestory.soulpotential`.
    pub const USUAL: &'static [Self] = &[Self::Cube, Self::Potential, Self::StarForce];

    /// The word of the HTTP contract and the command line.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Cube => "cube",
            Self::Potential => "potential",
            Self::StarForce => "starforce",
            Self::SoulPotential => "soul_potential",
        }
    }
}

impl Display for HistoryKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl FromStr for HistoryKind {
    type Err = UnknownHistoryKind;

    fn from_str(word: &str) -> Result<Self, UnknownHistoryKind> {
        let kind = Self::ALL.iter().find(|kind| kind.id() == word);
        kind.copied().ok_or(UnknownHistoryKind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_found_by_their_word() {
        for kind in HistoryKind::ALL {
            assert_eq!(kind.id().parse(), Ok(*kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.id());
        }
        assert_eq!("flame".parse::<HistoryKind>(), Err(UnknownHistoryKind));
    }
}
