//! The exact distribution of a process whose phases have no pity and cost the same.
//!
//! So it is with cubes that have no pity: their price is the same at every grade. Then only resets
//! have to be counted, and the phase after `n` of them follows from the `n`-th power of a
//! small triangular matrix, one row a phase. Powers are made of those for 1, 2, 4, 8, ... resets.
//! Their diagonals are powers of single chances and have a closed form; beside the diagonal there
//! are only sums of products of chances. So roundings grow with the number of doublings, not with
//! that of resets, and nothing grows with the rarity of a goal.

use super::process::Process;
use crate::Grade;

/// The most phases of a process.
const PHASES: usize = Grade::ALL.len();

/// A process that counts resets and has no pity.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Chain {
    /// By phase, the logarithm of the chance that a reset stays in it.
    log_stay: [f64; PHASES],
    /// The effect of `1, 2, 4, 8, ...` resets, until nothing is left.
    doublings: Vec<Resets>,
}

/// The effect of a number of resets on the mass in each phase.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Resets {
    /// From a phase to one that is as high or higher.
    moved: [[f64; PHASES]; PHASES],
    /// From a phase to the end.
    ended: [f64; PHASES],
}

/// The phase a process is in, by chance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct InPhase {
    in_phase: [f64; PHASES],
    /// The chance of having ended, summed by itself, so that small ones are exact too.
    pub(super) ended: f64,
}

impl InPhase {
    const START: Self = {
        let mut in_phase = [0.0; PHASES];
        in_phase[0] = 1.0;
        Self {
            in_phase,
            ended: 0.0,
        }
    };
    const END: Self = Self {
        in_phase: [0.0; PHASES],
        ended: 1.0,
    };

    /// The chance of not having ended.
    pub(super) fn left(&self) -> f64 {
        self.in_phase.iter().sum()
    }

    fn after(&self, resets: &Resets) -> Self {
        let mut after = Self {
            in_phase: [0.0; PHASES],
            ended: self.ended,
        };
        for from in 0..PHASES {
            let mass = self.in_phase[from];
            for to in from..PHASES {
                after.in_phase[to] += mass * resets.moved[from][to];
            }
            after.ended += mass * resets.ended[from];
        }
        after
    }
}

impl Resets {
    const NONE: Self = {
        let mut moved = [[0.0; PHASES]; PHASES];
        let mut phase = 0;
        while phase < PHASES {
            moved[phase][phase] = 1.0;
            phase += 1;
        }
        Self {
            moved,
            ended: [0.0; PHASES],
        }
    };

    /// One reset.
    fn one(process: &Process) -> Self {
        let mut one = Self {
            moved: [[0.0; PHASES]; PHASES],
            ended: [0.0; PHASES],
        };
        for (phase, stage) in process.climb.iter().enumerate() {
            one.moved[phase][phase + 1] = stage.pass();
            one.ended[phase] = stage.finish();
        }
        one.ended[process.climb.len()] = process.top_success;
        one
    }

    /// These resets and then others; the diagonal is left to the caller.
    fn then(&self, others: &Self) -> Self {
        let mut both = Self {
            moved: [[0.0; PHASES]; PHASES],
            ended: self.ended,
        };
        for from in 0..PHASES {
            for by in from..PHASES {
                let moved = self.moved[from][by];
                for to in by..PHASES {
                    both.moved[from][to] += moved * others.moved[by][to];
                }
                both.ended[from] += moved * others.ended[by];
            }
        }
        both
    }

    fn with_diagonal(mut self, log_stay: &[f64; PHASES], resets: u64) -> Self {
        for (phase, log_stay) in log_stay.iter().enumerate() {
            self.moved[phase][phase] = (resets as f64 * log_stay).exp();
        }
        self
    }

    fn leave_nothing(&self) -> bool {
        self.moved.as_flattened().iter().all(|&moved| moved == 0.0)
    }
}

impl Chain {
    /// The chain that a process is, if it is one.
    pub(super) fn of(process: &Process) -> Option<Self> {
        let alike = |cost, certain: bool| cost == process.top_cost && !certain;
        let is_one = process.top_cost > 0
            && !process.climb.is_empty()
            && (process.climb.iter()).all(|stage| alike(stage.cost, stage.certain_on.is_some()));
        is_one.then(|| Self::of_alike(process))
    }

    fn of_alike(process: &Process) -> Self {
        // No mass ever is in a phase above the last.
        let mut log_stay = [f64::NEG_INFINITY; PHASES];
        let leave = process.climb.iter().map(super::Stage::leave);
        for (log_stay, leave) in log_stay.iter_mut().zip(leave.chain([process.top_success])) {
            *log_stay = (-leave).ln_1p();
        }
        let one = Resets::one(process).with_diagonal(&log_stay, 1);
        let doubled = |resets: &(Resets, u64)| {
            let (half, count) = (resets.0, resets.1.checked_mul(2)?);
            Some((half.then(&half).with_diagonal(&log_stay, count), count))
        };
        let doublings = std::iter::successors(Some((one, 1)), doubled);
        Self {
            log_stay,
            doublings: doublings
                .map(|(resets, _)| resets)
                .take_while(|resets| !resets.leave_nothing())
                .collect(),
        }
    }

    /// The phase of the process after so many resets.
    pub(super) fn after(&self, resets: u64) -> InPhase {
        match self.binary(resets) {
            Some(parts) => parts.fold(InPhase::START, |at, part| at.after(part)),
            None => InPhase::END,
        }
    }

    /// The phases of the process after none, `stride`, `2 * stride`, ... resets.
    ///
    /// A stride is so many whole resets and a part of one, the numerator of `denominator`; resets
    /// are rounded down.
    pub(super) fn walk(
        &self,
        stride: (u64, u64),
        denominator: u64,
    ) -> impl Iterator<Item = InPhase> {
        let steps = [0, 1].map(|carry| self.resets(stride.0.saturating_add(carry)));
        let (mut made, mut part, mut at) = (0_u64, 0, InPhase::START);
        (1_u32..).map(move |count| {
            let here = at;
            part += stride.1;
            let carry = u64::from(part >= denominator);
            part -= carry * denominator;
            made = made.saturating_add(stride.0.saturating_add(carry));
            at = if count % ANCHOR == 0 {
                self.after(made)
            } else {
                here.after(&steps[usize::from(carry > 0)])
            };
            here
        })
    }

    fn resets(&self, count: u64) -> Resets {
        let nothing_left = Resets {
            moved: [[0.0; PHASES]; PHASES],
            ended: [1.0; PHASES],
        };
        match self.binary(count) {
            _ if count == 0 => Resets::NONE,
            Some(parts) => parts
                .fold(Resets::NONE, |so_far, part| so_far.then(part))
                .with_diagonal(&self.log_stay, count),
            None => nothing_left,
        }
    }

    /// The doublings that add up to so many resets; none where nothing is left after them.
    fn binary(&self, resets: u64) -> Option<impl Iterator<Item = &Resets>> {
        let bits = u64::BITS - resets.leading_zeros();
        let parts = self.doublings.get(..bits as usize)?;
        let set = move |bit: &usize| resets >> bit & 1 == 1;
        Some((0..parts.len()).rev().filter(set).map(|bit| &parts[bit]))
    }
}

/// Strides between two whereabouts worked out anew; so many roundings add up.
const ANCHOR: u32 = 256;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Phase, Unit};

    fn phase(grade: Grade, success: f64, rise: f64) -> Phase {
        Phase {
            grade,
            success,
            rise,
            certain_on: None,
            cost: Some(8_450_000),
        }
    }

    fn chain() -> Chain {
        let phases = [
            phase(Grade::Rare, 0.001, 0.08),
            phase(Grade::Epic, 0.0, 0.02),
            phase(Grade::Unique, 0.002, 0.004),
            phase(Grade::Legendary, 0.004, 0.0),
        ];
        Chain::of(&Process::new(&phases, Unit::Meso).unwrap()).unwrap()
    }

    #[test]
    fn resets_equal_that_many_single_ones() {
        let chain = chain();
        let mut at = InPhase::START;
        for n in 0..5_000 {
            let direct = chain.after(n);
            let all = [at.in_phase, direct.in_phase];
            for (slow, fast) in all[0].iter().zip(&all[1]) {
                assert!((slow - fast).abs() <= 1e-12 * slow, "{n}: {slow} {fast}");
            }
            assert!((at.ended - direct.ended).abs() <= 1e-13 * at.ended);
            at = at.after(&chain.doublings[0]);
        }
    }

    #[test]
    fn walk_rounds_resets_down() {
        let chain = chain();
        for stride in [(0, 3), (1, 0), (2, 5), (40, 6), (1 << 40, 1)] {
            let walked = chain.walk(stride, 7).take(1_000);
            for (k, at) in (0..).zip(walked) {
                let direct = chain.after(stride.0 * k + stride.1 * k / 7);
                assert!((at.ended - direct.ended).abs() < 1e-13, "{stride:?} {k}");
                assert!((at.left() - direct.left()).abs() < 1e-13, "{stride:?} {k}");
            }
        }
    }

    #[test]
    fn survival_ends_after_very_many_resets() {
        let chain = chain();
        assert!(chain.doublings.len() < 24);
        assert_eq!(chain.after(u64::MAX), InPhase::END);
        assert!(chain.after(20_000).left() > 0.0);
    }

    #[test]
    fn chain_has_no_pity_and_one_cost() {
        let of = |change: fn(&mut Phase)| {
            let mut phases = [
                phase(Grade::Unique, 0.0, 0.004),
                phase(Grade::Legendary, 0.004, 0.0),
            ];
            change(&mut phases[0]);
            Chain::of(&Process::new(&phases, Unit::Meso).unwrap())
        };
        assert!(of(|_| ()).is_some());
        assert!(of(|phase| phase.cost = Some(1)).is_none());
        assert!(of(|phase| phase.certain_on = std::num::NonZeroU32::new(9)).is_none());
    }
}
