//! The distribution of the meso cost, between bounds that are certain to hold.
//!
//! # Method
//!
//! A cost is a sum of many different amounts, so no lattice holds it that is coarse enough to be
//! computed on, and rounding every amount to one would add up to a useless bound. The transform of
//! the cost, however, is known in closed form. Evaluated at the multiples of a base frequency it
//! gives certified bounds on survival at the points of a [`Window`](super::window::Window), and
//! several windows, the finer the nearer to the least cost, are joined to one function
//! ([`pieces`](super::pieces)).
//!
//! The chance that nothing fails is kept apart and exact. In between two points of a table,
//! survival lies between its values there. The width of the bounds is about the chance of a cost
//! within one point of the one asked about; the point in the middle is far better where the
//! distribution is smooth. Past the last piece only Chernoff's bound holds.

use super::ladder::Ladder;
use super::passage::Moments;
use super::pieces::{BEYOND, Piece, Source, middle, pieces};
use super::tail::Tail;
use super::transform::Transform;
use crate::distribution::{gcd, smallest};
use crate::{Bounds, CostBounds, Distribution, Level};

/// The fineness of a distribution: bounds are narrower in proportion to the frequencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Resolution {
    /// 1,024 frequencies a piece: quantiles to about two parts in a hundred, for totals of many
    /// items.
    Coarse,
    /// 8,192 frequencies a piece: quantiles to about three parts in a thousand.
    #[default]
    Fine,
    /// 65,536 frequencies a piece.
    Finest,
}

impl Resolution {
    const fn frequencies(self) -> usize {
        match self {
            Self::Coarse => 1 << 10,
            Self::Fine => 1 << 13,
            Self::Finest => 1 << 16,
        }
    }
}

/// The cost reaches beyond what 64 bits can count.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("a mean cost of {mean_meso:e} meso is too large to count with 64 bits")]
pub struct CostTooLarge {
    /// The mean cost.
    pub mean_meso: f64,
}

/// The distribution of the meso cost of a star force query, between bounds that are certain to
/// hold.
#[derive(Debug, Clone, PartialEq)]
pub struct MesoDistribution {
    mean: f64,
    least: u64,
    /// A number that every cost is a multiple of.
    unit: u64,
    /// Bounds on the chance of costs above the least one; none if the cost is always the least.
    beyond_least: Option<Survival>,
}

/// Survival of a cost above the least one.
#[derive(Debug, Clone, PartialEq)]
struct Survival {
    /// In order of the cost.
    pieces: Vec<Piece>,
    /// Past the last piece.
    tail: Tail,
}

impl MesoDistribution {
    pub(super) fn of(
        ladder: &Ladder,
        total: &Moments,
        least: u64,
        resolution: Resolution,
    ) -> Result<Self, CostTooLarge> {
        let mean = total.mean.meso;
        let smooth: f64 = ladder
            .way()
            .iter()
            .map(|(rung, _)| rung.attempt.success)
            .product();
        let surplus = mean - least as f64;
        let beyond_least = if smooth >= 1.0 || surplus <= 0.0 {
            None
        } else {
            let transform = Transform::of(ladder);
            let tail = Tail::of(&transform, surplus, BEYOND);
            let source = Source {
                transform: &transform,
                tail,
                least,
                mass: 1.0 - smooth,
                attempts: total.mean.attempts,
                frequencies: resolution.frequencies(),
            };
            let pieces = pieces(&source).ok_or(CostTooLarge { mean_meso: mean })?;
            Some(Survival { pieces, tail })
        };
        Ok(Self {
            mean,
            least,
            unit: unit(ladder),
            beyond_least,
        })
    }

    /// The least possible cost.
    pub const fn least(&self) -> u64 {
        self.least
    }

    /// A good guess at the chance that the cost is at most `budget`, within the bounds.
    pub fn estimate_within(&self, budget: u64) -> f64 {
        let Bounds { lower, upper } = self.within(budget);
        let Some(surplus) = budget.checked_sub(self.least) else {
            return 0.0;
        };
        let left = self.beyond_least.as_ref();
        let left = left.map_or(0.0, |survival| survival.estimate(surplus));
        (1.0 - left).clamp(lower, upper)
    }

    /// A good guess at the smallest cost whose chance of being enough is at least `level`, within
    /// the bounds of [`Distribution::cost_at`]; none where those have no upper bound. It never
    /// falls as the level rises.
    pub fn estimate_at(&self, level: Level) -> Option<u64> {
        let bounds = self.cost_at(level);
        let upper = bounds.upper?;
        let survival = self.beyond_least.as_ref();
        let surplus = survival.map_or(0, |survival| survival.estimate_at(1.0 - level.get()));
        let guess = self.least.saturating_add(surplus);
        Some(guess.clamp(bounds.lower, upper))
    }

    /// Bounds on the chance of a cost above `budget`.
    pub fn survival(&self, budget: u64) -> Bounds {
        match (budget.checked_sub(self.least), &self.beyond_least) {
            (None, _) => Bounds::exact(1.0),
            (Some(_), None) => Bounds::exact(0.0),
            (Some(surplus), Some(survival)) => survival.at(surplus),
        }
    }
}

impl Survival {
    /// Bounds on the chance of a surplus above `surplus`.
    fn at(&self, surplus: u64) -> Bounds {
        match self.pieces.iter().find(|piece| surplus <= piece.end()) {
            Some(piece) => piece.survival(surplus),
            None => self.past(surplus),
        }
    }

    /// Bounds past the last piece.
    fn past(&self, surplus: u64) -> Bounds {
        Bounds {
            lower: 0.0,
            upper: self.last().1.upper.min(self.tail.beyond(surplus as f64)),
        }
    }

    /// The last point, and the bounds there.
    fn last(&self) -> (u64, Bounds) {
        let last = self.pieces.last().expect("a survival has a first piece");
        let bounds = last.survival.last().expect("a piece has points");
        (last.end(), *bounds)
    }

    /// A good guess at the chance of a surplus above `surplus`.
    fn estimate(&self, surplus: u64) -> f64 {
        let Some(piece) = self.pieces.iter().find(|piece| surplus <= piece.end()) else {
            let (end, bounds) = self.last();
            return middle(&bounds) * (-self.tail.rate() * (surplus - end) as f64).exp();
        };
        let (place, over) = (surplus / piece.step, surplus % piece.step);
        let at = |place: u64| {
            let place = usize::try_from(place - piece.first).ok();
            place.and_then(|place| piece.survival.get(place))
        };
        let here = at(place).map_or(0.0, middle);
        let next = at(place + 1).map_or(here, middle);
        here + (next - here) * (over as f64 / piece.step as f64)
    }

    /// A good guess at the smallest surplus that is exceeded with a chance of at most `left`.
    fn estimate_at(&self, left: f64) -> u64 {
        for piece in &self.pieces {
            let place = piece.survival.partition_point(|at| middle(at) > left);
            let Some(here) = piece.survival.get(place) else {
                continue;
            };
            let back = place.checked_sub(1).map_or(0.0, |before| {
                let before = middle(&piece.survival[before]);
                (left - middle(here)) / (before - middle(here))
            });
            return piece.step * (piece.first + place as u64) - part(piece.step, back);
        }
        let (end, bounds) = self.last();
        let further = (middle(&bounds) / left).ln() / self.tail.rate();
        end.saturating_add(saturated(further))
    }

    /// Fills a table with the bounds at `surplus`, `surplus + step`, ...
    ///
    /// Goes up each piece in strides, which spares a division for each budget.
    fn tabulate(&self, mut surplus: u64, step: u64, table: &mut [Bounds]) {
        let mut rest = table;
        for piece in &self.pieces {
            let count = match piece.end().checked_sub(surplus) {
                Some(left) => usize::try_from(left / step + 1).unwrap_or(usize::MAX),
                None => 0,
            };
            let (here, beyond) = rest.split_at_mut(count.min(rest.len()));
            let (mut place, mut over) = (surplus / piece.step, surplus % piece.step);
            let stride = (step / piece.step, step % piece.step);
            surplus = surplus.saturating_add(step.saturating_mul(here.len() as u64));
            for bounds in here {
                *bounds = not(piece.between(place, over));
                over += stride.1;
                let carry = u64::from(over >= piece.step);
                over -= carry * piece.step;
                place = place.saturating_add(stride.0 + carry);
            }
            rest = beyond;
        }
        for bounds in rest {
            *bounds = not(self.past(surplus));
            surplus = surplus.saturating_add(step);
        }
    }
}

impl Distribution for MesoDistribution {
    fn mean(&self) -> f64 {
        self.mean
    }

    fn unit(&self) -> u64 {
        self.unit
    }

    fn within(&self, budget: u64) -> Bounds {
        not(self.survival(budget))
    }

    /// From the chance left over where that is the smaller one, so that no digits of it are lost.
    fn cost_at(&self, level: Level) -> CostBounds {
        let reached = |left: f64| {
            if level.get() > 0.5 {
                level.leaves_at_least(left)
            } else {
                level.is_reached_by(1.0 - left)
            }
        };
        CostBounds {
            lower: smallest(|cost| reached(self.survival(cost).lower)).unwrap_or(u64::MAX),
            upper: smallest(|cost| reached(self.survival(cost).upper)),
        }
    }

    fn best_at(&self, level: Level) -> Option<u64> {
        self.estimate_at(level)
    }

    fn tabulate(&self, step: u64, table: &mut [Bounds]) {
        let below = usize::try_from(self.least.div_ceil(step)).unwrap_or(usize::MAX);
        let (too_little, enough) = table.split_at_mut(below.min(table.len()));
        too_little.fill(Bounds::exact(0.0));
        let surplus = step.saturating_mul(below as u64) - self.least;
        match &self.beyond_least {
            Some(survival) => survival.tabulate(surplus, step, enough),
            None => enough.fill(Bounds::exact(1.0)),
        }
    }
}

/// Bounds on the opposite.
fn not(bounds: Bounds) -> Bounds {
    Bounds {
        lower: 1.0 - bounds.upper,
        upper: 1.0 - bounds.lower,
    }
}

/// The greatest common divisor of everything that is ever paid, at least 1.
fn unit(ladder: &Ladder) -> u64 {
    let paid = ladder.rungs.iter().flat_map(|(rung, _)| {
        let attempt = rung.attempt;
        let fall = rung.fall.map_or(0, |fall| fall.meso);
        [attempt.cost, attempt.sure_cost, fall]
    });
    paid.fold(0, gcd).max(1)
}

/// A part between 0 and 1 of a step.
fn part(step: u64, part: f64) -> u64 {
    saturated(step as f64 * part.clamp(0.0, 1.0)).min(step)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the conversion saturates, and no number below 0 is meant"
)]
const fn saturated(number: f64) -> u64 {
    number as u64
}
