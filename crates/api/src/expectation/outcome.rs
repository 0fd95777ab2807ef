//! What came of pricing one potential or the stars of one item.

use cube_probability::Grade;
use equipment::{Outcome, PotentialExpectation, Spread, StarForceOutcome};
use serde::Serialize;
use utoipa::ToSchema;

use crate::calculations::{BoundedQuantile, CostSpread, Quantile, TrialSpread};
use crate::responses::{schema, whole_meso};

/// What one potential would cost.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PotentialCost {
    /// Whether it has a price, or why not.
    #[schema(schema_with = schema::status)]
    pub status: &'static str,
    /// Its grade now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::grade, required = false)]
    pub grade: Option<Grade>,
    /// Its lines as the upstream writes them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub lines: Vec<String>,
    /// What is asked of the lines: to be at least as good as now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "int_pct + 0.1*int_flat + 3.1*int_per_9_levels >= 30")]
    pub goal: Option<String>,
    /// The chance of one reset at the item's grade now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(exclusive_minimum = 0, maximum = 1)]
    pub success_probability: Option<f64>,
    /// The item level whose published tables were used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pool_level: Option<u16>,
    /// How many resets it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trials: Option<TrialSpread>,
    /// What it costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_meso: Option<CostSpread>,
    /// Why it has no price, or none to pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What the stars of one item would cost.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StarForceCost {
    /// Whether they have a price, or why not.
    #[schema(schema_with = schema::status)]
    pub status: &'static str,
    /// The stars a new item has.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 0)]
    pub from: Option<u8>,
    /// The stars the item has now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 22)]
    pub to: Option<u8>,
    /// What they cost on average, to the nearest meso, spare items for free.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u64>)]
    pub mean_meso: Option<u128>,
    /// The smallest amounts of meso that are enough with given probabilities.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub quantiles: Vec<BoundedQuantile>,
    /// How often the item is destroyed on average.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_destroyed: Option<f64>,
    /// Why they have no price, or none to pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl From<&PotentialExpectation> for PotentialCost {
    fn from(potential: &PotentialExpectation) -> Self {
        let outcome = &potential.outcome;
        let mut cost = Self {
            status: outcome.status(),
            grade: potential.grade,
            lines: potential.lines.clone(),
            goal: None,
            success_probability: None,
            pool_level: None,
            trials: None,
            cost_meso: None,
            reason: None,
        };
        match outcome {
            Outcome::Priced(price) => {
                cost.goal = Some(price.goal.to_string());
                cost.success_probability = Some(price.success_probability);
                cost.pool_level = Some(price.pool_level);
                cost.trials = Some((&price.trials).into());
                cost.cost_meso = Some((&price.cost).into());
            }
            Outcome::MetByAnything => {
                cost.trials = Some(TrialSpread::NOTHING);
                cost.cost_meso = Some(CostSpread::NOTHING);
                cost.reason = Some(
                    "no line is of use to the class, so that any lines are as good".to_owned(),
                );
            }
            Outcome::NotApplicable(reason) => cost.reason = Some(reason.to_string()),
            Outcome::UnknownOption(lines) => {
                let lines = lines.join("`, `");
                cost.reason = Some(format!("not in the published tables: `{lines}`"));
            }
            Outcome::Unreachable { goal } => {
                cost.goal = Some(goal.to_string());
                cost.reason = Some("no reset gives lines as good as these".to_owned());
            }
            Outcome::NotPriced(reason) => cost.reason = Some(reason.to_string()),
        }
        cost
    }
}

impl From<&StarForceOutcome> for StarForceCost {
    fn from(outcome: &StarForceOutcome) -> Self {
        let mut cost = Self {
            status: outcome.status(),
            from: None,
            to: None,
            mean_meso: None,
            quantiles: Vec::new(),
            mean_destroyed: None,
            reason: None,
        };
        match outcome {
            StarForceOutcome::Priced(price) => {
                cost.from = Some(0);
                cost.to = Some(price.stars);
                cost.mean_meso = Some(whole_meso(price.means.meso));
                cost.mean_destroyed = Some(price.means.destroyed);
                cost.quantiles = price.quantiles.iter().map(Into::into).collect();
            }
            StarForceOutcome::NotApplicable(reason) => {
                cost.reason = Some(reason.to_string());
            }
            StarForceOutcome::NotPriced { stars, reason } => {
                cost.to = *stars;
                cost.reason = Some(reason.to_string());
            }
        }
        cost
    }
}

impl From<&Spread> for TrialSpread {
    fn from(spread: &Spread) -> Self {
        Self {
            mean: spread.mean,
            quantiles: quantiles(spread),
        }
    }
}

impl From<&Spread> for CostSpread {
    fn from(spread: &Spread) -> Self {
        Self {
            mean: whole_meso(spread.mean),
            quantiles: quantiles(spread),
        }
    }
}

fn quantiles(spread: &Spread) -> Vec<Quantile> {
    let quantiles = spread.quantiles.iter();
    quantiles
        .map(|quantile| Quantile {
            q: quantile.level.get(),
            value: quantile.value,
        })
        .collect()
}
