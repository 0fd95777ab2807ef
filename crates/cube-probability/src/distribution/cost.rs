//! The exact distribution of the cost of a reset process.

use super::chain::Chain;
use super::lattice::{Lattice, gcd, small};
use super::process::{Moments, Process, Unit};
use super::tabulate::Strides;
use super::{Bounds, ChartPoint, CostBounds, Distribution, Level, chart, smallest};
use crate::{Phase, PhaseError};

/// The exact distribution of the meso, or of the number of resets, that a process takes.
///
/// Chances are exact up to the rounding of `f64`, also far out: a survival of 1e-12 keeps many
/// digits. Costs are whole numbers and never rounded.
///
/// ```
/// use cube_probability::{CostDistribution, Grade, Level, Phase, Unit};
///
/// let legendary = Phase {
///     grade: Grade::Legendary,
///     success: 0.01,
///     rise: 0.0,
///     certain_on: None,
///     cost: Some(50_000_000),
/// };
/// let meso = CostDistribution::of(&[legendary], Unit::Meso)?;
/// assert_eq!(meso.mean(), 5e9);
/// assert_eq!(meso.quantile(Level::new(0.9)?), Some(230 * 50_000_000));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CostDistribution {
    moments: Moments,
    /// Every cost is a multiple of this.
    unit: u64,
    law: Law,
}

/// The chances, by the number of units.
#[derive(Debug, Clone, PartialEq)]
enum Law {
    Lattice(Lattice),
    Chain(Chain),
}

impl CostDistribution {
    /// The most points that are kept; 4 MiB.
    pub const MAX_POINTS: usize = 1 << 18;

    /// The distribution of the cost of a process, from entering the first phase until the goal is
    /// met.
    ///
    /// # Errors
    ///
    /// [`PhaseError`] when the phases do not describe a process that ends for certain, a price is
    /// missing, or more than [`MAX_POINTS`](Self::MAX_POINTS) would be needed.
    pub fn of(phases: &[Phase], unit: Unit) -> Result<Self, PhaseError> {
        Self::of_process(&Process::new(phases, unit)?)
    }

    pub(crate) fn of_process(process: &Process) -> Result<Self, PhaseError> {
        let costs = process.climb.iter().map(|stage| stage.cost);
        let unit = costs.fold(process.top_cost, gcd).max(1);
        let law = match Chain::of(process) {
            Some(chain) => Law::Chain(chain),
            None => Law::Lattice(Lattice::of(process, unit)?),
        };
        Ok(Self {
            moments: process.moments(),
            unit,
            law,
        })
    }

    /// The mean cost, by its closed form.
    pub const fn mean(&self) -> f64 {
        self.moments.mean
    }

    /// The variance of the cost, by its closed form.
    pub const fn variance(&self) -> f64 {
        self.moments.variance
    }

    /// The greatest common divisor of the possible costs; at least 1.
    pub const fn unit(&self) -> u64 {
        self.unit
    }

    /// The chance that the cost is at most `budget`.
    pub fn at_most(&self, budget: u64) -> f64 {
        self.law.at_most(budget / self.unit)
    }

    /// The chance that the cost is more than `budget`.
    pub fn survival(&self, budget: u64) -> f64 {
        self.law.survival(budget / self.unit)
    }

    /// The chance that the cost is more than `from` and at most `to`; 0 when `to` is not above
    /// `from`.
    pub fn between(&self, from: u64, to: u64) -> f64 {
        if self.survival(from) < 0.5 {
            (self.survival(from) - self.survival(to)).max(0.0)
        } else {
            (self.at_most(to) - self.at_most(from)).max(0.0)
        }
    }

    /// The smallest cost whose chance of being enough is at least `level`; none when it is above
    /// `u64::MAX`.
    pub fn quantile(&self, level: Level) -> Option<u64> {
        let most = u64::MAX / self.unit;
        let enough = |k: u64| {
            if level.get() < 0.5 {
                level.is_reached_by(self.law.at_most(k))
            } else {
                level.leaves_at_least(self.law.survival(k))
            }
        };
        if !enough(most) {
            return None;
        }
        smallest(|k| k >= most || enough(k)).map(|k| k * self.unit)
    }

    /// The units of one reset in the last phase.
    pub(super) const fn period(&self) -> u64 {
        match &self.law {
            Law::Lattice(lattice) => lattice.period as u64,
            Law::Chain(_) => 1,
        }
    }
}

impl Law {
    fn at_most(&self, k: u64) -> f64 {
        match self {
            Self::Lattice(lattice) => lattice.at_most(k),
            Self::Chain(chain) => {
                let at = chain.after(k);
                let left = at.left();
                if left <= 0.5 {
                    1.0 - left
                } else {
                    at.ended.min(0.5)
                }
            }
        }
    }

    fn survival(&self, k: u64) -> f64 {
        match self {
            Self::Lattice(lattice) => lattice.survival(k),
            Self::Chain(chain) => chain.after(k).left(),
        }
    }
}

impl Lattice {
    fn at_most(&self, k: u64) -> f64 {
        let (place, log_factor) = self.place(k);
        let left = self.survival[place] * log_factor.exp();
        if left <= 0.5 {
            1.0 - left
        } else {
            (self.at_most[place] - self.survival[place] * log_factor.exp_m1()).min(0.5)
        }
    }

    fn survival(&self, k: u64) -> f64 {
        let (place, log_factor) = self.place(k);
        self.survival[place] * log_factor.exp()
    }

    /// The factor by which survival falls over so many resets past the head.
    pub(super) fn factor(&self, resets: u64) -> f64 {
        if resets == 0 {
            1.0
        } else {
            (resets as f64 * self.log_ratio).exp()
        }
    }

    /// The place in the head that `k` steps stand for, and the logarithm of the factor between
    /// survival there and survival after `k` steps.
    fn place(&self, k: u64) -> (usize, f64) {
        let head = self.survival.len();
        if let Some(place) = usize::try_from(k).ok().filter(|&k| k < head) {
            return (place, 0.0);
        }
        let period = self.period as u64;
        let past = k - head as u64;
        let resets = past / period + 1;
        let back = small(period - past % period);
        (head - back, resets as f64 * self.log_ratio)
    }
}

impl Distribution for CostDistribution {
    fn mean(&self) -> f64 {
        self.moments.mean
    }

    fn within(&self, budget: u64) -> Bounds {
        Bounds::exact(self.at_most(budget))
    }

    fn unit(&self) -> u64 {
        self.unit
    }

    fn best_at(&self, level: Level) -> Option<u64> {
        self.quantile(level)
    }

    fn chart(&self) -> Vec<ChartPoint> {
        chart::points(self, self.reset())
    }

    /// As [`at_most`](Self::at_most), good to about 1e-13.
    fn tabulate(&self, step: u64, table: &mut [Bounds]) {
        match &self.law {
            Law::Lattice(lattice) => lattice.tabulate(Strides::new(step, self.unit), table),
            Law::Chain(chain) => {
                let walk = chain.walk((step / self.unit, step % self.unit), self.unit);
                for (bounds, at) in table.iter_mut().zip(walk) {
                    *bounds = Bounds::exact(1.0 - at.left());
                }
            }
        }
    }

    fn cost_at(&self, level: Level) -> CostBounds {
        let quantile = self.quantile(level);
        CostBounds {
            lower: quantile.unwrap_or(u64::MAX),
            upper: quantile,
        }
    }
}
