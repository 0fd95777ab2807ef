//! Phases: what a reset process looks like at one grade.

use std::num::NonZeroU32;

use crate::Grade;

/// One grade of a reset process: what a reset costs there and where it leads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Phase {
    /// The grade the resets of this phase start from.
    pub grade: Grade,
    /// The chance that three lines drawn at this grade meet the goal.
    pub success: f64,
    /// The chance that a reset from this grade rises to the next phase's grade; 0 in the last phase.
    pub rise: f64,
    /// The rise is certain on this try, counted from 1 (pity minus failures so far, plus 1); none without a pity.
    pub certain_on: Option<NonZeroU32>,
    /// Meso of one reset made at this grade (charged by the grade before the reset); none when no price is known.
    pub cost: Option<u64>,
}
