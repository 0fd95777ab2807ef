//! The stat sheet of a character, from its recorded stats and its gear.

use cube_probability::Decimal;
use planning::{
    ClassKnowledge, ClassStats, Decomposition, Detail, NotValued, StatSheet, StatSource,
    hp_point_worth,
};

use super::{StatReadings, gear};
use crate::{Character, Equipment};

/// Origin of a stat sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetOrigin {
    /// The question brought it.
    Given,
    /// From the recorded final stats and the gear; the rest is estimated.
    Quick,
    /// From every source.
    Full,
}

impl SheetOrigin {
    /// The origin as the HTTP contract names it.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Quick => "quick",
            Self::Full => "full",
        }
    }
}

impl From<Detail> for SheetOrigin {
    fn from(detail: Detail) -> Self {
        match detail {
            Detail::Quick => Self::Quick,
            Detail::Full => Self::Full,
        }
    }
}

/// A sheet with its origin.
#[derive(Debug, Clone)]
pub(crate) struct SheetInUse {
    pub(crate) sheet: StatSheet,
    pub(crate) origin: SheetOrigin,
}

/// Knowledge of a character's class: by name, else by its gear.
pub(crate) fn class_of(name: Option<&str>, equipment: &Equipment) -> ClassKnowledge {
    let items = equipment.presets.iter().flat_map(|preset| &preset.items);
    ClassKnowledge::of(name, items.map(|item| item.totals.attributes()))
}

/// The stat sheet of a character of this class and level with its active preset worn, and what is
/// not known about it.
///
/// # Errors
///
/// [`NotValued`] for 데몬어벤져, and where a stat that the class needs could not be read.
pub fn stat_sheet(
    readings: &StatReadings,
    equipment: &Equipment,
    class: ClassStats,
    character_level: u16,
) -> Result<Decomposition, NotValued> {
    let is_magic = class.main.is_magic();
    let worn = gear::worn(equipment, character_level);
    let mut contributions = vec![worn.contribution(StatSource::ItemEquipment, is_magic)];
    let given = readings.given.iter();
    contributions.extend(given.map(|(source, stats)| stats.contribution(*source, is_magic)));
    Decomposition::of(class, &readings.recorded, &contributions)
}

/// Reason for which a character has no stat sheet.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NoStatSheet {
    /// Nothing is known of its class.
    #[error("the class {0} is not known")]
    UnknownClass(String),
    /// Its recorded stats make no sheet.
    #[error(transparent)]
    NotValued(#[from] NotValued),
}

/// The [stat sheet](stat_sheet) of a character of a known class.
///
/// # Errors
///
/// [`NoStatSheet`].
pub fn own_stat_sheet(
    character: &Character,
    readings: &StatReadings,
    equipment: &Equipment,
) -> Result<Decomposition, NoStatSheet> {
    let class = ClassStats::of_class(&character.class)
        .ok_or_else(|| NoStatSheet::UnknownClass(character.class.clone()))?;
    Ok(stat_sheet(readings, equipment, class, character.level)?)
}

/// The worth of a point of 최대 HP in per cent of it; zero where it is not known.
pub(crate) fn hp_point(
    readings: Option<&StatReadings>,
    equipment: &Equipment,
    character_level: u16,
) -> Decimal {
    let worth = readings.and_then(|readings| {
        let given = readings.given.values().copied();
        let worn = gear::worn(equipment, character_level);
        let known = given.fold(worn, planning::GivenStats::plus);
        hp_point_worth(&readings.recorded, known.max_hp_pct)
    });
    Decimal::from_thousandths(worth.map_or(0, thousandths))
}

/// A worth in thousandths, rounded down: points are never worth more than they are.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "above zero, and capped"
)]
fn thousandths(worth: f64) -> u64 {
    (worth * 1000.0).min(100.0) as u64
}
