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
    high: Vec<f64>,
}

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
        let total = |masses: &[f64]| masses.iter().sum::<f64>();
        Bounds {
            lower: (total(&self.high) - SLACK).max(0.0),
            upper: (total(&self.low) + SLACK).min(1.0),
        }
    }
}

/// The masses of a sum up to the last place of `a`.
fn convolve(a: &[f64], b: &[f64]) -> Vec<f64> {
    let mut sum = vec![0.0; a.len()];
    for (shift, mass) in a.iter().enumerate().filter(|(_, mass)| **mass > 0.0) {
        for (target, other) in sum[shift..].iter_mut().zip(b) {
            *target += mass * other;
        }
    }
    sum
}
