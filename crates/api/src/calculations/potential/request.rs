//! The question as clients ask it, and as the library takes it.

use std::collections::BTreeMap;

use cube_probability::{
    Draw, Goal, GoalError, Grade, Level, MAX_CUBE_PRICE, MAX_ITEM_LEVEL, Method, Odds, OptionLine,
    Part, Phase, Prices, ResetError, Rules, Start, UnknownRules,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::aim::{Aim, StrengthRequest};
use super::chances::ExactChanceByGrade;
use crate::calculations::ValidationErrors;
use crate::calculations::numbers::{
    at_most, budget, levels, saturating_i64, saturating_i64_by_name, saturating_i64_option, up_to,
};
use crate::responses::schema;

/// One item, a method and a goal.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PotentialRequest {
    /// The method that resets the potential.
    #[schema(schema_with = schema::method)]
    pub method: String,
    /// The kind of equipment.
    #[schema(schema_with = schema::part)]
    pub part: String,
    /// The item's required level.
    #[serde(deserialize_with = "saturating_i64")]
    #[schema(example = 250, minimum = 0, maximum = 300)]
    pub item_level: i64,
    /// State before the first reset.
    pub from: StartingState,
    /// The condition that the lines have to meet, in the goal language; either this or `strength`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "cooldown_seconds >= 4", max_length = 1000)]
    pub goal: Option<String>,
    /// Lines whose boss damage has to be reached, in place of a goal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strength: Option<StrengthRequest>,
    /// The first line as the game writes it, which the prime cubes keep; for them only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "INT +12%")]
    pub keep_line_1: Option<String>,
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

/// State before the first reset.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartingState {
    /// The grade now.
    #[schema(schema_with = schema::grade)]
    pub grade: String,
    /// Number of resets in a row without a rise from this grade.
    #[serde(default, deserialize_with = "saturating_i64")]
    #[schema(minimum = 0, default = 0)]
    pub failures: i64,
}

/// A question whose every word is known.
#[derive(Debug)]
pub(super) struct Validated {
    pub(super) draw: Draw,
    pub(super) odds: Odds,
    pub(super) phases: Vec<Phase>,
    pub(super) start: Start,
    pub(super) aim: Aim,
    pub(super) budget_meso: Option<u64>,
    pub(super) levels: Vec<Level>,
    pub(super) exact: Option<ExactChanceByGrade>,
    pub(super) distribution: bool,
}

impl PotentialRequest {
    pub(super) fn checked(&self) -> Result<Validated, ValidationErrors> {
        let mut errors = ValidationErrors::new();
        let draw = self.checked_draw(&mut errors);
        let grade = errors.collect("/from/grade", self.from.grade.parse::<Grade>());
        let most_failures = draw
            .zip(grade)
            .and_then(|(draw, grade)| draw.method().most_failures(grade));
        let failures = up_to(most_failures.unwrap_or(u32::MAX), self.from.failures);
        let failures = errors.collect("/from/failures", failures);
        let aim = self.checked_aim(&mut errors);
        let prices = checked_prices(&self.prices, &mut errors);
        let budget_meso = budget(&mut errors, self.budget_meso);
        let levels = levels(&mut errors, self.quantiles.as_deref());
        let rules = errors.collect("/rules", rules(self.rules.as_deref()));

        let start = grade.zip(failures);
        let start = start.map(|(grade, failures)| Start { grade, failures });
        let (((draw, start), aim), rules) =
            std::mem::take(&mut errors).check(draw.zip(start).zip(aim).zip(rules))?;
        let process = aim
            .odds(rules, &draw)
            .and_then(|odds| Ok((odds.phases(start, &prices)?, odds)));
        let process = process.map_err(|error| errors.add(pointer(&error), &error));
        let exact = self.checked_exact(rules, &draw, &aim, &mut errors);
        let (phases, odds) = errors.check(process.ok())?;
        Ok(Validated {
            draw,
            odds,
            phases,
            start,
            aim,
            budget_meso,
            levels,
            exact,
            distribution: self.distribution,
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

    fn checked_aim(&self, errors: &mut ValidationErrors) -> Option<Aim> {
        match (&self.goal, &self.strength) {
            (Some(goal), None) => checked_goal(goal, errors).map(Aim::Goal),
            (None, Some(strength)) => {
                let as_strong = strength.checked(errors)?;
                Some(Aim::AsStrong(Box::new(as_strong)))
            }
            _ => {
                errors.add("/goal", "expected either `goal` or `strength`");
                None
            }
        }
    }

    fn checked_exact(
        &self,
        rules: &'static Rules,
        draw: &Draw,
        aim: &Aim,
        errors: &mut ValidationErrors,
    ) -> Option<ExactChanceByGrade> {
        if !self.exact {
            return None;
        }
        let Some(goal) = aim.goal() else {
            errors.add("/exact", "exact fractions are told of a `goal` only");
            return None;
        };
        // The odds refuse a draw that the game does not have.
        ExactChanceByGrade::of(rules, draw, goal).ok()
    }
}

/// A goal in the goal language.
pub(super) fn checked_goal(text: &str, errors: &mut ValidationErrors) -> Option<Goal> {
    let goal = text.parse::<Goal>();
    goal.map_err(|error: GoalError| errors.add_in_goal("/goal", error.column, &error.reason))
        .ok()
}

/// The rule set of a name; the current one without.
pub(super) fn rules(name: Option<&str>) -> Result<&'static Rules, UnknownRules> {
    name.map_or(Ok(Rules::current()), Rules::named)
}

/// Prices of cubes by method.
pub(crate) fn checked_prices(
    given: &BTreeMap<String, i64>,
    errors: &mut ValidationErrors,
) -> Prices {
    let mut prices = Prices::new();
    if !at_most(errors, "/prices", Method::ALL.len(), given.len()) {
        return prices;
    }
    for (word, &meso) in given {
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

/// The field that a refusal is about.
pub(super) fn pointer(error: &ResetError) -> &'static str {
    match error {
        ResetError::LevelTooHigh { .. } => "/item_level",
        ResetError::GradeTooHigh { .. } | ResetError::GradeTooLow { .. } => "/from/grade",
        ResetError::FirstLineMissing { .. }
        | ResetError::KeepsNoLine { .. }
        | ResetError::NoSuchFirstLine { .. } => "/keep_line_1",
        ResetError::TooManyFailures { .. } => "/from/failures",
        ResetError::PriceTooHigh { .. } | ResetError::PriceNotFree { .. } => "/prices",
    }
}
