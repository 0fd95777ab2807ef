//! Prices of one potential and of the stars of one item.

use cube_probability::{Grade, Method};
use equipment::{OtherPrice, Outcome, PotentialExpectation, Spread, StarForceOutcome};
use serde::Serialize;
use utoipa::ToSchema;

use crate::calculations::{BoundedQuantile, CostSpread, Quantile, TrialSpread};
use crate::responses::{optional_whole_or_null, schema, whole_meso, whole_or_null};

/// Cost of one potential.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PotentialCost {
    /// The price's status: known, or the kind of reason for which it is not.
    #[schema(schema_with = schema::status)]
    pub status: &'static str,
    /// Its grade now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::grade, required = false)]
    pub grade: Option<Grade>,
    /// The grade at which the resets start.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::grade, required = false)]
    pub from: Option<Grade>,
    /// Its lines as the upstream writes them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub lines: Vec<String>,
    /// The meaning of "this gear again" that is priced.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::meaning, required = false)]
    pub meaning: Option<&'static str>,
    /// The price by the other meaning, where both are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_meaning: Option<OtherMeaning>,
    /// Goal for the lines: to be at least as good as now. Of `as_strong` it is the
    /// condition to first order, for reading; the odds are those of boss damage itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "int_pct + 0.1*int_flat + 3.1*int_per_9_levels >= 30")]
    pub goal: Option<String>,
    /// The chance of one reset at the item's grade now; of a target at the method's highest grade.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(exclusive_minimum = 0, maximum = 1)]
    pub success_probability: Option<f64>,
    /// The item level whose published tables were used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pool_level: Option<u16>,
    /// Number of resets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trials: Option<TrialSpread>,
    /// Cost in meso.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_meso: Option<CostSpread>,
    /// Reason for which it has no price, or none to pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The price by the other meaning of "this gear again".
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OtherMeaning {
    /// The meaning.
    #[schema(schema_with = schema::meaning)]
    pub meaning: &'static str,
    /// Goal for the lines.
    pub goal: String,
    /// The mean cost, to the nearest meso.
    #[serde(serialize_with = "whole_or_null")]
    #[schema(value_type = Option<u64>, required = true)]
    pub mean_meso: u128,
}

/// Cost of the stars of one item.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StarForceCost {
    /// The price's status: known, or the kind of reason for which it is not.
    #[schema(schema_with = schema::status)]
    pub status: &'static str,
    /// The stars at the start: those of a new item, 0, unless another start was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 0)]
    pub from: Option<u8>,
    /// The stars at the end: those the item has now, or those of the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 22)]
    pub to: Option<u8>,
    /// Mean cost, to the nearest meso, spare items included.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "optional_whole_or_null"
    )]
    #[schema(value_type = Option<u64>)]
    pub mean_meso: Option<u128>,
    /// The smallest amounts of meso that are enough with given probabilities.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub quantiles: Vec<BoundedQuantile>,
    /// Mean number of destructions of the item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_destroyed: Option<f64>,
    /// Reason for which they have no price, or none to pay.
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
            from: None,
            meaning: None,
            other_meaning: None,
            goal: None,
            success_probability: None,
            pool_level: None,
            trials: None,
            cost_meso: None,
            reason: None,
        };
        match outcome {
            Outcome::Priced(price) => {
                cost.from = Some(price.start.grade);
                cost.meaning = Some(price.meaning.id());
                cost.other_meaning = price.other.as_ref().map(Into::into);
                cost.goal = Some(price.goal.to_string());
                cost.success_probability = Some(price.success_probability);
                cost.pool_level = Some(price.pool_level);
                cost.trials = Some((&price.trials).into());
                cost.cost_meso = Some((&price.cost).into());
            }
            Outcome::NothingValued { ignored } => {
                cost.trials = Some(TrialSpread::NOTHING);
                cost.cost_meso = Some(CostSpread::NOTHING);
                cost.reason = Some(format!(
                    "none of these lines counts, so that nothing is priced: `{}`",
                    ignored.join("`, `")
                ));
            }
            Outcome::Reached { goal } => {
                cost.goal = Some(goal.to_string());
                cost.trials = Some(TrialSpread::NOTHING);
                cost.cost_meso = Some(CostSpread::NOTHING);
            }
            Outcome::NotApplicable(reason) => cost.reason = Some(reason.to_string()),
            Outcome::UnknownOption(lines) => {
                let lines = lines.join("`, `");
                cost.reason = Some(format!("not in the published tables: `{lines}`"));
            }
            Outcome::Unreachable { goal, methods } => {
                cost.goal = Some(goal.to_string());
                cost.reason = Some(unreachable(methods));
            }
            Outcome::NotPriced(reason) => cost.reason = Some(reason.to_string()),
        }
        cost
    }
}

/// The reason that a method gives no such lines, with those that do.
fn unreachable(methods: &[Method]) -> String {
    let mut reason = "no reset gives lines as good as these".to_owned();
    let others: Vec<_> = methods.iter().map(|method| method.id()).collect();
    if !others.is_empty() {
        reason.push_str("; at this grade they come from ");
        reason.push_str(&others.join(", "));
    }
    reason
}

impl From<&OtherPrice> for OtherMeaning {
    fn from(price: &OtherPrice) -> Self {
        Self {
            meaning: price.meaning.id(),
            goal: price.goal.to_string(),
            mean_meso: whole_meso(price.mean),
        }
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
                cost.from = Some(price.from);
                cost.to = Some(price.stars);
                cost.mean_meso = Some(whole_meso(price.means.meso));
                cost.mean_destroyed = Some(price.means.destroyed);
                cost.quantiles = price.quantiles.iter().map(Into::into).collect();
            }
            StarForceOutcome::Reached { stars } => {
                cost.to = Some(*stars);
                cost.mean_meso = Some(0);
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
