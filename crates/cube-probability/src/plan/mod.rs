//! Plans: what several independent items cost together.

mod convolve;
mod table;

use std::ptr;

use self::table::{Table, reach};
use crate::{Bounds, CostBounds, Distribution, Level};

/// The distribution of what several independent items cost together, between certain bounds.
///
/// Costs are rounded to a lattice both ways: rounded up their sum is never too small, rounded down
/// never too large, and both are convolved exactly but for the rounding of `f64`, a bound on which
/// is part of the answer, as is what lies past the end of the lattice (a chance below 1e-6). Items are
/// added from the smallest up, those of like size together, so that a large one does not coarsen
/// the lattice of the small ones. The same reference given several times stands for as many
/// independent items, and takes hardly longer than one.
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
    width: u64,
    table: Table,
}

/// Why items cannot be added up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
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
}

impl Total {
    /// The most items of a plan.
    pub const MAX_ITEMS: usize = 100;

    /// The points of the lattice that [`of`](Self::of) computes on.
    pub const POINTS: usize = 1 << 16;

    /// The sum of independent items.
    ///
    /// # Errors
    ///
    /// [`PlanError`] when there is no item or more than [`MAX_ITEMS`](Self::MAX_ITEMS).
    pub fn of(items: &[&dyn Distribution]) -> Result<Self, PlanError> {
        Self::with_points(items, Self::POINTS)
    }

    /// The sum of independent items on a lattice of about so many points (from 4,096 to 262,144,
    /// rounded up to a power of two). Half the points take half the time and double the
    /// [`width`](Self::width).
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
        let mut by_reach = alike(items);
        by_reach.sort_by_key(|items| items.reach);
        let (first, mut rest) = rung(&by_reach);
        let mut total = Self::of_rung(first, None, points);
        while !rest.is_empty() {
            let (next, after) = rung(rest);
            total = Self::of_rung(next, Some(&total), points);
            rest = after;
        }
        Ok(total)
    }

    /// The best single value for a quantile: the middle of its bounds; none when there is no upper
    /// bound. The middle is far closer to the truth than the bounds are apart, since roundings up
    /// and down cancel, but that is not certain.
    pub fn quantile(&self, level: Level) -> Option<u64> {
        let CostBounds { lower, upper } = self.cost_at(level);
        Some(lower.midpoint(upper?))
    }

    /// No lower and upper quantile are further apart than this for the rounding to the lattice, in
    /// the unit of the cost. The bounds on probabilities allow for a chance below 1e-6 more.
    pub const fn width(&self) -> u64 {
        self.width
    }

    fn of_rung(rung: &[Items<'_>], smaller: Option<&Self>, points: usize) -> Self {
        let smaller_one = smaller.map(|total| Items::one(total));
        let items: Vec<Items<'_>> = smaller_one
            .into_iter()
            .chain(rung.iter().copied())
            .collect();
        let table = Table::of(&items, points);
        let carried = smaller.map_or(0, |total| total.width);
        let means = items
            .iter()
            .map(|items| items.times as f64 * items.each.mean());
        Self {
            mean: means.sum(),
            width: carried.saturating_add(table.width),
            table,
        }
    }
}

impl Distribution for Total {
    fn mean(&self) -> f64 {
        self.mean
    }

    fn within(&self, budget: u64) -> Bounds {
        self.table.within(budget)
    }
}

/// Independent items of the same distribution.
#[derive(Clone, Copy)]
struct Items<'a> {
    each: &'a dyn Distribution,
    times: usize,
    /// How far each is followed.
    reach: u64,
}

impl<'a> Items<'a> {
    fn one(each: &'a dyn Distribution) -> Self {
        Self {
            each,
            times: 1,
            reach: reach(each),
        }
    }
}

/// The items, those that are the same reference together.
fn alike<'a>(items: &[&'a dyn Distribution]) -> Vec<Items<'a>> {
    let mut alike: Vec<Items<'a>> = Vec::with_capacity(items.len());
    for &item in items {
        match alike.iter_mut().find(|items| ptr::eq(items.each, item)) {
            Some(items) => items.times += 1,
            None => alike.push(Items::one(item)),
        }
    }
    alike
}

/// Items of like reach share a lattice.
const LIKE: u64 = 8;

/// The items, sorted by reach, that are like the first; and the others.
fn rung<'a, 'b>(sorted: &'b [Items<'a>]) -> (&'b [Items<'a>], &'b [Items<'a>]) {
    let most = sorted
        .first()
        .map_or(0, |items| items.reach.saturating_mul(LIKE));
    let end = sorted.partition_point(|items| items.reach <= most);
    sorted.split_at(end)
}
