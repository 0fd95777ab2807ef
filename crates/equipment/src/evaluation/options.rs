//! Assumptions of an evaluation.

use std::collections::BTreeMap;
use std::sync::Arc;

use cube_probability::star_force::{Events, Membership, Restore};
use cube_probability::{Grade, Layer, Level, Method, Prices};
use planning::{BossDefence, StatSheet, Target, Template, Utility};

use crate::{Character, HashedReadings, StatReadings};

/// Assumptions of an evaluation.
#[derive(Debug, Clone, PartialEq)]
pub struct EvaluationOptions {
    /// The class to judge by, in Korean; none: the one that the document names.
    pub class: Option<String>,
    /// The character's level, 1 to 300, which decides what points for every 9 levels are worth;
    /// none: the highest level that an item requires is taken, and a warning says so.
    pub character_level: Option<u16>,
    /// Presets to evaluate.
    pub presets: PresetChoice,
    /// Grade at which the resets start.
    pub from: StartingGrade,
    /// Methods that reset the potentials.
    pub methods: Methods,
    /// Prices of cubes.
    pub prices: Prices,
    /// The levels of the quantiles.
    pub quantiles: Vec<Level>,
    /// The meso at hand: with it each preset tells the chance that it is enough for everything.
    pub budget: Option<u64>,
    /// Whether the shape of the distribution of each total is worked out.
    pub distribution: bool,
    /// The meaning of "this gear again"; none: by strength where a stat sheet is given.
    pub meaning: Option<Meaning>,
    /// The character's stats with this gear on, which strength is judged by.
    pub stat_sheet: Option<StatSheet>,
    /// Recorded stats that the sheet is made of where none is given.
    pub readings: Option<Arc<StatReadings>>,
    /// The defence of the boss that strength is judged against; none: the
    /// [hardest](BossDefence::hardest_for) that the character damages.
    pub boss_defence: Option<BossDefence>,
    /// Treatment of useful lines without boss damage.
    pub utility: Utility,
    /// The terms of star force.
    pub star_force: StarForceTerms,
    /// Starts that differ, by slot in the game's words.
    pub starts: BTreeMap<String, SlotStart>,
    /// Targets for the gear, in place of making it again.
    pub targets: Option<Targets>,
}

impl EvaluationOptions {
    /// Options for the gear of a character: its class, its level, and its recorded stats.
    #[must_use]
    pub fn of_wearer(self, character: &Character, readings: Option<HashedReadings>) -> Self {
        Self {
            class: Some(character.class.clone()),
            character_level: Some(character.level),
            readings: readings.map(HashedReadings::into_readings),
            ..self
        }
    }

    /// Returns whether recorded stats change the result: strength is judged, and by no given sheet.
    pub const fn needs_readings(&self) -> bool {
        self.stat_sheet.is_none() && self.targets.is_none()
    }
}

impl Default for EvaluationOptions {
    fn default() -> Self {
        Self {
            class: None,
            character_level: None,
            presets: PresetChoice::Active,
            from: StartingGrade::Rare,
            methods: Methods::default(),
            prices: Prices::new(),
            quantiles: Level::DEFAULTS.to_vec(),
            budget: None,
            distribution: false,
            meaning: None,
            stat_sheet: None,
            readings: None,
            boss_defence: None,
            utility: Utility::default(),
            star_force: StarForceTerms::default(),
            starts: BTreeMap::new(),
            targets: None,
        }
    }
}

/// Targets of a character's items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Targets {
    /// Those of a named set.
    Template(&'static Template),
    /// Targets of one's own.
    Given {
        /// The target of every slot that is not named.
        default: Target,
        /// The targets of named slots, in the game's words.
        by_slot: BTreeMap<String, Target>,
    },
}

impl Targets {
    /// The target for the item of a slot.
    pub fn of(&self, slot: &str) -> Target {
        match self {
            Self::Template(template) => template.target(slot),
            Self::Given { default, by_slot } => by_slot.get(slot).unwrap_or(default).clone(),
        }
    }
}

/// The meaning of "this gear again".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Meaning {
    /// The same lines or better, in every stat at once.
    SameLines,
    /// Lines that give at least as much boss damage, or the same lines or better.
    AsStrong,
    /// Lines that reach a target.
    Target,
}

impl Meaning {
    /// The meaning as the HTTP contract names it.
    pub const fn id(self) -> &'static str {
        match self {
            Self::SameLines => "same_lines",
            Self::AsStrong => "as_strong",
            Self::Target => "target",
        }
    }
}

/// The terms of star force for all items.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StarForceTerms {
    /// The prices of spare items.
    pub spare_items: SpareItems,
    /// The stars at which destruction is prevented.
    pub safeguard: Safeguard,
    /// The events in force.
    pub events: Events,
    /// The player's memberships.
    pub membership: Membership,
    /// The restore of a destroyed item.
    pub restore: Restore,
}

/// The stars at which destruction is prevented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Safeguard {
    /// These stars, as far as an item passes them.
    Stars(Vec<u8>),
    /// The stars that make an item cheapest on average.
    Cheapest,
}

impl Default for Safeguard {
    fn default() -> Self {
        Self::Stars(Vec::new())
    }
}

/// The prices of spare items in meso: by slot, else by the item's level, else the default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SpareItems {
    /// The price of every item that is not named.
    pub default: u64,
    /// Prices by the item's required level.
    pub by_level: BTreeMap<u16, u64>,
    /// Prices by slot, in the game's words.
    pub by_slot: BTreeMap<String, u64>,
}

impl SpareItems {
    /// The price of a spare item worn in a slot.
    pub fn of(&self, slot: &str, item_level: u16) -> u64 {
        let by_slot = self.by_slot.get(slot);
        let known = by_slot.or_else(|| self.by_level.get(&item_level));
        known.copied().unwrap_or(self.default)
    }
}

/// The start of one slot's item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SlotStart {
    /// The grade at which the resets of the potential start.
    pub grade: Option<Grade>,
    /// Resets of the potential in a row that have failed to rise from that grade.
    pub failures: u32,
    /// The grade at which the resets of the additional potential start.
    pub additional_grade: Option<Grade>,
    /// Resets of the additional potential in a row that have failed to rise.
    pub additional_failures: u32,
    /// The stars of the item that is enhanced.
    pub stars: u8,
}

/// Presets to evaluate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PresetChoice {
    /// The one that is worn.
    Active,
    /// The one of this number, 1 to 3; nothing when the character has none.
    Number(u8),
    /// All that hold anything.
    All,
}

impl PresetChoice {
    /// Whether this preset is one to evaluate.
    pub fn includes(self, preset: &crate::Preset) -> bool {
        match self {
            Self::Active => preset.active,
            Self::Number(number) => preset.number == number,
            Self::All => true,
        }
    }
}

/// Grade at which the resets of an item start, always without a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StartingGrade {
    /// From a fresh item.
    #[default]
    Rare,
    /// From the grade the item has now.
    Current,
}

/// Methods that reset the two potentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Methods {
    potential: Method,
    additional_potential: Method,
}

/// A method does not reset the potential it was named for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{method} does not reset the {layer}")]
pub struct WrongLayer {
    /// The method given.
    pub method: Method,
    /// The potential it was named for.
    pub layer: Layer,
}

impl Methods {
    /// Takes a method for each potential.
    ///
    /// # Errors
    ///
    /// [`WrongLayer`] when a method resets the other potential.
    pub fn new(potential: Method, additional_potential: Method) -> Result<Self, WrongLayer> {
        let named = [
            (potential, Layer::Potential),
            (additional_potential, Layer::AdditionalPotential),
        ];
        if let Some((method, layer)) = named.into_iter().find(|(m, layer)| m.layer() != *layer) {
            return Err(WrongLayer { method, layer });
        }
        Ok(Self {
            potential,
            additional_potential,
        })
    }

    /// The method for one of the potentials.
    pub fn of(self, layer: Layer) -> Method {
        match layer {
            Layer::Potential => self.potential,
            Layer::AdditionalPotential => self.additional_potential,
        }
    }
}

impl Default for Methods {
    /// The meso resets.
    fn default() -> Self {
        Self {
            potential: Method::MesoPotential,
            additional_potential: Method::MesoAdditional,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn method_is_taken_for_its_own_potential_only() {
        let methods = Methods::new(Method::Black, Method::Additional).unwrap();
        assert_eq!(methods.of(Layer::Potential), Method::Black);
        assert_eq!(methods.of(Layer::AdditionalPotential), Method::Additional);
        let error = Methods::new(Method::Black, Method::Red).unwrap_err();
        assert_eq!(
            error.to_string(),
            "red does not reset the additional_potential"
        );
        assert!(Methods::new(Method::Additional, Method::Additional).is_err());
    }
}
