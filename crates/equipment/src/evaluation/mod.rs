//! Cost of making equipment again.

mod answer;
mod assumption;
mod curve;
mod evaluator;
mod meaning;
mod memo;
mod options;
mod potential;
mod reason;
mod spread;
mod stars;
mod target;
mod total;
mod warning;

use std::collections::HashMap;
use std::sync::Arc;

use cube_probability::{CostDistribution, Layer, Level, Rules, Unit};

use planning::{ClassKnowledge, ClassTarget};

use crate::stats::{SheetInUse, class_of, hp_point};
use crate::{Equipment, Item, MainStat, Preset, SheetOrigin, Slot, stat_sheet};
use meaning::Strength;
use memo::{Memo, StarsQuery, TotalQuery};
use potential::{Potential, Question, Terms};
use stars::{StarForceCost, Stars, TermsKey};
use target::{Wanted, stars_to, target_of};
use total::{Cost, CostOf};

pub use answer::{
    Expectation, ItemExpectation, OtherPrice, Outcome, PotentialExpectation, PresetExpectation,
    Price,
};
pub use assumption::Assumption;
pub use curve::{CurveStep, cost_curve};
pub use evaluator::{EvaluatedItem, Evaluator};
pub use options::{
    EvaluationOptions, Meaning, Methods, PresetChoice, Safeguard, SlotStart, SpareItems,
    StarForceTerms, StartingGrade, Targets, WrongLayer,
};
pub use reason::{NotApplicable, NotPriced};
pub use spread::{BoundedQuantile, Quantile, Spread};
pub use stars::{StarForceOutcome, StarsNotPriced, StarsPrice};
pub(crate) use stars::{comes_with_stars, kind_of};
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

/// An evaluation in progress, item by item.
#[derive(Debug)]
struct Evaluation<'a> {
    memo: Arc<Memo>,
    equipment: &'a Equipment,
    origin: Option<SheetOrigin>,
    terms: Terms<'a>,
    stars: TermsKey,
    levels: Arc<[Level]>,
    warnings: Vec<Warning>,
    /// The items evaluated so far: presets share most of theirs.
    items: Vec<(&'a Item, ItemExpectation)>,
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
        let name = class_name(equipment, options);
        let class = class_of(name, equipment);
        let main = class.stats().map(|stats| stats.main);
        if !matches!(class, ClassKnowledge::Known(_)) {
            let class = name.map(ToOwned::to_owned);
            warnings.push(Warning::UnknownClass { class, taken: main });
        }
        let character_level = character_level(equipment, options, &mut warnings);
        let hp_point = hp_point(options.readings.as_deref(), equipment, character_level);
        if main == Some(MainStat::MaxHp) {
            warnings.push(Warning::PointsOfHp { worth: hp_point });
        }
        let sheet = sheet_in_use(options, equipment, class, character_level, &mut warnings);
        Self {
            memo,
            equipment,
            origin: sheet.as_ref().map(|sheet| sheet.origin),
            terms: Terms {
                rules,
                options,
                main,
                main_is_guess: matches!(class, ClassKnowledge::Guessed(_)),
                character_level,
                hp_point,
                strength: Strength::of(options, sheet.as_ref(), main, &mut warnings),
            },
            stars: TermsKey::of(&options.star_force),
            levels: options.quantiles.as_slice().into(),
            warnings,
            items: Vec::new(),
            distributions: HashMap::new(),
        }
    }

    /// Origin of the stat sheet that strength is judged by; none without one.
    fn sheet_origin(&self) -> Option<SheetOrigin> {
        self.terms.strength.as_ref().and(self.origin)
    }

    /// The presets that were asked for, in order.
    fn presets(&self) -> impl Iterator<Item = &'a Preset> + use<'a> {
        let choice = self.terms.options.presets;
        let presets = self.equipment.presets.iter();
        presets.filter(move |preset| choice.includes(preset))
    }

    /// Evaluates an item, or gives what an equal one came to.
    fn item(&mut self, item: &'a Item) -> ItemExpectation {
        let known = self.items.iter().find(|(known, _)| *known == item);
        if let Some((_, known)) = known {
            return known.clone();
        }
        let evaluated = self.evaluate(item);
        self.items.push((item, evaluated.clone()));
        evaluated
    }

    fn evaluate(&mut self, item: &Item) -> ItemExpectation {
        let mut assumptions = Vec::new();
        let potential = self.potential(item, Layer::Potential, &mut assumptions);
        let additional_potential =
            self.potential(item, Layer::AdditionalPotential, &mut assumptions);
        let star_force = self.stars(item, &mut assumptions);
        match &star_force {
            StarForceOutcome::Priced(price) if price.spare_item_meso == 0 => {
                assumptions.push(Assumption::FreeSpareItems);
            }
            StarForceOutcome::NotApplicable(NotApplicable::StarsOfItsOwn) => {
                assumptions.push(Assumption::GivenWithStars);
            }
            _ => {}
        }
        ItemExpectation {
            slot: item.slot.clone(),
            part: Slot::of(&item.slot, &item.kind).part(),
            name: item.name.clone(),
            level: item.level.as_ref().ok().copied(),
            icon: item.icon.clone(),
            potential,
            additional_potential,
            star_force,
            assumptions,
        }
    }

    /// Distribution of the sum of items of this evaluation.
    fn spread(&mut self, total: &Total) -> TotalSpread {
        let question = TotalQuery {
            costs: total.costs.clone(),
            levels: Arc::clone(&self.levels),
            budget: self.terms.options.budget,
            distribution: self.terms.options.distribution,
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

    fn potential(
        &mut self,
        item: &Item,
        layer: Layer,
        assumptions: &mut Vec<Assumption>,
    ) -> PotentialExpectation {
        let carried = match layer {
            Layer::Potential => &item.potential,
            Layer::AdditionalPotential => &item.additional_potential,
        };
        if let Some(target) = target_of(item, &self.terms) {
            let carried = carried.as_ref();
            let wanted = Wanted {
                item,
                layer,
                carried,
            };
            return self.way(wanted, target, assumptions);
        }
        let Some(carried) = carried else {
            return PotentialExpectation {
                grade: None,
                lines: Vec::new(),
                outcome: Outcome::NotApplicable(NotApplicable::NoPotential),
            };
        };
        let potential = Potential {
            item,
            layer,
            carried,
        };
        let outcome = self.outcome(potential.question(&self.terms, &self.levels));
        if matches!(outcome, Outcome::Priced(_)) {
            assumptions.extend(potential.assumptions(&self.terms));
        }
        self.warn_of(&outcome, item, layer);
        PotentialExpectation {
            grade: carried.grade.as_ref().ok().copied(),
            lines: carried.lines.iter().flatten().cloned().collect(),
            outcome,
        }
    }

    /// The way of a potential to a target.
    fn way(
        &mut self,
        wanted: Wanted<'_>,
        target: Result<ClassTarget, NotPriced>,
        assumptions: &mut Vec<Assumption>,
    ) -> PotentialExpectation {
        let outcome = match target {
            Ok(target) => {
                let question = wanted.question(&target, &self.terms, &self.levels);
                self.outcome(question)
            }
            Err(reason) => Outcome::NotPriced(reason),
        };
        if matches!(outcome, Outcome::Priced(_)) {
            assumptions.extend(wanted.assumptions());
        }
        let carried = wanted.carried;
        let lines = carried.iter().flat_map(|carried| &carried.lines);
        PotentialExpectation {
            grade: carried.and_then(|carried| carried.grade.as_ref().ok().copied()),
            lines: lines.flatten().cloned().collect(),
            outcome,
        }
    }

    fn outcome(&mut self, question: Result<Question, Outcome>) -> Outcome {
        let question = match question {
            Ok(question) => question,
            Err(outcome) => return outcome,
        };
        self.memo.potential(&question, || {
            let (outcome, cost) = question.answer(&self.terms);
            if let Some((process, distribution)) = cost {
                let distribution = CostOf::Resets(Arc::new(distribution));
                self.distributions
                    .insert(Cost::Resets(process), distribution);
            }
            outcome
        })
    }

    fn stars(&mut self, item: &Item, assumptions: &mut Vec<Assumption>) -> StarForceOutcome {
        let stars = if let Some(target) = target_of(item, &self.terms) {
            // The potentials say what is wrong with the target.
            let target = target.unwrap_or_default();
            stars_to(item, &target, &self.terms, &self.stars, assumptions)
        } else {
            let start = self.terms.options.starts.get(&item.slot);
            let from = start.map_or(0, |start| start.stars);
            Stars::of(item, self.terms.rules.star_force(), from, &self.stars)
        };
        let stars = match stars {
            Ok(stars) => stars,
            Err(outcome) => return outcome,
        };
        let answer = self.answer_of(&stars);
        for note in answer.notes.iter().copied().map(Warning::StarForce) {
            if !self.warnings.contains(&note) {
                self.warnings.push(note);
            }
        }
        answer.outcome.clone()
    }

    fn answer_of(&self, stars: &Stars) -> Arc<StarForceCost> {
        self.memo.stars(&StarsQuery {
            stars: stars.clone(),
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
        TotalSpread::of(&costs, question)
    }

    fn distribution(&self, cost: &Cost) -> Result<CostOf, NotAddedUp> {
        Ok(match cost {
            Cost::Resets(process) => {
                let distribution = CostDistribution::of(&process.0, Unit::Meso);
                let distribution = distribution.expect("the process had a price before");
                CostOf::Resets(Arc::new(distribution))
            }
            Cost::Stars(stars) => {
                let distribution = self.answer_of(stars).distribution.clone();
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
fn class_name<'a>(equipment: &'a Equipment, options: &'a EvaluationOptions) -> Option<&'a str> {
    let chosen = options.class.as_deref().filter(|class| !class.is_empty());
    chosen.or(equipment.class.as_deref())
}

/// The sheet that was given, else the one that the recorded stats make; none where there are
/// neither, or where the stats make none, and a warning says so.
fn sheet_in_use(
    options: &EvaluationOptions,
    equipment: &Equipment,
    class: ClassKnowledge,
    character_level: u16,
    warnings: &mut Vec<Warning>,
) -> Option<SheetInUse> {
    if let Some(sheet) = &options.stat_sheet {
        let sheet = sheet.clone();
        let origin = SheetOrigin::Given;
        return Some(SheetInUse { sheet, origin });
    }
    let known = options.readings.as_deref().zip(class.stats());
    let Some((readings, class)) = known else {
        if options.meaning == Some(Meaning::AsStrong) {
            warnings.push(Warning::NoStatSheet);
        }
        return None;
    };
    match stat_sheet(readings, equipment, class, character_level) {
        Ok(made) => Some(SheetInUse {
            sheet: made.sheet,
            origin: made.detail.into(),
        }),
        Err(reason) => {
            warnings.push(Warning::SheetNotValued(reason));
            None
        }
    }
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
