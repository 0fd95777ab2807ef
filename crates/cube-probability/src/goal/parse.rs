//! From text to goal: a recursive descent over characters that knows its column.

use std::str::FromStr;

use super::similar::most_similar;
use super::{
    Condition, Decimal, Goal, GoalLimit, MAX_GOAL_ATOMS, MAX_GOAL_CHARS, MAX_GOAL_DEPTH, Sum, Term,
    check_length,
};
use crate::Stat;

/// A text that is not a goal: where it stops making sense, and what was expected there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {reason}")]
pub struct GoalError {
    /// The place of the character at fault, counted from one; one past the last at the end.
    pub column: usize,
    /// The fault found there.
    pub reason: GoalErrorReason,
}

/// A fault in the text of a goal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GoalErrorReason {
    /// Something else was expected here.
    #[error("expected {expected}, found {found}")]
    Expected {
        /// The words that the language allows here.
        expected: &'static str,
        /// The word that the text has here.
        found: String,
    },
    /// A word that is not a stat.
    #[error("unknown stat `{word}`{}", suggestion(.similar.as_ref()))]
    UnknownStat {
        /// The word as given.
        word: String,
        /// The stat whose identifier is most like it, if one is.
        similar: Option<Stat>,
    },
    /// The goal is larger than goals may be.
    #[error("{0}")]
    Limit(GoalLimit),
}

fn suggestion(similar: Option<&Stat>) -> String {
    similar.map_or_else(String::new, |stat| format!("; did you mean `{stat}`?"))
}

impl FromStr for Goal {
    type Err = GoalError;

    fn from_str(text: &str) -> Result<Self, GoalError> {
        let chars: Vec<char> = text.chars().collect();
        check_length(text).map_err(|limit| at(MAX_GOAL_CHARS, GoalErrorReason::Limit(limit)))?;
        let mut parser = Parser {
            chars: &chars,
            position: 0,
            atoms: 0,
            depth: 0,
        };
        let condition = parser.goal()?;
        if parser.peek().is_some() {
            return Err(parser.expected("`and`, `or` or the end"));
        }
        Self::checked(condition).map_err(|limit| at(chars.len(), GoalErrorReason::Limit(limit)))
    }
}

fn at(position: usize, reason: GoalErrorReason) -> GoalError {
    GoalError {
        column: position + 1,
        reason,
    }
}

struct Parser<'a> {
    chars: &'a [char],
    /// The next character to read.
    position: usize,
    atoms: usize,
    depth: usize,
}

impl Parser<'_> {
    fn goal(&mut self) -> Result<Condition, GoalError> {
        let mut parts = vec![self.all()?];
        while self.take_word("or") {
            parts.push(self.all()?);
        }
        Ok(Condition::any(parts))
    }

    fn all(&mut self) -> Result<Condition, GoalError> {
        let mut parts = vec![self.atom()?];
        while self.take_word("and") {
            parts.push(self.atom()?);
        }
        Ok(Condition::all(parts))
    }

    fn atom(&mut self) -> Result<Condition, GoalError> {
        if self.peek() == Some('(') {
            return self.parenthesised();
        }
        if self.atoms == MAX_GOAL_ATOMS {
            return Err(self.limit(GoalLimit::TooManyAtoms));
        }
        self.atoms += 1;
        let sum = self.sum()?;
        if !self.take_text(">=") {
            return Err(self.expected("`>=` or `+`"));
        }
        Ok(Condition::AtLeast(sum, self.number("a number")?))
    }

    fn parenthesised(&mut self) -> Result<Condition, GoalError> {
        if self.depth == MAX_GOAL_DEPTH {
            return Err(self.limit(GoalLimit::TooDeep));
        }
        self.take_text("(");
        self.depth += 1;
        let inner = self.goal()?;
        self.depth -= 1;
        if !self.take_text(")") {
            return Err(self.expected("`and`, `or` or `)`"));
        }
        Ok(inner)
    }

    fn sum(&mut self) -> Result<Sum, GoalError> {
        let mut terms = vec![self.term()?];
        while self.take_text("+") {
            terms.push(self.term()?);
        }
        Ok(Sum { terms })
    }

    fn term(&mut self) -> Result<Term, GoalError> {
        let mut factor = Decimal::ONE;
        if self.peek().is_some_and(|c| c.is_ascii_digit()) {
            factor = self.number("a number")?;
            if !self.take_text("*") {
                return Err(self.expected("`*` and a stat"));
            }
        }
        if self.take_word("lines") {
            return Ok(Term::Lines(factor, self.counted_stats()?));
        }
        Ok(Term::Stat(factor, self.stat()?))
    }

    fn counted_stats(&mut self) -> Result<Vec<Stat>, GoalError> {
        if !self.take_text("(") {
            return Err(self.expected("`(`"));
        }
        let mut stats = vec![self.stat()?];
        while self.take_text(",") {
            stats.push(self.stat()?);
        }
        if !self.take_text(")") {
            return Err(self.expected("`,` or `)`"));
        }
        Ok(stats)
    }

    fn stat(&mut self) -> Result<Stat, GoalError> {
        self.skip_blanks();
        let word = self.word();
        if word.is_empty() || matches!(word.as_str(), "and" | "or" | "lines") {
            return Err(self.expected("a stat such as `int_pct`"));
        }
        let stat = word.parse().map_err(|_| {
            let similar = most_similar(&word);
            at(
                self.position,
                GoalErrorReason::UnknownStat {
                    word: word.clone(),
                    similar,
                },
            )
        })?;
        self.position += word.chars().count();
        Ok(stat)
    }

    /// Digits with up to three decimal places.
    fn number(&mut self, expected: &'static str) -> Result<Decimal, GoalError> {
        self.skip_blanks();
        let start = self.position;
        let whole = self.digits();
        if whole.is_empty() {
            return Err(self.expected(expected));
        }
        let mut places = String::new();
        if self.chars.get(self.position) == Some(&'.') {
            self.position += 1;
            places = self.digits();
            if places.is_empty() {
                return Err(self.expected("a digit"));
            }
            if places.len() > 3 {
                self.position -= places.len() - 3;
                return Err(self.expected("at most three decimal places"));
            }
        }
        format!("{whole}{places:0<3}")
            .parse()
            .ok()
            .map(Decimal::from_thousandths)
            .filter(|number| *number <= Decimal::MAX_IN_GOAL)
            .ok_or_else(|| at(start, GoalErrorReason::Limit(GoalLimit::NumberTooLarge)))
    }

    fn digits(&mut self) -> String {
        let rest = &self.chars[self.position..];
        let digits: String = rest.iter().take_while(|c| c.is_ascii_digit()).collect();
        self.position += digits.len();
        digits
    }

    /// The identifier or keyword that starts here, without reading past it.
    fn word(&self) -> String {
        self.chars[self.position..]
            .iter()
            .take_while(|c| c.is_alphanumeric() || **c == '_')
            .collect()
    }

    fn take_word(&mut self, word: &str) -> bool {
        self.skip_blanks();
        let found = self.word() == word;
        if found {
            self.position += word.len();
        }
        found
    }

    fn take_text(&mut self, text: &str) -> bool {
        self.skip_blanks();
        let found = text
            .chars()
            .eq(self.chars[self.position..].iter().copied().take(text.len()));
        if found {
            self.position += text.len();
        }
        found
    }

    fn peek(&mut self) -> Option<char> {
        self.skip_blanks();
        self.chars.get(self.position).copied()
    }

    fn skip_blanks(&mut self) {
        while self
            .chars
            .get(self.position)
            .is_some_and(|c| c.is_whitespace())
        {
            self.position += 1;
        }
    }

    fn limit(&self, limit: GoalLimit) -> GoalError {
        at(self.position, GoalErrorReason::Limit(limit))
    }

    /// The error at the next character that is not a blank.
    fn expected(&mut self, expected: &'static str) -> GoalError {
        let found = match self.peek() {
            None => "the end".to_owned(),
            Some(char) if char.is_alphanumeric() => format!("`{}`", self.word()),
            Some(char) => format!("`{char}`"),
        };
        at(self.position, GoalErrorReason::Expected { expected, found })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        text.parse::<Goal>().unwrap_err().to_string()
    }

    #[test]
    fn and_binds_tighter_than_or() {
        let without: Goal = "str_pct >= 1 or dex_pct >= 2 and int_pct >= 3"
            .parse()
            .unwrap();
        let with: Goal = "str_pct >= 1 or (dex_pct >= 2 and int_pct >= 3)"
            .parse()
            .unwrap();
        assert_eq!(without, with);
    }

    #[test]
    fn canonical_text_drops_redundant_terms() {
        for (given, printed) in [
            ("((int_pct>=21.0))", "int_pct >= 21"),
            (
                "1*int_pct+0.10 * int_flat\n>=9.80",
                "int_pct + 0.1*int_flat >= 9.8",
            ),
            (
                "2*lines( int_pct,matt_pct )>=3",
                "2*lines(int_pct, matt_pct) >= 3",
            ),
            (
                "(str_pct>=1 and dex_pct>=2)and(int_pct>=3)",
                "str_pct >= 1 and dex_pct >= 2 and int_pct >= 3",
            ),
            ("0*int_pct >= 0", "0*int_pct >= 0"),
        ] {
            assert_eq!(given.parse::<Goal>().unwrap().to_string(), printed);
        }
    }

    #[test]
    fn errors_name_the_column_and_what_was_expected() {
        for (text, message) in [
            (
                "",
                "column 1: expected a stat such as `int_pct`, found the end",
            ),
            (
                "   ",
                "column 4: expected a stat such as `int_pct`, found the end",
            ),
            ("int_pct", "column 8: expected `>=` or `+`, found the end"),
            ("int_pct > 21", "column 9: expected `>=` or `+`, found `>`"),
            ("int_pct >= ", "column 12: expected a number, found the end"),
            ("int_pct >= -1", "column 12: expected a number, found `-`"),
            (
                "int_pct >= 21 and",
                "column 18: expected a stat such as `int_pct`, found the end",
            ),
            (
                "int_pct >= 21 or or",
                "column 18: expected a stat such as `int_pct`, found `or`",
            ),
            (
                "int_pct >= 21 luk_pct",
                "column 15: expected `and`, `or` or the end, found `luk_pct`",
            ),
            (
                "(int_pct >= 21",
                "column 15: expected `and`, `or` or `)`, found the end",
            ),
            (
                "int_pct >= 1.2345",
                "column 17: expected at most three decimal places, found `5`",
            ),
            (
                "int_pct >= 1.",
                "column 14: expected a digit, found the end",
            ),
            (
                "3 int_pct >= 1",
                "column 3: expected `*` and a stat, found `int_pct`",
            ),
            (
                "lines int_pct >= 1",
                "column 7: expected `(`, found `int_pct`",
            ),
            (
                "lines() >= 1",
                "column 7: expected a stat such as `int_pct`, found `)`",
            ),
            (
                "lines(int_pct >= 1",
                "column 15: expected `,` or `)`, found `>`",
            ),
            ("마력 >= 1", "column 1: unknown stat `마력`"),
            (
                "int_pct >= 1 and matk_pct >= 1",
                "column 18: unknown stat `matk_pct`; did you mean `matt_pct`?",
            ),
            (
                "int_pct >= 1000001",
                "column 12: a number in a goal is at most 1000000",
            ),
            (
                "int_pct >= 99999999999999999999999999",
                "column 12: a number in a goal is at most 1000000",
            ),
        ] {
            assert_eq!(error(text), message, "{text}");
        }
    }

    #[test]
    fn size_is_bounded() {
        let atoms = |n: usize| vec!["int_pct>=1"; n].join(" or ");
        assert!(atoms(MAX_GOAL_ATOMS).parse::<Goal>().is_ok());
        assert_eq!(
            error(&atoms(MAX_GOAL_ATOMS + 1)),
            "column 897: a goal has at most 64 comparisons"
        );

        let nested = |n: usize| format!("{}int_pct >= 1{}", "(".repeat(n), ")".repeat(n));
        assert!(nested(MAX_GOAL_DEPTH).parse::<Goal>().is_ok());
        assert_eq!(
            error(&nested(MAX_GOAL_DEPTH + 1)),
            "column 17: the parentheses of a goal are nested at most 16 deep"
        );

        let long = format!("int_pct{} >= 1", " + int_pct".repeat(123));
        assert!(long.chars().count() > MAX_GOAL_CHARS);
        assert!(long.parse::<Goal>().is_ok());
        assert_eq!(
            error(&"1".repeat(1001)),
            "column 1001: a goal has at most 1000 characters without blanks, this one has 1001"
        );
    }
}
