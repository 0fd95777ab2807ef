//! Tables of bounds: the sum of independent costs on a lattice.

use rustfft::num_complex::Complex64;

use super::convolve::{self, Term};
use super::tree::{Items, count};
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

/// The table that only finds out how far a sum reaches has so many times fewer points.
const COARSENESS: usize = 16;
/// Of a table; many times the items that go together.
const LEAST_POINTS: usize = 1 << 9;
/// The answering table ends where the sum is larger with this chance. A plan has some forty tables
/// at most, each of which adds twice this and its rounding errors to [`Total::TAIL`](super::Total::TAIL).
const LEFT_OUT: f64 = 1e-9;
/// An item is followed until it is larger with this chance, or as far as its bounds go. The rest
/// widens the bounds by as much.
const LEFT_OUT_OF_ITEM: f64 = 1e-12;
/// More than the rounding errors in an item's own probabilities.
const ITEM_ROUNDING: f64 = 3e-11;

impl Table {
    /// The sum of independent items.
    ///
    /// A first, coarse table is long enough for all items at their largest, and tells where one
    /// of better use may end: what the sum exceeds there with a tiny chance is all that the bounds
    /// have to allow for.
    pub(super) fn of(items: &[Items<'_>], points: usize) -> Self {
        let reaches = items
            .iter()
            .map(|items| u128::from(items.reach) * items.times as u128);
        let all = reaches.sum();
        let coarse = (points / COARSENESS).max(LEAST_POINTS);
        let rough = Lattice::new(items, all, coarse).add_up(items, 0.0);
        rough.again(items, all, points)
    }

    /// The same sum on a lattice of so many points that ends where the sum hardly ever ends later.
    fn again(&self, items: &[Items<'_>], all: u128, points: usize) -> Self {
        let end = self.end().map_or(all, u128::from);
        let lattice = Lattice::new(items, end, points);
        let rounded_up = count(items) + 1;
        let safe = lattice
            .step
            .saturating_mul((lattice.length - rounded_up) as u64);
        // Mass that no item has anywhere is on no lattice, and cannot come back on one.
        let mass: f64 = items
            .iter()
            .map(|items| items.mass.powf(items.times as f64))
            .product();
        lattice.add_up(items, (mass - self.within(safe).lower).max(0.0))
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
        let enough = 1.0 - (missing + LEFT_OUT);
        let place = self.lower.iter().position(|&lower| lower >= enough)?;
        Some(self.step.saturating_mul(place as u64))
    }
}

/// The cost up to which an item is followed.
pub(super) fn reach(item: &dyn Distribution) -> u64 {
    let told = mass(item).min(1.0 - LEFT_OUT_OF_ITEM);
    Level::new(told)
        .ok()
        .and_then(|level| item.cost_at(level).upper)
        .unwrap_or(u64::MAX)
}

/// The chance of a cost that is known to be at most `u64::MAX`.
pub(super) fn mass(item: &dyn Distribution) -> f64 {
    item.within(u64::MAX).lower.min(1.0)
}

/// The multiples of `step`, up to `length` of them, that costs are rounded to.
struct Lattice {
    step: u64,
    length: usize,
}

impl Lattice {
    /// The finest lattice of at most `points` up to `end`, or the one all costs are on already.
    fn new(items: &[Items<'_>], end: u128, points: usize) -> Self {
        let units = items.iter().map(|items| items.each().unit());
        let unit = units.fold(0, gcd);
        let spare = count(items) + 2;
        let step = u64::try_from(end.div_ceil((points - spare) as u128))
            .map_or(u64::MAX, |step| unit.max(step));
        let needed = usize::try_from(end / u128::from(step)).map_or(points, |steps| steps + spare);
        Self {
            step,
            length: needed.next_power_of_two().min(points),
        }
    }

    /// Adds the items up. `overflow` bounds the chance that the sum, rounded up, is past the end.
    fn add_up(&self, items: &[Items<'_>], overflow: f64) -> Table {
        let term = |items: &Items<'_>| Term {
            size: self.size(items.reach),
            times: items.times,
        };
        let terms: Vec<Term> = items.iter().map(term).collect();
        let mut bounds = vec![Bounds::exact(0.0); self.length + 1];
        let sum = convolve::sum(&terms, self.length, |index, masses| {
            let Term { size, .. } = terms[index];
            self.fill(items[index].each(), &mut bounds, &mut masses[..size]);
        });
        let slack = sum.rounding + count(items) as f64 * ITEM_ROUNDING;
        let missing = slack + if sum.wraps { overflow } else { 0.0 };
        let rounded = items.iter().filter(|items| !self.holds(items.each()));
        let rounded: usize = rounded.map(|items| items.times).sum();
        Table {
            step: self.step,
            lower: rising(sum.high, missing),
            upper: falling(sum.low, slack),
            width: self.step.saturating_mul(rounded as u64),
        }
    }

    /// The places up to a reach, and one for what is past it.
    fn size(&self, reach: u64) -> usize {
        usize::try_from(reach.div_ceil(self.step)).map_or(self.length, |steps| {
            steps.saturating_add(2).min(self.length)
        })
    }

    /// Writes an item's masses: rounded up as real part, rounded down as imaginary part.
    ///
    /// An item that ends before the lattice does has the rest of its mass in the last place when
    /// rounded down, and nowhere when rounded up, which is certain not to be too small either.
    fn fill(&self, item: &dyn Distribution, bounds: &mut [Bounds], masses: &mut [Complex64]) {
        let ends = masses.len() < self.length;
        let (followed, rest) = masses.split_at_mut(masses.len() - usize::from(ends));
        let bounds = &mut bounds[..=followed.len()];
        item.tabulate(self.step, bounds);
        let down = if self.holds(item) {
            &bounds[..]
        } else {
            &bounds[1..]
        };
        let mut before = Bounds::exact(0.0);
        for ((mass, up), down) in followed.iter_mut().zip(&*bounds).zip(down) {
            let now = Bounds {
                lower: larger(before.lower, up.lower),
                upper: larger(before.upper, down.upper),
            };
            *mass = Complex64::new(now.lower - before.lower, now.upper - before.upper);
            before = now;
        }
        for mass in rest {
            *mass = Complex64::new(0.0, 1.0 - before.upper);
        }
    }

    /// Whether an item's costs are on the lattice, so that nothing is rounded.
    fn holds(&self, item: &dyn Distribution) -> bool {
        item.unit().is_multiple_of(self.step)
    }
}

/// The larger of two probabilities, without the care that `f64::max` takes of NaN.
fn larger(a: f64, b: f64) -> f64 {
    if b > a { b } else { a }
}

/// The smaller of two probabilities, without the care that `f64::min` takes of NaN.
fn smaller(a: f64, b: f64) -> f64 {
    if b < a { b } else { a }
}

/// Lower bounds on a function that never falls: each is at least the one before.
fn rising(mut sums: Vec<f64>, missing: f64) -> Vec<f64> {
    let mut best = 0.0_f64;
    for sum in &mut sums {
        best = larger(best, *sum - missing);
        *sum = best;
    }
    sums
}

/// Upper bounds on a function that never falls: each is at most the one after.
fn falling(mut sums: Vec<f64>, slack: f64) -> Vec<f64> {
    let mut best = 1.0_f64;
    for sum in sums.iter_mut().rev() {
        best = smaller(best, *sum + slack);
        *sum = best;
    }
    sums
}
