//! A cost in brief: mean, quantiles between certain bounds, and the reason where one is missing.

use super::{CostBounds, Distribution, Level};

/// The mean and some quantiles of a cost, as answers give them.
///
/// ```
/// use cube_probability::{CostDistribution, Grade, Level, Phase, Summary, Unit};
///
/// let legendary = Phase {
///     grade: Grade::Legendary,
///     success: 0.01,
///     rise: 0.0,
///     certain_on: None,
///     cost: Some(50_000_000),
/// };
/// let summary = Summary::of(&CostDistribution::of(&[legendary], Unit::Meso)?, &[Level::new(0.9)?]);
/// assert_eq!(summary.whole_mean(), Some(5_000_000_000));
/// assert_eq!(summary.quantiles[0].value, Some(230 * 50_000_000));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Summary {
    /// The mean, which may be past 64 bits.
    pub mean: f64,
    /// The quantiles, in the order of the levels.
    pub quantiles: Vec<Quantile>,
}

/// The smallest cost that is enough with a given chance.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Quantile {
    /// The chance.
    pub level: Level,
    /// The best single value, within the bounds; none when there is no upper bound.
    pub value: Option<u64>,
    /// Certain bounds on the cost.
    pub bounds: CostBounds,
    /// The reason for a missing upper bound.
    pub unknown: Option<Unknown>,
}

/// Reason why a quantile has no upper bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Unknown {
    /// The cost is above `u64::MAX`.
    #[error("the cost is past what 64 bits can count")]
    TooLarge,
    /// The level is closer to 1 than the bounds on the distribution are to each other.
    #[error("the level is closer to 1 than the distribution is exact")]
    TooCloseToCertain,
}

impl Summary {
    /// The mean and the quantiles of a distribution.
    pub fn of(distribution: &dyn Distribution, levels: &[Level]) -> Self {
        let quantile = |&level| Quantile::of(distribution, level);
        Self {
            mean: distribution.mean(),
            quantiles: levels.iter().map(quantile).collect(),
        }
    }

    /// The summary of a cost that is too large for a distribution: nothing but its mean is known.
    pub fn too_large(mean: f64, levels: &[Level]) -> Self {
        let quantile = |&level| Quantile {
            level,
            value: None,
            bounds: CostBounds {
                lower: 0,
                upper: None,
            },
            unknown: Some(Unknown::TooLarge),
        };
        Self {
            mean,
            quantiles: levels.iter().map(quantile).collect(),
        }
    }

    /// The mean to the nearest whole number; none when it is past 64 bits.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "compared with the least and the greatest that fit"
    )]
    pub fn whole_mean(&self) -> Option<u64> {
        let mean = self.mean.round();
        // The largest whole number rounds up to 2^64 as an f64, which does not fit.
        (mean >= 0.0 && mean < u64::MAX as f64).then_some(mean as u64)
    }
}

impl Quantile {
    /// The quantile of a distribution at a level.
    pub fn of(distribution: &dyn Distribution, level: Level) -> Self {
        let bounds = distribution.cost_at(level);
        let unknown = bounds.upper.is_none().then(|| {
            let most = distribution.within(u64::MAX).upper;
            if level.is_reached_by(most) {
                Unknown::TooCloseToCertain
            } else {
                Unknown::TooLarge
            }
        });
        let value = bounds.upper.and_then(|_| distribution.best_at(level));
        Self {
            level,
            value,
            bounds,
            unknown,
        }
    }
}
