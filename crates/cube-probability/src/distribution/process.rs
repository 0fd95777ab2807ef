//! A validated reset process, and the closed form of its mean and variance.

use std::num::NonZeroU32;

use crate::{Grade, Phase, PhaseError};

/// The unit counted along a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// The meso paid.
    Meso,
    /// The resets made: every reset costs 1.
    Resets,
}

/// Mean and variance of a cost.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Moments {
    /// The mean, in the unit counted.
    pub mean: f64,
    /// The variance, in the square of the unit counted.
    pub variance: f64,
}

impl Moments {
    /// Mean and variance of the cost of a process, without its distribution.
    ///
    /// # Errors
    ///
    /// [`PhaseError`] when the phases do not describe a process that ends for certain, or a price
    /// is missing.
    pub fn of(phases: &[Phase], unit: Unit) -> Result<Self, PhaseError> {
        Ok(Process::new(phases, unit)?.moments())
    }
}

/// Phases that passed every check: the grades climbed through, and the one stayed at.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Process {
    /// The phases below the last.
    pub(crate) climb: Vec<Stage>,
    /// The last phase's grade.
    pub(crate) top_grade: Grade,
    /// The cost of a reset in the last phase.
    pub(crate) top_cost: u64,
    /// The chance that a reset in the last phase meets the goal; above 0.
    pub(crate) top_success: f64,
}

/// One phase below the last.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stage {
    pub(crate) grade: Grade,
    pub(crate) cost: u64,
    pub(crate) rise: f64,
    pub(crate) certain_on: Option<NonZeroU32>,
    /// The chance that lines drawn on staying meet the goal.
    pub(crate) success: f64,
    /// The chance that lines drawn on rising meet the goal.
    pub(crate) landing: f64,
}

impl Process {
    pub(crate) fn new(phases: &[Phase], unit: Unit) -> Result<Self, PhaseError> {
        let (top, below) = phases.split_last().ok_or(PhaseError::Empty)?;
        check_grades(phases)?;
        if top.rise != 0.0 || top.certain_on.is_some() {
            check_probability(top, "rise", top.rise)?;
            return Err(PhaseError::RisesOutOfTheTop { grade: top.grade });
        }
        check_probability(top, "success", top.success)?;
        let climb = below
            .iter()
            .zip(&phases[1..])
            .map(|(phase, next)| Stage::new(phase, next.success, unit))
            .collect::<Result<Vec<_>, _>>()?;
        let process = Self {
            climb,
            top_grade: top.grade,
            top_cost: cost_of(top, unit)?,
            top_success: top.success,
        };
        process.check_end()?;
        Ok(process)
    }

    /// Mean and variance, from the last phase down.
    pub(crate) fn moments(&self) -> Moments {
        let mean = self.top_cost as f64 / self.top_success;
        let top = Moments {
            mean,
            variance: (1.0 - self.top_success) * mean * mean,
        };
        self.climb
            .iter()
            .rev()
            .fold(top, |ahead, stage| stage.moments(ahead))
    }

    /// Checks that the process ends for certain and not too rarely.
    pub(crate) fn check_end(&self) -> Result<(), PhaseError> {
        let stuck = self
            .climb
            .iter()
            .position(|stage| stage.certain_on.is_none() && stage.leave() == 0.0);
        if self.top_success == 0.0 || stuck.is_some() {
            let walked = &self.climb[..stuck.unwrap_or(self.climb.len())];
            let missed: f64 = walked.iter().map(|stage| stage.tries().pass).product();
            return Err(PhaseError::MayNeverEnd { met: 1.0 - missed });
        }
        let without_pity = self.climb.iter().filter(|stage| stage.certain_on.is_none());
        without_pity
            .map(|stage| (stage.grade, stage.leave()))
            .chain([(self.top_grade, self.top_success)])
            .find(|&(_, chance)| chance < Phase::RAREST)
            .map_or(Ok(()), |(grade, chance)| {
                Err(PhaseError::TooRare { grade, chance })
            })
    }
}

impl Stage {
    /// `landing` is the chance that lines drawn by this phase's method at the next grade meet the
    /// goal.
    pub(crate) fn new(phase: &Phase, landing: f64, unit: Unit) -> Result<Self, PhaseError> {
        check_probability(phase, "rise", phase.rise)?;
        check_probability(phase, "success", phase.success)?;
        let given = phase.certain_on.map_or(1, NonZeroU32::get);
        if given > Phase::MAX_CERTAIN_ON {
            let grade = phase.grade;
            return Err(PhaseError::PityTooLong { grade, given });
        }
        Ok(Self {
            grade: phase.grade,
            cost: cost_of(phase, unit)?,
            rise: phase.rise,
            certain_on: phase.certain_on,
            success: phase.success,
            landing,
        })
    }

    /// The chance that an ordinary try leaves the phase: it rises or meets the goal.
    pub(crate) fn leave(&self) -> f64 {
        (self.rise + self.success * (1.0 - self.rise)).min(1.0)
    }

    /// The chance that an ordinary try neither rises nor meets the goal.
    pub(crate) fn keep(&self) -> f64 {
        (1.0 - self.rise) * (1.0 - self.success)
    }

    /// The chance that an ordinary try rises and does not meet the goal.
    pub(crate) fn pass(&self) -> f64 {
        self.rise * (1.0 - self.landing)
    }

    /// The chance that an ordinary try meets the goal.
    pub(crate) fn finish(&self) -> f64 {
        self.rise * self.landing + (1.0 - self.rise) * self.success
    }

    /// Mean and variance of the cost from entering this phase, given those from entering the next.
    ///
    /// The cost is `cost * tries + entered * ahead`, where `entered` tells whether the next phase
    /// is entered. Only on the certain try does `entered` depend on the number of tries.
    pub(crate) fn moments(&self, ahead: Moments) -> Moments {
        let tries = self.tries();
        let cost = self.cost as f64;
        let spent_ahead =
            tries.pass * ahead.variance + tries.pass * (1.0 - tries.pass) * ahead.mean * ahead.mean;
        Moments {
            mean: cost * tries.mean + tries.pass * ahead.mean,
            variance: cost * cost * tries.variance
                + 2.0 * cost * tries.covariance * ahead.mean
                + spent_ahead,
        }
    }

    fn tries(&self) -> Tries {
        let leave = self.leave();
        let ordinary_pass = if leave > 0.0 {
            self.pass() / leave
        } else {
            0.0
        };
        let Some(last) = self.certain_on else {
            return Tries {
                mean: 1.0 / leave,
                variance: (1.0 - leave) / (leave * leave),
                pass: ordinary_pass,
                covariance: 0.0,
            };
        };
        let last = last.get();
        let reached: Vec<f64> =
            std::iter::successors(Some(1.0), |chance| Some(chance * self.keep()))
                .take(last as usize)
                .collect();
        let mean: f64 = reached.iter().sum();
        let at_last = reached[reached.len() - 1];
        let ordinary: f64 = (1..last)
            .map(f64::from)
            .zip(&reached)
            .map(|(n, chance)| chance * leave * (n - mean).powi(2))
            .sum();
        let last_pass = 1.0 - self.landing;
        Tries {
            mean,
            variance: ordinary + at_last * (f64::from(last) - mean).powi(2),
            pass: ordinary_pass + at_last * (last_pass - ordinary_pass),
            covariance: (last_pass - ordinary_pass) * at_last * (f64::from(last) - mean),
        }
    }
}

/// The tries made in one phase.
struct Tries {
    mean: f64,
    variance: f64,
    /// The chance that the phase is left upwards without meeting the goal.
    pass: f64,
    /// Of the number of tries with whether the phase is left so.
    covariance: f64,
}

fn check_grades(phases: &[Phase]) -> Result<(), PhaseError> {
    for pair in phases.windows(2) {
        let (before, grade) = (pair[0].grade, pair[1].grade);
        if before.next() != Some(grade) {
            return Err(PhaseError::OutOfOrder { before, grade });
        }
    }
    Ok(())
}

fn check_probability(phase: &Phase, field: &'static str, given: f64) -> Result<(), PhaseError> {
    if (0.0..=1.0).contains(&given) {
        return Ok(());
    }
    let grade = phase.grade;
    Err(PhaseError::NotAProbability {
        grade,
        field,
        given,
    })
}

fn cost_of(phase: &Phase, unit: Unit) -> Result<u64, PhaseError> {
    let grade = phase.grade;
    let cost = match unit {
        Unit::Resets => Some(1),
        Unit::Meso => phase.cost,
    };
    match cost {
        None => Err(PhaseError::Unpriced { grade }),
        Some(given) if given > Phase::MAX_COST => Err(PhaseError::CostTooHigh { grade, given }),
        Some(cost) => Ok(cost),
    }
}
