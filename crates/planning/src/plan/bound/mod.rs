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
    families: Vec<Bound>,
    confidence: f64,
}

/// The bound by one family.
struct Bound {
    family: Box<dyn Family>,
    knapsack: Knapsack,
    /// The weight of each candidate's cost.
    weights: Vec<f64>,
}

/// The room that costs so far leave by each family; the families that were not asked are missing.
pub(super) struct Rooms(Vec<f64>);

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
        let bound = |family: Box<dyn Family>| {
            let places = 0..candidates.len();
            let weights: Vec<_> = places
                .map(|place| family.weight(&pricing.cheapest(place).low))
                .collect();
            let lines = pricing.lines.iter().map(|of| {
                // A cost that is too large by itself is in no set.
                let possible = of.iter().filter(|&&place| {
                    pricing.cheapest(place).low.iter().sum::<f64>() >= confidence
                });
                let point = |&place: &usize| (weights[place], candidates[place].gain.ln_1p());
                possible.map(point).collect()
            });
            Bound {
                knapsack: Knapsack::new(lines.collect()),
                family,
                weights,
            }
        };
        Self {
            families: tilts.into_iter().chain(sizes).map(bound).collect(),
            confidence,
        }
    }

    /// The most that the lines from `next` on can add to the logarithm of the gain, when the
    /// costs so far have these masses; some number below `enough` where that is known to be less.
    pub(super) fn gain(&self, low: &[f64], next: usize, enough: f64) -> (f64, Rooms) {
        let mut least = f64::INFINITY;
        let mut rooms = Rooms(Vec::with_capacity(self.families.len()));
        for Bound {
            family, knapsack, ..
        } in &self.families
        {
            let room = family.room(low, self.confidence);
            rooms.0.push(room);
            least = least.min(knapsack.gain(room, next) + SLACK);
            if least < enough {
                break;
            }
        }
        (least, rooms)
    }

    /// The same with one candidate more, from the room before it alone: nothing is added up.
    pub(super) fn gain_with(&self, rooms: &Rooms, place: usize, next: usize) -> f64 {
        let bounds =
            self.families.iter().zip(&rooms.0).map(|(bound, room)| {
                bound.knapsack.gain(room - bound.weights[place], next) + SLACK
            });
        bounds.fold(f64::INFINITY, f64::min)
    }
}
