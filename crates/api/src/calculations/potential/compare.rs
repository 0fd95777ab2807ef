//! Methods compared: what each costs until a goal is met, and the cheapest mix of them.

use std::collections::BTreeMap;

use cube_probability::{
    Aim, Comparison, Distribution, Goal, Grade, Layer, Level, MAX_ITEM_LEVEL, Method, Mix, Part,
    Phase, Rules,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::StartingState;
use super::request::{checked_goal, checked_prices, pointer, rules};
use crate::calculations::numbers::{
    budget, levels, saturating_i64, saturating_i64_by_name, saturating_i64_option, up_to,
};
use crate::calculations::{
    BoundedQuantile, BoundedSpread, ChanceBounds, CostSpread, Quantile, TrialSpread,
    ValidationErrors,
};
use crate::responses::{Warning, WarningCode, schema, whole_meso, whole_or_null};

/// One item and a goal, for every method.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompareRequest {
    /// The kind of equipment.
    #[schema(schema_with = schema::part)]
    pub part: String,
    /// The item's required level.
    #[serde(deserialize_with = "saturating_i64")]
    #[schema(example = 250, minimum = 0, maximum = 300)]
    pub item_level: i64,
    /// `potential` or `additional_potential`; `potential` without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "potential")]
    pub layer: Option<String>,
    /// The grade at which the resets start. Failures so far are those of one method and must be 0.
    pub from: StartingState,
    /// The condition that the lines have to meet, in the goal language.
    #[schema(example = "cooldown_seconds >= 4", max_length = 1000)]
    pub goal: String,
    /// Meso a cube costs, by method, where that differs from the default.
    #[serde(
        default,
        deserialize_with = "saturating_i64_by_name",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    #[schema(value_type = BTreeMap<String, u64>, example = json!({"red": 12_000_000}))]
    pub prices: BTreeMap<String, i64>,
    /// An amount of meso whose chance of being enough is asked for.
    #[serde(
        default,
        deserialize_with = "saturating_i64_option",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(example = 100_000_000_000_u64, minimum = 0)]
    pub budget_meso: Option<i64>,
    /// The probability of the one quantile wanted; the default ones without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 0.9, exclusive_minimum = 0, exclusive_maximum = 1)]
    pub quantile: Option<f64>,
    /// The rule set; the current one without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "kms-2026-10")]
    pub rules: Option<String>,
}

/// Every method with a known price, the cheapest on average first, and the cheapest mix.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CompareResponse {
    /// The goal as it was understood.
    pub goal: String,
    /// The rule set.
    #[schema(example = "kms-2026-10")]
    pub rules: &'static str,
    /// The methods that meet the goal at a known price, the smallest mean first.
    pub methods: Vec<MethodCost>,
    /// The method to use at each grade for the smallest mean; null when no method meets the goal
    /// for certain at a known price.
    pub mix: Option<MixCost>,
    /// Methods left out, and why.
    pub warnings: Vec<Warning>,
}

/// Cost of one method.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MethodCost {
    /// The method.
    #[schema(schema_with = schema::method)]
    pub method: &'static str,
    /// The mean cost, to the nearest meso.
    #[serde(serialize_with = "whole_or_null")]
    #[schema(value_type = Option<u64>, required = true)]
    pub mean_meso: u128,
    /// The smallest amounts that are enough with given probabilities.
    pub quantiles: Vec<Quantile>,
    /// The chance that the budget is enough; missing when no budget was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1)]
    pub within_budget: Option<f64>,
    /// The number of resets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trials: Option<TrialSpread>,
}

/// The cheapest mix of methods.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MixCost {
    /// The mean cost, to the nearest meso.
    #[serde(serialize_with = "whole_or_null")]
    #[schema(value_type = Option<u64>, required = true)]
    pub mean_meso: u128,
    /// The method by grade, until the item rises or the goal is met.
    #[schema(value_type = BTreeMap<String, String>, example = json!({"rare": "red", "legendary": "meso_potential"}))]
    pub by_grade: BTreeMap<Grade, &'static str>,
    /// The smallest amounts that are enough with given probabilities, between certain bounds;
    /// empty when they cannot be told.
    pub quantiles: Vec<BoundedQuantile>,
    /// Certain bounds on the chance that the budget is enough; missing when no budget was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within_budget: Option<ChanceBounds>,
}

struct Validated {
    rules: &'static Rules,
    goal: Goal,
    processes: Vec<(Method, Vec<Phase>)>,
    budget_meso: Option<u64>,
    levels: Vec<Level>,
}

impl CompareRequest {
    /// Answers the question.
    ///
    /// # Errors
    ///
    /// [`ValidationErrors`] when a word, a number or the combination of them is not one of the game's.
    pub fn answer(&self) -> Result<CompareResponse, ValidationErrors> {
        self.checked().map(|checked| checked.answer())
    }

    fn checked(&self) -> Result<Validated, ValidationErrors> {
        let mut errors = ValidationErrors::new();
        let part = errors.collect("/part", self.part.parse::<Part>());
        let item_level = errors.collect("/item_level", up_to(MAX_ITEM_LEVEL, self.item_level));
        let layer = self
            .layer
            .as_deref()
            .map_or(Ok(Layer::Potential), str::parse);
        let layer = errors.collect("/layer", layer);
        let grade = errors.collect("/from/grade", self.from.grade.parse::<Grade>());
        if self.from.failures != 0 {
            let detail = "failures are counted by method, so that only 0 stands for all of them";
            errors.add("/from/failures", detail);
        }
        let goal = checked_goal(&self.goal, &mut errors);
        let prices = checked_prices(&self.prices, &mut errors);
        let budget_meso = budget(&mut errors, self.budget_meso);
        let levels = match self.quantile {
            Some(q) => Vec::from_iter(errors.collect("/quantile", Level::new(q))),
            None => levels(&mut errors, None),
        };
        let rules = errors.collect("/rules", rules(self.rules.as_deref()));
        let item = part.zip(item_level).zip(layer).zip(grade);
        let ((((part, level), layer), grade), (goal, rules)) =
            std::mem::take(&mut errors).check(item.zip(goal.zip(rules)))?;
        let processes = rules.processes(layer, part, level, &goal, grade, &prices);
        let processes = processes.map_err(|error| errors.add(pointer(&error), &error));
        let processes = errors.check(processes.ok())?;
        Ok(Validated {
            rules,
            goal,
            processes,
            budget_meso,
            levels,
        })
    }
}

impl Validated {
    fn answer(&self) -> CompareResponse {
        let comparisons = Comparison::of(&self.processes);
        let left_out = comparisons.iter().filter_map(|comparison| {
            let error = comparison.meso.as_ref().err()?;
            let detail = format!("{} is left out: {error}", comparison.method);
            Some(Warning::new(WarningCode::MethodLeftOut, detail))
        });
        let methods: Vec<_> = Comparison::best_first(&comparisons, Aim::Mean)
            .into_iter()
            .filter_map(|comparison| self.method(comparison))
            .collect();
        let mix = self.mix();
        let means = methods.iter().map(|method| method.mean_meso);
        let means = means.chain(mix.iter().map(|mix| mix.mean_meso));
        let too_large = Warning::of_means(means);
        CompareResponse {
            goal: self.goal.to_string(),
            rules: self.rules.name,
            methods,
            mix,
            warnings: left_out.chain(too_large).collect(),
        }
    }

    fn method(&self, comparison: &Comparison) -> Option<MethodCost> {
        let meso = comparison.meso.as_ref().ok()?;
        let cost = CostSpread::of(meso, &self.levels);
        let trials = comparison.resets.as_ref().ok();
        Some(MethodCost {
            method: comparison.method.id(),
            mean_meso: cost.mean,
            quantiles: cost.quantiles,
            within_budget: self.budget_meso.map(|budget| meso.at_most(budget)),
            trials: trials.map(|trials| TrialSpread::of(trials, &self.levels)),
        })
    }

    fn mix(&self) -> Option<MixCost> {
        let mix = Mix::cheapest(&self.processes).ok()?;
        let distribution = mix.distribution().ok();
        let spread = distribution
            .as_ref()
            .map(|meso| BoundedSpread::of(meso, &self.levels, |level| meso.cost_at(level).upper));
        let choices = mix.choices().iter();
        Some(MixCost {
            mean_meso: whole_meso(mix.mean()),
            by_grade: choices
                .map(|(grade, method)| (*grade, method.id()))
                .collect(),
            quantiles: spread.map(|spread| spread.quantiles).unwrap_or_default(),
            within_budget: self
                .budget_meso
                .zip(distribution)
                .map(|(budget, meso)| meso.within(budget).into()),
        })
    }
}
