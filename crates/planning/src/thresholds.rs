//! Thresholds: the different strengths that a potential's lines can be reset to, and their prices.

use cube_probability::{
    Decimal, Draw, Goal, Moments, Phase, PhaseError, Prices, ResetError, Rules, Start, Stat, Term,
    Unit,
};

use crate::thin::thin;
use crate::{Bonus, Gain, LineWorth};

/// The most thresholds answered of one potential.
pub const MAX_THRESHOLDS: usize = 12;

/// Resets of one potential until its lines are worth more than now.
#[derive(Debug, Clone, Copy)]
pub struct PotentialResets<'a> {
    /// The rules in force.
    pub rules: &'static Rules,
    /// The item and the method.
    pub draw: Draw,
    /// The grade and failures to start from.
    pub start: Start,
    /// The prices of cubes.
    pub prices: &'a Prices,
    /// The worth of lines on this item.
    pub worth: &'a LineWorth,
    /// Gains below this are left out: 0.001 is 0.1 %.
    pub minimum_gain: f64,
    /// Thresholds with a larger mean cost, in meso, are left out.
    pub dearest: f64,
}

/// One strength that lines can be reset to.
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    /// The gain over the lines now.
    pub gain: Gain,
    /// Bonus that the weakest lines that reach the threshold give to the character.
    pub weakest: Bonus,
    /// The least weighted sum, to first order, of lines that reach the threshold.
    pub sum: Decimal,
    /// The process of resets until it is reached, from which follows the distribution of the cost.
    pub phases: Vec<Phase>,
    /// The mean cost in meso.
    pub mean: f64,
}

/// Reason that thresholds have no price.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ThresholdError {
    /// The game has no such reset.
    #[error(transparent)]
    Reset(#[from] ResetError),
    /// The phases have no price, or do not describe a process.
    #[error(transparent)]
    Phases(#[from] PhaseError),
}

/// Lines of one strength at one grade.
#[derive(Debug, Clone, Copy)]
struct Outcome {
    /// Place among the bonuses of its grade.
    place: usize,
    ratio: f64,
    probability: f64,
    /// To first order, in thousandths.
    sum: u64,
}

/// The outcomes at one grade, the strongest first, and what their lines give to the character.
type AtGrade = (Vec<Bonus>, Vec<Outcome>);

/// Rounding of ratios: outcomes closer than this are one strength.
const SAME: f64 = 1e-12;

impl PotentialResets<'_> {
    /// The thresholds above the lines now, weakest first: every strength that some outcome has,
    /// thinned to [`MAX_THRESHOLDS`] that are spread over the prices and lie where a gain is
    /// cheapest. Utility that must be kept is kept by all of them.
    ///
    /// # Errors
    ///
    /// [`ThresholdError`] when the game has no such reset, or a price is not known.
    pub fn thresholds(&self) -> Result<Vec<Threshold>, ThresholdError> {
        let by_grade = self.outcomes()?;
        let anything = Goal::at_least(Stat::DefFlat, 0).expect("a goal of one comparison");
        let odds = self.rules.odds_of(&self.draw, &anything)?;
        let phases = odds.phases(self.start, self.prices)?;
        let mut found: Vec<Threshold> = Vec::new();
        for least in self.strengths(&by_grade) {
            let threshold = threshold(&phases, &by_grade, least);
            match threshold {
                Ok(threshold) if threshold.mean <= self.dearest => found.push(threshold),
                // Costs only rise from here.
                Ok(_) | Err(PhaseError::MayNeverEnd { .. } | PhaseError::TooRare { .. }) => break,
                Err(error) => return Err(error.into()),
            }
        }
        // Of thresholds with the same price the strongest is meant.
        found.dedup_by(|later, earlier| {
            let same = later.mean <= earlier.mean * (1.0 + SAME);
            if same {
                std::mem::swap(later, earlier);
            }
            same
        });
        Ok(thin(found, MAX_THRESHOLDS))
    }

    /// The goal of a threshold to first order, for reading.
    ///
    /// # Errors
    ///
    /// [`cube_probability::GoalLimit`] when a number is beyond what a goal can say.
    pub fn goal(&self, threshold: &Threshold) -> Result<Goal, cube_probability::GoalLimit> {
        self.worth.goal_of(threshold.sum)
    }

    /// The outcomes at each grade from the start, the strongest first; those that lose utility are
    /// left out.
    fn outcomes(&self) -> Result<Vec<AtGrade>, ResetError> {
        let grades = self.draw.method().grades().iter().copied();
        let grades = grades.filter(|grade| *grade >= self.start.grade);
        grades
            .map(|grade| {
                let all = self.rules.outcomes(&self.draw, grade, self.worth.stats())?;
                let kept = all
                    .iter()
                    .filter(|(totals, _)| self.worth.keeps_utility(totals));
                let mut bonuses = Vec::new();
                let mut outcomes: Vec<_> = kept
                    .map(|(totals, probability)| {
                        let bonus = self.worth.bonus(&totals);
                        bonuses.push(bonus);
                        Outcome {
                            place: bonuses.len() - 1,
                            ratio: self.worth.ratio_with(&bonus),
                            probability,
                            sum: self.sum_of(|stat| totals.of(stat)),
                        }
                    })
                    .collect();
                outcomes.sort_by(|a, b| b.ratio.total_cmp(&a.ratio));
                Ok((bonuses, outcomes))
            })
            .collect()
    }

    fn sum_of(&self, amount: impl Fn(Stat) -> u64) -> u64 {
        let terms = self.worth.first_order().terms().iter();
        let value = |term: &Term| match term {
            Term::Stat(factor, stat) => factor.thousandths() * amount(*stat),
            Term::Lines(..) => 0,
        };
        terms.map(value).sum()
    }

    /// The different strengths above the lines now, weakest first.
    fn strengths(&self, by_grade: &[AtGrade]) -> Vec<f64> {
        let least = 1.0 + self.minimum_gain.max(SAME * 10.0);
        let all = by_grade.iter().flat_map(|(_, outcomes)| outcomes);
        let mut ratios: Vec<_> = all
            .map(|outcome| outcome.ratio)
            .filter(|ratio| *ratio >= least)
            .collect();
        ratios.sort_by(f64::total_cmp);
        ratios.dedup_by(|a, b| *a <= *b * (1.0 + SAME));
        ratios
    }
}

fn threshold(phases: &[Phase], by_grade: &[AtGrade], least: f64) -> Result<Threshold, PhaseError> {
    let reached = |outcomes: &[Outcome]| {
        outcomes.partition_point(|outcome| outcome.ratio >= least * (1.0 - SAME))
    };
    let mut phases = phases.to_vec();
    let mut means = Vec::with_capacity(phases.len());
    let mut sum = u64::MAX;
    let mut weakest: Option<(f64, Bonus)> = None;
    for (phase, (bonuses, outcomes)) in phases.iter_mut().zip(by_grade) {
        let met = &outcomes[..reached(outcomes)];
        let probability: f64 = met.iter().map(|outcome| outcome.probability).sum();
        if let Some(last) = met.last()
            && weakest.is_none_or(|(ratio, _)| last.ratio < ratio)
        {
            weakest = Some((last.ratio, bonuses[last.place]));
        }
        let weighted: f64 = met.iter().map(|met| met.probability * met.ratio).sum();
        phase.success = probability.min(1.0);
        means.push(if probability > 0.0 {
            weighted / probability
        } else {
            0.0
        });
        sum = met
            .iter()
            .map(|met| met.sum)
            .min()
            .unwrap_or(u64::MAX)
            .min(sum);
    }
    let mean = Moments::of(&phases, Unit::Meso)?.mean;
    let ends = ends(&phases);
    let ratio: f64 = ends.iter().zip(&means).map(|(end, mean)| end * mean).sum();
    Ok(Threshold {
        gain: Gain {
            at_least: least - 1.0,
            mean: ratio - 1.0,
        },
        weakest: weakest.map_or(Bonus::NONE, |(_, bonus)| bonus),
        sum: Decimal::from_thousandths(sum),
        phases,
        mean,
    })
}

/// The chance that the process ends at each of its grades.
fn ends(phases: &[Phase]) -> Vec<f64> {
    let mut ends = vec![0.0; phases.len()];
    let mut entered = 1.0;
    for (index, phase) in phases.iter().enumerate() {
        let Some(next) = phases.get(index + 1) else {
            ends[index] += entered;
            break;
        };
        let (mut risen, mut alive) = (0.0, entered);
        let (rise, stays) = (phase.rise, (1.0 - phase.rise) * (1.0 - phase.success));
        let tries = phase.certain_on.map_or(0, std::num::NonZeroU32::get);
        if phase.certain_on.is_none() {
            // A geometric series: the chance to rise, or to end here, sooner or later.
            let all = alive / (1.0 - stays);
            risen = all * rise;
            ends[index] += all * (1.0 - rise) * phase.success;
        }
        for attempt in 1..=tries {
            let rise = if attempt == tries { 1.0 } else { rise };
            risen += alive * rise;
            ends[index] += alive * (1.0 - rise) * phase.success;
            alive *= (1.0 - rise) * (1.0 - phase.success);
        }
        ends[index + 1] += risen * next.success;
        entered = risen * (1.0 - next.success);
    }
    ends
}

#[cfg(test)]
mod tests {
    use cube_probability::Grade;

    use super::*;

    #[test]
    fn ends_of_a_process_sum_to_one() {
        let phase = |grade, success, rise, certain_on| Phase {
            grade,
            success,
            rise,
            certain_on: std::num::NonZeroU32::new(certain_on),
            cost: Some(1),
        };
        for certain_on in [0, 1, 11] {
            let phases = [
                phase(Grade::Epic, 0.1, 0.2, certain_on),
                phase(Grade::Unique, 0.3, 0.05, certain_on),
                phase(Grade::Legendary, 0.4, 0.0, 0),
            ];
            let ends = ends(&phases);
            assert!((ends.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{ends:?}");
        }
        // By hand: one try at epic rises for certain.
        let certain = [
            phase(Grade::Unique, 0.5, 0.2, 1),
            phase(Grade::Legendary, 0.4, 0.0, 0),
        ];
        assert_eq!(ends(&certain), [0.0, 1.0]);
    }
}
