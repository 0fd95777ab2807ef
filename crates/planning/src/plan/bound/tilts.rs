//! Weights by exponential tilting.
//!
//! For any t > 0 the chance that a sum of costs is at most x is at most
//! `exp(t*x) * product of E[exp(-t*c); c <= budget]`, as a cost above the budget is in no set that
//! the budget is enough for. So the weights `-ln E[exp(-t*c); c <= budget]` add up.

use super::Family;

/// The tilts t tried, in multiples of 1 / budget: small ones suit few large costs, large ones many
/// small costs.
pub(super) const TILTS: [f64; 6] = [3.0, 1.0, 8.0, 0.2, 25.0, 100.0];

pub(super) struct Tilt {
    /// `exp(t * step * k)` for the places k.
    growth: Vec<f64>,
    /// t * step.
    rate: f64,
}

impl Tilt {
    pub(super) fn new(tilt: f64, places: usize) -> Self {
        let rate = tilt / places as f64;
        let growth = (0..places).map(|place| (rate * place as f64).exp());
        Self {
            growth: growth.collect(),
            rate,
        }
    }
}

impl Family for Tilt {
    fn weight(&self, low: &[f64]) -> f64 {
        let parts = low.iter().zip(&self.growth);
        let inside: f64 = parts.map(|(mass, growth)| mass / growth).sum();
        -inside.min(1.0).ln()
    }

    /// The largest j with `sum of mass(k) * min(1, growth(end - k) / growth(j)) >= confidence`;
    /// one more is certain to be too much.
    fn room(&self, low: &[f64], confidence: f64) -> f64 {
        let end = low.len() - 1;
        let mut certain: f64 = low.iter().sum();
        let mut rest = 0.0;
        for j in 0..low.len() {
            // Places after end - j have less room left than j steps.
            if j > 0 {
                let place = end + 1 - j;
                certain -= low[place];
                rest += low[place] * self.growth[end - place];
            }
            if certain + rest / self.growth[j] < confidence {
                return self.rate * j as f64;
            }
        }
        // Beyond the lattice only the tilted part is left, and it falls by itself.
        let all = low.iter().zip(self.growth.iter().rev());
        let all: f64 = all.map(|(mass, growth)| mass * growth).sum();
        (all / confidence.max(1e-12))
            .ln()
            .max(self.rate * end as f64)
    }
}
