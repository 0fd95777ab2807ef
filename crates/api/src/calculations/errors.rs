//! Everything that is wrong with a question, found in one go.

use std::fmt::Display;

/// Errors of a request, all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, thiserror::Error)]
#[error("the question has {} fault(s)", .all.len())]
pub struct ValidationErrors {
    all: Vec<ValidationError>,
}

/// One thing that is wrong with a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidationError {
    /// Place of the error: a JSON pointer into the request.
    pub pointer: String,
    /// Place in the text of a goal, in characters counted from one.
    pub column: Option<usize>,
    /// The error, and the values expected.
    pub detail: String,
}

impl ValidationErrors {
    /// None so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every fault, in the order found.
    pub fn all(&self) -> &[ValidationError] {
        &self.all
    }

    /// Remembers a fault.
    pub fn add(&mut self, pointer: impl Into<String>, detail: impl Display) {
        self.all.push(ValidationError {
            pointer: pointer.into(),
            column: None,
            detail: detail.to_string(),
        });
    }

    /// Remembers a fault at a place in the text of a goal.
    pub fn add_in_goal(&mut self, pointer: &str, column: usize, detail: impl Display) {
        self.all.push(ValidationError {
            pointer: pointer.to_owned(),
            column: Some(column),
            detail: detail.to_string(),
        });
    }

    /// Remembers the errors of a part of the question.
    pub fn add_all(&mut self, pointer: &str, part: &Self) {
        self.all
            .extend(part.all.iter().map(|fault| ValidationError {
                pointer: format!("{pointer}{}", fault.pointer),
                ..fault.clone()
            }));
    }

    /// The value, or none and one fault more.
    pub fn collect<T, E: Display>(&mut self, pointer: &str, value: Result<T, E>) -> Option<T> {
        value.map_err(|error| self.add(pointer, error)).ok()
    }

    /// The values, unless one of them, or anything before, was at fault.
    ///
    /// # Errors
    ///
    /// The errors.
    pub fn check<T>(self, values: Option<T>) -> Result<T, Self> {
        match values {
            Some(values) if self.all.is_empty() => Ok(values),
            _ => Err(self),
        }
    }
}
