//! Bounds on a cost whose exact lattice is too fine to keep.

use super::lattice::tries;
use super::process::{Moments, Process, Stage};
use super::{Bounds, CostDistribution, Distribution, Unit};
use crate::{Phase, PhaseError};

/// The distribution of the cost of a process, exact where that can be kept and else between two
/// exact distributions that are close.
///
/// Where the costs of the phases have hardly a common divisor, each is rounded to a small part of
/// the cost of a reset in the last phase: down for a cost that is never too large, up for one that
/// is never too small. The last phase, where nearly all resets are made, is not rounded. Mean and
/// variance are those of the process itself.
#[derive(Debug, Clone, PartialEq)]
pub struct CostBracket {
    moments: Moments,
    scale: Scale,
    low: CostDistribution,
    /// None where `low` is exact.
    high: Option<CostDistribution>,
}

/// The unit that the distributions count: `parts` of them are `meso`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Scale {
    parts: u64,
    meso: u64,
}

impl CostBracket {
    /// Bounds on the cost of a process, from entering the first phase until the goal is met.
    ///
    /// # Errors
    ///
    /// [`PhaseError`] when the phases do not describe a process that ends for certain, a price is
    /// missing, or a climb without a pity is too long to be followed.
    pub fn of(phases: &[Phase], unit: Unit) -> Result<Self, PhaseError> {
        Self::of_process(&Process::new(phases, unit)?)
    }

    pub(crate) fn of_process(process: &Process) -> Result<Self, PhaseError> {
        let moments = process.moments();
        let too_fine = match CostDistribution::of_process(process) {
            Ok(low) => {
                return Ok(Self {
                    moments,
                    scale: Scale { parts: 1, meso: 1 },
                    low,
                    high: None,
                });
            }
            Err(error) => error,
        };
        let scale = Scale::finest(process).ok_or(too_fine)?;
        let low = scale.rounded(process, |parts, meso| parts / meso);
        let high = scale.rounded(process, u128::div_ceil);
        Ok(Self {
            moments,
            scale,
            low: CostDistribution::of_process(&low)?,
            high: Some(CostDistribution::of_process(&high)?),
        })
    }

    /// The variance of the cost, by its closed form.
    pub const fn variance(&self) -> f64 {
        self.moments.variance
    }

    /// The distribution itself, where it is exact.
    pub const fn exact(&self) -> Option<&CostDistribution> {
        match self.high {
            None => Some(&self.low),
            Some(_) => None,
        }
    }
}

impl Distribution for CostBracket {
    fn mean(&self) -> f64 {
        self.moments.mean
    }

    fn within(&self, budget: u64) -> Bounds {
        let parts = self.scale.parts_in(budget);
        let upper = self.low.at_most(parts);
        let high = self.high.as_ref();
        Bounds {
            lower: high.map_or(upper, |high| high.at_most(parts)),
            upper,
        }
    }

    fn unit(&self) -> u64 {
        self.exact().map_or(1, CostDistribution::unit)
    }
}

impl Scale {
    /// As fine as can be kept; none where the tries alone are too many.
    fn finest(process: &Process) -> Option<Self> {
        let costs = process.climb.iter().map(|stage| stage.cost);
        let meso = match process.top_cost {
            0 => costs.max()?,
            cost => cost,
        };
        let climb: u128 = process
            .climb
            .iter()
            .map(|stage| u128::from(stage.cost) * u128::from(tries(stage)))
            .sum();
        let all_tries: u128 = process.climb.iter().map(|s| u128::from(tries(s))).sum();
        // Rounding up adds less than one part per try.
        let room = (CostDistribution::MAX_POINTS as u128).checked_sub(all_tries + 1)?;
        let parts = room * u128::from(meso) / (climb + u128::from(meso));
        let parts = u64::try_from(parts).ok().filter(|&parts| parts > 0)?;
        Some(Self { parts, meso })
    }

    fn rounded(self, process: &Process, divide: fn(u128, u128) -> u128) -> Process {
        let round = |cost: u64| {
            let parts = divide(
                u128::from(cost) * u128::from(self.parts),
                u128::from(self.meso),
            );
            u64::try_from(parts).expect("costs and parts are bounded, far below the largest number")
        };
        let climb = process.climb.iter().map(|stage| Stage {
            cost: round(stage.cost),
            ..*stage
        });
        Process {
            climb: climb.collect(),
            top_cost: round(process.top_cost),
            ..*process
        }
    }

    /// The whole parts in a budget.
    fn parts_in(self, budget: u64) -> u64 {
        let parts = u128::from(budget) * u128::from(self.parts) / u128::from(self.meso);
        u64::try_from(parts).unwrap_or(u64::MAX)
    }
}
