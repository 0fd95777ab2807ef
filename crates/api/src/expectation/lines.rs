//! The response line by line: each item once it is known, the rest at the end.

use cube_probability::Rules;
use equipment::{Equipment, EvaluationOptions, Evaluator};
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
        /// The item's cost.
        item: Box<ItemCost>,
    },
    /// The last line of an answer that came to its end: everything but the items.
    Summary(Box<ExpectationResponse>),
    /// The last line of an answer that did not.
    Error {
        /// The kind of problem: a stable URI, relative to this service, that explains it.
        #[serde(rename = "type")]
        problem: String,
        /// This occurrence of the problem.
        detail: &'static str,
    },
}

/// The reader of the lines has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReaderLeft;

/// Request for an expectation line by line.
#[derive(Debug)]
pub struct LinesRequest<'a> {
    /// The character, and the freshness of its data.
    pub provenance: Provenance,
    /// The gear.
    pub equipment: &'a Equipment,
    /// The rule set.
    pub rules: &'static Rules,
    /// Options of the request.
    pub options: &'a ExpectationOptions,
    /// The same in the library's terms.
    pub evaluation: &'a EvaluationOptions,
}

impl LinesRequest<'_> {
    /// Evaluates the gear and sends each line once it is known.
    ///
    /// # Errors
    ///
    /// [`ReaderLeft`] as soon as a line cannot be sent; nothing more is worked out then.
    pub fn answer(
        self,
        evaluator: &Evaluator,
        mut send: impl FnMut(Line) -> Result<(), ReaderLeft>,
    ) -> Result<(), ReaderLeft> {
        let (gear, rules, options) = (self.equipment, self.rules, self.evaluation);
        let mut expectation = evaluator.evaluate_each(gear, rules, options, |evaluated| {
            #[cfg(feature = "failpoints")]
            fail::fail_point!("expectation::item");
            send(Line::Item {
                preset: evaluated.preset,
                item: Box::new(evaluated.item.into()),
            })
        })?;
        // They were the lines before.
        for preset in &mut expectation.presets {
            preset.items.clear();
        }
        let answer =
            ExpectationResponse::of_wearer(self.provenance, &expectation, self.rules, self.options);
        send(Line::Summary(Box::new(answer)))
    }
}
