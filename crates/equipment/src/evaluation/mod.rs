//! What it would cost to make equipment again.

mod answer;
mod options;
mod potential;
mod reason;
mod stars;
mod warning;

use std::collections::HashMap;

use cube_probability::star_force::{self, Note};
use cube_probability::{Layer, Rules};

use crate::{Equipment, Item, MainStat, Place, Preset};
use potential::{Potential, Question};
use stars::Stars;

pub use answer::{
    Expectation, ItemExpectation, Outcome, PotentialExpectation, PresetExpectation, Price,
    Quantile, Spread, Total,
};
pub use options::{EvaluationOptions, Methods, PresetChoice, StartingGrade, WrongLayer};
pub use reason::{NotApplicable, NotPriced};
pub use stars::{StarForceOutcome, StarsNotPriced};
pub use warning::Warning;

/// What it would cost to make this equipment again, or equipment as good.
///
/// Pure: the same equipment, rules and options give the same answer.
pub fn evaluate(
    equipment: &Equipment,
    rules: &'static Rules,
    options: &EvaluationOptions,
) -> Expectation {
    let mut evaluation = Evaluation::new(equipment, rules, options);
    let mut presets = Vec::new();
    for preset in evaluation.presets() {
        let items: Vec<_> = preset
            .items
            .iter()
            .map(|item| evaluation.item(item))
            .collect();
        presets.push(PresetExpectation {
            number: preset.number,
            active: preset.active,
            total: Total::of(&items),
            items,
        });
    }
    Expectation {
        rules: rules.name,
        star_force_rules: star_force::Rules::default(),
        presets,
        warnings: evaluation.warnings,
    }
}

/// An evaluation in progress, item by item, for those who show answers as they come.
///
/// ```
/// use cube_probability::Rules;
/// use equipment::{Equipment, Evaluation, EvaluationOptions, Total};
///
/// let equipment = Equipment { class: Some("에반".to_owned()), presets: Vec::new() };
/// let options = EvaluationOptions::default();
/// let mut evaluation = Evaluation::new(&equipment, Rules::current(), &options);
/// for preset in evaluation.presets() {
///     let mut total = Total::default();
///     for item in &preset.items {
///         let item = evaluation.item(item);
///         total.add(&item);
///         println!("{}: {}", item.slot, item.potential.outcome.status());
///     }
///     println!("{}", total.mean());
/// }
/// ```
#[derive(Debug)]
pub struct Evaluation<'a> {
    equipment: &'a Equipment,
    rules: &'static Rules,
    options: &'a EvaluationOptions,
    main: Option<MainStat>,
    character_level: u16,
    warnings: Vec<Warning>,
    /// The same potential is often worn in several presets; it is priced once.
    answered: HashMap<Question, Outcome>,
    stars: HashMap<Stars, (StarForceOutcome, Vec<Note>)>,
}

impl<'a> Evaluation<'a> {
    /// Begins an evaluation.
    pub fn new(
        equipment: &'a Equipment,
        rules: &'static Rules,
        options: &'a EvaluationOptions,
    ) -> Self {
        let mut warnings = Vec::new();
        Self {
            equipment,
            rules,
            options,
            main: main_stat(equipment, options, &mut warnings),
            character_level: character_level(equipment, options, &mut warnings),
            warnings,
            answered: HashMap::new(),
            stars: HashMap::new(),
        }
    }

    /// The presets that were asked for, in order.
    pub fn presets(&self) -> impl Iterator<Item = &'a Preset> + use<'a> {
        let choice = self.options.presets;
        let presets = self.equipment.presets.iter();
        presets.filter(move |preset| choice.includes(preset))
    }

    /// What the items evaluated so far gave reason to say.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Evaluates an item.
    pub fn item(&mut self, item: &Item) -> ItemExpectation {
        ItemExpectation {
            slot: item.slot.clone(),
            part: Place::of(&item.slot, &item.kind).part(),
            name: item.name.clone(),
            level: item.level,
            icon: item.icon.clone(),
            potential: self.potential(item, Layer::Potential),
            additional_potential: self.potential(item, Layer::AdditionalPotential),
            star_force: self.stars(item),
        }
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
        let method = self.options.methods.of(potential.layer);
        let question = potential.question(method, self.main, self.character_level);
        let question = match question {
            Ok(question) => question,
            Err(outcome) => return outcome,
        };
        let (rules, options) = (self.rules, self.options);
        let answered = self.answered.entry(question);
        answered
            .or_insert_with_key(|question| question.answer(rules, options))
            .clone()
    }

    fn stars(&mut self, item: &Item) -> StarForceOutcome {
        let stars = match Stars::of(item) {
            Ok(stars) => stars,
            Err(outcome) => return outcome,
        };
        let (outcome, notes) = self.stars.entry(stars).or_insert_with(|| stars.price());
        for note in notes.iter().copied().map(Warning::StarForce) {
            if !self.warnings.contains(&note) {
                self.warnings.push(note);
            }
        }
        *outcome
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

fn main_stat(
    equipment: &Equipment,
    options: &EvaluationOptions,
    warnings: &mut Vec<Warning>,
) -> Option<MainStat> {
    let class = options.class.as_ref().or(equipment.class.as_ref());
    let known = class.and_then(|class| MainStat::of_class(class));
    if known == Some(MainStat::MaxHp) {
        warnings.push(Warning::PointsOfHp);
    }
    known.or_else(|| {
        let taken = MainStat::of_gear(items(equipment).map(|item| &item.totals));
        let class = class.cloned();
        warnings.push(Warning::UnknownClass { class, taken });
        taken
    })
}

fn character_level(
    equipment: &Equipment,
    options: &EvaluationOptions,
    warnings: &mut Vec<Warning>,
) -> u16 {
    options.character_level.unwrap_or_else(|| {
        let taken = items(equipment).map(|item| item.level).max().unwrap_or(1);
        warnings.push(Warning::UnknownLevel { taken });
        taken
    })
}

fn items(equipment: &Equipment) -> impl Iterator<Item = &Item> {
    equipment.presets.iter().flat_map(|preset| &preset.items)
}
