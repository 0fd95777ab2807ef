//! The question as clients ask it, and as the library takes it.

use std::collections::BTreeMap;

use cube_probability::{Level, Method};
use equipment::{Item, UpgradeAim, UpgradeOptions};
use planning::{BossDefence, StatSheet};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::GearItem;
use crate::calculations::ValidationErrors;
use crate::calculations::numbers::{
    at_most, budget, saturating_i64_by_name, saturating_i64_option, up_to,
};
use crate::calculations::potential::UtilityWord;
use crate::expectation::{
    ExpectationOptions, GoalWord, NamedSlots, StarForceOptions, StartOptions,
};
use crate::responses::schema;

/// A budget or a gain, and the terms.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UpgradesRequest {
    /// The items to upgrade, as `GET .../equipment` answers them; for
    /// `POST /api/v1/calculations/upgrades` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 40)]
    pub gear: Option<Vec<GearItem>>,
    /// The character's level; with `gear` only, and 285 without.
    #[serde(
        deserialize_with = "saturating_i64_option",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(example = 285, minimum = 1, maximum = 300)]
    pub character_level: Option<i64>,
    /// The character's stats with the gear on.
    #[schema(schema_with = schema::stat_sheet)]
    pub stat_sheet: Option<StatSheet>,
    /// The meso there is; either this or `target_gain`.
    #[serde(
        deserialize_with = "saturating_i64_option",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(example = 50_000_000_000_u64, minimum = 0)]
    pub budget_meso: Option<i64>,
    /// The gain to reach with the least meso: 0.1 is 10 % more boss damage.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 0.1, exclusive_minimum = 0, maximum = 10)]
    pub target_gain: Option<f64>,
    /// The chance with which the budget must be enough; 0.8 without.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 0.8, exclusive_minimum = 0, exclusive_maximum = 1)]
    pub confidence: Option<f64>,
    /// The boss's defence: 3.8 is 380 %. Without it the hardest is taken that the character
    /// damages, from 3.8 down.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 3.8, minimum = 0, maximum = 10)]
    pub boss_defence: Option<f64>,
    /// The least gain that is an action; 0.001 without.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 0.001, minimum = 0, maximum = 1)]
    pub minimum_gain: Option<f64>,
    /// Slots left alone, in the game's words.
    #[schema(example = json!(["무기"]))]
    pub exclude_slots: Vec<String>,
    /// The methods that may be used; the meso resets without.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(["meso_potential", "meso_additional"]))]
    pub methods: Option<Vec<String>>,
    /// Treatment of item drop, meso, cooldown and autosteal lines.
    pub utility: UtilityWord,
    /// The name of the rule set; the current one without.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "kms-2026-10")]
    pub rules: Option<String>,
    /// Meso a cube costs, by method, where that differs from the default.
    #[serde(
        deserialize_with = "saturating_i64_by_name",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    #[schema(value_type = BTreeMap<String, u64>, example = json!({"red": 12_000_000}))]
    pub prices: BTreeMap<String, i64>,
    /// The terms of star force.
    pub star_force: StarForceOptions,
    /// Starts that differ from the present gear, by slot in the game's words.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub starts: BTreeMap<String, StartOptions>,
}

const DEFAULT_LEVEL: i64 = 285;
const DEFAULT_CONFIDENCE: f64 = 0.8;
const DEFAULT_MINIMUM_GAIN: f64 = 0.001;
/// The most items that a character wears, with some to spare.
const MAX_ITEMS: usize = 40;

impl UpgradesRequest {
    /// The terms for a character of this level, with its own sheet where the question brings none.
    ///
    /// # Errors
    ///
    /// [`ValidationErrors`] when a word or a number cannot be followed.
    pub fn checked(
        &self,
        character_level: u16,
        stat_sheet: StatSheet,
    ) -> Result<UpgradeOptions, ValidationErrors> {
        let mut errors = ValidationErrors::new();
        self.check_without_gear(&mut errors);
        let sheet = self.stat_sheet.clone().unwrap_or(stat_sheet);
        let options = self.terms(character_level, Some(sheet), &mut errors);
        errors.check(options)
    }

    /// Checks everything that does not depend on the character.
    ///
    /// # Errors
    ///
    /// [`ValidationErrors`] when a word or a number cannot be followed.
    pub fn check(&self) -> Result<(), ValidationErrors> {
        let mut errors = ValidationErrors::new();
        self.check_without_gear(&mut errors);
        self.terms(1, None, &mut errors);
        errors.check(Some(()))
    }

    fn check_without_gear(&self, errors: &mut ValidationErrors) {
        if self.gear.is_some() {
            errors.add("/gear", "only in POST /api/v1/calculations/upgrades");
        }
        if self.character_level.is_some() {
            errors.add("/character_level", "only with `gear`");
        }
    }

    /// The gear of the question, and the terms.
    ///
    /// # Errors
    ///
    /// [`ValidationErrors`] when a word or a number cannot be followed.
    pub fn checked_with_gear(&self) -> Result<(Vec<Item>, UpgradeOptions), ValidationErrors> {
        let mut errors = ValidationErrors::new();
        let level = up_to(300_u16, self.character_level.unwrap_or(DEFAULT_LEVEL));
        let level = level.and_then(|level| {
            let known = (level > 0).then_some(level);
            known.ok_or_else(|| "0 is outside 1 to 300".to_owned())
        });
        let level = errors.collect("/character_level", level);
        let gear = self.gear.as_deref().unwrap_or_default();
        if !(1..=MAX_ITEMS).contains(&gear.len()) {
            let detail = format!("{} items; expected 1 to {MAX_ITEMS}", gear.len());
            errors.add("/gear", detail);
            return Err(errors);
        }
        let items = gear.iter().take(MAX_ITEMS).enumerate();
        let items: Option<Vec<_>> = items
            .map(|(i, item)| item.checked(&format!("/gear/{i}"), &mut errors))
            .collect();
        if self.stat_sheet.is_none() {
            errors.add("/stat_sheet", "the character's stat sheet has to be given");
        }
        let sheet = self.stat_sheet.clone();
        let options = self.terms(level.unwrap_or(1), sheet, &mut errors);
        // Lists that are too long are one fault, and not looked through.
        let slots = gear.iter().map(|item| item.slot.as_str());
        if let (Some(_), Err(faults)) = (&options, self.named_slots().check_among(slots)) {
            errors.add_all("", &faults);
        }
        errors.check(items.zip(options))
    }

    /// The slots that are named and must be worn.
    pub fn named_slots(&self) -> NamedSlots {
        let mut slots = self.shared().named_slots();
        slots.add_list("/exclude_slots", &self.exclude_slots);
        slots
    }

    fn terms(
        &self,
        character_level: u16,
        stat_sheet: Option<StatSheet>,
        errors: &mut ValidationErrors,
    ) -> Option<UpgradeOptions> {
        let shared = self.shared().checked();
        let shared = shared.map_err(|faults| errors.add_all("", &faults)).ok();
        let aim = self.aim(errors);
        let confidence = self.confidence.unwrap_or(DEFAULT_CONFIDENCE);
        let confidence = errors.collect("/confidence", Level::new(confidence));
        at_most(
            errors,
            "/exclude_slots",
            MAX_ITEMS,
            self.exclude_slots.len(),
        );
        let minimum_gain = self.minimum_gain.unwrap_or(DEFAULT_MINIMUM_GAIN);
        let minimum_gain = within(minimum_gain, 0.0, 1.0);
        let minimum_gain = errors.collect("/minimum_gain", minimum_gain);
        let methods = self.checked_methods(errors);
        let all = shared.zip(aim).zip(confidence).zip(minimum_gain);
        let (((((rules, shared), aim), confidence), minimum_gain), methods) = all.zip(methods)?;
        let stat_sheet = stat_sheet?;
        let hardest = || BossDefence::hardest_for(&stat_sheet);
        Some(UpgradeOptions {
            rules,
            boss_defence: shared.boss_defence.unwrap_or_else(hardest),
            stat_sheet,
            character_level,
            minimum_gain,
            exclude_slots: self.exclude_slots.clone(),
            methods,
            prices: shared.prices,
            star_force: shared.star_force,
            starts: shared.starts,
            utility: shared.utility,
            aim,
            confidence,
        })
    }

    /// The terms that the question shares with an expectation.
    fn shared(&self) -> ExpectationOptions {
        ExpectationOptions {
            goal: Some(GoalWord::AsStrong),
            utility: self.utility,
            rules: self.rules.clone(),
            prices: self.prices.clone(),
            star_force: self.star_force.clone(),
            starts: self.starts.clone(),
            stat_sheet: self.stat_sheet.clone(),
            boss_defence: self.boss_defence,
            ..ExpectationOptions::default()
        }
    }

    fn aim(&self, errors: &mut ValidationErrors) -> Option<UpgradeAim> {
        match (self.budget_meso, self.target_gain) {
            (Some(_), None) => budget(errors, self.budget_meso).map(UpgradeAim::Budget),
            (None, Some(gain)) => {
                let gain = within(gain, f64::MIN_POSITIVE, 10.0);
                let gain = gain.map_err(|_| "expected a number above 0, at most 10");
                errors.collect("/target_gain", gain).map(UpgradeAim::Gain)
            }
            _ => {
                errors.add(
                    "/budget_meso",
                    "expected either `budget_meso` or `target_gain`",
                );
                None
            }
        }
    }

    fn checked_methods(&self, errors: &mut ValidationErrors) -> Option<Vec<Method>> {
        let Some(given) = &self.methods else {
            return Some(vec![Method::MesoPotential, Method::MesoAdditional]);
        };
        if given.is_empty() {
            errors.add("/methods", "expected at least one method");
        }
        if !at_most(errors, "/methods", Method::ALL.len(), given.len()) {
            return None;
        }
        let words = given.iter().enumerate();
        let mut methods = Vec::new();
        for (i, word) in words {
            let method = errors.collect(&format!("/methods/{i}"), word.parse::<Method>())?;
            if method.keeps_first_line() {
                let detail = format!("{method} keeps the first line, which no action knows");
                errors.add(format!("/methods/{i}"), detail);
            }
            if !methods.contains(&method) {
                methods.push(method);
            }
        }
        Some(methods)
    }
}

fn within(number: f64, least: f64, most: f64) -> Result<f64, String> {
    let known = (least..=most).contains(&number).then_some(number);
    known.ok_or_else(|| format!("{number} is outside {least} to {most}"))
}
