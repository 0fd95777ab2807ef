//! One table of certified bounds on the survival function of a cost, from its tilted transform.
//!
//! The step that a survival is the mean of becomes, under a tilt, an exponential cut off at one
//! side. Graham and Vaaler's extremal functions bound that from above and below by trigonometric
//! polynomials; they differ by Fejér's kernel (S. W. Graham, J. D. Vaaler, *A class of extremal
//! functions for the Fourier transform*, Trans. AMS 265, 1981). The mean of a trigonometric
//! polynomial needs the transform at its frequencies only, and one Fourier transform gives the
//! means for every place of the table.
//!
//! A polynomial repeats with its period `T`. The tilt `t` makes the repetitions harmless:
//!
//! - Upwards (large costs weigh more, by less than the tail falls), the polynomial gives survival
//!   plus `e^(-tTm)` times survival `m` periods before, which is known at costs below zero, plus
//!   `e^(tTm)` times survival `m` periods later, which Chernoff's bound makes small. Such a window
//!   is exact far out in the tail.
//! - Downwards, it gives the chance of at most a cost plus `e^(-tTm)` times that `m` periods later.
//!   Such a window can be far shorter than the costs reach: it magnifies their beginning.

use std::f64::consts::PI;

use rustfft::num_complex::Complex64;

use super::spectrum::spectrum;
use super::transform::Transform;
use crate::Bounds;
use crate::fourier::Transforms;

/// Points of a window per frequency: twice as many as the frequencies need, for narrower gaps.
pub(super) const POINTS_PER_FREQUENCY: usize = 4;
/// A bound on the rounding errors of one payment in the transform, in units of roundoff: its
/// pointers were turned up to 32 times, and its equation takes some dozen operations.
const ROUNDINGS_PER_PAYMENT: f64 = 256.0;
/// A bound on the rounding errors of a coefficient of the polynomials, in units of roundoff.
const ROUNDINGS_PER_COEFFICIENT: f64 = 64.0;
/// The relative rounding error of undoing the tilt, with room to spare.
const ROUNDING_OF_TILT: f64 = 1e-12;

/// A table to be: costs are counted above the least one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    /// The logarithm of the weight of a meso; not zero.
    pub(super) tilt: f64,
    /// The distance between two points, in meso.
    pub(super) step: u64,
    pub(super) frequencies: usize,
}

impl Window {
    pub(super) const fn points(&self) -> usize {
        POINTS_PER_FREQUENCY * self.frequencies
    }

    const fn period(&self) -> u64 {
        self.step * self.points() as u64
    }

    /// Bounds on the chance of a cost above `k * step`, for the first `count` points.
    ///
    /// `mass` is the chance of any cost above the least, `attempts` the mean number of attempts,
    /// and `known` gives bounds on the chance of a cost above one that is beyond the period. With a
    /// tilt upwards, its upper bound falls from period to period at twice the tilt at least.
    pub(super) fn survival(
        &self,
        transform: &Transform,
        mass: f64,
        attempts: f64,
        count: usize,
        known: impl Fn(u64) -> Bounds,
    ) -> Vec<Bounds> {
        let mut waves = vec![Complex64::default(); self.points()];
        let rounding = self.fill(&mut waves, transform, mass, attempts);
        Transforms::of(self.points()).inverse.process(&mut waves);
        let turn = self.tilt.abs() * self.period() as f64;
        let repeated = turn.exp_m1().recip();
        let magnified = turn.exp() / -(-turn).exp_m1();
        let damped = (-turn).exp();
        let scales = Scales::new(-self.tilt * self.step as f64, count);
        let bounds = waves.iter().take(count).enumerate().map(|(k, wave)| {
            let cost = self.step * k as u64;
            let scale = scales.at(k);
            let error = wave.im.abs() + rounding;
            let upper = (wave.re + error).max(0.0) * scale * (1.0 + ROUNDING_OF_TILT);
            let lower = (wave.re - error).max(0.0) * scale * (1.0 - ROUNDING_OF_TILT);
            let next = known(cost + self.period());
            let (lower, upper) = if self.tilt > 0.0 {
                let later = magnified * next.upper;
                (lower - mass * repeated - later, upper - mass * repeated)
            } else {
                let least = (mass - next.upper).max(0.0) * repeated;
                let most = damped * (mass - next.lower + mass * repeated);
                (mass - (upper - least), mass - (lower - most))
            };
            Bounds {
                lower: lower.clamp(0.0, mass),
                upper: upper.clamp(0.0, mass),
            }
        });
        bounds.collect()
    }

    /// Fills in the Fourier coefficients of the middle of the two polynomials (the real part) and
    /// of half their difference (the imaginary part), both real functions; returns a bound on the
    /// rounding errors of their values.
    fn fill(
        &self,
        waves: &mut [Complex64],
        transform: &Transform,
        mass: f64,
        attempts: f64,
    ) -> f64 {
        let certain = 1.0 - mass;
        let count = self.frequencies as f64;
        let total = transform.tilted(self.tilt, 1.0) - certain;
        let kernel = Kernel::new(self.tilt.abs() * self.period() as f64 / count);
        let half = 0.5 / count;
        let middle = kernel.majorant(0.0).re / count - half;
        waves[0] = Complex64::new(middle * total, half * total);
        let mut weights = (middle + half).abs();
        let means = spectrum(transform, self.tilt, self.period(), self.frequencies - 1);
        for (k, mean) in (1..self.frequencies).zip(means) {
            let part = k as f64 / count;
            let mean = (mean - certain).conj();
            let half = half * (1.0 - part);
            let majorant = kernel.majorant(part) / count;
            weights += 2.0 * majorant.l1_norm();
            let majorant = if self.tilt > 0.0 {
                majorant.conj()
            } else {
                majorant
            };
            let middle = (majorant - half) * mean;
            let half_i = Complex64::new(0.0, half);
            waves[k] = middle + half_i * mean;
            waves[self.points() - k] = middle.conj() + half_i * mean.conj();
        }
        self.rounding(transform, total + certain, attempts, weights)
    }

    /// A bound on the rounding errors of a mean of the polynomials.
    ///
    /// Each payment passes its errors on at most in full, so they grow with the mean of the number
    /// of payments under the tilt: the derivative of the transform by a weight of payments, which
    /// is convex. Turning a spectrum of `2^t` points back is off by at most about `14 t` roundoffs
    /// in the Euclidean norm (Higham, *Accuracy and Stability of Numerical Algorithms*, theorem
    /// 24.2); 32 are counted. No value exceeds twice the total, so that the norm is at most the
    /// root of the number of points times that, and no single value is off by more.
    fn rounding(&self, transform: &Transform, total: f64, attempts: f64, weights: f64) -> f64 {
        let rise = 1e-3 / (1.0 + 100.0 * attempts);
        let payments = 2.0 * (transform.tilted(self.tilt, 1.0 + rise) - total) / rise;
        let points = self.points() as f64;
        let means = ROUNDINGS_PER_PAYMENT * payments + ROUNDINGS_PER_COEFFICIENT * total;
        let turning_back = 32.0 * points.log2() * points.sqrt() * 2.0 * total;
        let rounding = f64::EPSILON / 2.0 * (means * weights + turning_back);
        if rounding.is_finite() {
            rounding
        } else {
            f64::MAX
        }
    }
}

/// `e^(rate * k)` for whole `k`, each as a product of two numbers of a table.
struct Scales {
    fine: Vec<f64>,
    coarse: Vec<f64>,
}

impl Scales {
    /// The length of the table of small `k`.
    const FINE: usize = 64;

    /// For `k` below `count`.
    fn new(rate: f64, count: usize) -> Self {
        let at = |k: usize| (rate * k as f64).exp();
        let coarse = 0..count.div_ceil(Self::FINE);
        Self {
            fine: (0..Self::FINE).map(at).collect(),
            coarse: coarse.map(|k| at(k * Self::FINE)).collect(),
        }
    }

    fn at(&self, k: usize) -> f64 {
        self.coarse[k / Self::FINE] * self.fine[k % Self::FINE]
    }
}

/// Graham and Vaaler's majorant of `e^(-decay * u)` for `u >= 0` and 0 below, of exponential type
/// `2 pi`: it meets the exponential at each whole number, from above. The minorant is less by
/// Fejér's kernel `(sin(pi u) / (pi u))^2`.
struct Kernel {
    decay: f64,
    /// `e^(-decay)`.
    shrink: f64,
    /// `1 - e^(-decay)`.
    all: f64,
}

impl Kernel {
    fn new(decay: f64) -> Self {
        Self {
            decay,
            shrink: (-decay).exp(),
            all: -(-decay).exp_m1(),
        }
    }

    /// The Fourier transform of the majorant at a frequency from 0 to below 1.
    ///
    /// A function of that type follows from its values and slopes at the whole numbers: with their
    /// Fourier series `u` and `v` its transform is `(1 - t) u(t) + v(t) / (2 pi i)` (Vaaler, *Some
    /// extremal functions in Fourier analysis*, Bull. AMS 12, 1985, theorem 9). Here `u` is a
    /// geometric series, and the slopes are those of the exponential, but for the slope at 0 that
    /// makes them add up to nothing.
    fn majorant(&self, frequency: f64) -> Complex64 {
        let (half_turn, cosine) = (PI * frequency).sin_cos();
        let values = Complex64::new(
            self.all + 2.0 * self.shrink * half_turn * half_turn,
            2.0 * self.shrink * half_turn * cosine,
        )
        .inv();
        let slopes = self.decay * (self.all.recip() - values);
        // Divided by 2 pi i.
        let slopes = Complex64::new(slopes.im, -slopes.re) / (2.0 * PI);
        values * (1.0 - frequency) + slopes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The majorant, repeated every `period`, as the Fourier series that a window works with.
    fn repeated_majorant(kernel: &Kernel, period: u32, place: f64) -> f64 {
        let parts = (1..period).map(|k| {
            let frequency = f64::from(k) / f64::from(period);
            let turn = Complex64::cis(2.0 * PI * frequency * place);
            2.0 * (kernel.majorant(frequency) * turn).re
        });
        (kernel.majorant(0.0).re + parts.sum::<f64>()) / f64::from(period)
    }

    #[test]
    fn kernel_bounds_the_repeated_exponential_from_both_sides() {
        let period = 64;
        for decay in [1e-6, 0.001, 0.1, 0.5, 3.0] {
            let kernel = Kernel::new(decay);
            for tenth in 0..640 {
                let place = f64::from(tenth) / 10.0;
                let truth = (-decay * place).exp() / -(-decay * f64::from(period)).exp_m1();
                let turn = PI * place;
                let fejer = if tenth == 0 {
                    1.0
                } else {
                    (turn.sin() / (turn / f64::from(period)).sin() / f64::from(period)).powi(2)
                };
                let majorant = repeated_majorant(&kernel, period, place);
                let rounding = 1e-12 * truth.max(1.0);
                assert!(truth <= majorant + rounding, "{decay} {place}: {majorant}");
                assert!(
                    majorant - fejer <= truth + rounding,
                    "{decay} {place}: {majorant}"
                );
            }
        }
    }
}
