//! Means and quantiles as answers show them.

use cube_probability::{CostDistribution, Level};
use serde::Serialize;
use utoipa::ToSchema;

use crate::responses::{whole_meso, whole_or_null};

/// Number of resets: mean and quantiles.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TrialSpread {
    /// On average.
    #[schema(example = 1_682.17, minimum = 0)]
    pub mean: f64,
    /// The smallest numbers that are enough with given probabilities.
    pub quantiles: Vec<Quantile>,
}

/// Cost in meso: mean and quantiles.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CostSpread {
    /// On average, to the nearest meso.
    #[serde(serialize_with = "whole_or_null")]
    #[schema(example = 82_767_718_343_u64, minimum = 0, value_type = Option<u64>, required = true)]
    pub mean: u128,
    /// The smallest amounts that are enough with given probabilities.
    pub quantiles: Vec<Quantile>,
}

/// The smallest number that is enough with a given probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Quantile {
    /// The probability.
    #[schema(example = 0.9, exclusive_minimum = 0, exclusive_maximum = 1)]
    pub q: f64,
    /// The number; null when it is above 18,446,744,073,709,551,615.
    #[schema(example = 3765)]
    pub value: Option<u64>,
}

impl TrialSpread {
    /// Nothing has to be done.
    pub const NOTHING: Self = Self {
        mean: 0.0,
        quantiles: Vec::new(),
    };

    /// Of an exact distribution.
    pub fn of(trials: &CostDistribution, levels: &[Level]) -> Self {
        Self {
            mean: trials.mean(),
            quantiles: quantiles(trials, levels),
        }
    }
}

impl CostSpread {
    /// Nothing has to be paid.
    pub const NOTHING: Self = Self {
        mean: 0,
        quantiles: Vec::new(),
    };

    /// Of an exact distribution.
    pub fn of(meso: &CostDistribution, levels: &[Level]) -> Self {
        Self {
            mean: whole_meso(meso.mean()),
            quantiles: quantiles(meso, levels),
        }
    }
}

fn quantiles(distribution: &CostDistribution, levels: &[Level]) -> Vec<Quantile> {
    let quantile = |&level: &Level| Quantile {
        q: level.get(),
        value: distribution.quantile(level),
    };
    levels.iter().map(quantile).collect()
}
