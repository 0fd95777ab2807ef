//! Sums over items: their means, and how they are distributed.

use std::hash::{Hash, Hasher};
use std::num::NonZeroU32;
use std::sync::Arc;

use cube_probability::star_force::{CostTooLarge, MesoDistribution};
use cube_probability::{
    Bounds, CostDistribution, Distribution, Grade, Phase, PlanError, Total as Plan,
};

use super::curve::{CurveStep, cost_curve};
use super::memo::TotalQuery;
use super::stars::Stars;
use super::{BoundedQuantile, ItemExpectation};

/// The mean costs of several items, in meso.
///
/// [`TotalSpread`] is the distribution of their sum.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Total {
    /// Of the potentials.
    pub potential: f64,
    /// Of the additional potentials.
    pub additional_potential: f64,
    /// Of the stars, spare items included.
    pub star_force: f64,
    /// Number of costs left out because it has no price: a total with anything left out is partial.
    pub left_out: usize,
    /// The costs that are paid.
    pub(super) costs: Vec<Cost>,
}

impl Total {
    /// The total of these items.
    pub fn of(items: &[ItemExpectation]) -> Self {
        let mut total = Self::default();
        for item in items {
            total.add(item);
        }
        total
    }

    /// The sum of all.
    pub fn mean(&self) -> f64 {
        self.potential + self.additional_potential + self.star_force
    }

    /// Whether nothing was left out.
    pub fn is_complete(&self) -> bool {
        self.left_out == 0
    }

    /// Adds an item.
    pub fn add(&mut self, item: &ItemExpectation) {
        let (potential, additional) = (&item.potential.outcome, &item.additional_potential.outcome);
        for (sum, mean) in [
            (&mut self.potential, potential.mean_cost()),
            (&mut self.additional_potential, additional.mean_cost()),
            (&mut self.star_force, item.star_force.mean_cost()),
        ] {
            match mean {
                Some(mean) => *sum += mean,
                None => self.left_out += 1,
            }
        }
        let costs = [potential.cost(), additional.cost(), item.star_force.cost()];
        self.costs.extend(costs.into_iter().flatten());
    }
}

/// Distribution of the sum of everything that has a price.
#[derive(Debug, Clone, PartialEq)]
pub enum TotalSpread {
    /// Nothing that has a price has to be paid for, so there is nothing to add up.
    NothingToPay,
    /// The distribution is known between certain bounds.
    Bounded(BoundedSpread),
    /// The distribution could not be worked out; the mean still holds.
    NotAddedUp(NotAddedUp),
}

/// Quantiles of a sum.
#[derive(Debug, Clone, PartialEq)]
pub struct BoundedSpread {
    /// The quantiles asked for, in that order.
    pub quantiles: Vec<BoundedQuantile>,
    /// The chance that everything together stays within the budget, if one was given.
    pub within_budget: Option<Bounds>,
    /// The shape of the distribution, if it was asked for.
    pub curve: Option<Vec<CurveStep>>,
}

/// Reason for which the distribution of a sum could not be worked out.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NotAddedUp {
    /// There are too many costs.
    #[error("there are too many costs to add up")]
    TooMany(#[source] PlanError),
    /// The mean of the sum is past what 64 bits can count.
    #[error("the costs are too large to add up")]
    TooLarge(#[source] PlanError),
    /// The stars of an item cost too much.
    #[error("the stars of an item cost too much to add up")]
    StarsTooDear(#[source] CostTooLarge),
}

impl TotalSpread {
    /// The quantiles, where they are known.
    pub fn quantiles(&self) -> &[BoundedQuantile] {
        match self {
            Self::Bounded(spread) => &spread.quantiles,
            Self::NothingToPay | Self::NotAddedUp(_) => &[],
        }
    }

    /// The spread of the sum of these costs.
    pub(super) fn of(
        costs: &[&dyn Distribution],
        question: &TotalQuery,
    ) -> Result<Self, NotAddedUp> {
        if costs.is_empty() {
            return Ok(Self::NothingToPay);
        }
        let plan = Plan::with_points(costs, POINTS).map_err(NotAddedUp::from)?;
        let quantile = |&level| BoundedQuantile::of(&plan, level, |level| plan.quantile(level));
        Ok(Self::Bounded(BoundedSpread {
            quantiles: question.levels.iter().map(quantile).collect(),
            within_budget: question.budget.map(|budget| plan.within(budget)),
            curve: question.distribution.then(|| cost_curve(&plan)),
        }))
    }
}

impl From<PlanError> for NotAddedUp {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::TooLarge { .. } => Self::TooLarge(error),
            PlanError::Empty | PlanError::TooManyItems { .. } => Self::TooMany(error),
        }
    }
}

/// A quarter of the points of a plan asked for by itself, as there may be three presets to add up.
/// The bounds of the quantiles of 72 costs are then 2 to 14 parts in a thousand apart for four
/// characters of the sandbox, a part of which is the stars' own; their middle moves by three in ten
/// thousand at most when the points double.
const POINTS: usize = Plan::POINTS / 4;

/// Identity of a cost: equal ones have equal distributions.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Cost {
    Resets(Process),
    Stars(Stars),
}

/// The distribution of a cost.
#[derive(Debug, Clone)]
pub(super) enum CostOf {
    Resets(Arc<CostDistribution>),
    Stars(Arc<MesoDistribution>),
}

impl CostOf {
    pub(super) fn distribution(&self) -> &dyn Distribution {
        match self {
            Self::Resets(distribution) => distribution.as_ref(),
            Self::Stars(distribution) => distribution.as_ref(),
        }
    }
}

/// A process of resets; processes are equal if their numbers are, bit by bit.
#[derive(Debug, Clone)]
pub(super) struct Process(pub(super) Arc<[Phase]>);

impl Process {
    fn bits(&self) -> impl Iterator<Item = (Grade, [u64; 2], Option<NonZeroU32>, Option<u64>)> {
        self.0.iter().map(|phase| {
            let chances = [phase.success, phase.rise].map(f64::to_bits);
            (phase.grade, chances, phase.certain_on, phase.cost)
        })
    }
}

impl PartialEq for Process {
    fn eq(&self, other: &Self) -> bool {
        self.bits().eq(other.bits())
    }
}

impl Eq for Process {}

impl Hash for Process {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for bits in self.bits() {
            bits.hash(state);
        }
    }
}
