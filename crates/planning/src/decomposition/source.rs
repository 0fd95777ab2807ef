//! Sources of stats: the documents that say where a character's stats come from.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Bonus;

/// A document of the upstream that says part of what a character's stats are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatSource {
    /// `item-equipment`, potentials counted.
    ItemEquipment,
    /// `hyper-stat`.
    HyperStat,
    /// `ability`.
    Ability,
    /// `symbol-equipment`.
    Symbol,
    /// `set-effect`.
    SetEffect,
    /// `union-raider`.
    UnionRaider,
    /// `link-skill`.
    LinkSkill,
}

impl StatSource {
    /// Every source, all of which a full decomposition needs.
    pub const ALL: [Self; 7] = [
        Self::ItemEquipment,
        Self::HyperStat,
        Self::Ability,
        Self::Symbol,
        Self::SetEffect,
        Self::UnionRaider,
        Self::LinkSkill,
    ];

    /// The document's name at the upstream.
    pub const fn id(self) -> &'static str {
        match self {
            Self::ItemEquipment => "item-equipment",
            Self::HyperStat => "hyper-stat",
            Self::Ability => "ability",
            Self::Symbol => "symbol-equipment",
            Self::SetEffect => "set-effect",
            Self::UnionRaider => "union-raider",
            Self::LinkSkill => "link-skill",
        }
    }

    /// The most that the source gives to one attribute and to attack, generously: points,
    /// per cent, points that no percentage multiplies, attack, per cent of attack.
    ///
    /// These bound what a source that was not read may hide. Item equipment: 24 pieces of some
    /// 400 points and 45 % potentials; symbols: six arcane ones of 2,200 points and seven
    /// authentic ones of 2,700; union: 40 characters and 15 artifacts; rounded up.
    pub(super) const fn most(self) -> MostGiven {
        match self {
            Self::ItemEquipment => MostGiven::new(12_000.0, 900.0, 0.0, 6_000.0, 150.0),
            Self::HyperStat => MostGiven::new(0.0, 0.0, 600.0, 60.0, 0.0),
            Self::Ability => MostGiven::new(0.0, 0.0, 80.0, 40.0, 0.0),
            Self::Symbol => MostGiven::new(0.0, 0.0, 32_200.0, 0.0, 0.0),
            Self::SetEffect => MostGiven::new(700.0, 60.0, 0.0, 700.0, 20.0),
            Self::UnionRaider => MostGiven::new(300.0, 0.0, 5_500.0, 200.0, 0.0),
            Self::LinkSkill => MostGiven::new(200.0, 25.0, 0.0, 120.0, 10.0),
        }
    }
}

impl fmt::Display for StatSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// The most a source gives to one attribute and to attack.
#[derive(Debug, Clone, Copy)]
pub(super) struct MostGiven {
    pub(super) flat: f64,
    pub(super) pct: f64,
    pub(super) unscaled: f64,
    pub(super) attack: f64,
    pub(super) attack_pct: f64,
}

impl MostGiven {
    const fn new(flat: f64, pct: f64, unscaled: f64, attack: f64, attack_pct: f64) -> Self {
        Self {
            flat,
            pct,
            unscaled,
            attack,
            attack_pct,
        }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            flat: self.flat + other.flat,
            pct: self.pct + other.pct,
            unscaled: self.unscaled + other.unscaled,
            attack: self.attack + other.attack,
            attack_pct: self.attack_pct + other.attack_pct,
        }
    }

    /// Nothing.
    pub(super) const NOTHING: Self = Self::new(0.0, 0.0, 0.0, 0.0, 0.0);
}

/// Sum of everything one source gives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contribution {
    /// The document it was read from.
    pub source: StatSource,
    /// The sum it adds to the class's stats.
    pub bonus: Bonus,
}
