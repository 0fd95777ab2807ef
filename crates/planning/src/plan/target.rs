//! The cheapest set of upgrades that reaches a gain.

use cube_probability::{Distribution, Level, PlanError, Total};

use super::greedy::{by_worth, joined};
use super::pricing::{Pricing, costs};
use super::search::Search;
use super::{Candidate, InvalidPlan, Plan, Terms, check, plan_of};

/// The relative gap between bounds on a budget at which the search ends.
const CLOSE: f64 = 1e-3;

/// The cheapest set that reaches a gain.
#[derive(Debug, Clone, PartialEq)]
pub struct Cheapest {
    /// The set found, with the chance that its budget is enough.
    pub plan: Plan,
    /// A budget that is enough for the set at the confidence asked for.
    pub budget: u64,
    /// No set reaches the gain with a budget below this at that confidence.
    pub budget_bound: u64,
    /// The work done.
    pub work: u64,
}

/// The set, at most one candidate a line, that reaches a gain with the smallest budget at the
/// confidence asked for, within a thousandth or with its proven gap; none when all lines together
/// do not reach the gain.
///
/// Found by halving the interval of budgets: for each one, branch and bound finds a set that
/// reaches the gain or proves that there is none.
///
/// # Errors
///
/// As [`best`](super::best).
pub fn cheapest(
    candidates: &[Candidate<'_>],
    gain: f64,
    confidence: Level,
    work: u64,
) -> Result<Option<Cheapest>, InvalidPlan> {
    check(candidates)?;
    let target = gain.ln_1p();
    let Some(mut chosen) = cover(candidates, target) else {
        return Ok(None);
    };
    let mut budget = price(candidates, &chosen, confidence)?;
    let (mut bound, mut low, mut done) = (0, 0, 0);
    while (budget - low) as f64 > CLOSE * budget as f64 && done < work {
        let terms = Terms {
            budget: low + (budget - low) / 2,
            confidence,
            work: work - done,
        };
        let pricing = Pricing::new(candidates, &terms);
        let mut search = Search::new(candidates, &terms, &pricing, &[]).until(target);
        search.run()?;
        done += search.work().max(1);
        match search.found() {
            Some(true) => {
                chosen = search.chosen().to_vec();
                budget = price(candidates, &chosen, confidence)?.min(terms.budget);
            }
            Some(false) => {
                low = terms.budget;
                bound = low;
            }
            // Nothing is proven of this budget, but a larger one may still do.
            None => low = terms.budget,
        }
    }
    Ok(Some(Cheapest {
        plan: plan_of(candidates, chosen, budget)?,
        budget,
        budget_bound: bound,
        work: done,
    }))
}

/// A set that reaches the target: by gain for the mean cost, then what is not needed left out.
fn cover(candidates: &[Candidate<'_>], target: f64) -> Option<Vec<usize>> {
    let gain = |set: &[usize]| -> f64 {
        set.iter()
            .map(|&place| candidates[place].gain.ln_1p())
            .sum()
    };
    let mut chosen: Vec<usize> = Vec::new();
    for place in by_worth(candidates) {
        if gain(&chosen) >= target {
            break;
        }
        chosen = joined(candidates, &chosen, place).unwrap_or(chosen);
    }
    for place in chosen.clone() {
        let without: Vec<_> = chosen.iter().copied().filter(|&p| p != place).collect();
        if gain(&without) >= target {
            chosen = without;
        }
    }
    (gain(&chosen) >= target).then_some(chosen)
}

/// The budget that is enough for a set at a confidence; the largest where 64 bits do not hold it.
fn price(
    candidates: &[Candidate<'_>],
    chosen: &[usize],
    confidence: Level,
) -> Result<u64, InvalidPlan> {
    let costs = costs(candidates, chosen);
    let upper = match costs.as_slice() {
        [] => Some(0),
        [one] => one.cost_at(confidence).upper,
        several => match Total::of(several) {
            Ok(total) => total.cost_at(confidence).upper,
            Err(PlanError::TooLarge { .. }) => None,
            Err(error) => return Err(error.into()),
        },
    };
    Ok(upper.unwrap_or(u64::MAX))
}
