//! Plans: the best set of upgrades under a budget, with a proof of how good it is.

mod bound;
mod greedy;
mod lattice;
mod pricing;
mod search;
mod target;

use cube_probability::{Bounds, Distribution, Level, PlanError};

pub use target::{Cheapest, cheapest};

use self::pricing::Pricing;
use self::search::Search;

/// One possible upgrade in a plan.
#[derive(Clone, Copy)]
pub struct Candidate<'a> {
    /// The line of enhancement it belongs to; candidates of one line exclude each other.
    pub line: usize,
    /// The relative gain at least: 0.012 is 1.2 %. Gains of different lines multiply.
    pub gain: f64,
    /// The cost, with no failure counted so far.
    pub cost: &'a dyn Distribution,
    /// The count of failures that it shares with others, if it uses one.
    pub pity: Option<SharedPity<'a>>,
}

/// A count of failures towards a certain rise, which belongs to the character: one for each method
/// and grade. In a plan it counts once, for the first line that uses it.
#[derive(Clone, Copy)]
pub struct SharedPity<'a> {
    /// A number for the method and the grade.
    pub count: usize,
    /// The cost with the failures so far.
    pub cost: &'a dyn Distribution,
}

/// Terms of a plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    /// The meso there is.
    pub budget: u64,
    /// The chance with which the budget must be enough.
    pub confidence: Level,
    /// The work that may be done, in sums of costs computed. A plan that needs more is answered
    /// with its proven gap.
    pub work: u64,
}

impl Terms {
    /// Work that takes one to two seconds (`cargo xtask bench "best set"`).
    pub const WORK: u64 = 20_000;
}

/// A set of upgrades.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The chosen candidates by their place, in the order of their lines.
    pub chosen: Vec<usize>,
    /// The relative gain at least: the product of the gains.
    pub gain: f64,
    /// Bounds on the chance that the budget is enough for all of them.
    pub within: Bounds,
}

/// The best plan found, and how good any plan could be.
#[derive(Debug, Clone, PartialEq)]
pub struct Best {
    /// The best plan found.
    pub plan: Plan,
    /// The [greedy] set that the search began with.
    pub greedy: Plan,
    /// No plan has a larger gain than this.
    pub gain_bound: f64,
    /// Whether the plan is the best there is.
    pub optimal: bool,
    /// The work done.
    pub work: u64,
}

/// Candidates that no plan can be made of.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum InvalidPlan {
    /// A gain is not a positive number.
    #[error("the gain of candidate {candidate} is {given}; expected a number above 0")]
    Gain {
        /// The candidate's place.
        candidate: usize,
        /// The gain given.
        given: f64,
    },
    /// There are more lines than costs can be added up.
    #[error(transparent)]
    Costs(#[from] PlanError),
}

/// The set of candidates, at most one a line, whose gains have the largest product among those
/// whose costs together stay within the budget at the confidence asked for.
///
/// Lines are taken in their order, which is the order in which the upgrades are made.
/// Found by branch and bound: costs are added up on a lattice with certified bounds, and a branch
/// is cut where no completion of it can be within the budget and better than the best plan so
/// far. Where the bounds of a sum leave open whether it keeps the confidence, a finer sum decides;
/// a set that even this leaves open is not taken, but counts in the gain bound.
///
/// # Errors
///
/// [`InvalidPlan`] for a gain that is not above 0, or more lines than can be added up.
pub fn best(candidates: &[Candidate<'_>], terms: &Terms) -> Result<Best, InvalidPlan> {
    check(candidates)?;
    let pricing = Pricing::new(candidates, terms);
    let start = greedy::set(candidates, terms, &pricing)?;
    let mut search = Search::new(candidates, terms, &pricing, &start);
    search.run()?;
    let greedy = plan_of(candidates, start, terms.budget)?;
    Ok(search.finish(greedy))
}

/// The set that grows by the upgrade with the largest gain for its mean cost, as long as the
/// budget is enough at the confidence asked for.
///
/// # Errors
///
/// As [`best`].
pub fn greedy(candidates: &[Candidate<'_>], terms: &Terms) -> Result<Plan, InvalidPlan> {
    check(candidates)?;
    let pricing = Pricing::new(candidates, terms);
    let chosen = greedy::set(candidates, terms, &pricing)?;
    plan_of(candidates, chosen, terms.budget)
}

/// A set of candidates as a plan: its gain, and the chance that the budget is enough.
///
/// # Errors
///
/// As [`best`].
pub fn plan_of(
    candidates: &[Candidate<'_>],
    mut chosen: Vec<usize>,
    budget: u64,
) -> Result<Plan, InvalidPlan> {
    chosen.sort_by_key(|&place| candidates[place].line);
    let within = pricing::within(candidates, &chosen, budget)?;
    let gain = chosen.iter().map(|&place| candidates[place].gain.ln_1p());
    Ok(Plan {
        gain: gain.sum::<f64>().exp_m1(),
        within,
        chosen,
    })
}

fn check(candidates: &[Candidate<'_>]) -> Result<(), InvalidPlan> {
    for (candidate, &Candidate { gain: given, .. }) in candidates.iter().enumerate() {
        if !(given > 0.0 && given.is_finite()) {
            return Err(InvalidPlan::Gain { candidate, given });
        }
    }
    let mut lines: Vec<_> = candidates.iter().map(|candidate| candidate.line).collect();
    lines.sort_unstable();
    lines.dedup();
    if lines.len() > cube_probability::Total::MAX_ITEMS {
        let given = lines.len();
        return Err(PlanError::TooManyItems { given }.into());
    }
    Ok(())
}
