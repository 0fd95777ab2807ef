//! Evaluating many characters.

use std::convert::Infallible;
use std::sync::Arc;

use cube_probability::Rules;

use super::memo::Memo;
use super::{
    Evaluation, EvaluationOptions, Expectation, ItemExpectation, PresetExpectation, Total,
};
use crate::Equipment;

/// Evaluates characters one after the other, or at the same time, and remembers what it worked
/// out: the same gear is worn by many, and looked at often.
///
/// Remembering changes no answer. Clones share what they remember.
#[derive(Debug, Clone)]
pub struct Evaluator {
    memo: Arc<Memo>,
}

/// An item of an evaluation in progress.
#[derive(Debug, Clone, Copy)]
pub struct EvaluatedItem<'e> {
    /// Number of the preset it is in.
    pub preset: u8,
    /// The item and its cost.
    pub item: &'e ItemExpectation,
    /// Number of items of the whole evaluation.
    pub of: usize,
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
        let Ok(expectation) =
            self.evaluate_each(equipment, rules, options, |_| Ok::<_, Infallible>(()));
        expectation
    }

    /// Evaluates like [`Evaluator::evaluate`], and calls `each` with every item once it is priced.
    ///
    /// ```
    /// use std::convert::Infallible;
    ///
    /// use cube_probability::Rules;
    /// use equipment::{Equipment, EvaluationOptions, Evaluator, StatTotals};
    ///
    /// let equipment = Equipment { class: Some("에반".to_owned()), presets: Vec::new(), title: StatTotals::default() };
    /// let (rules, options) = (Rules::current(), EvaluationOptions::default());
    /// let Ok(expectation) = Evaluator::new().evaluate_each(&equipment, rules, &options, |evaluated| {
    ///     let item = evaluated.item;
    ///     println!("{}: {}", item.slot, item.potential.outcome.status());
    ///     Ok::<_, Infallible>(())
    /// });
    /// println!("{} presets", expectation.presets.len());
    /// ```
    ///
    /// # Errors
    ///
    /// The error of `each`, which ends the evaluation.
    pub fn evaluate_each<E>(
        &self,
        equipment: &Equipment,
        rules: &'static Rules,
        options: &EvaluationOptions,
        mut each: impl FnMut(EvaluatedItem<'_>) -> Result<(), E>,
    ) -> Result<Expectation, E> {
        let mut evaluation = self.evaluation(equipment, rules, options);
        let of = evaluation.presets().map(|preset| preset.items.len()).sum();
        let mut presets = Vec::new();
        for preset in evaluation.presets() {
            let mut items = Vec::with_capacity(preset.items.len());
            for item in &preset.items {
                let item = evaluation.item(item);
                each(EvaluatedItem {
                    preset: preset.number,
                    item: &item,
                    of,
                })?;
                items.push(item);
            }
            let total = Total::of(&items);
            presets.push(PresetExpectation {
                number: preset.number,
                active: preset.active,
                spread: evaluation.spread(&total),
                total,
                items,
            });
        }
        Ok(Expectation {
            rules: rules.name,
            star_force_rules: rules.star_force(),
            sheet: evaluation.sheet_origin(),
            presets,
            warnings: evaluation.into_warnings(),
        })
    }

    fn evaluation<'a>(
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
