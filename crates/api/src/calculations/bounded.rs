//! Means and quantiles of costs that are known between certain bounds.

use cube_probability::{Bounds, CostBounds, Distribution, Level};
use serde::Serialize;
use utoipa::ToSchema;

use crate::responses::{whole_meso, whole_or_null};

/// Cost in meso, between certain bounds.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BoundedSpread {
    /// On average, exactly, to the nearest meso.
    #[serde(serialize_with = "whole_or_null")]
    #[schema(minimum = 0, value_type = Option<u64>, required = true)]
    pub mean: u128,
    /// The smallest amounts that are enough with given probabilities.
    pub quantiles: Vec<BoundedQuantile>,
}

/// The smallest amount that is enough with a given probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct BoundedQuantile {
    /// The probability.
    #[schema(example = 0.9, exclusive_minimum = 0, exclusive_maximum = 1)]
    pub q: f64,
    /// The best guess between the bounds; null when there is no upper bound.
    pub value: Option<u64>,
    /// It is certainly at least this.
    pub lower: u64,
    /// It is certainly at most this; null when no such bound is known.
    pub upper: Option<u64>,
}

/// Bounds on a chance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct ChanceBounds {
    /// It is certainly at least this.
    #[schema(minimum = 0, maximum = 1)]
    pub lower: f64,
    /// It is certainly at most this.
    #[schema(minimum = 0, maximum = 1)]
    pub upper: f64,
}

impl BoundedSpread {
    /// Of a distribution, with a guess at each quantile.
    pub(super) fn of(
        meso: &dyn Distribution,
        levels: &[Level],
        guess: impl Fn(Level) -> Option<u64>,
    ) -> Self {
        let quantile = |&level: &Level| {
            let CostBounds { lower, upper } = meso.cost_at(level);
            BoundedQuantile {
                q: level.get(),
                value: upper.and_then(|_| guess(level)),
                lower,
                upper,
            }
        };
        Self {
            mean: whole_meso(meso.mean()),
            quantiles: levels.iter().map(quantile).collect(),
        }
    }

    /// Of a cost too large for a distribution.
    pub(super) fn mean_only(mean: f64) -> Self {
        Self {
            mean: whole_meso(mean),
            quantiles: Vec::new(),
        }
    }
}

impl From<&equipment::BoundedQuantile> for BoundedQuantile {
    fn from(quantile: &equipment::BoundedQuantile) -> Self {
        let CostBounds { lower, upper } = quantile.bounds;
        Self {
            q: quantile.level.get(),
            value: quantile.value,
            lower,
            upper,
        }
    }
}

impl From<Bounds> for ChanceBounds {
    fn from(bounds: Bounds) -> Self {
        Self {
            lower: bounds.lower,
            upper: bounds.upper,
        }
    }
}
