//! Chernoff's bound on the tail of a cost.

use super::transform::Transform;

/// `P(surplus > x) <= e^(log_mean - rate * x)`, the surplus being the cost above its least.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tail {
    /// Per meso.
    rate: f64,
    /// The logarithm of the mean of `e^(rate * surplus)`.
    log_mean: f64,
}

/// Far more than the rounding errors in the logarithm of a mean.
const ROUNDING: f64 = 1e-6;

/// The rate is then the best one but for a few millionths, which the reach hardly notices: any rate
/// gives a bound that holds.
const NARROWINGS: u32 = 40;

impl Tail {
    /// The bound that proves a chance of `beyond` or less as early as possible.
    ///
    /// `mean` is the mean of the surplus, above 0.
    pub(super) fn of(transform: &Transform, mean: f64, beyond: f64) -> Self {
        let at = |rate: f64| Self {
            rate,
            log_mean: transform.tilted(rate, 1.0).ln() + ROUNDING,
        };
        // The reach falls and then rises as the rate grows, to infinity where the mean does not
        // exist: the least is found by narrowing down on a scale of factors, from far below the
        // least possible rate.
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

    /// The rate at which the bound falls, per meso.
    pub(super) const fn rate(&self) -> f64 {
        self.rate
    }

    /// The surplus beyond which the chance is at most `beyond`.
    pub(super) fn reach(&self, beyond: f64) -> f64 {
        if self.log_mean.is_finite() {
            (self.log_mean - beyond.ln()) / self.rate
        } else {
            f64::INFINITY
        }
    }

    /// A bound on the chance that the surplus is above `surplus`.
    pub(super) fn beyond(&self, surplus: f64) -> f64 {
        (self.log_mean - self.rate * surplus).exp().min(1.0)
    }
}
