//! Evaluating many characters.

use std::sync::Arc;

use cube_probability::Rules;

use super::memo::{Memo, Room};
use super::{Evaluation, EvaluationOptions, Expectation, PresetExpectation, Total};
use crate::Equipment;

/// Evaluates characters one after the other, or at the same time, and remembers what it worked
/// out: the same gear is worn by many, and looked at often.
///
/// Remembering changes no answer. Clones share what they remember.
#[derive(Debug, Clone)]
pub struct Evaluator {
    memo: Arc<Memo>,
}

/// Of many characters. Stars hold their distributions, 128 KiB each, so they are fewer.
const OF_MANY: Room = Room {
    potentials: 1 << 15,
    stars: 1 << 7,
    totals: 1 << 11,
};

/// Enough for a single character.
const OF_ONE: Room = Room {
    potentials: 1 << 9,
    stars: 1 << 7,
    totals: 1 << 5,
};

impl Evaluator {
    /// An evaluator for a service, which remembers tens of thousands of answers.
    pub fn new() -> Self {
        Self::with(OF_MANY)
    }

    pub(super) fn of_one() -> Self {
        Self::with(OF_ONE)
    }

    fn with(room: Room) -> Self {
        Self {
            memo: Arc::new(Memo::new(room)),
        }
    }

    /// Cost of making this equipment again, or equipment as good.
    ///
    /// The same equipment, rules and options give the same answer.
    pub fn evaluate(
        &self,
        equipment: &Equipment,
        rules: &'static Rules,
        options: &EvaluationOptions,
    ) -> Expectation {
        let mut evaluation = self.evaluation(equipment, rules, options);
        let mut presets = Vec::new();
        for preset in evaluation.presets() {
            let items: Vec<_> = preset
                .items
                .iter()
                .map(|item| evaluation.item(item))
                .collect();
            let total = Total::of(&items);
            presets.push(PresetExpectation {
                number: preset.number,
                active: preset.active,
                spread: evaluation.spread(&total),
                total,
                items,
            });
        }
        Expectation {
            rules: rules.name,
            star_force_rules: rules.star_force(),
            sheet: evaluation.sheet_origin(),
            presets,
            warnings: evaluation.into_warnings(),
        }
    }

    /// Begins an evaluation item by item.
    pub fn evaluation<'a>(
        &self,
        equipment: &'a Equipment,
        rules: &'static Rules,
        options: &'a EvaluationOptions,
    ) -> Evaluation<'a> {
        Evaluation::with(Arc::clone(&self.memo), equipment, rules, options)
    }
}

impl Default for Evaluator {
    fn default() -> Self {
        Self::new()
    }
}
