//! Options of an expectation.

use std::collections::BTreeMap;

use cube_probability::{Grade, Layer, Method, Rules};
use equipment::{
    EvaluationOptions, Meaning, Methods, PresetChoice, SlotStart, StartingGrade, WrongLayer,
};
use planning::{BossDefence, StatSheet};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{NamedSlots, StarForceOptions};
use crate::calculations::numbers::{
    at_most, budget, saturating_i64, saturating_i64_by_name, saturating_i64_option, up_to,
};
use crate::calculations::potential::{UtilityWord, checked_prices};
use crate::calculations::star_force::MAX_STARS;
use crate::calculations::{ValidationErrors, add_sheet_error};
use crate::responses::{DetailWord, schema};

/// Presets to be priced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[schema(as = PresetChoice)]
pub enum PresetWord {
    /// The one that is worn.
    #[default]
    #[serde(rename = "active")]
    Active,
    /// The first.
    #[serde(rename = "1")]
    #[cfg_attr(feature = "clap", value(name = "1"))]
    First,
    /// The second.
    #[serde(rename = "2")]
    #[cfg_attr(feature = "clap", value(name = "2"))]
    Second,
    /// The third.
    #[serde(rename = "3")]
    #[cfg_attr(feature = "clap", value(name = "3"))]
    Third,
    /// All that hold anything.
    #[serde(rename = "all")]
    All,
}

/// State of an item before the first reset.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "clap", value(rename_all = "snake_case"))]
#[schema(as = StartChoice)]
pub enum StartWord {
    /// From a fresh item: rare, without a failure.
    #[default]
    Rare,
    /// From the grade the item has now.
    CurrentGrade,
}

/// Options of an expectation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ExpectationOptions {
    /// The meaning of "this gear again": `as_strong` without where a stat sheet is known, else
    /// `same_lines`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::optional_meaning)]
    pub goal: Option<GoalWord>,
    /// Sources of the character's stat sheet, where the question brings none.
    pub detail: DetailWord,
    /// Treatment of item drop, meso, cooldown and autosteal lines.
    pub utility: UtilityWord,
    /// Presets to be priced.
    pub preset: PresetWord,
    /// State before the first reset.
    pub from: StartWord,
    /// Method that resets the potentials.
    #[schema(schema_with = schema::method)]
    pub potential_method: Method,
    /// Method that resets the additional potentials.
    #[schema(schema_with = schema::method)]
    pub additional_method: Method,
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
    /// Starts that differ, by slot in the game's words.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(example = json!({"모자": {"grade": "legendary", "failures": 0}}))]
    pub starts: BTreeMap<String, StartOptions>,
    /// The character's stats with the gear on, as the stat sheet of a character answers them; that
    /// of the upstream without.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::stat_sheet)]
    pub stat_sheet: Option<StatSheet>,
    /// The defence of the boss that strength is judged against: 3.8 is 380 %. Without it the
    /// hardest is taken that the character damages, from 3.8 down.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 3.8, minimum = 0, maximum = 10)]
    pub boss_defence: Option<f64>,
    /// An amount of meso whose chance of being enough for everything is asked for.
    #[serde(
        deserialize_with = "saturating_i64_option",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(example = 500_000_000_000_u64, minimum = 0)]
    pub budget_meso: Option<i64>,
    /// Whether the shape of the distribution of each total is answered.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub distribution: bool,
}

/// The meaning of "this gear again".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "clap", value(rename_all = "snake_case"))]
#[schema(as = GoalChoice)]
pub enum GoalWord {
    /// The same lines or better, in every stat at once.
    SameLines,
    /// Lines that give at least as much boss damage, or the same lines or better.
    AsStrong,
}

/// The start of one slot's item.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StartOptions {
    /// The grade at which the resets of the potential start.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::optional_grade)]
    pub grade: Option<String>,
    /// Resets in a row that have failed to rise from that grade.
    #[serde(deserialize_with = "saturating_i64")]
    #[schema(minimum = 0, default = 0)]
    pub failures: i64,
    /// The grade at which the resets of the additional potential start.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::optional_grade)]
    pub additional_grade: Option<String>,
    /// Resets of the additional potential in a row that have failed to rise.
    #[serde(deserialize_with = "saturating_i64")]
    #[schema(minimum = 0, default = 0)]
    pub additional_failures: i64,
    /// The stars of the item that is enhanced.
    #[serde(deserialize_with = "saturating_i64")]
    #[schema(minimum = 0, maximum = 30, default = 0)]
    pub stars: i64,
}

impl Default for ExpectationOptions {
    fn default() -> Self {
        Self {
            goal: None,
            detail: DetailWord::default(),
            utility: UtilityWord::default(),
            preset: PresetWord::default(),
            from: StartWord::default(),
            potential_method: Method::MesoPotential,
            additional_method: Method::MesoAdditional,
            rules: None,
            prices: BTreeMap::new(),
            star_force: StarForceOptions::default(),
            starts: BTreeMap::new(),
            stat_sheet: None,
            boss_defence: None,
            budget_meso: None,
            distribution: false,
        }
    }
}

impl ExpectationOptions {
    /// The rules and options in the library's terms.
    ///
    /// # Errors
    ///
    /// [`ValidationErrors`] when a word or a number cannot be followed.
    pub fn checked(&self) -> Result<(&'static Rules, EvaluationOptions), ValidationErrors> {
        let mut errors = ValidationErrors::new();
        let rules = self.rules.as_deref();
        let rules = rules.map_or(Ok(Rules::current()), Rules::named);
        let rules = errors.collect("/rules", rules);
        let methods = Methods::new(self.potential_method, self.additional_method);
        let methods = methods
            .map_err(|error| errors.add(pointer_of(error), error))
            .ok();
        let prices = checked_prices(&self.prices, &mut errors);
        let star_force = self.star_force.checked(&mut errors);
        let starts = self.checked_starts(&mut errors);
        let defence = self.boss_defence;
        let defence = defence.map(BossDefence::new).transpose();
        let defence = errors.collect("/boss_defence", defence);
        if let Some(Err(error)) = self.stat_sheet.as_ref().map(StatSheet::check) {
            add_sheet_error(&mut errors, "/stat_sheet", &error);
        }
        let budget = budget(&mut errors, self.budget_meso);
        let all = rules.zip(methods).zip(star_force).zip(defence);
        let (((rules, methods), star_force), boss_defence) = errors.check(all)?;
        let options = EvaluationOptions {
            presets: self.preset.into(),
            from: self.from.into(),
            methods,
            prices,
            budget,
            distribution: self.distribution,
            meaning: Some(self.goal.map_or(Meaning::AsStrong, Into::into)),
            stat_sheet: self.stat_sheet.clone(),
            boss_defence,
            utility: self.utility.into(),
            star_force,
            starts,
            ..EvaluationOptions::default()
        };
        Ok((rules, options))
    }

    /// The slots that are named and must be worn.
    pub fn named_slots(&self) -> NamedSlots {
        let mut slots = NamedSlots::default();
        slots.add_keys("/starts", self.starts.keys());
        let spare_items = &self.star_force.spare_item_meso;
        slots.add_keys(
            "/star_force/spare_item_meso/by_slot",
            spare_items.by_slot.keys(),
        );
        slots
    }

    /// The options as text, equal if they ask the same.
    ///
    /// The name of the rule set is left out: the rules that were chosen have it.
    pub fn key(&self) -> String {
        let plain = Self {
            rules: None,
            ..self.clone()
        };
        serde_json::to_string(&plain).expect("options are plain data")
    }

    fn checked_starts(&self, errors: &mut ValidationErrors) -> BTreeMap<String, SlotStart> {
        if !at_most(errors, "/starts", MAX_SLOTS, self.starts.len()) {
            return BTreeMap::new();
        }
        let starts = self.starts.iter();
        let checked = starts.filter_map(|(slot, start)| {
            let at = format!("/starts/{}", escaped(slot));
            let methods = (self.potential_method, self.additional_method);
            Some((slot.clone(), start.checked(&at, methods, errors)?))
        });
        checked.collect()
    }
}

impl StartOptions {
    fn checked(
        &self,
        at: &str,
        (potential, additional): (Method, Method),
        errors: &mut ValidationErrors,
    ) -> Option<SlotStart> {
        let (grade, additional_grade) = (&self.grade, &self.additional_grade);
        let one = start_of(
            grade.as_deref(),
            self.failures,
            potential,
            (at, "grade", "failures"),
            errors,
        );
        let other = start_of(
            additional_grade.as_deref(),
            self.additional_failures,
            additional,
            (at, "additional_grade", "additional_failures"),
            errors,
        );
        let stars = errors.collect(&format!("{at}/stars"), up_to(MAX_STARS, self.stars));
        let (((grade, failures), (additional_grade, additional_failures)), stars) =
            one.zip(other).zip(stars)?;
        Some(SlotStart {
            grade,
            failures,
            additional_grade,
            additional_failures,
            stars,
        })
    }
}

/// A grade that the method works on, and failures that it allows there.
fn start_of(
    grade: Option<&str>,
    failures: i64,
    method: Method,
    (at, grade_field, failures_field): (&str, &str, &str),
    errors: &mut ValidationErrors,
) -> Option<(Option<Grade>, u32)> {
    let grade = grade.map(str::parse::<Grade>).transpose();
    let grade = errors.collect(&format!("{at}/{grade_field}"), grade)?;
    if let Some(grade) = grade.filter(|grade| !method.grades().contains(grade)) {
        errors.add(
            format!("{at}/{grade_field}"),
            format!("{method} does not work at {grade}"),
        );
    }
    let most = match grade {
        Some(grade) => method.most_failures(grade).unwrap_or(u32::MAX),
        None => 0,
    };
    let failures = errors.collect(&format!("{at}/{failures_field}"), up_to(most, failures))?;
    Some((grade, failures))
}

fn pointer_of(error: WrongLayer) -> &'static str {
    match error.layer {
        Layer::Potential => "/potential_method",
        Layer::AdditionalPotential => "/additional_method",
    }
}

/// Upper bound on the slots that a question names: what a character wears, with some to spare.
pub const MAX_SLOTS: usize = 40;

/// A name as one token of a JSON pointer.
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

impl From<GoalWord> for Meaning {
    fn from(word: GoalWord) -> Self {
        match word {
            GoalWord::SameLines => Self::SameLines,
            GoalWord::AsStrong => Self::AsStrong,
        }
    }
}

impl From<PresetWord> for PresetChoice {
    fn from(word: PresetWord) -> Self {
        match word {
            PresetWord::Active => Self::Active,
            PresetWord::First => Self::Number(1),
            PresetWord::Second => Self::Number(2),
            PresetWord::Third => Self::Number(3),
            PresetWord::All => Self::All,
        }
    }
}

impl From<StartWord> for StartingGrade {
    fn from(word: StartWord) -> Self {
        match word {
            StartWord::Rare => Self::Rare,
            StartWord::CurrentGrade => Self::Current,
        }
    }
}
