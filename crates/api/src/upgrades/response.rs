//! The answer as clients see it.

use cube_probability::{Bounds, Level, Method};
use equipment::{Action, SheetOrigin, UpgradeAim, UpgradeOptions, UpgradeSet, Upgrades};
use planning::plan::Plan;
use serde::Serialize;
use utoipa::ToSchema;

use crate::calculations::{CostSpread, Quantile};
use crate::responses::{CharacterSummary, DataAge, Provenance, Warning, schema, whole_meso};

/// Single actions by what they gain for their price, and the best set of them.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Upgrades)]
pub struct UpgradesResponse {
    /// Owner of the gear; missing for gear given in the question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub character: Option<CharacterSummary>,
    /// Origin and age of the gear; missing for gear given in the question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<DataAge>,
    /// The origin of the stat sheet: `given` in the question, or the upstream's, `full` or `quick`.
    #[schema(example = "given")]
    pub detail: &'static str,
    /// The defence of the boss that gains are judged against: 3.8 is 380 %.
    #[schema(example = 3.8)]
    pub boss_defence: f64,
    /// The rule set.
    #[schema(example = "kms-2026-10")]
    pub rules: &'static str,
    /// Every action, the largest gain for 10 billion meso first.
    pub actions: Vec<ActionResponse>,
    /// The best set under the budget, or the cheapest set for the gain; null where all actions
    /// together do not reach the gain.
    pub best: Option<BestResponse>,
    /// The set that grows by the largest gain for its price; missing with `target_gain`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub greedy: Option<GreedyResponse>,
    /// Items left out, and other warnings.
    pub warnings: Vec<Warning>,
}

/// One action on one item.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Action)]
pub struct ActionResponse {
    /// A name that is unique in this answer.
    #[schema(example = "hat/potential/3")]
    pub id: String,
    /// The slot, in the game's words.
    #[schema(example = "모자")]
    pub slot: String,
    /// `potential`, `additional_potential` or `star_force`.
    #[schema(example = "potential")]
    pub kind: &'static str,
    /// The method; missing for star force.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::method, required = false)]
    pub method: Option<Method>,
    /// The lines reached, to first order, for reading; missing for star force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goal: Option<String>,
    /// The stars reached; missing for potentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<u8>,
    /// The gain in boss damage.
    pub gain: GainResponse,
    /// The cost.
    pub cost_meso: CostSpread,
    /// The chance that the budget is enough for this action alone; missing with `target_gain`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1)]
    pub within_budget: Option<f64>,
    /// The gain at least for 10 billion meso of the mean cost, which the actions are sorted by.
    pub gain_per_10b: f64,
}

/// A gain in boss damage: 0.012 is 1.2 %.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = Gain)]
pub struct GainResponse {
    /// The gain when the goal is just met; of a set the product of its actions' gains, by
    /// which sets are compared.
    pub at_least: f64,
    /// The mean gain when the goal is met; missing for a set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
    /// The gain of a set on one stat sheet, each goal just met: what its actions give together, as
    /// their gains overlap; missing for a single action.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub together: Option<f64>,
}

impl GainResponse {
    /// The gain that a player sees: of a set what it gives together.
    pub fn shown(&self) -> f64 {
        self.together.unwrap_or(self.at_least)
    }
}

/// A set of actions.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = BestSet)]
pub struct BestResponse {
    /// The names of the actions.
    pub actions: Vec<String>,
    /// The gain: the product of the gains, and what they give together.
    pub gain: GainResponse,
    /// The chance that the budget is enough for all; with `target_gain` the budget found.
    pub within_budget: ChanceResponse,
    /// The cost of all together.
    pub cost_meso: CostSpread,
    /// Whether no set is better by the product of its actions' gains (`at_least`).
    pub optimal: bool,
    /// No set under the budget has a larger product of gains than this; missing with `target_gain`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gain_bound: Option<f64>,
    /// The meso that is enough for the gain at the confidence; missing with `budget_meso`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget_meso: Option<u64>,
    /// No set reaches the gain with less than this; missing with `budget_meso`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget_bound_meso: Option<u64>,
}

/// The greedy set.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = GreedySet)]
pub struct GreedyResponse {
    /// The names of the actions.
    pub actions: Vec<String>,
    /// The gain of all together.
    pub gain: GainResponse,
    /// The chance that the budget is enough for all.
    pub within_budget: ChanceResponse,
}

/// A chance between certain bounds.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = BoundedChance)]
pub struct ChanceResponse {
    /// The middle of the bounds.
    #[schema(minimum = 0, maximum = 1)]
    pub value: f64,
    /// It is certainly at least this.
    #[schema(minimum = 0, maximum = 1)]
    pub lower: f64,
    /// It is certainly at most this.
    #[schema(minimum = 0, maximum = 1)]
    pub upper: f64,
}

/// The quantiles that are told of each action.
const LEVELS: [f64; 2] = [0.5, 0.9];

impl UpgradesResponse {
    /// The answer for gear of known provenance, or given in the question.
    pub fn new(
        provenance: Option<Provenance>,
        options: &UpgradeOptions,
        origin: SheetOrigin,
        upgrades: &Upgrades,
    ) -> Self {
        let levels: Vec<Level> = LEVELS
            .iter()
            .map(|&level| Level::new(level).expect("the levels are between 0 and 1"))
            .collect();
        let budget = match options.aim {
            UpgradeAim::Budget(budget) => Some(budget),
            UpgradeAim::Gain(_) => None,
        };
        let actions = upgrades.actions.iter();
        let (best, greedy) = sets(upgrades, &levels);
        let (character, data, mut warnings) = match provenance {
            Some(known) => (Some(known.summary), Some(known.data), known.warnings),
            None => (None, None, Vec::new()),
        };
        warnings.extend(upgrades.left_out.iter().map(Warning::of_left_out));
        let actions: Vec<_> = actions
            .map(|action| ActionResponse::of(action, budget, &levels))
            .collect();
        let means = actions.iter().map(|action| action.cost_meso.mean);
        let best_mean = best.iter().map(|best| best.cost_meso.mean);
        warnings.extend(Warning::of_means(means.chain(best_mean)));
        Self {
            character,
            data,
            detail: origin.id(),
            boss_defence: options.boss_defence.get(),
            rules: options.rules.name,
            actions,
            best,
            greedy,
            warnings,
        }
    }
}

impl ActionResponse {
    fn of(action: &Action, budget: Option<u64>, levels: &[Level]) -> Self {
        let upgrade = &action.upgrade;
        let cost = upgrade.own_cost();
        let quantile = |&level: &Level| Quantile {
            q: level.get(),
            value: cost.cost_at(level).upper,
        };
        Self {
            id: action.id.clone(),
            slot: upgrade.slot.clone(),
            kind: upgrade.kind.id(),
            method: action.method,
            goal: upgrade.goal.as_ref().map(ToString::to_string),
            to: upgrade.to,
            gain: GainResponse {
                at_least: upgrade.gain.at_least,
                mean: Some(upgrade.gain.mean),
                together: None,
            },
            cost_meso: CostSpread {
                mean: whole_meso(cost.mean()),
                quantiles: levels.iter().map(quantile).collect(),
            },
            within_budget: budget.map(|budget| ChanceResponse::from(upgrade.within(budget)).value),
            gain_per_10b: upgrade.gain_per_10b(),
        }
    }
}

fn sets(upgrades: &Upgrades, levels: &[Level]) -> (Option<BestResponse>, Option<GreedyResponse>) {
    match &upgrades.set {
        UpgradeSet::Best(best) => {
            let response = BestResponse {
                optimal: best.optimal,
                gain_bound: Some(best.gain_bound),
                ..BestResponse::of(upgrades, &best.plan, levels)
            };
            let greedy = &best.greedy;
            let greedy = GreedyResponse {
                actions: names(upgrades, greedy),
                gain: gain(upgrades, greedy),
                within_budget: greedy.within.into(),
            };
            (Some(response), Some(greedy))
        }
        UpgradeSet::Cheapest(cheapest) => {
            let response = cheapest.as_ref().map(|cheapest| BestResponse {
                optimal: cheapest.budget_bound as f64 >= cheapest.budget as f64 * CLOSE,
                budget_meso: Some(cheapest.budget),
                budget_bound_meso: Some(cheapest.budget_bound),
                ..BestResponse::of(upgrades, &cheapest.plan, levels)
            });
            (response, None)
        }
    }
}

/// Budgets this close are one: the search for the cheapest set ends within a thousandth.
const CLOSE: f64 = 0.998;

impl BestResponse {
    fn of(upgrades: &Upgrades, plan: &Plan, levels: &[Level]) -> Self {
        let (mean, quantiles) = upgrades.cost(&plan.chosen, levels);
        let quantiles = quantiles.into_iter();
        Self {
            actions: names(upgrades, plan),
            gain: gain(upgrades, plan),
            within_budget: plan.within.into(),
            cost_meso: CostSpread {
                mean: whole_meso(mean),
                quantiles: quantiles
                    .map(|(level, value)| Quantile {
                        q: level.get(),
                        value,
                    })
                    .collect(),
            },
            optimal: false,
            gain_bound: None,
            budget_meso: None,
            budget_bound_meso: None,
        }
    }
}

fn names(upgrades: &Upgrades, plan: &Plan) -> Vec<String> {
    let chosen = plan.chosen.iter();
    chosen
        .map(|&place| upgrades.actions[place].id.clone())
        .collect()
}

fn gain(upgrades: &Upgrades, plan: &Plan) -> GainResponse {
    GainResponse {
        at_least: plan.gain,
        mean: None,
        together: Some(upgrades.gain_together(&plan.chosen)),
    }
}

impl From<Bounds> for ChanceResponse {
    fn from(bounds: Bounds) -> Self {
        Self {
            value: f64::midpoint(bounds.lower, bounds.upper),
            lower: bounds.lower,
            upper: bounds.upper,
        }
    }
}
