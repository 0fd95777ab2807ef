//! The answer line by line: an item as soon as it is known, the rest at the end.

use cube_probability::Rules;
use equipment::{Equipment, EvaluationOptions, Evaluator, Expectation, PresetExpectation, Total};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ExpectationOptions, ExpectationResponse, ItemCost};
use crate::responses::Provenance;

/// One line of the answer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = ExpectationLine)]
pub enum Line {
    /// An item.
    Item {
        /// The preset it is in.
        #[schema(minimum = 1, maximum = 3)]
        preset: u8,
        /// What it would cost.
        item: Box<ItemCost>,
    },
    /// The last line of an answer that came to its end: everything but the items.
    Summary(Box<ExpectationResponse>),
    /// The last line of an answer that did not.
    Error {
        /// The kind of problem: a stable URI, relative to this service, that explains it.
        #[serde(rename = "type")]
        problem: String,
        /// What happened.
        detail: &'static str,
    },
}

/// The reader of the lines has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReaderLeft;

/// What an answer is worked out from.
#[derive(Debug)]
pub struct LinesRequest<'a> {
    /// Whose gear it is.
    pub provenance: Provenance,
    /// The gear.
    pub equipment: &'a Equipment,
    /// The rule set.
    pub rules: &'static Rules,
    /// What was chosen.
    pub options: &'a ExpectationOptions,
    /// The same in the library's terms.
    pub evaluation: &'a EvaluationOptions,
}

impl LinesRequest<'_> {
    /// Works the answer out and sends each line as soon as it is known.
    ///
    /// # Errors
    ///
    /// [`ReaderLeft`] as soon as a line cannot be sent; nothing more is worked out then.
    pub fn answer(
        self,
        evaluator: &Evaluator,
        mut send: impl FnMut(Line) -> Result<(), ReaderLeft>,
    ) -> Result<(), ReaderLeft> {
        let mut evaluation = evaluator.evaluation(self.equipment, self.rules, self.evaluation);
        let mut presets = Vec::new();
        for preset in evaluation.presets() {
            let mut total = Total::default();
            for item in &preset.items {
                #[cfg(feature = "failpoints")]
                fail::fail_point!("expectation::item");
                let item = evaluation.item(item);
                total.add(&item);
                send(Line::Item {
                    preset: preset.number,
                    item: Box::new((&item).into()),
                })?;
            }
            presets.push(PresetExpectation {
                number: preset.number,
                active: preset.active,
                spread: evaluation.spread(&total),
                total,
                items: Vec::new(),
            });
        }
        let expectation = Expectation {
            rules: self.rules.name,
            star_force_rules: self.rules.star_force(),
            sheet: evaluation.sheet_origin(),
            presets,
            warnings: evaluation.warnings().to_vec(),
        };
        let answer =
            ExpectationResponse::of_wearer(self.provenance, &expectation, self.rules, self.options);
        send(Line::Summary(Box::new(answer)))
    }
}
