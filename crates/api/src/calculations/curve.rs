//! Shape of a cost's distribution, for charts and tables.

use cube_probability::{CostDistribution, Distribution, Level};
use serde::Serialize;
use utoipa::ToSchema;

/// Shape of a cost's distribution, from nothing up to about the 99.9 % quantile.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = CostDistribution)]
pub struct CostCurve {
    /// Amounts in rising order, evenly spaced.
    #[schema(max_items = 512)]
    pub points: Vec<CurvePoint>,
}

/// One amount of a [`CostCurve`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct CurvePoint {
    /// The amount.
    pub meso: u64,
    /// Chance that the cost is at most this and above the amount before.
    #[schema(minimum = 0, maximum = 1)]
    pub probability: f64,
    /// Chance that this is enough.
    #[schema(minimum = 0, maximum = 1)]
    pub cumulative: f64,
}

/// Amounts of a curve that is not given by its own bars.
const STEPS: u64 = 128;

impl CostCurve {
    /// Of an exact distribution.
    pub fn of_exact(meso: &CostDistribution) -> Self {
        let bars = meso.density().into_iter();
        let points = bars.map(|bar| CurvePoint {
            meso: bar.up_to,
            probability: bar.probability,
            cumulative: meso.at_most(bar.up_to),
        });
        Self {
            points: points.collect(),
        }
    }

    /// Of a distribution known between bounds; each chance is the middle between them.
    pub fn of(meso: &dyn Distribution) -> Self {
        let end = Level::new(0.999).expect("is between 0 and 1");
        let cost = meso.cost_at(end);
        let end = cost.upper.unwrap_or(cost.lower);
        let unit = meso.unit().max(1);
        let step = end
            .div_ceil(STEPS)
            .div_ceil(unit)
            .max(1)
            .saturating_mul(unit);
        let mut before = 0.0;
        let amounts = (1..=STEPS).map(|k| step.saturating_mul(k));
        let needed = usize::try_from(end.div_ceil(step)).unwrap_or(usize::MAX);
        let points = amounts.take(needed).map(|amount| {
            let within = meso.within(amount);
            let cumulative = f64::midpoint(within.lower, within.upper).max(before);
            let probability = cumulative - before;
            before = cumulative;
            CurvePoint {
                meso: amount,
                probability,
                cumulative,
            }
        });
        Self {
            points: points.collect(),
        }
    }
}
