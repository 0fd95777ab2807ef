//! Phases: what a reset process looks like at one grade.

use std::num::NonZeroU32;

use crate::Grade;

/// One grade of a reset process: what a reset costs there and where it leads.
///
/// A process is a slice of phases from the start grade up to the highest grade its method
/// reaches. One reset made in a phase rises with the chance `rise`, or for certain on try
/// `certain_on`. If it rises, its lines are drawn at the next phase's grade and meet the goal
/// with that phase's `success`; if it stays, with its own. The process ends with the first
/// reset whose lines meet the goal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Phase {
    /// The grade the resets of this phase start from.
    pub grade: Grade,
    /// The chance that three lines drawn at this grade meet the goal, from 0 to 1.
    pub success: f64,
    /// The chance that a reset from this grade rises to the next phase's grade, from 0 to 1; 0 in
    /// the last phase.
    pub rise: f64,
    /// The rise is certain on this try, counted from 1 (pity minus failures so far, plus 1);
    /// none without a pity and in the last phase.
    pub certain_on: Option<NonZeroU32>,
    /// Meso of one reset made at this grade (charged by the grade before the reset); none when no
    /// price is known.
    pub cost: Option<u64>,
}

impl Phase {
    /// The largest cost of one reset that is accepted, in meso: enough for a cube at
    /// [`MAX_CUBE_PRICE`](crate::MAX_CUBE_PRICE) and its appraisal fee.
    pub const MAX_COST: u64 = crate::MAX_CUBE_PRICE + 1_000_000_000;

    /// The longest wait for a certain rise that is accepted, in tries. The published ones are at
    /// most 501.
    pub const MAX_CERTAIN_ON: u32 = 10_000;

    /// The smallest chance above 0 with which a process may leave a phase that has no pity. Three
    /// lines are never as rare as this; below it sums of costs would lose their meaning.
    pub const RAREST: f64 = 1e-30;
}

/// A fault in phases that describe no process whose cost can be told.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PhaseError {
    /// There is no phase.
    #[error("a process needs at least one phase")]
    Empty,
    /// A chance is not a number from 0 to 1.
    #[error("{field} at {grade} is {given}; expected a number from 0 to 1")]
    NotAProbability {
        /// The phase at fault.
        grade: Grade,
        /// `success` or `rise`.
        field: &'static str,
        /// The value at fault.
        given: f64,
    },
    /// A phase is not one grade above the phase before it.
    #[error("{grade} does not follow {before}; phases go up one grade at a time")]
    OutOfOrder {
        /// The grade of the earlier phase.
        before: Grade,
        /// The grade of the later phase.
        grade: Grade,
    },
    /// The last phase rises, though there is nothing above it.
    #[error("the last phase, {grade}, rises; there is no phase above it")]
    RisesOutOfTheTop {
        /// The last phase's grade.
        grade: Grade,
    },
    /// The wait for a certain rise is longer than [`Phase::MAX_CERTAIN_ON`].
    #[error("the rise from {grade} is certain on try {given} only; at most {max} is accepted", max = Phase::MAX_CERTAIN_ON)]
    PityTooLong {
        /// The phase at fault.
        grade: Grade,
        /// The try given.
        given: u32,
    },
    /// A phase has no price, so that the cost is unknown.
    #[error("no price is known for a reset at {grade}")]
    Unpriced {
        /// The phase without a price.
        grade: Grade,
    },
    /// A reset costs more than [`Phase::MAX_COST`].
    #[error("a reset at {grade} costs {given} meso; at most {max} is accepted", max = Phase::MAX_COST)]
    CostTooHigh {
        /// The phase at fault.
        grade: Grade,
        /// The cost given.
        given: u64,
    },
    /// The process may go on for ever: the last phase never meets the goal, or a phase below it is
    /// never left.
    #[error("the goal is met with chance {met} only, however many resets are made")]
    MayNeverEnd {
        /// The chance that the goal is ever met, from 0 to less than 1.
        met: f64,
    },
    /// A phase without a pity is left with a chance below [`Phase::RAREST`].
    #[error("at {grade} a reset gets on with chance {chance:e} only; the rarest accepted is {rarest:e}", rarest = Phase::RAREST)]
    TooRare {
        /// The phase at fault.
        grade: Grade,
        /// The chance that one reset leaves the phase.
        chance: f64,
    },
    /// The costs of the phases have so small a common divisor, or the climb is so long, that the
    /// exact distribution would need more points than are kept.
    #[error("an exact distribution needs {points} points; at most {max} are kept", max = crate::CostDistribution::MAX_POINTS)]
    TooFine {
        /// The points needed.
        points: u128,
    },
}
