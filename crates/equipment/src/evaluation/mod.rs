//! Cost of making equipment again.

mod answer;
mod evaluator;
mod memo;
mod options;
mod potential;
mod reason;
mod spread;
mod stars;
mod total;
mod warning;

use std::collections::HashMap;
use std::sync::Arc;

use cube_probability::{CostDistribution, Layer, Level, Rules, Unit};

use crate::{Equipment, Item, MainStat, Preset, Slot};
use memo::{Memo, StarsQuery, TotalQuery};
use potential::{Potential, Terms};
use stars::{StarForceCost, Stars};
use total::{Cost, CostOf};

pub use answer::{
    Expectation, ItemExpectation, Outcome, PotentialExpectation, PresetExpectation, Price,
};
pub use evaluator::Evaluator;
pub use options::{EvaluationOptions, Methods, PresetChoice, StartingGrade, WrongLayer};
pub use reason::{NotApplicable, NotPriced};
pub use spread::{BoundedQuantile, Quantile, Spread};
pub use stars::{StarForceOutcome, StarsNotPriced, StarsPrice};
pub use total::{BoundedSpread, NotAddedUp, Total, TotalSpread};
pub use warning::Warning;

/// Cost of making this equipment again, or equipment as good, with nothing remembered
/// from before: [`Evaluator::evaluate`] for a single character.
pub fn evaluate(
    equipment: &Equipment,
    rules: &'static Rules,
    options: &EvaluationOptions,
) -> Expectation {
    Evaluator::of_one().evaluate(equipment, rules, options)
}

/// An evaluation in progress, item by item, for those who show answers as they come.
///
/// ```
/// use cube_probability::Rules;
/// use equipment::{Equipment, EvaluationOptions, Evaluator, Total};
///
/// let equipment = Equipment { class: Some("에반".to_owned()), presets: Vec::new() };
/// let options = EvaluationOptions::default();
/// let evaluator = Evaluator::new();
/// let mut evaluation = evaluator.evaluation(&equipment, Rules::current(), &options);
/// for preset in evaluation.presets() {
///     let mut total = Total::default();
///     for item in &preset.items {
///         let item = evaluation.item(item);
///         total.add(&item);
///         println!("{}: {}", item.slot, item.potential.outcome.status());
///     }
///     println!("{}, {:?}", total.mean(), evaluation.spread(&total));
/// }
/// ```
#[derive(Debug)]
pub struct Evaluation<'a> {
    memo: Arc<Memo>,
    equipment: &'a Equipment,
    terms: Terms<'a>,
    levels: Arc<[Level]>,
    warnings: Vec<Warning>,
    /// The distributions made so far; those that were not needed for an item may be for a total.
    distributions: HashMap<Cost, CostOf>,
}

impl<'a> Evaluation<'a> {
    fn with(
        memo: Arc<Memo>,
        equipment: &'a Equipment,
        rules: &'static Rules,
        options: &'a EvaluationOptions,
    ) -> Self {
        let mut warnings = Vec::new();
        let class = class(equipment, options);
        let known = class.and_then(MainStat::of_class);
        if known == Some(MainStat::MaxHp) {
            warnings.push(Warning::PointsOfHp);
        }
        Self {
            memo,
            equipment,
            terms: Terms {
                rules,
                options,
                main: known.or_else(|| guessed_main_stat(equipment, class, &mut warnings)),
                main_is_guess: known.is_none(),
                character_level: character_level(equipment, options, &mut warnings),
            },
            levels: options.quantiles.as_slice().into(),
            warnings,
            distributions: HashMap::new(),
        }
    }

    /// The presets that were asked for, in order.
    pub fn presets(&self) -> impl Iterator<Item = &'a Preset> + use<'a> {
        let choice = self.terms.options.presets;
        let presets = self.equipment.presets.iter();
        presets.filter(move |preset| choice.includes(preset))
    }

    /// Warnings of the items evaluated so far.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Evaluates an item.
    pub fn item(&mut self, item: &Item) -> ItemExpectation {
        ItemExpectation {
            slot: item.slot.clone(),
            part: Slot::of(&item.slot, &item.kind).part(),
            name: item.name.clone(),
            level: item.level.as_ref().ok().copied(),
            icon: item.icon.clone(),
            potential: self.potential(item, Layer::Potential),
            additional_potential: self.potential(item, Layer::AdditionalPotential),
            star_force: self.stars(item),
        }
    }

    /// Distribution of the sum of items of this evaluation.
    pub fn spread(&mut self, total: &Total) -> TotalSpread {
        let question = TotalQuery {
            costs: total.costs.clone(),
            levels: Arc::clone(&self.levels),
            budget: self.terms.options.budget,
        };
        let memo = Arc::clone(&self.memo);
        memo.total(&question, || {
            self.add_up(&question)
                .unwrap_or_else(TotalSpread::NotAddedUp)
        })
    }

    /// Warnings of the items evaluated.
    fn into_warnings(self) -> Vec<Warning> {
        self.warnings
    }

    fn potential(&mut self, item: &Item, layer: Layer) -> PotentialExpectation {
        let carried = match layer {
            Layer::Potential => &item.potential,
            Layer::AdditionalPotential => &item.additional_potential,
        };
        let Some(carried) = carried else {
            return PotentialExpectation {
                grade: None,
                lines: Vec::new(),
                outcome: Outcome::NotApplicable(NotApplicable::NoPotential),
            };
        };
        let outcome = self.outcome(Potential {
            item,
            layer,
            carried,
        });
        self.warn_of(&outcome, item, layer);
        PotentialExpectation {
            grade: carried.grade.as_ref().ok().copied(),
            lines: carried.lines.iter().flatten().cloned().collect(),
            outcome,
        }
    }

    fn outcome(&mut self, potential: Potential) -> Outcome {
        let question = match potential.question(self.terms, &self.levels) {
            Ok(question) => question,
            Err(outcome) => return outcome,
        };
        self.memo.potential(&question, || {
            let (outcome, cost) = question.answer(self.terms);
            if let Some((process, distribution)) = cost {
                let distribution = CostOf::Resets(Arc::new(distribution));
                self.distributions
                    .insert(Cost::Resets(process), distribution);
            }
            outcome
        })
    }

    fn stars(&mut self, item: &Item) -> StarForceOutcome {
        let stars = match Stars::of(item, self.terms.rules.star_force()) {
            Ok(stars) => stars,
            Err(outcome) => return outcome,
        };
        let answer = self.answer_of(stars);
        for note in answer.notes.iter().copied().map(Warning::StarForce) {
            if !self.warnings.contains(&note) {
                self.warnings.push(note);
            }
        }
        answer.outcome.clone()
    }

    fn answer_of(&self, stars: Stars) -> Arc<StarForceCost> {
        self.memo.stars(&StarsQuery {
            stars,
            levels: Arc::clone(&self.levels),
        })
    }

    fn add_up(&mut self, question: &TotalQuery) -> Result<TotalSpread, NotAddedUp> {
        for cost in &question.costs {
            if !self.distributions.contains_key(cost) {
                let distribution = self.distribution(cost)?;
                self.distributions.insert(cost.clone(), distribution);
            }
        }
        let costs = question.costs.iter();
        let costs: Vec<_> = costs
            .map(|cost| self.distributions[cost].distribution())
            .collect();
        TotalSpread::of(&costs, &question.levels, question.budget)
    }

    fn distribution(&self, cost: &Cost) -> Result<CostOf, NotAddedUp> {
        Ok(match cost {
            Cost::Resets(process) => {
                let distribution = CostDistribution::of(&process.0, Unit::Meso);
                let distribution = distribution.expect("the process had a price before");
                CostOf::Resets(Arc::new(distribution))
            }
            Cost::Stars(stars) => {
                let distribution = self.answer_of(*stars).distribution.clone();
                let distribution = distribution.expect("the stars had a price before");
                CostOf::Stars(distribution.map_err(NotAddedUp::StarsTooDear)?)
            }
        })
    }

    fn warn_of(&mut self, outcome: &Outcome, item: &Item, layer: Layer) {
        let (slot, name) = (item.slot.clone(), item.name.clone());
        let warning = match outcome {
            Outcome::Unreachable { .. } => Warning::ImpossibleLines { slot, name, layer },
            Outcome::NotPriced(NotPriced::GoalNotMet(_)) => {
                Warning::GoalNotMet { slot, name, layer }
            }
            _ => return,
        };
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}

/// The class that was chosen, else the one the document names.
fn class<'a>(equipment: &'a Equipment, options: &'a EvaluationOptions) -> Option<&'a str> {
    let chosen = options.class.as_deref().filter(|class| !class.is_empty());
    chosen.or(equipment.class.as_deref())
}

fn guessed_main_stat(
    equipment: &Equipment,
    class: Option<&str>,
    warnings: &mut Vec<Warning>,
) -> Option<MainStat> {
    let taken = MainStat::of_gear(items(equipment).map(|item| item.totals.attributes()));
    let class = class.map(ToOwned::to_owned);
    warnings.push(Warning::UnknownClass { class, taken });
    taken
}

fn character_level(
    equipment: &Equipment,
    options: &EvaluationOptions,
    warnings: &mut Vec<Warning>,
) -> u16 {
    // The upstream gives every character a level but for a fault, which reads as 0.
    let chosen = options.character_level.filter(|level| *level > 0);
    chosen.unwrap_or_else(|| {
        let levels = items(equipment).filter_map(|item| item.level.as_ref().ok().copied());
        let taken = levels.max().unwrap_or(1);
        warnings.push(Warning::UnknownLevel { taken });
        taken
    })
}

fn items(equipment: &Equipment) -> impl Iterator<Item = &Item> {
    equipment.presets.iter().flat_map(|preset| &preset.items)
}
