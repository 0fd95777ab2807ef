//! Reading a line of a table file word by word.

use std::fmt::Display;
use std::str::{FromStr, SplitWhitespace};

/// A table file that does not hold what it must.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub(crate) struct TableError {
    /// Counted from one; the last line where something is missing from the whole file.
    pub(crate) line: usize,
    pub(crate) problem: String,
}

impl TableError {
    pub(crate) fn new(line: usize, problem: impl Display) -> Self {
        Self {
            line,
            problem: problem.to_string(),
        }
    }
}

/// The words of one line.
pub(crate) struct Fields<'a> {
    line: usize,
    words: SplitWhitespace<'a>,
}

/// The lines of a file that are not comments: the first word and the rest.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = (&str, &str, usize)> {
    text.lines().zip(1..).filter_map(|(text, line)| {
        let (keyword, rest) = text.split_once(' ')?;
        (keyword != "#").then_some((keyword, rest, line))
    })
}

impl<'a> Fields<'a> {
    pub(crate) fn new(rest: &'a str, line: usize) -> Self {
        Self {
            line,
            words: rest.split_whitespace(),
        }
    }

    pub(crate) fn word(&mut self) -> Result<&'a str, TableError> {
        self.words
            .next()
            .ok_or_else(|| TableError::new(self.line, "the line ends early"))
    }

    pub(crate) fn parse<T: FromStr<Err: Display>>(&mut self) -> Result<T, TableError> {
        parse(self.word()?, self.line)
    }

    pub(crate) fn parse_array<T, const N: usize>(&mut self) -> Result<[T; N], TableError>
    where
        T: FromStr<Err: Display> + Copy + Default,
    {
        let mut values = [T::default(); N];
        for value in &mut values {
            *value = self.parse()?;
        }
        Ok(values)
    }

    pub(crate) fn line(&self) -> usize {
        self.line
    }

    pub(crate) fn rest(self) -> SplitWhitespace<'a> {
        self.words
    }

    pub(crate) fn fail(&self, problem: impl Display) -> TableError {
        TableError::new(self.line, problem)
    }
}

pub(crate) fn parse<T: FromStr<Err: Display>>(word: &str, line: usize) -> Result<T, TableError> {
    word.parse().map_err(|error| TableError::new(line, error))
}
