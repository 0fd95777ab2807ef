//! Shape of a distribution that is known between bounds.

use cube_probability::{Distribution, Level};

/// Amounts of a curve.
const STEPS: u64 = 128;

/// One amount of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurveStep {
    /// The amount, in meso.
    pub meso: u64,
    /// Chance that the cost is at most this: the middle of its certain bounds.
    pub cumulative: f64,
}

/// The distribution of a cost at evenly spaced amounts, from nothing up to about the 99.9 %
/// quantile; at most 128.
pub fn cost_curve(meso: &dyn Distribution) -> Vec<CurveStep> {
    let end = Level::new(0.999).expect("is between 0 and 1");
    let cost = meso.cost_at(end);
    let end = cost.upper.unwrap_or(cost.lower);
    let unit = meso.unit().max(1);
    let step = end.div_ceil(STEPS).div_ceil(unit).max(1);
    let step = step.saturating_mul(unit);
    let mut before = 0.0;
    let amounts = (1..=STEPS).map(|k| step.saturating_mul(k));
    let needed = usize::try_from(end.div_ceil(step)).unwrap_or(usize::MAX);
    let steps = amounts.take(needed).map(|meso_now| {
        let within = meso.within(meso_now);
        let cumulative = f64::midpoint(within.lower, within.upper).max(before);
        before = cumulative;
        CurveStep {
            meso: meso_now,
            cumulative,
        }
    });
    steps.collect()
}
