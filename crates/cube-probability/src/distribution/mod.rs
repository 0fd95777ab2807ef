//! Distributions of a cost: the view common to all, and the exact one of a reset process.

mod bracket;
mod chain;
mod chart;
mod cost;
mod lattice;
mod level;
mod process;
mod summary;
mod tabulate;

pub use bracket::CostBracket;
pub use chart::{Bar, ChartPoint};
pub use cost::CostDistribution;
pub(crate) use lattice::gcd;
pub use level::{InvalidLevel, Level};
pub use process::{Moments, Unit};
pub(crate) use process::{Process, Stage};
pub use summary::{Quantile, Summary, Unknown};

/// The distribution of a cost that is a whole number of meso (or of resets) from 0 up.
///
/// This is the common view of a potential's exact distribution, of star force and of a
/// [`Total`](crate::Total), so that any of them can be an item of a plan. A distribution that is
/// not known exactly answers with bounds that are certain to hold.
pub trait Distribution {
    /// The mean cost.
    fn mean(&self) -> f64;

    /// Bounds on the chance that the cost is at most `budget`. Neither bound falls as the budget
    /// grows, but for rounding in its last bits.
    fn within(&self, budget: u64) -> Bounds;

    /// A number that every possible cost is a multiple of; at least 1.
    fn unit(&self) -> u64 {
        1
    }

    /// Bounds on the smallest cost whose chance of being enough is at least `level`.
    fn cost_at(&self, level: Level) -> CostBounds {
        CostBounds {
            lower: smallest(|cost| level.is_reached_by(self.within(cost).upper))
                .unwrap_or(u64::MAX),
            upper: smallest(|cost| level.is_reached_by(self.within(cost).lower)),
        }
    }

    /// The best single value for a quantile, within the bounds of [`cost_at`](Self::cost_at); none
    /// when there is no upper bound. Without anything better known it is their middle.
    fn best_at(&self, level: Level) -> Option<u64> {
        let CostBounds { lower, upper } = self.cost_at(level);
        Some(lower.midpoint(upper?))
    }

    /// The points of a chart, at most [`ChartPoint::MOST`], at equal distances up to about the
    /// 99.9 % quantile; none when that is past 64 bits. Chances are the middles of their bounds.
    fn chart(&self) -> Vec<ChartPoint> {
        chart::points(self, self.unit())
    }

    /// Fills a table with [`within`](Self::within) at the budgets `0, step, 2 * step, ...`. Budgets
    /// past `u64::MAX` are taken as `u64::MAX`.
    fn tabulate(&self, step: u64, table: &mut [Bounds]) {
        for (k, bounds) in (0..).zip(table) {
            *bounds = self.within(step.saturating_mul(k));
        }
    }
}

/// A lower and an upper bound on a probability, both from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Bounds {
    /// The probability is at least this.
    pub lower: f64,
    /// The probability is at most this.
    pub upper: f64,
}

impl Bounds {
    /// A probability that is known exactly.
    pub const fn exact(probability: f64) -> Self {
        Self {
            lower: probability,
            upper: probability,
        }
    }
}

/// A lower and an upper bound on a cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct CostBounds {
    /// The cost is at least this.
    pub lower: u64,
    /// The cost is at most this; none when no bound is known, because the level is closer to 1
    /// than the distribution is exact or the cost is above `u64::MAX`.
    pub upper: Option<u64>,
}

/// The smallest number at which a condition holds that, once it holds, holds for all larger ones.
pub(crate) fn smallest(holds: impl Fn(u64) -> bool) -> Option<u64> {
    let (mut low, mut high) = (0, u64::MAX);
    if !holds(high) {
        return None;
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Some(high)
}
