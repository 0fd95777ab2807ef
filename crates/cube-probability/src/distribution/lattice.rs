//! The exact distribution of a reset process on the lattice of its costs.
//!
//! Every cost is a multiple of the greatest common divisor of the phases' costs, so chances are
//! kept per multiple. Phase by phase, the mass that enters at each cost is spread over the tries
//! made there: part meets the goal, part enters the next phase. In the last phase the mass that
//! has spent `k` is followed by `1 - success` times itself one reset later, so once nothing is left
//! below the last phase, survival falls by that factor with every further reset: a *head* of plain
//! numbers and one factor describe the whole distribution.

use super::process::{Process, Stage};
use crate::{CostDistribution, PhaseError};

/// Survival and its complement at `0, 1, 2, ...` units of cost; past the end, the last `period`
/// values repeat for ever, survival falling by `exp(log_ratio)` each time.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lattice {
    /// The chance of having ended within so many steps.
    pub(super) at_most: Vec<f64>,
    /// The chance of not having ended within so many steps, summed from the far end, so that small
    /// ones are as exact as large ones.
    pub(super) survival: Vec<f64>,
    /// The steps of one reset in the last phase.
    pub(super) period: usize,
    /// The logarithm of the chance that a reset in the last phase fails.
    pub(super) log_ratio: f64,
}

impl Lattice {
    /// `unit` divides every cost.
    pub(super) fn of(process: &Process, unit: u64) -> Result<Self, PhaseError> {
        let head = Head::new(process, unit)?;
        let (finished, left) = head.finish(process);
        let mut at_most = finished.clone();
        repeat(&mut at_most, 1, 1.0);
        // From the far end: what is left there, and then what ends at each cost before it.
        let mut survival = finished;
        survival[0] = left;
        survival[1..].reverse();
        repeat(&mut survival, 1, 1.0);
        survival.reverse();
        Ok(Self {
            at_most,
            survival,
            period: steps(process.top_cost, unit).max(1),
            log_ratio: if process.top_cost == 0 {
                f64::NEG_INFINITY
            } else {
                (-process.top_success).ln_1p()
            },
        })
    }
}

/// The mass on its way through the phases below the last.
struct Head {
    unit: u64,
    /// Mass that enters the next phase, by cost.
    entered: Vec<f64>,
    /// Mass that met the goal, by cost.
    finished: Vec<f64>,
}

impl Head {
    fn new(process: &Process, unit: u64) -> Result<Self, PhaseError> {
        let climb: u128 = process
            .climb
            .iter()
            .map(|stage| u128::from(stage.cost / unit) * u128::from(tries(stage)))
            .sum();
        let points = climb + u128::from(process.top_cost / unit).max(1);
        if points > CostDistribution::MAX_POINTS as u128 {
            return Err(PhaseError::TooFine { points });
        }
        let mut head = Self {
            unit,
            entered: vec![1.0],
            finished: vec![0.0; small(points)],
        };
        for stage in &process.climb {
            head.climb(stage);
        }
        Ok(head)
    }

    /// Moves the mass through one phase. A phase without a pity is ended on the try that is reached
    /// with chance [`NEGLIGIBLE`], as if the rise were certain then.
    fn climb(&mut self, stage: &Stage) {
        let stride = steps(stage.cost, self.unit);
        let last = small(tries(stage));
        let mut next = vec![0.0; self.entered.len() + stride * last];
        let trying = sliding_sum(&self.entered, stride, stage.keep(), last - 1);
        let (pass, finish) = (stage.pass(), stage.finish());
        add(&mut next[stride..], pass, &trying);
        add(&mut self.finished[stride..], finish, &trying);
        let reached = stage.keep().powf((last - 1) as f64);
        let passed = reached * (1.0 - stage.landing);
        add(&mut next[stride * last..], passed, &self.entered);
        let landed = reached * stage.landing;
        add(&mut self.finished[stride * last..], landed, &self.entered);
        self.entered = next;
    }

    /// Runs the last phase to the end of the head; tells what ended where and how much is left.
    fn finish(self, process: &Process) -> (Vec<f64>, f64) {
        let (mut finished, mut trying) = (self.finished, self.entered);
        let stride = steps(process.top_cost, self.unit);
        if stride == 0 {
            add(&mut finished, 1.0, &trying);
            return (finished, 0.0);
        }
        let fail = 1.0 - process.top_success;
        trying.resize(finished.len(), 0.0);
        repeat(&mut trying, stride, fail);
        add(&mut finished[stride..], process.top_success, &trying);
        let left = trying[trying.len() - stride..].iter().sum();
        (finished, left)
    }
}

/// A try reached with a chance below this is not waited for. It is far below the last bit of a
/// probability, and changes the smallest survival that is promised, 1e-12, by a millionth of it:
/// less than the last bit of the level 1 - 1e-12 does.
const NEGLIGIBLE: f64 = 1e-18;

/// The tries followed in a phase: until the rise is certain or hardly anything is left.
pub(super) fn tries(stage: &Stage) -> u64 {
    let worth = (NEGLIGIBLE.ln() / (-stage.leave()).ln_1p()).ceil().max(1.0);
    let certain_on = stage.certain_on.map_or(u64::MAX, |n| u64::from(n.get()));
    certain_on.min(saturated(worth))
}

/// `sum over n < width of keep^n * masses[k - n * stride]`, for every `k` where it is not empty.
///
/// The rows of a phase's tries are cut into blocks of `width` rows. A window then is the end of one
/// block and the beginning of the next, and both are running sums: no step subtracts, so nothing
/// is lost to rounding.
fn sliding_sum(masses: &[f64], stride: usize, keep: f64, width: usize) -> Vec<f64> {
    if width == 0 {
        return Vec::new();
    }
    let powers: Vec<f64> = std::iter::successors(Some(1.0), |power| Some(power * keep))
        .take(width)
        .collect();
    if stride == 0 {
        let all: f64 = powers.iter().sum();
        return masses.iter().map(|mass| all * mass).collect();
    }
    let block = stride * width;
    let mut sums = masses.to_vec();
    sums.resize(masses.len() + block - stride, 0.0);
    for beginning in sums.chunks_mut(block) {
        repeat(beginning, stride, keep);
    }
    let ends = block_ends(masses, stride, &powers);
    for (row, end) in ends.chunks(stride).enumerate() {
        let into_next = row % width;
        // The window that ends with a block has all of it already.
        if into_next > 0 {
            let target = row * stride + block - stride;
            add(&mut sums[target..], powers[into_next], end);
        }
    }
    sums
}

/// Adds to every mass `ratio` times the sum so far, `stride` places before.
fn repeat(masses: &mut [f64], stride: usize, ratio: f64) {
    if stride == 1 {
        // One after the other; the sum is kept out of memory.
        let mut sum = 0.0;
        for mass in masses {
            sum = *mass + ratio * sum;
            *mass = sum;
        }
        return;
    }
    for row in (stride..masses.len()).step_by(stride) {
        let (before, after) = masses.split_at_mut(row);
        add(after, ratio, &before[row - stride..]);
    }
}

/// Adds `factor` times as many masses as both have.
fn add(masses: &mut [f64], factor: f64, others: &[f64]) {
    for (mass, other) in masses.iter_mut().zip(others) {
        *mass += factor * other;
    }
}

/// For every place the sum of its block from there on, taken from the block's last row.
fn block_ends(masses: &[f64], stride: usize, powers: &[f64]) -> Vec<f64> {
    let width = powers.len();
    let mut ends = masses.to_vec();
    for end in ends.chunks_mut(stride * width) {
        for k in (0..end.len()).rev() {
            let later = end.get(k + stride).copied().unwrap_or(0.0);
            end[k] = powers[width - 1 - k / stride] * end[k] + later;
        }
    }
    ends
}

fn steps(cost: u64, unit: u64) -> usize {
    small(cost / unit)
}

/// A count that is known to be at most [`CostDistribution::MAX_POINTS`].
pub(super) fn small(count: impl TryInto<usize>) -> usize {
    let fits = count.try_into().ok();
    fits.expect("counts are checked to be at most MAX_POINTS")
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the conversion saturates, and a count is not negative"
)]
const fn saturated(count: f64) -> u64 {
    count as u64
}

/// The greatest common divisor; of 0 and `n` it is `n`.
pub(crate) fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, term by term.
    fn plain_sum(masses: &[f64], stride: usize, keep: f64, width: usize) -> Vec<f64> {
        let mut sums = vec![0.0; masses.len() + stride * (width - 1)];
        for n in 0..width {
            for (k, mass) in masses.iter().enumerate() {
                sums[k + n * stride] += keep.powf(n as f64) * mass;
            }
        }
        sums
    }

    #[test]
    fn sliding_sums_equal_their_definition() {
        let masses: Vec<f64> = (0..37).map(|k| f64::from(k * k % 11) / 10.0).collect();
        for stride in [0, 1, 2, 5, 40] {
            for width in [1, 2, 3, 7, 50] {
                let fast = sliding_sum(&masses, stride, 0.9, width);
                let plain = plain_sum(&masses, stride, 0.9, width);
                assert_eq!(fast.len(), plain.len());
                for (a, b) in fast.iter().zip(&plain) {
                    assert!(
                        (a - b).abs() < 1e-14 * (1.0 + b),
                        "{stride} {width}: {a} {b}"
                    );
                }
            }
        }
    }
}
