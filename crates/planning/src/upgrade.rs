//! Upgrades: single actions on gear, with their gain and their price.

use std::fmt;
use std::sync::Arc;

use cube_probability::{Bounds, Distribution, Goal, Grade, Method};

use crate::Bonus;
use crate::plan::{Candidate, SharedPity};

/// A cost that can be shared between threads.
pub type SharedCost = Arc<dyn Distribution + Send + Sync>;

/// The gain of an upgrade in relative boss damage: 0.012 is 1.2 %.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gain {
    /// The gain when the goal is just met.
    pub at_least: f64,
    /// The mean gain when the goal is met.
    pub mean: f64,
}

/// The change of a character's stats by an upgrade whose goal is just met.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BonusChange {
    /// Bonus of the lines or stars that go.
    pub off: Bonus,
    /// Bonus of those that come.
    pub on: Bonus,
}

/// The enhancement that an upgrade is an action of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UpgradeKind {
    /// Resets of the potential.
    Potential,
    /// Resets of the additional potential.
    AdditionalPotential,
    /// Star force.
    StarForce,
}

impl UpgradeKind {
    /// The stable identifier.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Potential => "potential",
            Self::AdditionalPotential => "additional_potential",
            Self::StarForce => "star_force",
        }
    }
}

impl fmt::Display for UpgradeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// Failures so far that the character brings to a method and grade.
#[derive(Clone)]
pub struct PityUse {
    /// The method.
    pub method: Method,
    /// The grade that the failures count at.
    pub grade: Grade,
    /// The cost with the failures so far.
    pub cost: SharedCost,
}

/// One action on one item.
#[derive(Clone)]
pub struct Upgrade {
    /// The slot the item is worn in, in the game's words.
    pub slot: String,
    /// The enhancement.
    pub kind: UpgradeKind,
    /// The lines reached, for reading; none for star force.
    pub goal: Option<Goal>,
    /// The stars reached; none for potentials.
    pub to: Option<u8>,
    /// The gain.
    pub gain: Gain,
    /// The change of the character's stats when the goal is just met.
    pub change: BonusChange,
    /// The cost without failures so far.
    pub cost: SharedCost,
    /// The cost with failures so far, where the character has any.
    pub pity: Option<PityUse>,
}

impl Upgrade {
    /// The cost of the action by itself: with the failures so far.
    pub fn own_cost(&self) -> &SharedCost {
        self.pity.as_ref().map_or(&self.cost, |pity| &pity.cost)
    }

    /// The chance that a budget is enough for the action by itself.
    pub fn within(&self, budget: u64) -> Bounds {
        self.own_cost().within(budget)
    }

    /// The gain at least for 10 billion meso of the mean cost: the figure that ranks actions.
    pub fn gain_per_10b(&self) -> f64 {
        self.gain.at_least / self.own_cost().mean().max(1.0) * 1e10
    }

    /// Whether two actions are on one line of enhancement, so that a plan holds one of them.
    pub fn excludes(&self, other: &Self) -> bool {
        self.kind == other.kind && self.slot == other.slot
    }
}

impl fmt::Debug for Upgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upgrade")
            .field("slot", &self.slot)
            .field("kind", &self.kind)
            .field("to", &self.to)
            .field("gain", &self.gain)
            .field("mean", &self.own_cost().mean())
            .finish_non_exhaustive()
    }
}

/// Sorts actions by gain for 10 billion meso, the largest first; by that very figure.
pub fn rank(upgrades: &mut [Upgrade]) {
    upgrades.sort_by(|a, b| b.gain_per_10b().total_cmp(&a.gain_per_10b()));
}

/// The actions as candidates of a plan. Lines of enhancement are numbered in the order in which
/// they first appear, so that of ranked actions the best come first in the plan too.
pub fn candidates(upgrades: &[Upgrade]) -> Vec<Candidate<'_>> {
    let first = |of: &Upgrade| upgrades.iter().position(|other| other.excludes(of));
    let mut counts: Vec<(Method, Grade)> = Vec::new();
    let mut number = |pity: &PityUse| {
        let key = (pity.method, pity.grade);
        counts
            .iter()
            .position(|count| *count == key)
            .unwrap_or_else(|| {
                counts.push(key);
                counts.len() - 1
            })
    };
    let mut candidates = Vec::with_capacity(upgrades.len());
    for upgrade in upgrades {
        candidates.push(Candidate {
            line: first(upgrade).expect("an upgrade excludes itself"),
            gain: upgrade.gain.at_least,
            cost: &*upgrade.cost,
            pity: upgrade.pity.as_ref().map(|pity| SharedPity {
                count: number(pity),
                cost: &*pity.cost,
            }),
        });
    }
    candidates
}
