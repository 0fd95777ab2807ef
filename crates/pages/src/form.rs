//! Queries as forms send them: read leniently, written in canonical order.

use std::fmt::Display;

use api::amount::{self, InvalidMeso};
use api::calculations::ValidationErrors;

/// Parameters of a query, in the order given.
#[derive(Debug, Clone, Default)]
pub struct Pairs(Vec<(String, String)>);

/// A field that is at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormError {
    /// Name of the field in the form.
    pub field: String,
    /// Character of the goal's text at fault, counted from one.
    pub column: Option<usize>,
    /// Explanation, and what is expected.
    pub detail: String,
}

/// Longest value of a field that is kept, in characters; more is cut off.
const MAX_VALUE_CHARS: usize = 2_000;

impl Pairs {
    /// Reads a query string. Anything can be read: what is not UTF-8 is replaced.
    pub fn of_query(query: &str) -> Self {
        let pairs = form_urlencoded::parse(query.as_bytes());
        let cut = |text: &str| text.chars().take(MAX_VALUE_CHARS).collect::<String>();
        Self(pairs.map(|(k, v)| (cut(&k), cut(&v))).collect())
    }

    /// Returns the last value of a parameter, trimmed; empty where it is missing.
    pub fn get(&self, name: &str) -> &str {
        let mut found = self.0.iter().rev().filter(|(key, _)| key == name);
        found.next().map_or("", |(_, value)| value.trim())
    }

    /// Returns every value of a parameter.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let found = self.0.iter().filter(move |(key, _)| key == name);
        found.map(|(_, value)| value.trim())
    }

    /// Returns whether the visitor waits for Nexon's answer already.
    pub fn is_waiting(&self) -> bool {
        self.is_ticked("wait")
    }

    /// Returns a parameter's value, or a default where it is empty.
    pub(crate) fn or(&self, name: &str, default: &str) -> String {
        match self.get(name) {
            "" => default.to_owned(),
            given => given.to_owned(),
        }
    }

    /// Returns whether a box is ticked.
    pub(crate) fn is_ticked(&self, name: &str) -> bool {
        matches!(self.get(name), "1" | "true" | "on")
    }

    /// Returns whether the parameter is given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for Pairs {
    fn from_iter<T: IntoIterator<Item = (&'a str, &'a str)>>(pairs: T) -> Self {
        let pairs = pairs.into_iter();
        Self(pairs.map(|(k, v)| (k.to_owned(), v.to_owned())).collect())
    }
}

/// Errors of a form, collected while it is read.
#[derive(Debug, Default)]
pub(crate) struct Errors(pub(crate) Vec<FormError>);

impl Errors {
    pub(crate) fn add(&mut self, field: &str, detail: &impl Display) {
        self.0.push(FormError {
            field: field.to_owned(),
            column: None,
            detail: detail.to_string(),
        });
    }

    /// Reads a whole number.
    pub(crate) fn number(&mut self, field: &str, text: &str) -> i64 {
        let digits: String = text
            .chars()
            .map(amount::narrow)
            .filter(|c| *c != ',')
            .collect();
        digits.parse().unwrap_or_else(|_| {
            self.add(field, &format!("`{text}` is not a whole number"));
            0
        })
    }

    /// Reads a number that may have decimals: digits, and at most one point.
    pub(crate) fn decimal(&mut self, field: &str, text: &str) -> f64 {
        decimal(text).unwrap_or_else(|| {
            self.add(field, &format!("`{text}` is not a number"));
            0.0
        })
    }

    /// Reads an amount of meso.
    pub(crate) fn amount(&mut self, field: &str, text: &str) -> Option<i64> {
        amount::parse(text).unwrap_or_else(|error: InvalidMeso| {
            self.add(field, &error);
            None
        })
    }

    /// Returns the value unless a field was at fault.
    pub(crate) fn check<T>(self, value: T) -> Result<T, Vec<FormError>> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(self.0)
        }
    }
}

/// Longest decimal number read, in characters.
const MAX_DECIMAL: usize = 16;

/// Reads a number as people write it: digits with commas and at most one point, and a per cent or
/// plus sign; no exponent, which nobody means.
pub(crate) fn decimal(text: &str) -> Option<f64> {
    let chars = text.chars().map(amount::narrow);
    let plain: String = chars
        .filter(|c| !matches!(c, ',' | '%' | '+' | ' '))
        .collect();
    let is_number = plain.len() <= MAX_DECIMAL
        && plain.chars().all(|c| c.is_ascii_digit() || c == '.')
        && plain.chars().any(|c| c.is_ascii_digit());
    is_number.then(|| plain.parse().ok()).flatten()
}

/// Names the fields that a request's errors point at; `name` maps a JSON pointer to a field.
pub(crate) fn of_request(
    errors: &ValidationErrors,
    name: impl Fn(&str) -> String,
) -> Vec<FormError> {
    let errors = errors.all().iter();
    errors
        .map(|error| FormError {
            field: name(&error.pointer),
            column: error.column,
            detail: error.detail.clone(),
        })
        .collect()
}

/// Builds a canonical query: only what differs from the default, in the order given.
#[derive(Debug, Default)]
pub(crate) struct QueryBuilder(Vec<(String, String)>);

impl QueryBuilder {
    pub(crate) fn add(mut self, name: &str, value: &str) -> Self {
        if !value.is_empty() {
            self.0.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    pub(crate) fn tick(self, name: &str, is_ticked: bool) -> Self {
        self.add(name, if is_ticked { "1" } else { "" })
    }

    pub(crate) fn finish(self) -> Vec<(String, String)> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_read_any_query() {
        let pairs = Pairs::of_query("a=1&a=+2+&%ff=%00&=&b");
        assert_eq!(pairs.get("a"), "2");
        assert_eq!(pairs.all("a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(pairs.get("c"), "");
        assert_eq!(pairs.or("b", "x"), "x");
    }

    #[test]
    fn values_beyond_the_limit_are_cut_off() {
        let pairs = Pairs::of_query(&format!("a={}", "가".repeat(5_000)));
        assert_eq!(pairs.get("a").chars().count(), MAX_VALUE_CHARS);
    }

    #[test]
    fn numbers_that_are_none_are_errors_of_their_field() {
        let mut errors = Errors::default();
        assert_eq!(errors.number("level", "1e999"), 0);
        assert_eq!(errors.amount("budget", "30억"), Some(3_000_000_000));
        assert_eq!(errors.amount("budget", "<b>"), None);
        errors.decimal("score", "1e3");
        let fields: Vec<_> = errors.0.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["level", "budget", "score"]);
    }

    #[test]
    fn decimals_are_read_as_people_write_them() {
        for text in [
            "",
            "1e999",
            "NaN",
            "inf",
            "-5",
            "30억",
            "<b>",
            ".",
            "1.2.3",
            "12345678901234567",
        ] {
            assert_eq!(decimal(text), None, "{text}");
        }
        assert_eq!(decimal("+95.3 %"), Some(95.3));
        assert_eq!(decimal("62,000"), Some(62_000.0));
    }

    #[test]
    fn wide_digits_are_read_as_narrow_ones() {
        let mut errors = Errors::default();
        assert_eq!(errors.number("level", "２００"), 200);
        assert_eq!(
            errors.amount("budget", "１조　５，０００억"),
            Some(1_500_000_000_000)
        );
        assert_eq!(decimal("９５．３％"), Some(95.3));
        assert!(errors.0.is_empty());
    }
}
