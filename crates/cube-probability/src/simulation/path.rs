//! The path of one play: what was seen on the way, and how lucky it was.

use super::{Climb, Dice, Play, Run};
use crate::{CostDistribution, DrawnLines, Goal, Grade, Phase, PhaseError, Unit};

/// The most resets of one path.
pub const MAX_PATH_RESETS: u64 = 10_000;

/// The resets of one play, up to the goal or to the last one allowed.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// The resets made and the meso paid.
    pub run: Run,
    /// The number of resets after which the goal was met, if it was.
    pub met_after: Option<u64>,
    /// The resets that came nearer to the goal than any before at that grade, and every rise.
    pub steps: Vec<PathStep>,
}

/// A reset worth telling, and how many followed it without another one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PathStep {
    /// The grade of the lines.
    pub grade: Grade,
    /// The lines.
    pub lines: DrawnLines,
    /// The number of resets from this one up to the next step, both not counted twice.
    pub times: u64,
    /// Nearness of the lines to the goal, from 0 to 1: the mean over its comparisons of what is
    /// reached of each.
    pub nearness: f64,
}

impl Path {
    /// The chance that another player, from the same start, needs at most as many resets: near 0
    /// is lucky, near 1 unlucky. Where the goal was not met, the chance that it is met within the
    /// resets made.
    ///
    /// # Errors
    ///
    /// [`PhaseError`] if the phases are no process that ends.
    pub fn percentile(&self, phases: &[Phase]) -> Result<f64, PhaseError> {
        let resets = CostDistribution::of(phases, Unit::Resets)?;
        Ok(resets.at_most(self.run.resets))
    }
}

impl Play {
    /// Resets the item until its lines meet the goal, at most `most` times and never more than
    /// [`MAX_PATH_RESETS`], and tells the way. The same dice give the same path.
    ///
    /// None where the phases lead to a grade that the method does not work on, or there are none.
    pub fn path(&self, goal: &Goal, phases: &[Phase], most: u64, dice: &mut Dice) -> Option<Path> {
        let mut climb = Climb::start(phases)?;
        let mut path = Path {
            run: Run::NONE,
            met_after: None,
            steps: Vec::new(),
        };
        while path.met_after.is_none() && path.run.resets < most.min(MAX_PATH_RESETS) {
            path.run.pay(climb.phase);
            climb.reset(dice);
            let grade = climb.phase.grade;
            let lines = self.lines(grade, dice)?;
            let met = goal.holds(&lines);
            path.met_after = met.then_some(path.run.resets);
            path.tell(grade, lines, if met { 1.0 } else { nearness(goal, &lines) });
        }
        Some(path)
    }
}

impl Path {
    fn tell(&mut self, grade: Grade, lines: DrawnLines, nearness: f64) {
        match self.steps.last_mut() {
            Some(last) if last.grade == grade && nearness <= last.nearness => last.times += 1,
            _ => self.steps.push(PathStep {
                grade,
                lines,
                times: 1,
                nearness,
            }),
        }
    }
}

fn nearness(goal: &Goal, lines: &[crate::OptionLine]) -> f64 {
    let comparisons = goal.comparisons();
    let reached = comparisons.iter().map(|(sum, number)| {
        let (now, wanted) = (sum.value(lines).thousandths(), number.thousandths());
        if now >= wanted {
            1.0
        } else {
            now as f64 / wanted as f64
        }
    });
    // Below 1: what is met differs from what is not, whatever joins the comparisons.
    (reached.sum::<f64>() / comparisons.len() as f64).min(1.0 - f64::EPSILON)
}
