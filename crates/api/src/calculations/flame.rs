//! 환생의 불꽃: the odds of a score, and what it costs.

use std::collections::BTreeMap;

use cube_probability::flame::{Flame, FlameError, FlameItem, FlameOdds, FlameScore, FlameStat};
use cube_probability::{CostDistribution, Level, Part, Unit};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::numbers::{
    budget, decimal, levels, saturating_i64, saturating_i64_option, up_to, weights,
};
use super::{CostSpread, TrialSpread, ValidationErrors};
use crate::responses::{Warning, WarningCode, schema};

/// One item, a flame, and a score to reach.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FlameRequest {
    /// The flame; `meso` is the reset of additional options for meso.
    #[schema(schema_with = schema::flame)]
    pub flame: String,
    /// The kind of equipment.
    #[schema(schema_with = schema::part)]
    pub part: String,
    /// The item's required level.
    #[serde(deserialize_with = "saturating_i64")]
    #[schema(example = 200, minimum = 0, maximum = 300)]
    pub item_level: i64,
    /// Whether it is equipment of bosses, which always has four options, two tiers higher.
    #[serde(default)]
    pub boss_gear: bool,
    /// The score that a point of each stat counts, from 0 to 1,000,000.
    #[schema(example = json!({"int": 1, "all_stat_pct": 10}))]
    pub weights: BTreeMap<String, f64>,
    /// The score to reach.
    #[schema(example = 120, minimum = 0, maximum = 1_000_000)]
    pub at_least: f64,
    /// A weapon's own 공격력 without any upgrade, by which its flames go.
    #[serde(
        default,
        deserialize_with = "saturating_i64_option",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(example = 283, minimum = 0, maximum = 65_535)]
    pub attack: Option<i64>,
    /// A weapon's own 마력 without any upgrade.
    #[serde(
        default,
        deserialize_with = "saturating_i64_option",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(example = 337, minimum = 0, maximum = 65_535)]
    pub magic: Option<i64>,
    /// The meso of one flame; that of `meso` is published.
    #[serde(
        default,
        deserialize_with = "saturating_i64_option",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(example = 8_000_000, minimum = 0)]
    pub price_meso: Option<i64>,
    /// An amount of meso whose chance of being enough is asked for.
    #[serde(
        default,
        deserialize_with = "saturating_i64_option",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(minimum = 0)]
    pub budget_meso: Option<i64>,
    /// The probabilities of the quantiles; 0.5, 0.75, 0.9, 0.95 and 0.99 without any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = json!([0.5, 0.9]), max_items = 100)]
    pub quantiles: Option<Vec<f64>>,
}

/// The odds of the score, and what it costs.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FlameResponse {
    /// Whether any flame can reach the score.
    pub reachable: bool,
    /// The chance of one flame.
    #[schema(example = 0.02, minimum = 0, maximum = 1)]
    pub probability: f64,
    /// Reason that the score is out of reach.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The number of flames; missing when the score is out of reach.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flames: Option<TrialSpread>,
    /// The cost; null when no price is known, missing when the score is out of reach.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<CostSpread>)]
    pub cost_meso: Option<Option<CostSpread>>,
    /// The chance that the budget is enough; missing without a budget or a price.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1)]
    pub within_budget: Option<f64>,
    /// Warnings about this answer.
    pub warnings: Vec<Warning>,
}

struct Validated {
    odds: FlameOdds,
    price: Option<u64>,
    budget_meso: Option<u64>,
    levels: Vec<Level>,
}

/// The largest price of one flame.
const MAX_PRICE: u64 = cube_probability::MAX_CUBE_PRICE;

impl FlameRequest {
    /// Answers the question.
    ///
    /// # Errors
    ///
    /// [`ValidationErrors`] when a word, a number or the combination of them is not one of the game's.
    pub fn answer(&self) -> Result<FlameResponse, ValidationErrors> {
        self.checked().map(|checked| FlameResponse::of(&checked))
    }

    fn checked(&self) -> Result<Validated, ValidationErrors> {
        let mut errors = ValidationErrors::new();
        let flame = errors.collect("/flame", self.flame.parse::<Flame>());
        let item = self.checked_item(&mut errors);
        let weights = weights::<FlameStat>(&mut errors, &self.weights);
        let at_least = errors.collect("/at_least", decimal(self.at_least));
        let price = self.price_meso.map(|price| up_to(MAX_PRICE, price));
        let price = errors.collect("/price_meso", price.transpose());
        let published = flame.and_then(Flame::price);
        if published.is_some() && self.price_meso.is_some() {
            let detail = format!("the price of {} is published and cannot be set", self.flame);
            errors.add("/price_meso", detail);
        }
        let budget_meso = budget(&mut errors, self.budget_meso);
        let levels = levels(&mut errors, self.quantiles.as_deref());
        let words = flame.zip(item).zip(at_least).zip(price);
        let (((flame, item), at_least), price) = std::mem::take(&mut errors).check(words)?;
        let score = errors.collect("/weights", FlameScore::new(weights));
        let odds = score.and_then(|score| {
            let odds = item.odds(flame, &score, at_least);
            odds.map_err(|error| errors.add(pointer(&error), &error))
                .ok()
        });
        let odds = errors.check(odds)?;
        Ok(Validated {
            odds,
            price: price.or(published),
            budget_meso,
            levels,
        })
    }

    fn checked_item(&self, errors: &mut ValidationErrors) -> Option<FlameItem> {
        let part = errors.collect("/part", self.part.parse::<Part>());
        let level = up_to(cube_probability::MAX_ITEM_LEVEL, self.item_level);
        let level = errors.collect("/item_level", level);
        let mut own = |pointer, given: Option<i64>| {
            let given = given.map(|given| up_to(u16::MAX, given)).transpose();
            errors.collect(pointer, given)
        };
        let own = own("/attack", self.attack).zip(own("/magic", self.magic));
        let ((part, level), own) = part.zip(level).zip(own)?;
        let item = FlameItem::new(part, level, self.boss_gear);
        let item = item
            .map_err(|error| errors.add(pointer(&error), &error))
            .ok()?;
        // A weapon's attack that is not given must not count as none where it is weighed.
        for (given, weighed, pointer) in [
            (own.0, FlameStat::Att, "/attack"),
            (own.1, FlameStat::Matt, "/magic"),
        ] {
            let is_weighed = self.weights.contains_key(weighed.id());
            if part == Part::Weapon && given.is_none() && is_weighed {
                errors.add(pointer, FlameError::AttackMissing { stat: weighed });
            }
        }
        Some(match own {
            (None, None) => item,
            (attack, magic) => item.with_attack(attack.unwrap_or(0), magic.unwrap_or(0)),
        })
    }
}

fn pointer(error: &FlameError) -> &'static str {
    match error {
        FlameError::TakesNone { .. } => "/part",
        FlameError::LevelTooHigh { .. } => "/item_level",
        FlameError::AttackMissing {
            stat: FlameStat::Matt,
        } => "/magic",
        FlameError::AttackMissing { .. } => "/attack",
        FlameError::NumberTooLarge { .. } | FlameError::NothingWeighed => "/weights",
    }
}

impl FlameResponse {
    fn of(question: &Validated) -> Self {
        let probability = question.odds.chance().probability();
        let mut answer = Self {
            reachable: probability > 0.0,
            probability,
            reason: None,
            flames: None,
            cost_meso: None,
            within_budget: None,
            warnings: Vec::new(),
        };
        if !answer.reachable {
            let most = question.odds.most();
            answer.reason = Some(format!("no flame of this kind gives more than {most}"));
            return answer;
        }
        let phases = question.odds.phases(question.price);
        let mut warn = |code, error: &dyn std::fmt::Display| {
            answer.warnings.push(Warning::new(code, error.to_string()));
        };
        match CostDistribution::of(&phases, Unit::Resets) {
            Ok(flames) => answer.flames = Some(TrialSpread::of(&flames, &question.levels)),
            Err(error) => warn(WarningCode::NotCountable, &error),
        }
        let meso = question
            .price
            .map(|_| CostDistribution::of(&phases, Unit::Meso));
        let meso = match meso {
            Some(Ok(meso)) => Some(meso),
            Some(Err(error)) => {
                warn(WarningCode::NotCountable, &error);
                None
            }
            None => {
                warn(
                    WarningCode::NoPrice,
                    &"no price of this flame is known; give `price_meso`",
                );
                None
            }
        };
        let spread = |meso| CostSpread::of(meso, &question.levels);
        let cost = meso.as_ref().map(spread);
        let too_large = Warning::of_means(cost.iter().map(|cost| cost.mean));
        answer.warnings.extend(too_large);
        answer.cost_meso = Some(cost);
        let budgeted = meso.zip(question.budget_meso);
        answer.within_budget = budgeted.map(|(meso, budget)| meso.at_most(budget));
        answer
    }
}
