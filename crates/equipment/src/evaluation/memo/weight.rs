//! Bytes of remembered questions and answers, counted so that they are rather too many than too
//! few: what several entries share is counted with each.

use std::sync::Arc;

use cube_probability::{Goal, Phase};

use super::{StarsQuery, TotalQuery};
use crate::evaluation::potential::Question;
use crate::evaluation::stars::{StarForceCost, StarForceOutcome};
use crate::evaluation::total::{Cost, Process};
use crate::evaluation::{BoundedQuantile, Outcome, Price, Quantile, TotalSpread};

/// Memory of one comparison of a goal, with its sum and its place in the tree.
const COMPARISON: usize = 256;

/// Memory of the distribution of the meso of stars, at the resolution of evaluations.
const DISTRIBUTION: usize = 136 * 1024;

/// Memory of an error with its texts.
const REASON: usize = 1024;

/// Something whose bytes are counted.
pub(super) trait Weigh {
    /// Bytes of the value and of everything it holds.
    fn bytes(&self) -> usize;
}

/// Bytes of a goal, but for the value itself.
pub(in crate::evaluation) fn of_goal(goal: &Goal) -> usize {
    goal.comparisons().len() * COMPARISON
}

impl Weigh for Question {
    fn bytes(&self) -> usize {
        size_of::<Self>() + size_of_val(&*self.levels) + self.condition.bytes()
    }
}

impl Weigh for Outcome {
    fn bytes(&self) -> usize {
        let held = match self {
            Self::Priced(price) => of_price(price),
            Self::NothingValued { ignored: texts } | Self::UnknownOption(texts) => texts
                .iter()
                .map(|text| size_of::<String>() + text.len())
                .sum(),
            Self::Reached { goal } => of_goal(goal),
            Self::Unreachable { goal, methods } => of_goal(goal) + size_of_val(&**methods),
            Self::NotApplicable(_) => 0,
            Self::NotPriced(_) => REASON,
        };
        size_of::<Self>() + held
    }
}

fn of_price(price: &Price) -> usize {
    let quantiles = price.trials.quantiles.len() + price.cost.quantiles.len();
    let other = price.other.as_ref().map_or(0, |other| of_goal(&other.goal));
    size_of::<Price>()
        + of_goal(&price.goal)
        + other
        + quantiles * size_of::<Quantile>()
        + of_process(&price.process)
}

fn of_process(process: &Process) -> usize {
    process.0.len() * size_of::<Phase>()
}

impl Weigh for StarsQuery {
    fn bytes(&self) -> usize {
        size_of::<Self>() + size_of_val(&*self.levels) + self.stars.bytes()
    }
}

impl Weigh for Arc<StarForceCost> {
    fn bytes(&self) -> usize {
        let outcome = match &self.outcome {
            StarForceOutcome::Priced(price) => {
                price.quantiles.len() * size_of::<BoundedQuantile>() + price.asked.bytes()
            }
            StarForceOutcome::Reached { .. } | StarForceOutcome::NotApplicable(_) => 0,
            StarForceOutcome::NotPriced { .. } => REASON,
        };
        let distribution = match &self.distribution {
            Some(Ok(_)) => DISTRIBUTION,
            Some(Err(_)) => REASON,
            None => 0,
        };
        size_of::<StarForceCost>() + size_of_val(&*self.notes) + outcome + distribution
    }
}

impl Weigh for TotalQuery {
    fn bytes(&self) -> usize {
        let costs = self.costs.iter().map(|cost| match cost {
            Cost::Resets(process) => of_process(process),
            Cost::Stars(stars) => stars.bytes(),
        });
        let costs: usize = costs.sum();
        size_of::<Self>()
            + self.costs.capacity() * size_of::<Cost>()
            + costs
            + size_of_val(&*self.levels)
    }
}

impl Weigh for TotalSpread {
    fn bytes(&self) -> usize {
        let held = match self {
            Self::NothingToPay => 0,
            Self::Bounded(spread) => size_of_val(&*spread.quantiles),
            Self::NotAddedUp(_) => REASON,
        };
        size_of::<Self>() + held
    }
}
