//! The question as clients ask it, and as the library takes it.

use std::collections::BTreeMap;

use cube_probability::{
    Goal, GoalError, Grade, Level, MAX_CUBE_PRICE, MAX_ITEM_LEVEL, Method, Odds, Part, Phase,
    Prices, ResetError, Rules, Start,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::chances::ExactChanceByGrade;
use crate::calculations::ValidationErrors;
use crate::calculations::numbers::{
    absurd_too_by_name, budget, levels, saturating_i64, saturating_i64_option, up_to,
};
use crate::responses::schema;

/// One item, a method and a goal.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PotentialRequest {
    /// What resets the potential.
    #[schema(schema_with = schema::method)]
    pub method: String,
    /// The kind of equipment.
    #[schema(schema_with = schema::part)]
    pub part: String,
    /// The item's required level.
    #[serde(deserialize_with = "saturating_i64")]
    #[schema(example = 250, minimum = 0, maximum = 300)]
    pub item_level: i64,
    /// Where the resets start.
    pub from: StartingState,
    /// What the three lines have to meet, in the goal language.
    #[schema(example = "cooldown_seconds >= 4", max_length = 1000)]
    pub goal: String,
    /// Meso a cube costs, by method, where that differs from the default.
    #[serde(
        default,
        deserialize_with = "absurd_too_by_name",
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
    /// The probabilities of the quantiles; 0.5, 0.75, 0.9, 0.95 and 0.99 without any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = json!([0.5, 0.9]), max_items = 100)]
    pub quantiles: Option<Vec<f64>>,
    /// The rule set; the current one without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "kms-2026-10")]
    pub rules: Option<String>,
    /// Whether the chances are wanted as exact fractions too.
    #[serde(default)]
    pub exact: bool,
    /// Whether the shape of the distribution is wanted too.
    #[serde(default)]
    pub distribution: bool,
}

/// Where resets start.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartingState {
    /// The grade now.
    #[schema(schema_with = schema::grade)]
    pub grade: String,
    /// How many resets in a row have failed to rise from this grade.
    #[serde(default, deserialize_with = "saturating_i64")]
    #[schema(minimum = 0, default = 0)]
    pub failures: i64,
}

/// A question whose every word is known.
#[derive(Debug)]
pub(super) struct Validated {
    pub(super) odds: Odds,
    pub(super) phases: Vec<Phase>,
    pub(super) start: Start,
    pub(super) goal: Goal,
    pub(super) budget_meso: Option<u64>,
    pub(super) levels: Vec<Level>,
    pub(super) exact: Option<ExactChanceByGrade>,
    pub(super) distribution: bool,
}

impl PotentialRequest {
    pub(super) fn checked(&self) -> Result<Validated, ValidationErrors> {
        let mut errors = ValidationErrors::new();
        let method = errors.collect("/method", self.method.parse::<Method>());
        let part = errors.collect("/part", self.part.parse::<Part>());
        let item_level = errors.collect("/item_level", up_to(MAX_ITEM_LEVEL, self.item_level));
        let grade = errors.collect("/from/grade", self.from.grade.parse::<Grade>());
        let most_failures = method
            .zip(grade)
            .and_then(|(m, grade)| m.most_failures(grade));
        let failures = up_to(most_failures.unwrap_or(u32::MAX), self.from.failures);
        let failures = errors.collect("/from/failures", failures);
        let goal = self.goal.parse::<Goal>();
        let goal = goal
            .map_err(|error| add_goal_error(&mut errors, &error))
            .ok();
        let prices = self.checked_prices(&mut errors);
        let budget_meso = budget(&mut errors, self.budget_meso);
        let levels = levels(&mut errors, self.quantiles.as_deref());
        let rules = self
            .rules
            .as_deref()
            .map_or(Ok(Rules::current()), Rules::named);
        let rules = errors.collect("/rules", rules);

        let words = method.zip(part).zip(item_level).zip(grade);
        let rest = failures.zip(goal).zip(rules);
        let ((((method, part), level), grade), ((failures, goal), rules)) =
            std::mem::take(&mut errors).check(words.zip(rest))?;
        let start = Start { grade, failures };
        let process = rules
            .odds(method, part, level, &goal)
            .and_then(|odds| Ok((odds.phases(start, &prices)?, odds)));
        let process = process.map_err(|error| errors.add(pointer(&error), &error));
        let exact = self
            .exact
            .then(|| ExactChanceByGrade::of(rules, method, part, level, &goal));
        let exact = exact
            .transpose()
            .map_err(|error| errors.add(pointer(&error), &error));
        let ((phases, odds), exact) = errors.check(process.ok().zip(exact.ok()))?;
        Ok(Validated {
            odds,
            phases,
            start,
            goal,
            budget_meso,
            levels,
            exact,
            distribution: self.distribution,
        })
    }

    fn checked_prices(&self, errors: &mut ValidationErrors) -> Prices {
        let mut prices = Prices::new();
        for (word, &meso) in &self.prices {
            let pointer = format!("/prices/{}", word.replace('~', "~0").replace('/', "~1"));
            let method = errors.collect(&pointer, word.parse::<Method>());
            let meso = errors.collect(&pointer, up_to(MAX_CUBE_PRICE, meso));
            if let Some((method, meso)) = method.zip(meso) {
                let with = prices.clone().with(method, meso);
                prices = errors.collect(&pointer, with).unwrap_or(prices);
            }
        }
        prices
    }
}

fn add_goal_error(errors: &mut ValidationErrors, error: &GoalError) {
    errors.add_in_goal("/goal", error.column, &error.reason);
}

/// The field that a refusal is about.
fn pointer(error: &ResetError) -> &'static str {
    match error {
        ResetError::LevelTooHigh { .. } => "/item_level",
        ResetError::GradeTooHigh { .. } | ResetError::GradeTooLow { .. } => "/from/grade",
        ResetError::FirstLineMissing { .. } | ResetError::KeepsNoLine { .. } => "/method",
        ResetError::NoSuchFirstLine { .. } => "/keep_line_1",
        ResetError::TooManyFailures { .. } => "/from/failures",
        ResetError::PriceTooHigh { .. } | ResetError::PriceNotFree { .. } => "/prices",
    }
}
