//! Fourier transforms, planned once per length.

use std::sync::{Arc, OnceLock};

use rustfft::{Fft, FftPlanner};

/// The transform of a length, there and back.
#[derive(Clone)]
pub(crate) struct Transforms {
    pub(crate) forward: Arc<dyn Fft<f64>>,
    pub(crate) inverse: Arc<dyn Fft<f64>>,
}

/// Longer transforms take so long that planning them hardly counts, and are not kept.
const LONGEST_KEPT: u32 = 16;

/// By the binary logarithm of the length. Planning anew for each sum took a tenth of the time
/// of evaluating a whole character.
static KEPT: [OnceLock<Transforms>; LONGEST_KEPT as usize + 1] =
    [const { OnceLock::new() }; LONGEST_KEPT as usize + 1];

impl Transforms {
    pub(crate) fn of(length: usize) -> Self {
        match KEPT.get(length.trailing_zeros() as usize) {
            Some(kept) if length.is_power_of_two() => {
                kept.get_or_init(|| Self::planned(length)).clone()
            }
            _ => Self::planned(length),
        }
    }

    fn planned(length: usize) -> Self {
        let mut planner = FftPlanner::new();
        Self {
            forward: planner.plan_fft_forward(length),
            inverse: planner.plan_fft_inverse(length),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transforms_have_the_length_asked_for() {
        for length in [1, 2, 3, 12, 1 << 10, 1 << 16, 3 << 16, 1 << 17] {
            let transforms = Transforms::of(length);
            assert_eq!(transforms.forward.len(), length);
            assert_eq!(transforms.inverse.len(), length);
        }
        let again = Transforms::of(1 << 10).forward;
        assert!(Arc::ptr_eq(&Transforms::of(1 << 10).forward, &again));
    }
}
