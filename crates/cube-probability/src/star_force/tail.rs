//! How far a cost can reach: Chernoff's bound on its tail.

use super::transform::Transform;

/// `P(surplus > x) <= e^(log_mean - rate * x)`, the surplus being the cost above its least.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tail {
    /// Per meso.
    rate: f64,
    /// The logarithm of the mean of `e^(rate * surplus)`.
    log_mean: f64,
}

/// Far more than the rounding errors in the logarithm of a mean, and in a series of bounds.
const ROUNDING: f64 = 1e-6;

/// The rate is then the best one but for a few millionths, which the reach hardly notices: any rate
/// gives a bound that holds.
const NARROWINGS: u32 = 40;

impl Tail {
    /// The bound that proves a chance of `beyond` or less as early as possible.
    ///
    /// `mean` is the mean of the surplus, above 0.
    pub(super) fn of(transform: &Transform, mean: f64, beyond: f64) -> Self {
        let at = |rate: f64| {
            let powers: Vec<f64> = transform
                .costs()
                .iter()
                .map(|&cost| (cost as f64 * rate).exp())
                .collect();
            Self {
                rate,
                log_mean: transform.surplus(&powers).ln() + ROUNDING,
            }
        };
        // Where the bound reaches `beyond` falls and then rises as the rate grows, to infinity
        // where the mean does not exist: the least is found by narrowing down on a scale of
        // factors, from far below what any rate can be.
        let (mut low, mut high) = ((1e-9 / mean).ln(), (1e6 / mean).ln());
        for _ in 0..NARROWINGS {
            let third = (high - low) / 3.0;
            let (left, right) = (at((low + third).exp()), at((high - third).exp()));
            if left.reach(beyond) <= right.reach(beyond) {
                high -= third;
            } else {
                low += third;
            }
        }
        at(low.exp())
    }

    /// The surplus beyond which the chance is at most `beyond`.
    pub(super) fn reach(&self, beyond: f64) -> f64 {
        if self.log_mean.is_finite() {
            (self.log_mean - beyond.ln()) / self.rate
        } else {
            f64::INFINITY
        }
    }

    /// [`beyond`](Self::beyond) of `0, step, 2 * step, ...`.
    pub(super) fn at_multiples(self, step: u64) -> impl Iterator<Item = f64> {
        let ratio = (-self.rate * step as f64).exp();
        let bounds = std::iter::successors(Some(self.log_mean.exp()), move |at| Some(at * ratio));
        bounds.map(|bound| bound.min(1.0))
    }

    /// A bound on the chance that the surplus is above `surplus`.
    pub(super) fn beyond(&self, surplus: f64) -> f64 {
        (self.log_mean - self.rate * surplus).exp().min(1.0)
    }
}
