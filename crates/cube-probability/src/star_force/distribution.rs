//! The distribution of the meso cost, between bounds that are certain to hold.
//!
//! # Method
//!
//! A cost is a sum of many different amounts, so no lattice holds it that is coarse enough to be
//! computed on, and rounding every amount to one would add up to a useless bound. The transform of
//! the cost, however, is known in closed form. It is evaluated at the first `n` multiples of a base
//! frequency `1 / period` and turned back into the survival function by one Fourier transform:
//!
//! - Vaaler's trigonometric polynomial of degree `n` is the best approximation of the sawtooth, and
//!   thereby of the step that `P(cost > x)` is the mean of. Its error is never more than Fejér's
//!   kernel divided by `2 (n + 1)`, and the mean of that kernel follows from the same `n` values
//!   (J. D. Vaaler, *Some extremal functions in Fourier analysis*, Bull. AMS 12, 1985, theorem 18).
//! - Costs above the period come back at the beginning. The period is chosen so that Chernoff's
//!   bound leaves at most [`BEYOND`] to them.
//! - Rounding errors are counted per attempt, as each attempt passes them on at most in full.
//!
//! The chance that nothing fails is kept apart and exact. In between two points of the table,
//! survival lies between its values there. The width of the bounds is about the chance of a cost
//! within `period / n` of the one asked about; the point in the middle is far better where the
//! distribution is smooth.

use std::f64::consts::PI;

use rustfft::num_complex::Complex64;

use super::ladder::Ladder;
use super::passage::Moments;
use super::spectrum::spectrum;
use super::tail::Tail;
use super::transform::Transform;
use crate::fourier::Transforms;
use crate::{Bounds, Distribution, Level};

/// The chance of costs that are beyond the table.
const BEYOND: f64 = 1e-9;
/// Points of the table per frequency: twice what the frequencies need, for narrower gaps.
const POINTS_PER_FREQUENCY: usize = 4;
/// A bound on the rounding errors of one attempt in the transform, in units of roundoff: its
/// pointers were turned up to 32 times, and its equation takes some dozen operations.
const ROUNDINGS_PER_ATTEMPT: f64 = 256.0;

/// How finely a distribution is computed: bounds are narrower in proportion to the frequencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Resolution {
    /// 2,048 frequencies: bounds of a few parts in a thousand, for totals of many items.
    Coarse,
    /// 16,384 frequencies: bounds of a few parts in ten thousand.
    #[default]
    Fine,
    /// 131,072 frequencies.
    Finest,
}

impl Resolution {
    const fn frequencies(self) -> usize {
        match self {
            Self::Coarse => 1 << 11,
            Self::Fine => 1 << 14,
            Self::Finest => 1 << 17,
        }
    }
}

/// The cost reaches beyond what 64 bits can count.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("a mean cost of {mean_meso:e} meso is too large for a distribution")]
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
    /// The distance between two points of the table, in meso.
    step: u64,
    /// Bounds on the chance of a cost above `least + k * step`.
    survival: Vec<Bounds>,
    /// What is known past the table; none if the cost is always the least.
    tail: Option<Tail>,
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
        let mut distribution = Self {
            mean,
            least,
            unit: unit(ladder),
            step: 1,
            survival: Vec::new(),
            tail: None,
        };
        let surplus = mean - least as f64;
        if smooth >= 1.0 || surplus <= 0.0 {
            return Ok(distribution);
        }
        let transform = Transform::of(ladder);
        let tail = Tail::of(&transform, surplus, BEYOND);
        let points = POINTS_PER_FREQUENCY * resolution.frequencies();
        let step =
            step(tail.reach(BEYOND), points, least).ok_or(CostTooLarge { mean_meso: mean })?;
        let table = Table {
            step,
            points,
            mass: 1.0 - smooth,
            mean: surplus,
            rounding: rounding(total.mean.attempts, points),
        };
        distribution.step = step;
        distribution.survival = table.survival(&transform);
        for (bounds, beyond) in distribution
            .survival
            .iter_mut()
            .zip(tail.at_multiples(step))
        {
            bounds.upper = bounds.upper.min(beyond).max(bounds.lower);
        }
        distribution.tail = Some(tail);
        Ok(distribution)
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
        let place = usize::try_from(surplus / self.step).unwrap_or(usize::MAX);
        let middle = |place: usize| self.survival.get(place).map(middle);
        let (Some(here), Some(next)) = (middle(place), middle(place.saturating_add(1))) else {
            return lower.midpoint(upper);
        };
        let part = (surplus % self.step) as f64 / self.step as f64;
        (1.0 - here - (next - here) * part).clamp(lower, upper)
    }

    /// A good guess at the smallest cost whose chance of being enough is at least `level`, within
    /// the bounds of [`Distribution::cost_at`].
    pub fn estimate_at(&self, level: Level) -> u64 {
        let bounds = self.cost_at(level);
        let left = 1.0 - level.get();
        let place = self
            .survival
            .partition_point(|bounds| middle(bounds) > left);
        let guess = match (place.checked_sub(1), self.survival.get(place)) {
            (Some(before), Some(here)) => {
                let before = middle(&self.survival[before]);
                let back = (left - middle(here)) / (before - middle(here));
                self.least + self.step * place as u64 - part(self.step, back)
            }
            _ => bounds.lower,
        };
        guess.clamp(bounds.lower, bounds.upper.unwrap_or(u64::MAX))
    }

    /// Bounds on the chance of a cost above `budget`.
    pub fn survival(&self, budget: u64) -> Bounds {
        let Some(surplus) = budget.checked_sub(self.least) else {
            return Bounds::exact(1.0);
        };
        let Some(tail) = self.tail else {
            return Bounds::exact(0.0);
        };
        let place = surplus / self.step;
        self.survival_at(tail, place, !surplus.is_multiple_of(self.step), surplus)
    }

    /// Bounds on the chance of a surplus above `surplus`, which is at a place of the table, or
    /// between it and the next.
    fn survival_at(&self, tail: Tail, place: u64, between: bool, surplus: u64) -> Bounds {
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        let next = place.saturating_add(usize::from(between));
        let upper = self.survival.get(place).map(|bounds| bounds.upper);
        let upper = upper.unwrap_or_else(|| tail.beyond(surplus as f64));
        let lower = self.survival.get(next).map_or(0.0, |bounds| bounds.lower);
        Bounds {
            lower,
            upper: upper.max(lower),
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

    /// Goes up the table in strides, which spares a division for each budget.
    fn tabulate(&self, step: u64, table: &mut [Bounds]) {
        let below = usize::try_from(self.least.div_ceil(step)).unwrap_or(usize::MAX);
        let (too_little, enough) = table.split_at_mut(below.min(table.len()));
        too_little.fill(Bounds::exact(0.0));
        let Some(tail) = self.tail else {
            enough.fill(Bounds::exact(1.0));
            return;
        };
        let mut surplus = step.saturating_mul(below as u64) - self.least;
        let (mut place, mut over) = (surplus / self.step, surplus % self.step);
        let stride = (step / self.step, step % self.step);
        for bounds in enough {
            *bounds = not(self.survival_at(tail, place, over > 0, surplus));
            surplus = surplus.saturating_add(step);
            over += stride.1;
            let carry = u64::from(over >= self.step);
            over -= carry * self.step;
            place = place.saturating_add(stride.0 + carry);
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

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// What the table is made of. Costs are counted above the least one.
struct Table {
    step: u64,
    points: usize,
    /// The chance that the cost is not the least one.
    mass: f64,
    mean: f64,
    /// A bound on the rounding errors.
    rounding: f64,
}

impl Table {
    /// Bounds on the chance of a cost above `k * step`.
    fn survival(&self, transform: &Transform) -> Vec<Bounds> {
        let mut waves = self.waves(transform);
        Transforms::of(self.points).inverse.process(&mut waves);
        let period = self.step as f64 * self.points as f64;
        let center = self.mass / 2.0 + self.mean / period;
        let mut survival: Vec<Bounds> = (waves.iter().enumerate())
            .map(|(k, wave)| {
                let estimate = center - self.mass * k as f64 / self.points as f64 + wave.re;
                let error = wave.im + self.rounding;
                Bounds {
                    lower: (estimate - error - BEYOND_ALL_PERIODS).max(0.0),
                    upper: (estimate + error).clamp(0.0, self.mass),
                }
            })
            .collect();
        tighten(&mut survival);
        survival
    }

    /// The Fourier coefficients of the estimate (the real part) and of its error (the imaginary
    /// part), both real functions.
    fn waves(&self, transform: &Transform) -> Vec<Complex64> {
        let frequencies = self.points / POINTS_PER_FREQUENCY;
        let degree = frequencies - 1;
        let period = self.step * self.points as u64;
        let certain = 1.0 - self.mass;
        let mut waves = vec![Complex64::default(); self.points];
        waves[0] = Complex64::new(0.0, self.mass / (2 * frequencies) as f64);
        let means = spectrum(transform, period, degree);
        for (k, mean) in (1..=degree).zip(means) {
            let mean = (mean - certain).conj();
            let part = k as f64 / frequencies as f64;
            let estimate = -vaaler(part) / (PI * k as f64);
            let error = (1.0 - part) / frequencies as f64;
            let half_i = Complex64::new(0.0, 0.5);
            waves[k] = half_i * (error - estimate) * mean;
            waves[self.points - k] = half_i * (error + estimate) * mean.conj();
        }
        waves
    }
}

/// The chance of costs beyond one, two, three, ... periods, all added up: each period leaves at most
/// [`BEYOND`] of what is left, so that the sum is a geometric series.
const BEYOND_ALL_PERIODS: f64 = BEYOND / (1.0 - BEYOND);

/// The factor that Vaaler's polynomial puts on the sawtooth's coefficients, for a part of its degree
/// strictly between 0 and 1.
fn vaaler(part: f64) -> f64 {
    PI * part * (1.0 - part) / (PI * part).tan() + part
}

/// Survival falls, so a lower bound further out holds here too, and an upper bound further in.
fn tighten(survival: &mut [Bounds]) {
    let mut upper = 1.0_f64;
    for bounds in survival.iter_mut() {
        upper = upper.min(bounds.upper);
        bounds.upper = upper;
    }
    let mut lower = 0.0_f64;
    for bounds in survival.iter_mut().rev() {
        lower = lower.max(bounds.lower).min(bounds.upper);
        bounds.lower = lower;
    }
}

/// The distance of the table's points, so that they reach that far; none past 64 bits.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "compared with the greatest that fits"
)]
fn step(reach: f64, points: usize, least: u64) -> Option<u64> {
    let step = (reach / points as f64).ceil();
    (step * points as f64 + (least as f64) < u64::MAX as f64).then_some(step as u64)
}

/// A bound on the rounding errors of a survival.
///
/// Those of the transform are weighed with the coefficients of the sawtooth, which add up to less
/// than the logarithm of their number. Turning a spectrum of `2^t` points back is off by at most
/// about `14 t` roundoffs in the Euclidean norm (Higham, *Accuracy and Stability of Numerical
/// Algorithms*, theorem 24.2); 32 are counted. No value exceeds 1, so that the norm is at most the
/// root of the number of points, and no single value is off by more.
fn rounding(attempts: f64, points: usize) -> f64 {
    let points = points as f64;
    let transform = ROUNDINGS_PER_ATTEMPT * attempts * points.ln();
    let turning_back = 32.0 * points.log2() * points.sqrt();
    f64::EPSILON / 2.0 * (transform + turning_back)
}

fn middle(bounds: &Bounds) -> f64 {
    bounds.lower.midpoint(bounds.upper)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a part between 0 and 1 of a step"
)]
fn part(step: u64, part: f64) -> u64 {
    (step as f64 * part.clamp(0.0, 1.0)) as u64
}
