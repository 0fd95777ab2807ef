//! Several complex numbers at once, so that the processor can work on them side by side.

use std::array;
use std::ops::{Add, Mul};

use rustfft::num_complex::Complex64;

use super::transform::Weight;

/// The count of numbers that go side by side.
pub(super) const LANES: usize = 8;

/// [`LANES`] complex numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wave {
    re: [f64; LANES],
    im: [f64; LANES],
}

impl Wave {
    pub(super) fn from_fn(number: impl Fn(usize) -> Complex64) -> Self {
        Self {
            re: array::from_fn(|lane| number(lane).re),
            im: array::from_fn(|lane| number(lane).im),
        }
    }

    pub(super) fn get(&self, lane: usize) -> Complex64 {
        Complex64::new(self.re[lane], self.im[lane])
    }

    /// Turns every number by the same one.
    #[inline]
    pub(super) fn turned(&self, by: Complex64) -> Self {
        Self {
            re: array::from_fn(|lane| self.re[lane] * by.re - self.im[lane] * by.im),
            im: array::from_fn(|lane| self.re[lane] * by.im + self.im[lane] * by.re),
        }
    }
}

impl Add for Wave {
    type Output = Self;

    #[inline]
    fn add(self, other: Self) -> Self {
        Self {
            re: array::from_fn(|lane| self.re[lane] + other.re[lane]),
            im: array::from_fn(|lane| self.im[lane] + other.im[lane]),
        }
    }
}

impl Mul for Wave {
    type Output = Self;

    #[inline]
    fn mul(self, other: Self) -> Self {
        Self {
            re: array::from_fn(|lane| {
                self.re[lane] * other.re[lane] - self.im[lane] * other.im[lane]
            }),
            im: array::from_fn(|lane| {
                self.re[lane] * other.im[lane] + self.im[lane] * other.re[lane]
            }),
        }
    }
}

impl Mul<f64> for Wave {
    type Output = Self;

    #[inline]
    fn mul(self, factor: f64) -> Self {
        Self {
            re: self.re.map(|re| re * factor),
            im: self.im.map(|im| im * factor),
        }
    }
}

impl Weight for Wave {
    #[inline]
    fn plain(number: f64) -> Self {
        Self {
            re: [number; LANES],
            im: [0.0; LANES],
        }
    }

    /// The absolute values are below 1: the numbers are at most those of the positive `z` with the
    /// same absolute value, for which the series has a sum.
    #[inline]
    fn series(self) -> Self {
        let inverse: [f64; LANES] = array::from_fn(|lane| {
            let re = 1.0 - self.re[lane];
            (re * re + self.im[lane] * self.im[lane]).recip()
        });
        Self {
            re: array::from_fn(|lane| (1.0 - self.re[lane]) * inverse[lane]),
            im: array::from_fn(|lane| self.im[lane] * inverse[lane]),
        }
    }
}
