//! Upgrades of what a character wears: every single action with its gain and its price, the best
//! set of them under a budget, or the cheapest set for a gain.

mod left_out;
mod potential;
mod stars;

use std::collections::BTreeMap;

use cube_probability::{Distribution, Layer, Level, Method, Prices, Rules, Total};
use planning::plan::{self, Best, Candidate, Cheapest, InvalidPlan, Terms};
use planning::{BossDefence, NotValued, StatSheet, Upgrade, Utility, Valuation, candidates};

pub use self::left_out::{LeftOut, LeftOutReason};
use crate::evaluation::{SlotStart, StarForceTerms};
use crate::{Item, Slot};

/// Assumptions of a search for upgrades.
#[derive(Debug, Clone)]
pub struct UpgradeOptions {
    /// The rules in force.
    pub rules: &'static Rules,
    /// The character's stats with the gear on.
    pub stat_sheet: StatSheet,
    /// The character's level, which points for every 9 levels go by.
    pub character_level: u16,
    /// The defence of the boss that gains are judged against.
    pub boss_defence: BossDefence,
    /// The least gain that is an action: 0.001 is 0.1 %.
    pub minimum_gain: f64,
    /// Slots left alone, in the game's words.
    pub exclude_slots: Vec<String>,
    /// The methods that may be used.
    pub methods: Vec<Method>,
    /// The prices of cubes.
    pub prices: Prices,
    /// The terms of star force.
    pub star_force: StarForceTerms,
    /// Starts that differ from the present gear, by slot.
    pub starts: BTreeMap<String, SlotStart>,
    /// Treatment of useful lines without boss damage.
    pub utility: Utility,
    /// Purpose of the set of actions.
    pub aim: UpgradeAim,
    /// The chance with which the budget must be enough.
    pub confidence: Level,
}

/// Purpose of a set of actions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum UpgradeAim {
    /// The largest gain for this much meso.
    Budget(u64),
    /// The least meso for this gain: 0.1 is 10 %.
    Gain(f64),
}

/// One action.
#[derive(Debug, Clone)]
pub struct Action {
    /// A name that is unique among the actions, such as `hat/potential/3`.
    pub id: String,
    /// The method; none for star force.
    pub method: Option<Method>,
    /// The action itself.
    pub upgrade: Upgrade,
}

/// Every action, and the best set of them.
#[derive(Debug, Clone)]
pub struct Upgrades {
    /// The actions, the largest gain for 10 billion meso first.
    pub actions: Vec<Action>,
    /// The set found.
    pub set: UpgradeSet,
    /// Items left out, with the reason.
    pub left_out: Vec<LeftOut>,
    /// The character that gains are judged for.
    valuation: Valuation,
}

/// The set of actions found; its numbers are places in the list of actions.
#[derive(Debug, Clone)]
pub enum UpgradeSet {
    /// The best set under a budget, with the greedy one beside it.
    Best(Box<Best>),
    /// The cheapest set for a gain; none where all actions together do not reach it.
    Cheapest(Option<Box<Cheapest>>),
}

/// Reason that there are no upgrades.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum UpgradesError {
    /// The sheet cannot be valued.
    #[error(transparent)]
    NotValued(#[from] NotValued),
    /// The actions make no plan.
    #[error(transparent)]
    Plan(#[from] InvalidPlan),
}

/// Upgrades of these items.
///
/// # Errors
///
/// [`UpgradesError`] when the sheet cannot be valued.
pub fn upgrades(items: &[Item], options: &UpgradeOptions) -> Result<Upgrades, UpgradesError> {
    let valuation = Valuation::of(&options.stat_sheet, options.boss_defence)?;
    let mut found = Found::default();
    let mut stars = stars::Stars::new(options, &valuation);
    for item in items {
        if options.exclude_slots.contains(&item.slot) {
            continue;
        }
        let Some(part) = Slot::of(&item.slot, &item.kind).part() else {
            continue;
        };
        for layer in [Layer::Potential, Layer::AdditionalPotential] {
            potential::add(item, part, layer, options, &mut found);
        }
        stars.add(item, part, &mut found);
    }
    let Found { upgrades, left_out } = found;
    let actions = named(items, upgrades);
    let set = set_of(&actions, options)?;
    Ok(Upgrades {
        actions,
        set,
        left_out,
        valuation,
    })
}

/// The actions found so far.
#[derive(Debug, Default)]
struct Found {
    upgrades: Vec<(Option<Method>, Upgrade)>,
    left_out: Vec<LeftOut>,
}

impl Found {
    fn leave_out(&mut self, item: &Item, reason: LeftOutReason) {
        self.left_out.push(LeftOut {
            slot: item.slot.clone(),
            reason,
        });
    }
}

/// The actions by rank, each with a name.
fn named(items: &[Item], upgrades: Vec<(Option<Method>, Upgrade)>) -> Vec<Action> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut actions: Vec<Action> = Vec::with_capacity(upgrades.len());
    for (method, upgrade) in upgrades {
        let line = format!("{}/{}", place(items, &upgrade.slot), upgrade.kind);
        let number = counts.entry(line.clone()).or_default();
        *number += 1;
        actions.push(Action {
            id: format!("{line}/{number}"),
            method,
            upgrade,
        });
    }
    let worth = |action: &Action| action.upgrade.gain_per_10b();
    actions.sort_by(|a, b| worth(b).total_cmp(&worth(a)));
    actions
}

/// A slot as a word: the part, and the number of the slot where it has one.
fn place(items: &[Item], slot: &str) -> String {
    let item = items.iter().find(|item| item.slot == slot);
    let part = item.and_then(|item| Slot::of(&item.slot, &item.kind).part());
    let name = part.map_or("item", |part| part.id());
    let number = slot.trim_start_matches(|c: char| !c.is_ascii_digit());
    format!("{name}{number}")
}

fn set_of(actions: &[Action], options: &UpgradeOptions) -> Result<UpgradeSet, InvalidPlan> {
    let upgrades: Vec<Upgrade> = actions
        .iter()
        .map(|action| action.upgrade.clone())
        .collect();
    let candidates = candidates(&upgrades);
    let confidence = options.confidence;
    match options.aim {
        UpgradeAim::Budget(budget) => {
            let terms = Terms {
                budget,
                confidence,
                work: Terms::WORK,
            };
            // What the budget is not enough for by itself is in no set.
            let within = |candidate: &Candidate<'_>| {
                let pity = candidate.pity.map(|pity| pity.cost);
                let cost = pity.unwrap_or(candidate.cost);
                cost.within(budget).upper >= confidence.get()
            };
            let places: Vec<usize> = (0..candidates.len())
                .filter(|&place| within(&candidates[place]))
                .collect();
            let able: Vec<_> = places.iter().map(|&place| candidates[place]).collect();
            let mut best = plan::best(&able, &terms)?;
            for plan in [&mut best.plan, &mut best.greedy] {
                for chosen in &mut plan.chosen {
                    *chosen = places[*chosen];
                }
            }
            Ok(UpgradeSet::Best(Box::new(best)))
        }
        UpgradeAim::Gain(gain) => {
            let cheapest = plan::cheapest(&candidates, gain, confidence, Terms::WORK)?;
            Ok(UpgradeSet::Cheapest(cheapest.map(Box::new)))
        }
    }
}

impl Upgrades {
    /// The gain of a set of actions on one stat sheet, each goal just met.
    ///
    /// A plan multiplies the gains of its actions, which overlap; this is what they give together.
    pub fn gain_together(&self, chosen: &[usize]) -> f64 {
        let actions = chosen.iter().map(|&place| &self.actions[place]);
        let changes = actions.map(|action| &action.upgrade.change);
        self.valuation.gain_together(changes)
    }

    /// The cost of a set of actions together: the mean, and the least meso that is enough at each
    /// level, where it is known.
    pub fn cost(&self, chosen: &[usize], levels: &[Level]) -> (f64, Vec<(Level, Option<u64>)>) {
        let upgrades: Vec<Upgrade> = chosen
            .iter()
            .map(|&place| self.actions[place].upgrade.clone())
            .collect();
        let costs: Vec<&dyn Distribution> = shared_costs(&upgrades);
        let mean = costs.iter().map(|cost| cost.mean()).sum();
        let total = match costs.as_slice() {
            [] => None,
            several => Total::of(several).ok(),
        };
        let at = |&level: &Level| {
            let upper = match &total {
                Some(total) => total.cost_at(level).upper,
                None => Some(0),
            };
            (level, upper)
        };
        (mean, levels.iter().map(at).collect())
    }
}

/// The costs of a set, the failures so far counted once for each method and grade.
fn shared_costs(upgrades: &[Upgrade]) -> Vec<&dyn Distribution> {
    let mut used = Vec::new();
    let cost = |upgrade: &'_ Upgrade| -> bool {
        match &upgrade.pity {
            Some(pity) if !used.contains(&(pity.method, pity.grade)) => {
                used.push((pity.method, pity.grade));
                true
            }
            _ => false,
        }
    };
    let with_pity: Vec<bool> = upgrades.iter().map(cost).collect();
    let costs = upgrades.iter().zip(with_pity);
    costs
        .map(|(upgrade, with_pity)| -> &dyn Distribution {
            match &upgrade.pity {
                Some(pity) if with_pity => &*pity.cost,
                _ => &*upgrade.cost,
            }
        })
        .collect()
}
