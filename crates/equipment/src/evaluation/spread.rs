//! Means and quantiles.

use cube_probability::{CostBounds, CostDistribution, Distribution, Level};

/// The mean and some quantiles of a number.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// The mean.
    pub mean: f64,
    /// The quantiles asked for, in that order.
    pub quantiles: Vec<Quantile>,
}

/// The smallest number that is enough with a given probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantile {
    /// The probability.
    pub level: Level,
    /// The number; none when it is above `u64::MAX`.
    pub value: Option<u64>,
}

/// The smallest amount of meso that is enough with a given probability, between bounds that are
/// certain to hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BoundedQuantile {
    /// The probability.
    pub level: Level,
    /// The best single value, within the bounds; none when there is no upper bound.
    pub value: Option<u64>,
    /// Bounds of the amount.
    pub bounds: CostBounds,
}

impl Spread {
    pub(super) fn of(distribution: &CostDistribution, levels: &[Level]) -> Self {
        let quantile = |&level| Quantile {
            level,
            value: distribution.quantile(level),
        };
        Self {
            mean: distribution.mean(),
            quantiles: levels.iter().map(quantile).collect(),
        }
    }
}

impl BoundedQuantile {
    /// The quantile of a distribution that tells its best single value by itself.
    pub(super) fn of(
        distribution: &impl Distribution,
        level: Level,
        best: impl Fn(Level) -> Option<u64>,
    ) -> Self {
        let bounds = distribution.cost_at(level);
        Self {
            level,
            value: bounds.upper.and_then(|_| best(level)),
            bounds,
        }
    }

    /// The quantile when only the least amount is known.
    pub(super) const fn at_least(lower: u64, level: Level) -> Self {
        Self {
            level,
            value: None,
            bounds: CostBounds { lower, upper: None },
        }
    }
}
