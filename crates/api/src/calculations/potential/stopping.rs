//! Keep or reroll: the value of lines at which to stop.

use std::collections::BTreeMap;

use cube_probability::stopping::{Choice, MAX_RESETS, Stopping, StoppingError, ValuedOutcomes};
use cube_probability::{
    Decimal, Draw, Goal, Grade, MAX_ITEM_LEVEL, Method, OptionLine, Part, Rules, Start, Stat,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::StartingState;
use super::request::{checked_prices, pointer, rules};
use crate::calculations::ValidationErrors;
use crate::calculations::numbers::{
    decimal, saturating_i64, saturating_i64_by_name, saturating_i64_option, up_to, weights,
};
use crate::responses::schema;

/// One item, a method, and what lines are worth.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StoppingRequest {
    /// The method.
    #[schema(schema_with = schema::method)]
    pub method: String,
    /// The kind of equipment.
    #[schema(schema_with = schema::part)]
    pub part: String,
    /// The item's required level.
    #[serde(deserialize_with = "saturating_i64")]
    #[schema(example = 200, minimum = 0, maximum = 300)]
    pub item_level: i64,
    /// The grade now: the highest of the method, as a rise is no part of the question.
    pub from: StartingState,
    /// The first line as the game writes it, which the prime cubes keep; for them only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "INT +12%")]
    pub keep_line_1: Option<String>,
    /// The units that a point of each stat is worth, from 0 to 1,000,000.
    #[schema(example = json!({"int_pct": 1, "int_flat": 0.1}))]
    pub weights: BTreeMap<String, f64>,
    /// The meso that a unit is worth to the player.
    #[serde(deserialize_with = "saturating_i64")]
    #[schema(example = 1_000_000_000_u64, minimum = 1)]
    pub value_meso_per_unit: i64,
    /// The units of the lines now.
    #[schema(example = 21, minimum = 0, maximum = 1_000_000)]
    pub current: f64,
    /// The most resets that will be made; without a limit when null.
    #[serde(
        default,
        deserialize_with = "saturating_i64_option",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(example = 30, minimum = 0, maximum = 10_000)]
    pub resets: Option<i64>,
    /// Meso a cube costs, by method, where that differs from the default.
    #[serde(
        default,
        deserialize_with = "saturating_i64_by_name",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    #[schema(value_type = BTreeMap<String, u64>, example = json!({"red": 12_000_000}))]
    pub prices: BTreeMap<String, i64>,
    /// The rule set; the current one without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "kms-2026-10")]
    pub rules: Option<String>,
}

/// The best policy.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StoppingResponse {
    /// The rule set.
    #[schema(example = "kms-2026-10")]
    pub rules: &'static str,
    /// Whether the method lets the player keep the old lines.
    pub keeps_the_better: bool,
    /// The meso of one reset.
    pub price_meso: u64,
    /// The units at which to stop, by resets left; one entry when there is no limit.
    pub thresholds: Vec<StopAt>,
    /// The mean worth of the lines in the end less the price of the resets, in meso.
    pub value_meso: f64,
    /// The same for the rule "reset until the lines are better than now".
    pub naive_value_meso: f64,
    /// The mean number of resets of the best policy.
    #[schema(minimum = 0)]
    pub expected_resets: f64,
}

/// Lines worth at least this are kept.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct StopAt {
    /// The resets left; null when there is no limit.
    pub resets_left: Option<u32>,
    /// The units at which to stop. Below 0: no reset is worth its price.
    pub stop_at: f64,
}

struct Validated {
    rules: &'static Rules,
    draw: Draw,
    grade: Grade,
    weights: Vec<(Stat, Decimal)>,
    meso_per_unit: f64,
    current: f64,
    resets: Option<u32>,
    price: u64,
}

/// The largest worth of one unit.
const MAX_VALUE: u64 = 1_000_000_000_000_000;

impl StoppingRequest {
    /// Answers the question.
    ///
    /// # Errors
    ///
    /// [`ValidationErrors`] when a word, a number or the combination of them is not one of the game's.
    pub fn answer(&self) -> Result<StoppingResponse, ValidationErrors> {
        self.checked()?.answer()
    }

    fn checked(&self) -> Result<Validated, ValidationErrors> {
        let mut errors = ValidationErrors::new();
        let draw = self.checked_draw(&mut errors);
        let grade = errors.collect("/from/grade", self.from.grade.parse::<Grade>());
        if let Some((draw, grade)) = draw.zip(grade) {
            let highest = draw.method().highest_grade();
            if grade != highest {
                let method = draw.method();
                let detail =
                    format!("{grade}; expected {highest}, from where {method} rises no further");
                errors.add("/from/grade", detail);
            }
        }
        let weights = weights(&mut errors, &self.weights);
        let value = up_to(MAX_VALUE, self.value_meso_per_unit).and_then(|value| {
            let some = (value > 0).then_some(value);
            some.ok_or_else(|| format!("0 is outside 1 to {MAX_VALUE}"))
        });
        let value = errors.collect("/value_meso_per_unit", value);
        let current = errors.collect("/current", decimal(self.current));
        let resets = self.resets.map(|resets| up_to(MAX_RESETS, resets));
        let resets = errors.collect("/resets", resets.transpose());
        let prices = checked_prices(&self.prices, &mut errors);
        let rules = errors.collect("/rules", rules(self.rules.as_deref()));
        let item = draw.zip(grade).zip(value).zip(current);
        let ((((draw, grade), value), current), (resets, rules)) =
            std::mem::take(&mut errors).check(item.zip(resets.zip(rules)))?;
        let anything = Goal::at_least(Stat::DefFlat, 0).expect("a goal of one comparison");
        let phases = rules
            .odds_of(&draw, &anything)
            .and_then(|odds| odds.phases(Start::at(grade), &prices));
        let phases = phases.map_err(|error| errors.add(pointer(&error), &error));
        let price = phases.ok().map(|phases| phases[0].cost);
        if price == Some(None) {
            let method = draw.method();
            errors.add(
                format!("/prices/{method}"),
                format!("no price of {method} is known; expected one"),
            );
        }
        let price = errors.check(price.flatten())?;
        Ok(Validated {
            rules,
            draw,
            grade,
            weights,
            meso_per_unit: value as f64,
            current: current.thousandths() as f64 / 1000.0,
            resets,
            price,
        })
    }

    fn checked_draw(&self, errors: &mut ValidationErrors) -> Option<Draw> {
        let method = errors.collect("/method", self.method.parse::<Method>());
        let part = errors.collect("/part", self.part.parse::<Part>());
        let item_level = errors.collect("/item_level", up_to(MAX_ITEM_LEVEL, self.item_level));
        let kept = self.keep_line_1.as_deref().map(str::parse::<OptionLine>);
        let kept = errors.collect("/keep_line_1", kept.transpose());
        let (((method, part), item_level), kept) = method.zip(part).zip(item_level).zip(kept)?;
        let draw = Draw::new(method, part, item_level);
        Some(kept.map_or(draw, |line| draw.keeping(line)))
    }
}

impl Validated {
    fn answer(&self) -> Result<StoppingResponse, ValidationErrors> {
        let stats: Vec<Stat> = self.weights.iter().map(|(stat, _)| *stat).collect();
        let mut errors = ValidationErrors::new();
        let outcomes = self.rules.outcomes(&self.draw, self.grade, &stats);
        let outcomes = outcomes.map_err(|error| errors.add(pointer(&error), &error));
        let outcomes = std::mem::take(&mut errors).check(outcomes.ok())?;
        let valued = outcomes.iter().map(|(totals, probability)| {
            let amounts = totals.amounts().iter().zip(&self.weights);
            let units: f64 = amounts
                .map(|(amount, (_, weight))| (amount * weight.thousandths()) as f64)
                .sum();
            (units / 1000.0 * self.meso_per_unit, probability)
        });
        let choice = choice(self.draw.method());
        let stopping = ValuedOutcomes::new(valued).and_then(|outcomes| {
            let current = self.current * self.meso_per_unit;
            outcomes.stopping(choice, self.price as f64, current, self.resets)
        });
        let stopping = stopping.map_err(|error| {
            let at = match error {
                StoppingError::TooManyResets { .. } => "/resets",
                StoppingError::BadNumber { field: "price", .. } => "/prices",
                _ => "/weights",
            };
            errors.add(at, error);
        });
        let stopping = errors.check(stopping.ok())?;
        Ok(self.response(choice, &stopping))
    }

    fn response(&self, choice: Choice, stopping: &Stopping) -> StoppingResponse {
        let thresholds = stopping.thresholds.iter().zip(1..);
        StoppingResponse {
            rules: self.rules.name,
            keeps_the_better: choice == Choice::Either,
            price_meso: self.price,
            thresholds: thresholds
                .map(|(meso, left)| StopAt {
                    resets_left: self.resets.map(|_| left),
                    stop_at: meso / self.meso_per_unit,
                })
                .collect(),
            value_meso: stopping.value,
            naive_value_meso: stopping.naive_value,
            expected_resets: stopping.expected_resets,
        }
    }
}

/// The choice between old and new lines that a method gives.
const fn choice(method: Method) -> Choice {
    match method {
        Method::MesoPotential
        | Method::Black
        | Method::Prime
        | Method::MesoAdditional
        | Method::WhiteAdditional
        | Method::PrimeAdditional => Choice::Either,
        Method::Red
        | Method::Meister
        | Method::Master
        | Method::Occult
        | Method::Additional
        | Method::OccultAdditional => Choice::NewOnly,
    }
}
