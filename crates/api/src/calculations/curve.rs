//! Shape of a cost's distribution, for charts and tables.

use cube_probability::{CostDistribution, Distribution};
use equipment::{CurveStep, cost_curve};
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
        Self::of_steps(&cost_curve(meso))
    }

    /// Of amounts that rise.
    pub fn of_steps(steps: &[CurveStep]) -> Self {
        let mut before = 0.0;
        let points = steps.iter().map(|step| {
            let probability = step.cumulative - before;
            before = step.cumulative;
            CurvePoint {
                meso: step.meso,
                probability,
                cumulative: step.cumulative,
            }
        });
        Self {
            points: points.collect(),
        }
    }
}
