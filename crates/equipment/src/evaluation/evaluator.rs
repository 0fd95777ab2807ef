//! Evaluating many characters.

use std::sync::Arc;

use cube_probability::Rules;

use super::memo::Memo;
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

/// Memory of an evaluator that is given no bound.
const OF_MANY: u64 = 32 * 1024 * 1024;

/// Enough for a single character.
const OF_ONE: u64 = 24 * 1024 * 1024;

impl Evaluator {
    /// An evaluator that remembers tens of thousands of answers, in 32 MiB.
    pub fn new() -> Self {
        Self::with_memory(OF_MANY)
    }

    /// An evaluator whose answers take at most so many bytes.
    pub fn with_memory(bytes: u64) -> Self {
        Self {
            memo: Arc::new(Memo::new(bytes)),
        }
    }

    pub(super) fn of_one() -> Self {
        Self::with_memory(OF_ONE)
    }

    /// Bytes of the answers that are remembered.
    pub fn memory(&self) -> u64 {
        self.memo.bytes()
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
