//! Plans: the cost of several independent items together.

mod convolve;
mod table;
mod tree;

use self::table::Table;
use crate::{Bounds, Distribution, Level};

/// The distribution of the cost of several independent items together, between certain bounds.
///
/// Costs are rounded to a lattice both ways: rounded up, their sum is never too small; rounded
/// down, never too large. Both are convolved exactly but for the rounding of `f64`, a bound on
/// which is part of the answer, as is the chance past the end of the lattice. All of that together
/// is a chance below [`TAIL`](Self::TAIL).
///
/// Items are added as a tree, from the smallest up and a few of like size at a time, each sum on a
/// lattice of its own: a large item does not coarsen the lattice of the small ones, and the width
/// of the bounds grows far more slowly than the number of items. The same reference given several
/// times stands for as many independent items, and takes hardly longer than one.
///
/// ```
/// use cube_probability::{CostDistribution, Distribution, Grade, Level, Phase, Total, Unit};
///
/// let legendary = |success| Phase {
///     grade: Grade::Legendary,
///     success,
///     rise: 0.0,
///     certain_on: None,
///     cost: Some(50_000_000),
/// };
/// let ring = CostDistribution::of(&[legendary(0.01)], Unit::Meso)?;
/// let hat = CostDistribution::of(&[legendary(0.002)], Unit::Meso)?;
/// let total = Total::of(&[&ring, &hat])?;
///
/// assert_eq!(total.mean(), 30e9);
/// let within = total.within(60_000_000_000);
/// assert!(within.lower <= within.upper && within.upper - within.lower < 1e-3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Total {
    mean: f64,
    /// A divisor of every possible cost.
    unit: u64,
    width: u64,
    table: Table,
}

/// Reason why items cannot be added up.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PlanError {
    /// There is no item.
    #[error("a plan needs at least one item")]
    Empty,
    /// There are more than [`Total::MAX_ITEMS`].
    #[error("a plan has {given} items; at most {max} are added up", max = Total::MAX_ITEMS)]
    TooManyItems {
        /// The number of items given.
        given: usize,
    },
    /// The mean cost is above `u64::MAX`, so that hardly any budget has a chance.
    #[error("a mean cost of {mean:e} is past what 64 bits can count")]
    TooLarge {
        /// The mean cost.
        mean: f64,
    },
}

impl Total {
    /// The most items of a plan.
    pub const MAX_ITEMS: usize = 100;

    /// The points of the lattice that [`of`](Self::of) computes on; twice as many for up to four
    /// items.
    pub const POINTS: usize = 1 << 15;

    /// The chance that no bound on a probability leaves more than for the end of the lattice and
    /// the rounding of `f64`, provided that each item's own bounds meet in 1.
    pub const TAIL: f64 = 1e-6;

    /// The sum of independent items.
    ///
    /// # Errors
    ///
    /// [`PlanError`] when there is no item, more than [`MAX_ITEMS`](Self::MAX_ITEMS), or a mean
    /// cost past 64 bits.
    pub fn of(items: &[&dyn Distribution]) -> Result<Self, PlanError> {
        Self::with_points(items, Self::POINTS)
    }

    /// The sum of independent items on a lattice of about so many points (from 4,096 to 262,144,
    /// rounded up to a power of two), and on twice as many where the last sum is of four or fewer.
    /// Half the points take half the time and double the [`width`](Self::width).
    ///
    /// # Errors
    ///
    /// As [`of`](Self::of).
    pub fn with_points(items: &[&dyn Distribution], points: usize) -> Result<Self, PlanError> {
        let points = points.clamp(1 << 12, 1 << 18).next_power_of_two();
        match items.len() {
            0 => return Err(PlanError::Empty),
            given if given > Self::MAX_ITEMS => return Err(PlanError::TooManyItems { given }),
            _ => {}
        }
        let mean: f64 = items.iter().map(|item| item.mean()).sum();
        if mean.is_nan() || mean >= u64::MAX as f64 {
            return Err(PlanError::TooLarge { mean });
        }
        Ok(Self {
            mean,
            ..tree::sum(items, points)
        })
    }

    /// The best single value for a quantile: the middle of its bounds; none when there is no upper
    /// bound. The middle is far closer to the truth than the bounds are apart, since roundings up
    /// and down cancel, but that is not certain.
    pub fn quantile(&self, level: Level) -> Option<u64> {
        self.best_at(level)
    }

    /// No lower and upper quantile are further apart than this for the rounding to the lattice, in
    /// the unit of the cost. The bounds on probabilities allow for a chance below
    /// [`TAIL`](Self::TAIL) more.
    pub const fn width(&self) -> u64 {
        self.width
    }
}

impl Distribution for Total {
    fn mean(&self) -> f64 {
        self.mean
    }

    fn within(&self, budget: u64) -> Bounds {
        self.table.within(budget)
    }

    fn unit(&self) -> u64 {
        self.unit
    }
}
