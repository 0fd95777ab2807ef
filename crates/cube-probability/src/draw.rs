//! Draws: which lines of which item a reset makes anew.

use std::ops::Deref;

use crate::{Method, OptionLine, Part};

/// One item and the method that resets it: what decides the tables its lines are drawn from.
///
/// ```
/// use cube_probability::{Draw, Grade, Method, Part, Rules};
///
/// // A potential of two lines has no third one to help it.
/// let three = Draw::new(Method::Black, Part::Hat, 150);
/// let goal = "int_pct >= 21".parse()?;
/// let chance = |draw| -> Result<f64, Box<dyn std::error::Error>> {
///     Ok(Rules::current().odds_of(&draw, &goal)?.chance(Grade::Legendary).probability())
/// };
/// assert!(chance(three.two_lines())? < chance(three)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Draw {
    method: Method,
    part: Part,
    item_level: u16,
    lines: usize,
    kept: Option<OptionLine>,
}

impl Draw {
    /// Three lines of an item of this part and level.
    pub const fn new(method: Method, part: Part, item_level: u16) -> Self {
        Self {
            method,
            part,
            item_level,
            lines: 3,
            kept: None,
        }
    }

    /// The same for a potential of two lines: the first two tables, and no third line.
    #[must_use]
    pub const fn two_lines(mut self) -> Self {
        self.lines = 2;
        self
    }

    /// The same with the first line kept: the prime methods draw the others only.
    #[must_use]
    pub const fn keeping(mut self, first: OptionLine) -> Self {
        self.kept = Some(first);
        self
    }

    /// The method.
    pub const fn method(&self) -> Method {
        self.method
    }

    /// The part of the item.
    pub const fn part(&self) -> Part {
        self.part
    }

    /// The level of the item.
    pub const fn item_level(&self) -> u16 {
        self.item_level
    }

    /// The number of lines of the potential: 3 or 2.
    pub const fn lines(&self) -> usize {
        self.lines
    }

    /// The first line, where the method keeps it.
    pub const fn kept(&self) -> Option<OptionLine> {
        self.kept
    }
}

/// The lines of one draw: three, or two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrawnLines {
    /// The first line stands in for a third that is not there.
    lines: [OptionLine; 3],
    count: usize,
}

impl DrawnLines {
    #[cfg(feature = "simulation")]
    pub(crate) fn new(first: OptionLine, second: OptionLine, third: Option<OptionLine>) -> Self {
        Self {
            lines: [first, second, third.unwrap_or(first)],
            count: if third.is_some() { 3 } else { 2 },
        }
    }
}

impl Deref for DrawnLines {
    type Target = [OptionLine];

    fn deref(&self) -> &[OptionLine] {
        &self.lines[..self.count]
    }
}
