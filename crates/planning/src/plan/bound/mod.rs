//! Upper bounds on what the lines not yet decided can still gain.
//!
//! A family of numbers gives each cost a weight such that the weights of a set that keeps the
//! confidence are bounded together. The gain under that bound is in turn bounded by the relaxed
//! knapsack with one choice a line. The costs decided already enter with their exact masses. The
//! least bound of several families holds.

mod knapsack;
mod sizes;
mod tilts;

use self::knapsack::Knapsack;
use self::sizes::Sizes;
use self::tilts::Tilt;
use super::pricing::Pricing;
use super::{Candidate, Terms};

/// More than the rounding errors of a bound.
const SLACK: f64 = 1e-9;

/// Up to so many lines a search is shorter than the tables of sizes are worth.
const FEW_LINES: usize = 6;

/// A way to bound sums of costs by sums of weights.
trait Family {
    /// The weight of a cost by its masses.
    fn weight(&self, low: &[f64]) -> f64;

    /// No further costs have a larger weight together when the sum with the cost of these masses
    /// keeps the confidence.
    fn room(&self, low: &[f64], confidence: f64) -> f64;
}

/// Bounds by every family.
pub(super) struct Relaxation {
    families: Vec<(Box<dyn Family>, Knapsack)>,
    confidence: f64,
}

impl Relaxation {
    pub(super) fn new(candidates: &[Candidate<'_>], terms: &Terms, pricing: &Pricing) -> Self {
        let places = pricing.lattice.places;
        let confidence = terms.confidence.get() - SLACK;
        let lines = pricing.lines.len();
        let tilts =
            tilts::TILTS.map(|tilt| -> Box<dyn Family> { Box::new(Tilt::new(tilt, places)) });
        let scales = if lines > FEW_LINES {
            &sizes::SCALES[..]
        } else {
            &[]
        };
        let sizes = (scales.iter())
            .map(|scale| -> Box<dyn Family> { Box::new(Sizes::new(*scale, places, lines)) });
        let with_knapsack = |family: Box<dyn Family>| {
            let lines = pricing.lines.iter().map(|of| {
                let low = |place: usize| &pricing.cheapest(place).low;
                // A cost that is too large by itself is in no set.
                let possible = of
                    .iter()
                    .filter(|&&place| low(place).iter().sum::<f64>() >= confidence);
                let point =
                    |&place: &usize| (family.weight(low(place)), candidates[place].gain.ln_1p());
                possible.map(point).collect()
            });
            let knapsack = Knapsack::new(lines.collect());
            (family, knapsack)
        };
        Self {
            families: tilts.into_iter().chain(sizes).map(with_knapsack).collect(),
            confidence,
        }
    }

    /// The most that the lines from `next` on can add to the logarithm of the gain, when the
    /// costs so far have these masses; some number below `enough` where that is known to be less.
    pub(super) fn gain(&self, low: &[f64], next: usize, enough: f64) -> f64 {
        let mut least = f64::INFINITY;
        for (family, knapsack) in &self.families {
            let room = family.room(low, self.confidence);
            least = least.min(knapsack.gain(room, next) + SLACK);
            if least < enough {
                break;
            }
        }
        least
    }
}
