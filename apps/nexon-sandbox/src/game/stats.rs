//! Stats of an item, and their blocks in documents.

use std::ops::{AddAssign, Index, IndexMut};

use serde::ser::{Serialize, SerializeMap, Serializer};

/// A figure in one of an item's blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Str,
    Dex,
    Int,
    Luk,
    MaxHp,
    MaxMp,
    AttackPower,
    MagicPower,
    Armor,
    Speed,
    Jump,
    BossDamage,
    IgnoreMonsterArmor,
    AllStat,
    Damage,
    EquipmentLevelDecrease,
    MaxHpRate,
    MaxMpRate,
    BaseEquipmentLevel,
    ExceptionalUpgrade,
}

impl Field {
    const COUNT: usize = Self::ExceptionalUpgrade as usize + 1;

    /// STR, DEX, INT and LUK.
    pub(crate) const STATS: [Self; 4] = [Self::Str, Self::Dex, Self::Int, Self::Luk];

    const fn name(self) -> &'static str {
        match self {
            Self::Str => "str",
            Self::Dex => "dex",
            Self::Int => "int",
            Self::Luk => "luk",
            Self::MaxHp => "max_hp",
            Self::MaxMp => "max_mp",
            Self::AttackPower => "attack_power",
            Self::MagicPower => "magic_power",
            Self::Armor => "armor",
            Self::Speed => "speed",
            Self::Jump => "jump",
            Self::BossDamage => "boss_damage",
            Self::IgnoreMonsterArmor => "ignore_monster_armor",
            Self::AllStat => "all_stat",
            Self::Damage => "damage",
            Self::EquipmentLevelDecrease => "equipment_level_decrease",
            Self::MaxHpRate => "max_hp_rate",
            Self::MaxMpRate => "max_mp_rate",
            Self::BaseEquipmentLevel => "base_equipment_level",
            Self::ExceptionalUpgrade => "exceptional_upgrade",
        }
    }

    /// Documents write most figures as texts and these as numbers.
    const fn is_number(self) -> bool {
        matches!(
            self,
            Self::EquipmentLevelDecrease | Self::BaseEquipmentLevel | Self::ExceptionalUpgrade
        )
    }
}

/// Figures by field.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stats([i32; Field::COUNT]);

impl Stats {
    /// Nothing at all.
    pub(crate) const NONE: Self = Self([0; Field::COUNT]);

    /// Nothing but a required level.
    pub(crate) const fn of_level(level: i32) -> Self {
        let mut stats = Self::NONE;
        stats.0[Field::BaseEquipmentLevel as usize] = level;
        stats
    }
}

impl Index<Field> for Stats {
    type Output = i32;

    fn index(&self, field: Field) -> &i32 {
        &self.0[field as usize]
    }
}

impl IndexMut<Field> for Stats {
    fn index_mut(&mut self, field: Field) -> &mut i32 {
        &mut self.0[field as usize]
    }
}

impl AddAssign for Stats {
    fn add_assign(&mut self, other: Self) {
        for (mine, other) in self.0.iter_mut().zip(other.0) {
            *mine += other;
        }
    }
}

/// Some of the figures, in the order in which a document tells them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block {
    stats: Stats,
    fields: &'static [&'static [Field]],
}

const STATS: &[Field] = &[
    Field::Str,
    Field::Dex,
    Field::Int,
    Field::Luk,
    Field::MaxHp,
    Field::MaxMp,
    Field::AttackPower,
    Field::MagicPower,
];
const BODY: &[Field] = &[Field::Armor, Field::Speed, Field::Jump];
const AGAINST_MONSTERS: &[Field] = &[Field::BossDamage, Field::IgnoreMonsterArmor, Field::AllStat];
const RATES: &[Field] = &[Field::MaxHpRate, Field::MaxMpRate];

const TOTAL: &[&[Field]] = &[
    STATS,
    BODY,
    AGAINST_MONSTERS,
    &[Field::Damage, Field::EquipmentLevelDecrease],
    RATES,
];
const BASE: &[&[Field]] = &[
    STATS,
    BODY,
    AGAINST_MONSTERS,
    RATES,
    &[Field::BaseEquipmentLevel],
];
const ADD: &[&[Field]] = &[
    STATS,
    BODY,
    &[
        Field::BossDamage,
        Field::Damage,
        Field::AllStat,
        Field::EquipmentLevelDecrease,
    ],
];
const ETC: &[&[Field]] = &[STATS, BODY];
const EXCEPTIONAL: &[&[Field]] = &[STATS, &[Field::ExceptionalUpgrade]];

impl Block {
    /// `item_total_option`
    pub(crate) const fn total(stats: Stats) -> Self {
        Self::of(stats, TOTAL)
    }

    /// `item_base_option`
    pub(crate) const fn base(stats: Stats) -> Self {
        Self::of(stats, BASE)
    }

    /// `item_add_option`: flames.
    pub(crate) const fn add(stats: Stats) -> Self {
        Self::of(stats, ADD)
    }

    /// `item_etc_option`, scrolls, and `item_starforce_option`, which has the same fields.
    pub(crate) const fn etc(stats: Stats) -> Self {
        Self::of(stats, ETC)
    }

    /// `item_exceptional_option`
    pub(crate) const fn exceptional(stats: Stats) -> Self {
        Self::of(stats, EXCEPTIONAL)
    }

    const fn of(stats: Stats, fields: &'static [&'static [Field]]) -> Self {
        Self { stats, fields }
    }
}

impl Serialize for Block {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for &field in self.fields.iter().copied().flatten() {
            let figure = self.stats[field];
            if field.is_number() {
                map.serialize_entry(field.name(), &figure)?;
            } else {
                map.serialize_entry(field.name(), &SignedFigure(figure))?;
            }
        }
        map.end()
    }
}

/// A number that documents write as a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SignedFigure(pub(crate) i32);

impl Serialize for SignedFigure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
