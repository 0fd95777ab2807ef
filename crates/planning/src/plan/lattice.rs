//! Costs on a lattice that ends at the budget, rounded both ways.

use cube_probability::{Bounds, Distribution};

/// Steps up to the budget. Work grows with the square.
const STEPS: usize = 512;

/// More than the rounding errors of a sum of some hundred costs.
const SLACK: f64 = 1e-9;

/// The multiples of a step, the last of which is at most the budget.
#[derive(Debug, Clone, Copy)]
pub(super) struct MesoLattice {
    pub(super) step: u64,
    /// The places from 0 to the last one within the budget.
    pub(super) places: usize,
}

/// The masses of a cost at each place, rounded down and rounded up.
///
/// Rounded down a cost is never too large, so the chance to be within the budget is never too
/// small; rounded up it is the other way around. Mass past the budget is left out.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Masses {
    pub(super) low: Vec<f64>,
    pub(super) high: Vec<f64>,
}

/// The chances of a cost to be at most each place, rounded down, the last place first.
pub(super) struct Reach(Vec<f64>);

impl MesoLattice {
    pub(super) fn of(budget: u64) -> Self {
        let step = budget.div_ceil(STEPS as u64).max(1);
        let places = usize::try_from(budget / step).expect("at most the steps") + 1;
        Self { step, places }
    }

    pub(super) fn masses(self, cost: &dyn Distribution) -> Masses {
        let mut table = vec![Bounds::exact(0.0); self.places + 1];
        cost.tabulate(self.step, &mut table);
        let exact = cost.unit().is_multiple_of(self.step);
        let shift = usize::from(!exact);
        Masses {
            low: rises(
                table[shift..].iter().map(|bounds| bounds.upper),
                self.places,
            ),
            high: rises(table.iter().map(|bounds| bounds.lower), self.places),
        }
    }
}

/// The steps by which a cumulative function rises at each of the first places.
fn rises(cumulative: impl Iterator<Item = f64>, places: usize) -> Vec<f64> {
    let mut before = 0.0_f64;
    cumulative
        .take(places)
        .map(|value| {
            let rise = (value - before).max(0.0);
            before = before.max(value);
            rise
        })
        .collect()
}

impl Masses {
    /// No cost.
    pub(super) fn nothing(lattice: MesoLattice) -> Self {
        let mut low = vec![0.0; lattice.places];
        low[0] = 1.0;
        Self {
            high: low.clone(),
            low,
        }
    }

    /// The sum of two independent costs.
    pub(super) fn plus(&self, other: &Self) -> Self {
        Self {
            low: convolve(&self.low, &other.low),
            high: convolve(&self.high, &other.high),
        }
    }

    /// Bounds on the chance that the cost is within the budget.
    pub(super) fn within(&self) -> Bounds {
        Bounds {
            lower: at_least(&self.high),
            upper: (self.low.iter().sum::<f64>() + SLACK).min(1.0),
        }
    }

    pub(super) fn reach(&self) -> Reach {
        let mut sum = 0.0;
        let at_most = self.low.iter().map(|mass| {
            sum += mass;
            sum
        });
        let mut reach: Vec<_> = at_most.collect();
        reach.reverse();
        Reach(reach)
    }
}

impl Reach {
    /// Upper bound on the chance that this cost and another, whose masses are rounded down, stay
    /// within the budget together: a two-hundredth of the work of adding them up.
    pub(super) fn within(&self, low: &[f64]) -> f64 {
        (dot(low, &self.0) + SLACK).min(1.0)
    }
}

/// Lower bound on the chance that a cost is within the budget, by its masses rounded up.
pub(super) fn at_least(high: &[f64]) -> f64 {
    (high.iter().sum::<f64>() - SLACK).max(0.0)
}

/// The sum of the products of two rows, in eight sums side by side: one after the other each
/// addition would wait for the one before.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    const LANES: usize = 8;
    let (a, b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest = a.remainder().iter().zip(b.remainder());
    let mut sums = [0.0; LANES];
    for (a, b) in a.clone().zip(b.clone()) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f64 = rest.map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
}

/// The masses of a sum up to the last place of `a`.
pub(super) fn convolve(a: &[f64], b: &[f64]) -> Vec<f64> {
    let mut sum = vec![0.0; a.len()];
    let least = b.iter().position(|mass| *mass > 0.0).unwrap_or(b.len());
    let places = a.iter().enumerate().filter(|(_, mass)| **mass > 0.0);
    for (shift, mass) in places {
        let Some(reached) = sum.get_mut(shift + least..) else {
            break;
        };
        for (target, other) in reached.iter_mut().zip(&b[least..]) {
            *target += mass * other;
        }
    }
    sum
}
