//! Tables of bounds: the sum of independent costs on a lattice.

use super::convolve::{self, Masses};
use crate::distribution::gcd;
use crate::{Bounds, Distribution, Level};

/// Bounds on the chance that a cost is at most `k * step`, for `k` below the length.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    step: u64,
    lower: Vec<f64>,
    upper: Vec<f64>,
    /// The cost is at most this far above the one it was rounded down to, and below the one it was
    /// rounded up to.
    pub(super) width: u64,
}

/// The points of the table that only finds out how far a sum reaches.
const COARSE: usize = 1 << 12;
/// The most points of the table that answers.
const FINE: usize = 1 << 16;
/// The answering table ends where the sum is larger with this chance.
const LEFT_OUT: f64 = 1e-7;
/// An item is followed until it is larger with the first of these chances that it can tell.
const LEFT_OUT_OF_ITEM: [f64; 4] = [1e-12, 1e-9, 1e-6, 1e-3];
/// More than the rounding errors in an item's own probabilities.
const ITEM_ROUNDING: f64 = 3e-11;

impl Table {
    /// The sum of independent items.
    ///
    /// A first, coarse table is long enough for all items at their largest. It tells where the
    /// answering table may end: what the sum exceeds there with a tiny chance is all that its
    /// bounds have to allow for.
    pub(super) fn of(items: &[&dyn Distribution]) -> Self {
        let reaches: Vec<u64> = items.iter().map(|item| reach(*item)).collect();
        let all = reaches.iter().fold(0, |sum: u64, r| sum.saturating_add(*r));
        let coarse = Lattice::new(items, all, COARSE);
        let rough = coarse.add_up(items, &reaches, 0.0);
        let end = rough.end().unwrap_or(all);
        let fine = Lattice::new(items, end, FINE);
        let rounded_up = items.len() + 1;
        let safe = fine.step.saturating_mul((fine.length - rounded_up) as u64);
        let overflow = 1.0 - rough.within(safe).lower;
        fine.add_up(items, &vec![u64::MAX; items.len()], overflow)
    }

    pub(super) fn within(&self, budget: u64) -> Bounds {
        let end = self.lower.len() - 1;
        match usize::try_from(budget / self.step) {
            Ok(place) if place <= end => Bounds {
                lower: self.lower[place],
                upper: self.upper[place],
            },
            _ => Bounds {
                lower: self.lower[end],
                upper: 1.0,
            },
        }
    }

    /// A cost that the sum exceeds with about the chance [`LEFT_OUT`].
    fn end(&self) -> Option<u64> {
        let missing = 1.0 - self.lower[self.lower.len() - 1];
        let enough = 1.0 - LEFT_OUT.max(2.0 * missing);
        let place = self.lower.iter().position(|&lower| lower >= enough)?;
        Some(self.step.saturating_mul(place as u64))
    }
}

/// How far a cost is followed.
pub(super) fn reach(item: &dyn Distribution) -> u64 {
    LEFT_OUT_OF_ITEM
        .iter()
        .find_map(|&left| item.cost_at(Level::short_of_one_by(left)).upper)
        .unwrap_or(u64::MAX)
}

/// Where costs are rounded to: the multiples of `step` up to `length` of them.
struct Lattice {
    step: u64,
    length: usize,
}

impl Lattice {
    /// The finest lattice of at most `points` up to `end`, or the one all costs are on already.
    fn new(items: &[&dyn Distribution], end: u64, points: usize) -> Self {
        let unit = items.iter().fold(0, |unit, item| gcd(unit, item.unit()));
        let spare = items.len() + 2;
        let step = unit.max(end.div_ceil((points - spare) as u64));
        let needed = usize::try_from(end / step).map_or(points, |steps| steps + spare);
        Self {
            step,
            length: needed.next_power_of_two().min(points),
        }
    }

    /// Adds the items up, each followed to its reach. `overflow` bounds the chance that the sum,
    /// rounded up, is past the end.
    ///
    /// The upper bounds hold only if no reach cuts an item off before the end.
    fn add_up(&self, items: &[&dyn Distribution], reaches: &[u64], overflow: f64) -> Table {
        let masses: Vec<Masses> = items
            .iter()
            .zip(reaches)
            .map(|(item, &reach)| self.masses(*item, reach))
            .collect();
        let sum = convolve::sum(&masses, self.length);
        let slack = sum.rounding + items.len() as f64 * ITEM_ROUNDING;
        let missing = slack + if sum.wraps { overflow } else { 0.0 };
        let rounded = items.iter().filter(|item| !self.holds(**item)).count();
        Table {
            step: self.step,
            lower: rising(sum.high.iter().map(|sum| (sum - missing).max(0.0))),
            upper: falling(sum.low.iter().map(|sum| (sum + slack).min(1.0))),
            width: self.step.saturating_mul(rounded as u64),
        }
    }

    /// An item's masses, rounded up and rounded down.
    fn masses(&self, item: &dyn Distribution, reach: u64) -> Masses {
        let bounds = item.tabulate(self.step, self.length + 1);
        let past = usize::try_from(reach.div_ceil(self.step))
            .map_or(self.length, |at| at.saturating_add(1));
        let kept = past.min(self.length);
        let down = usize::from(!self.holds(item));
        Masses {
            high: differences(bounds.iter().map(|at| at.lower), kept),
            low: differences(bounds.iter().skip(down).map(|at| at.upper), kept),
        }
    }

    /// Whether an item's costs are on the lattice, so that nothing is rounded.
    fn holds(&self, item: &dyn Distribution) -> bool {
        item.unit().is_multiple_of(self.step)
    }
}

/// The masses of cumulative sums.
fn differences(sums: impl Iterator<Item = f64>, kept: usize) -> Vec<f64> {
    let mut before = 0.0_f64;
    sums.take(kept)
        .map(|sum| {
            let mass = (sum - before).max(0.0);
            before = before.max(sum);
            mass
        })
        .collect()
}

/// Lower bounds on a function that never falls: each is at least the one before.
fn rising(bounds: impl Iterator<Item = f64>) -> Vec<f64> {
    let raise = |best: &mut f64, bound: f64| {
        *best = best.max(bound);
        Some(*best)
    };
    bounds.scan(0.0, raise).collect()
}

/// Upper bounds on a function that never falls: each is at most the one after.
fn falling(bounds: impl DoubleEndedIterator<Item = f64>) -> Vec<f64> {
    let lower = |best: &mut f64, bound: f64| {
        *best = best.min(bound);
        Some(*best)
    };
    let mut bounds: Vec<f64> = bounds.rev().scan(1.0, lower).collect();
    bounds.reverse();
    bounds
}
