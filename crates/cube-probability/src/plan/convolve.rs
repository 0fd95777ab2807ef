//! Sums of independent whole numbers: convolution of their masses, with a bound on its error.

use rustfft::{FftPlanner, num_complex::Complex64};

/// Masses at `0, 1, 2, ...` of two whole numbers, of which the first is never below the second.
/// A mass past the end of a table is left out.
#[derive(Debug, Clone)]
pub(super) struct Masses {
    pub(super) high: Vec<f64>,
    pub(super) low: Vec<f64>,
}

/// The cumulative masses of a sum at `0, 1, ... length - 1`.
pub(super) struct Cumulative {
    pub(super) high: Vec<f64>,
    pub(super) low: Vec<f64>,
    /// No cumulative mass is further than this from the one of exact arithmetic.
    pub(super) rounding: f64,
    /// Whether mass past the end comes back at the beginning.
    pub(super) wraps: bool,
}

/// Adds independent numbers up: term by term while that is cheap, by the fast Fourier transform
/// when it is not.
pub(super) fn sum(terms: &[Masses], length: usize) -> Cumulative {
    let (mut reach, mut work) = (0, 0);
    for term in terms {
        let size = term.high.len().max(term.low.len());
        work += size * (reach + 1);
        reach = (reach + size).min(length);
    }
    if work <= MOST_DIRECT_WORK {
        sum_directly(terms, length)
    } else {
        sum_by_transform(terms, length)
    }
}

/// Multiplications that are as quick as the transforms of a plan.
const MOST_DIRECT_WORK: usize = 1 << 21;

/// Half the distance from 1 to the next `f64`.
const ROUNDOFF: f64 = f64::EPSILON / 2.0;

fn sum_directly(terms: &[Masses], length: usize) -> Cumulative {
    let add_up = |masses: &dyn Fn(&Masses) -> Vec<f64>| {
        let total = terms
            .iter()
            .fold(vec![1.0], |sum, term| convolve(&sum, &masses(term), length));
        cumulate(total.into_iter(), length)
    };
    Cumulative {
        high: add_up(&|term| term.high.clone()),
        low: add_up(&|term| term.low.clone()),
        // Each mass is a sum of at most `length` products per term, all of them positive.
        rounding: (terms.len() + 1) as f64 * (length + 1) as f64 * ROUNDOFF,
        wraps: false,
    }
}

/// The masses of a sum of two, up to `length`.
fn convolve(a: &[f64], b: &[f64], length: usize) -> Vec<f64> {
    let size = (a.len() + b.len()).saturating_sub(1).min(length);
    let mut sum = vec![0.0; size];
    for (shift, mass) in a.iter().enumerate().filter(|(_, mass)| **mass > 0.0) {
        for (target, other) in sum[shift..].iter_mut().zip(b) {
            *target += mass * other;
        }
    }
    sum
}

/// Both sums of each term go through one transform, as real and imaginary part. Mass past the end
/// comes back at the beginning.
fn sum_by_transform(terms: &[Masses], length: usize) -> Cumulative {
    let mut planner = FftPlanner::new();
    let forward = planner.plan_fft_forward(length);
    let mut scratch = vec![Complex64::default(); forward.get_inplace_scratch_len()];
    let mut buffer = vec![Complex64::default(); length];
    let one = Complex64::new(1.0, 0.0);
    let mut product = vec![(one, one); length / 2 + 1];
    let mut norms = 0.0;
    for term in terms {
        pack(term, &mut buffer);
        norms += norm(&buffer);
        forward.process_with_scratch(&mut buffer, &mut scratch);
        for (k, (high, low)) in product.iter_mut().enumerate() {
            let (here, mirror) = (buffer[k], buffer[(length - k) % length].conj());
            *high *= (here + mirror) * 0.5;
            *low *= (here - mirror) * Complex64::new(0.0, -0.5);
        }
    }
    for (k, (high, low)) in product.iter().enumerate() {
        let i = Complex64::i();
        buffer[(length - k) % length] = high.conj() + i * low.conj();
        buffer[k] = high + i * low;
    }
    planner
        .plan_fft_inverse(length)
        .process_with_scratch(&mut buffer, &mut scratch);
    let scale = 1.0 / length as f64;
    for mass in &mut buffer {
        *mass *= scale;
    }
    norms += norm(&buffer);
    Cumulative {
        high: cumulate(buffer.iter().map(|mass| mass.re), length),
        low: cumulate(buffer.iter().map(|mass| mass.im), length),
        rounding: transform_rounding(length, norms),
        wraps: true,
    }
}

fn pack(term: &Masses, buffer: &mut [Complex64]) {
    buffer.fill(Complex64::default());
    for (target, &mass) in buffer.iter_mut().zip(&term.high) {
        target.re = mass;
    }
    for (target, &mass) in buffer.iter_mut().zip(&term.low) {
        target.im = mass;
    }
}

fn norm(masses: &[Complex64]) -> f64 {
    masses.iter().map(Complex64::norm_sqr).sum::<f64>().sqrt()
}

/// A bound on the error of a cumulative sum that went through transforms.
///
/// A transform of length `2^t` with twiddle factors good to a few units of roundoff has a relative
/// error in the Euclidean norm of at most about `14 t` roundoffs (Higham, *Accuracy and Stability
/// of Numerical Algorithms*, theorem 24.2); 32 are counted, with 4 levels more for unpacking and
/// multiplying. No term's spectrum exceeds 1, so the errors of the terms add up; the factor 4 is
/// for the two sums that share a transform, forward and back. A cumulative sum of `n` masses is off
/// by at most the square root of `n` times the norm, plus the rounding of the additions.
fn transform_rounding(length: usize, norms: f64) -> f64 {
    let levels = (length as f64).log2() + 4.0;
    let in_norm = 4.0 * 32.0 * ROUNDOFF * levels * norms;
    (length as f64).sqrt() * in_norm + 2.0 * length as f64 * ROUNDOFF
}

fn cumulate(masses: impl Iterator<Item = f64>, length: usize) -> Vec<f64> {
    let mut sum = 0.0;
    let mut sums: Vec<f64> = masses
        .map(|mass| {
            sum += mass;
            sum
        })
        .collect();
    sums.resize(length, sum);
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(count: u32, size: u32) -> Vec<Masses> {
        let masses = |seed: u32| -> Vec<f64> {
            let weights: Vec<f64> = (0..size).map(|k| f64::from((k * seed) % 7 + 1)).collect();
            let total: f64 = weights.iter().sum();
            weights.iter().map(|weight| weight / total).collect()
        };
        (1..=count)
            .map(|n| Masses {
                high: masses(n),
                low: masses(n + 3),
            })
            .collect()
    }

    #[test]
    fn both_ways_agree_within_their_bounds() {
        let terms = terms(9, 100);
        let directly = sum_directly(&terms, 1024);
        let transformed = sum_by_transform(&terms, 1024);
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
    fn what_does_not_fit_is_left_out_or_comes_back() {
        let terms = terms(2, 100);
        let directly = sum_directly(&terms, 128);
        assert!(directly.high[127] < 1.0 && !directly.wraps);
        let transformed = sum_by_transform(&terms, 128);
        assert!((transformed.high[127] - 1.0).abs() <= transformed.rounding);
        assert!(transformed.wraps);
    }
}
