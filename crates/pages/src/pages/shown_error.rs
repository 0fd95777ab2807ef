//! Errors of a form beside the fields they belong to.

use crate::faults::fault;
use crate::form::FormError;
use crate::lang::Lang;

/// An error as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ShownError {
    /// Label of the field.
    pub(super) label: String,
    /// Place in the text of a goal.
    pub(super) place: Option<String>,
    pub(super) detail: String,
    /// Whether the detail is in English on a page of another language.
    pub(super) is_english: bool,
    /// The text before the fault, the character at fault, and the text after it.
    pub(super) parts: Option<(String, String, String)>,
}

impl ShownError {
    /// Shows an error of the field with this label; `text` is what the field holds.
    pub(super) fn new(error: &FormError, label: &str, text: &str, lang: Lang) -> Self {
        let column = error.column;
        let detail = fault(&error.detail, lang);
        Self {
            is_english: detail.is_none(),
            label: label.to_owned(),
            place: column.map(|column| match lang {
                Lang::Ko => format!("{column}번째 글자"),
                Lang::En => format!("character {column}"),
            }),
            detail: detail.unwrap_or_else(|| error.detail.clone()),
            parts: column.map(|column| split(text, column)),
        }
    }
}

/// Splits a text at a character, counted from one. Past its end the middle is a mark for that.
fn split(text: &str, column: usize) -> (String, String, String) {
    let before: String = text.chars().take(column.saturating_sub(1)).collect();
    let fault: String = text.chars().skip(before.chars().count()).take(1).collect();
    let after: String = text.chars().skip(column).collect();
    let fault = if fault.trim().is_empty() {
        "␣".to_owned()
    } else {
        fault
    };
    (before, fault, after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_marks_the_character_at_the_column() {
        let parts = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        assert_eq!(split("가나다", 2), parts("가", "나", "다"));
        assert_eq!(split("a >=", 5), parts("a >=", "␣", ""));
        assert_eq!(split("", 1), parts("", "␣", ""));
        assert_eq!(split("ab", 99), parts("ab", "␣", ""));
    }
}
