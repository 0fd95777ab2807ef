//! The transform of a tilted cost at the whole multiples of a base frequency.

use std::f64::consts::TAU;

use rustfft::num_complex::Complex64;

use super::transform::Transform;
use super::wave::{LANES, Wave};

/// Number of blocks after which the turning pointers are set anew, before rounding errors add up.
const BLOCKS_BETWEEN_SETS: usize = 32;

/// The means of `e^((tilt + 2 pi i k / period) (cost - least cost))` for `k = 1, 2, ... count`.
///
/// `count` is rounded up to whole blocks of [`LANES`]. The mean for `k = 0` must be finite.
pub(super) fn spectrum(
    transform: &Transform,
    tilt: f64,
    period: u64,
    count: usize,
) -> Vec<Complex64> {
    let pointer = |cost: u64, k: usize| {
        // Exact up to the last division: phases of large costs would lose their digits otherwise.
        let turns = u128::from(cost) * k as u128 % u128::from(period);
        Complex64::cis(TAU * (turns as f64 / period as f64))
    };
    let costs = transform.costs();
    let scales: Vec<f64> = costs
        .iter()
        .map(|&cost| (tilt * cost as f64).exp())
        .collect();
    let strides: Vec<_> = costs.iter().map(|&cost| pointer(cost, LANES)).collect();
    let lanes: Vec<_> = costs
        .iter()
        .map(|&cost| Wave::from_fn(|lane| pointer(cost, lane)))
        .collect();
    let mut pointers = vec![Complex64::default(); costs.len()];
    let mut powers = lanes.clone();
    let blocks = count.div_ceil(LANES);
    let mut means = Vec::with_capacity(blocks * LANES);
    for block in 0..blocks {
        for (index, pointer_now) in pointers.iter_mut().enumerate() {
            *pointer_now = if block % BLOCKS_BETWEEN_SETS == 0 {
                pointer(costs[index], block * LANES + 1) * scales[index]
            } else {
                *pointer_now * strides[index]
            };
            powers[index] = lanes[index].turned(*pointer_now);
        }
        let mean = transform.surplus(&powers);
        means.extend((0..LANES).map(|lane| mean.get(lane)));
    }
    means
}
