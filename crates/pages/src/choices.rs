//! Options of select fields.

use cube_probability::{Grade, Layer, Method, Part};

use crate::lang::Lang;
use crate::words;

/// One option of a select field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) value: &'static str,
    pub(crate) label: String,
    pub(crate) is_chosen: bool,
}

impl Choice {
    pub(crate) fn new(value: &'static str, label: impl Into<String>, chosen: &str) -> Self {
        Self {
            value,
            label: label.into(),
            is_chosen: value == chosen,
        }
    }
}

/// Returns the methods of one layer, or of both.
pub(crate) fn methods(layer: Option<Layer>, chosen: &str, lang: Lang) -> Vec<Choice> {
    // Prime cubes keep a first line, which the form has no field for.
    let methods = Method::ALL.iter().copied();
    let methods =
        methods.filter(|method| !matches!(method, Method::Prime | Method::PrimeAdditional));
    methods
        .filter(|method| layer.is_none_or(|layer| method.layer() == layer))
        .map(|method| Choice::new(method.id(), words::method(method, lang), chosen))
        .collect()
}

/// Returns every part.
pub(crate) fn parts(chosen: &str, lang: Lang) -> Vec<Choice> {
    let parts = Part::ALL.iter().copied();
    parts
        .map(|part| Choice::new(part.id(), words::part(part, lang), chosen))
        .collect()
}

/// Returns every grade.
pub(crate) fn grades(chosen: &str, lang: Lang) -> Vec<Choice> {
    let grades = Grade::ALL.iter().copied();
    grades
        .map(|grade| Choice::new(grade.id(), words::grade(grade, lang), chosen))
        .collect()
}
