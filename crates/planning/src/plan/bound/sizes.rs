//! Weights by comparison with negative binomial numbers.
//!
//! Sums of negative binomial numbers with one ratio are negative binomial, and their sizes add up.
//! Each cost is at least such a number but for a small chance, as far as the budget reaches; these
//! small chances together widen the confidence. So the weight of a cost is the largest size found.

use super::Family;
use crate::plan::lattice::dot;

/// The means of the numbers of size 1, as parts of the budget: near those of costs.
pub(super) const SCALES: [f64; 5] = [0.1, 0.05, 0.2, 0.025, 0.4];

/// Sizes tabulated: each larger than the one before by a twentieth.
const SIZES: i32 = 160;
const SMALLEST: f64 = 0.02;
const GROWTH: f64 = 1.05;

/// Halvings between two tabulated sizes.
const HALVINGS: usize = 5;

/// The chance, over all lines together, that a cost may be less than its number.
const EXCEPTIONS: f64 = 0.005;

pub(super) struct Sizes {
    ratio: f64,
    places: usize,
    /// The chance for each line that its cost is less than its number.
    exception: f64,
    tabulated: Vec<f64>,
    /// By size, the chances to be at most each place, the last place first.
    at_most: Vec<Vec<f64>>,
}

impl Sizes {
    pub(super) fn new(scale: f64, places: usize, lines: usize) -> Self {
        let mean = scale * places as f64;
        let mut family = Self {
            ratio: mean / (1.0 + mean),
            places,
            exception: EXCEPTIONS / lines.max(1) as f64,
            tabulated: (0..SIZES).map(|i| SMALLEST * GROWTH.powi(i)).collect(),
            at_most: Vec::new(),
        };
        let reversed = |size: &f64| family.cumulative(*size).into_iter().rev().collect();
        family.at_most = family.tabulated.iter().map(reversed).collect();
        family
    }

    /// The chances of a number of this size to be at most each place.
    fn cumulative(&self, size: f64) -> Vec<f64> {
        let mut mass = (1.0 - self.ratio).powf(size);
        let mut sum = 0.0;
        let places = 0..self.places;
        places
            .map(|place| {
                let place = place as f64;
                sum += mass;
                mass *= self.ratio * (size + place) / (place + 1.0);
                sum
            })
            .collect()
    }
}

impl Family for Sizes {
    fn weight(&self, low: &[f64]) -> f64 {
        let mut sum = 0.0;
        let mut cost: Vec<_> = low.to_vec();
        for mass in &mut cost {
            sum += *mass;
            *mass = sum - self.exception;
        }
        let below = |numbers: &[f64]| numbers.iter().zip(&cost).all(|(n, c)| n >= c);
        let reversed = |numbers: &Vec<f64>| {
            let pairs = numbers.iter().zip(cost.iter().rev());
            pairs.into_iter().all(|(n, c)| n >= c)
        };
        let fitting = self.at_most.partition_point(reversed);
        let mut fits = fitting
            .checked_sub(1)
            .map_or(0.0, |place| self.tabulated[place]);
        let Some(&(mut not)) = self.tabulated.get(fitting) else {
            return fits;
        };
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(fits, not);
            if below(&self.cumulative(middle)) {
                fits = middle;
            } else {
                not = middle;
            }
        }
        fits
    }

    fn room(&self, low: &[f64], confidence: f64) -> f64 {
        let confidence = confidence - EXCEPTIONS;
        let keeps = |numbers: &Vec<f64>| dot(low, numbers) >= confidence;
        let fitting = self.at_most.partition_point(keeps);
        self.tabulated
            .get(fitting)
            .copied()
            .unwrap_or(f64::INFINITY)
    }
}
