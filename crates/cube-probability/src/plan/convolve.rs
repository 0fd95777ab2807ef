//! Sums of independent whole numbers: convolution of their masses, with a bound on its error.
//!
//! Every term comes with two sets of masses, those of its upper and of its lower rounding. They
//! travel as real and imaginary part of one complex number, so that one transform serves both.

use std::f64::consts::SQRT_2;

use rustfft::num_complex::Complex64;

use crate::fourier::Transforms;

/// Cumulative masses of a sum at `0, 1, 2, ...`.
pub(super) struct Cumulative {
    /// Those of the upper roundings, which are lower bounds for the sum.
    pub(super) high: Vec<f64>,
    /// Those of the lower roundings.
    pub(super) low: Vec<f64>,
    /// No cumulative mass is further than this from the one of exact arithmetic.
    pub(super) rounding: f64,
    /// Whether mass past the end came back at the beginning, rather than being left out.
    pub(super) wraps: bool,
}

/// Independent numbers of the same masses, so many of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Term {
    /// The places of its masses.
    pub(super) size: usize,
    /// The number of equal terms.
    pub(super) times: usize,
}

/// Adds terms up to `length` places: one by one while that is cheap, by the fast Fourier transform
/// when it is not. `fill` writes all of a term's masses.
pub(super) fn sum(
    terms: &[Term],
    length: usize,
    fill: impl FnMut(usize, &mut [Complex64]),
) -> Cumulative {
    let (mut reach, mut work) = (1, 0);
    for term in terms {
        for _ in 0..term.times {
            work += term.size * reach;
            reach = (reach + term.size).min(length);
        }
    }
    let transforms = terms.len() + 1;
    if work <= transforms * length * DIRECT_WORK_PER_POINT {
        sum_directly(terms, length, fill)
    } else {
        sum_by_transform(terms, length, fill)
    }
}

/// Multiplications that take no longer than one point's share of a transform and of what is done
/// with it.
const DIRECT_WORK_PER_POINT: usize = 24;

/// Half the distance from 1 to the next `f64`.
const ROUNDOFF: f64 = f64::EPSILON / 2.0;

fn sum_directly(
    terms: &[Term],
    length: usize,
    mut fill: impl FnMut(usize, &mut [Complex64]),
) -> Cumulative {
    let (mut high, mut low) = (vec![1.0], vec![1.0]);
    for (index, term) in terms.iter().enumerate() {
        let mut masses = vec![Complex64::default(); term.size];
        fill(index, &mut masses);
        let part = |part: fn(&Complex64) -> f64| masses.iter().map(part).collect::<Vec<f64>>();
        let (up, down) = (part(|mass| mass.re), part(|mass| mass.im));
        for _ in 0..term.times {
            high = convolve(&high, &up, length);
            low = convolve(&low, &down, length);
        }
    }
    let added: usize = terms.iter().map(|term| term.times).sum();
    Cumulative {
        high: cumulate(high.into_iter(), length),
        low: cumulate(low.into_iter(), length),
        // Each mass is a sum of at most `length` products per term, all of them positive.
        rounding: (added + 1) as f64 * (length + 1) as f64 * ROUNDOFF,
        wraps: false,
    }
}

/// The masses of a sum of two, up to `length`.
fn convolve(a: &[f64], b: &[f64], length: usize) -> Vec<f64> {
    let mut sum = vec![0.0; (a.len() + b.len()).saturating_sub(1).min(length)];
    for (shift, mass) in a.iter().enumerate().filter(|(_, mass)| **mass > 0.0) {
        for (target, other) in sum[shift..].iter_mut().zip(b) {
            *target += mass * other;
        }
    }
    sum
}

fn sum_by_transform(
    terms: &[Term],
    length: usize,
    mut fill: impl FnMut(usize, &mut [Complex64]),
) -> Cumulative {
    let Transforms {
        forward,
        inverse: backward,
    } = Transforms::of(length);
    let room = forward
        .get_inplace_scratch_len()
        .max(backward.get_inplace_scratch_len());
    let mut scratch = vec![Complex64::default(); room];
    let mut masses = vec![Complex64::default(); length];
    let mut product = Product::new(length);
    for (index, term) in terms.iter().enumerate() {
        masses[term.size..].fill(Complex64::default());
        fill(index, &mut masses);
        forward.process_with_scratch(&mut masses, &mut scratch);
        product.multiply(&masses, term.times);
    }
    let added: usize = terms.iter().map(|term| term.times).sum();
    product.pack(&mut masses);
    backward.process_with_scratch(&mut masses, &mut scratch);
    Cumulative {
        high: cumulate(masses.iter().map(|mass| mass.re), length),
        low: cumulate(masses.iter().map(|mass| mass.im), length),
        rounding: transform_rounding(length, added),
        wraps: true,
    }
}

/// The spectra of both sums so far, for frequencies up to half the length; those of real masses
/// mirror themselves.
struct Product {
    high: Vec<Complex64>,
    low: Vec<Complex64>,
}

impl Product {
    fn new(length: usize) -> Self {
        let ones = vec![Complex64::ONE; length / 2 + 1];
        Self {
            high: ones.clone(),
            low: ones,
        }
    }

    /// Multiplies by the spectra of so many equal terms.
    fn multiply(&mut self, spectrum: &[Complex64], times: usize) {
        let half = spectrum.len() / 2;
        let mirrored = || spectrum[spectrum.len() - half..].iter().rev();
        if times == 1 {
            self.multiply_at(0, &spectrum[..1], spectrum[..1].iter(), |one| one);
            self.multiply_at(1, &spectrum[1..=half], mirrored(), |one| one);
        } else {
            let all = |one| power(one, times);
            self.multiply_at(0, &spectrum[..1], spectrum[..1].iter(), all);
            self.multiply_at(1, &spectrum[1..=half], mirrored(), all);
        }
    }

    /// Multiplies the frequencies from `first` on, given what they and their mirrors are.
    fn multiply_at<'a>(
        &mut self,
        first: usize,
        spectrum: &[Complex64],
        mirrored: impl Iterator<Item = &'a Complex64>,
        all: impl Fn(Complex64) -> Complex64,
    ) {
        let products = self.high[first..].iter_mut().zip(&mut self.low[first..]);
        for (((high, low), here), mirror) in products.zip(spectrum).zip(mirrored) {
            // Half the sum with the mirror's conjugate; half the difference, turned back.
            let up = Complex64::new(here.re + mirror.re, here.im - mirror.im) * 0.5;
            let down = Complex64::new(here.im + mirror.im, mirror.re - here.re) * 0.5;
            *high *= all(up);
            *low *= all(down);
        }
    }

    /// The spectrum of both sums in one, scaled for the way back.
    fn pack(&self, spectrum: &mut [Complex64]) {
        let length = spectrum.len();
        let scale = 1.0 / length as f64;
        for (k, (high, low)) in self.high.iter().zip(&self.low).enumerate() {
            let (high, low) = (high * scale, low * scale);
            spectrum[(length - k) % length] = high.conj() + Complex64::I * low.conj();
            spectrum[k] = high + Complex64::I * low;
        }
    }
}

/// A power by repeated squaring.
fn power(base: Complex64, exponent: usize) -> Complex64 {
    let (mut square, mut left, mut power) = (base, exponent, Complex64::ONE);
    while left > 0 {
        if left % 2 == 1 {
            power *= square;
        }
        square *= square;
        left /= 2;
    }
    power
}

/// A bound on the error of a cumulative sum that went through transforms.
///
/// A transform of length `2^t` with twiddle factors good to a few units of roundoff has a relative
/// error in the Euclidean norm of at most about `14 t` roundoffs (Higham, *Accuracy and Stability
/// of Numerical Algorithms*, theorem 24.2); 32 are counted, with 4 levels more for unpacking and
/// multiplying. No term's spectrum exceeds 1, so the errors of the terms add up; the factor 4 is
/// for the two sums that share a transform, forward and back. The norm of a term is at most the
/// root of 2, as is that of the sum: none of the masses is negative, and those of either sum add
/// up to at most 1. A cumulative sum of `n` masses is off by at most the square root of `n` times
/// the norm of their errors, plus the rounding of the additions.
fn transform_rounding(length: usize, added: usize) -> f64 {
    let levels = (length as f64).log2() + 4.0;
    let norms = (added + 1) as f64 * SQRT_2;
    let in_norm = 4.0 * 32.0 * ROUNDOFF * levels * norms;
    (length as f64).sqrt() * in_norm + 2.0 * length as f64 * ROUNDOFF
}

fn cumulate(masses: impl Iterator<Item = f64>, length: usize) -> Vec<f64> {
    let mut sums: Vec<f64> = masses.collect();
    sums.resize(length, 0.0);
    let mut sum = 0.0;
    for place in &mut sums {
        sum += *place;
        *place = sum;
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONCE: Term = Term {
        size: 100,
        times: 1,
    };

    /// Some masses that add up to 1.
    fn fill(term: usize, masses: &mut [Complex64]) {
        let weight = |k: usize, seed: usize| ((k * seed) % 7 + 1) as f64;
        let total = |seed| (0..100).map(|k| weight(k, seed)).sum::<f64>();
        let (high, low) = (term + 1, term + 4);
        for (k, mass) in masses.iter_mut().enumerate().take(100) {
            *mass = Complex64::new(weight(k, high) / total(high), weight(k, low) / total(low));
        }
    }

    #[test]
    fn direct_and_transformed_sums_agree_within_their_bounds() {
        let directly = sum_directly(&[ONCE; 9], 1024, fill);
        let transformed = sum_by_transform(&[ONCE; 9], 1024, fill);
        let bound = directly.rounding + transformed.rounding;
        assert!(bound < 1e-9);
        for (a, b) in directly.high.iter().zip(&transformed.high) {
            assert!((a - b).abs() <= bound, "{a} {b}");
        }
        for (a, b) in directly.low.iter().zip(&transformed.low) {
            assert!((a - b).abs() <= bound, "{a} {b}");
        }
    }

    #[test]
    fn term_counts_as_often_as_it_says() {
        let thrice = Term { times: 3, ..ONCE };
        let in_order = |masses_of: &'static [usize]| {
            move |index: usize, masses: &mut [Complex64]| fill(masses_of[index], masses)
        };
        for add_up in [sum_directly, sum_by_transform] {
            let one = add_up(&[thrice, ONCE], 1024, in_order(&[0, 1]));
            let other = add_up(&[ONCE; 4], 1024, in_order(&[0, 0, 0, 1]));
            assert_eq!(one.rounding.to_bits(), other.rounding.to_bits());
            for (a, b) in one.high.iter().zip(&other.high) {
                assert!((a - b).abs() <= one.rounding, "{a} {b}");
            }
        }
    }

    #[test]
    fn mass_past_the_end_is_left_out_or_comes_back() {
        let directly = sum_directly(&[ONCE; 2], 128, fill);
        assert!(directly.high[127] < 0.99 && !directly.wraps);
        let transformed = sum_by_transform(&[ONCE; 2], 128, fill);
        assert!((transformed.high[127] - 1.0).abs() <= transformed.rounding);
        assert!(transformed.wraps);
    }
}
