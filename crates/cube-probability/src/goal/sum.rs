//! Sums: what a goal compares with a number.

use std::fmt;

use super::{Decimal, GoalLimit};
use crate::{OptionLine, Stat};

/// A weighted sum over the lines of a potential, such as `int_pct + 0.1*int_flat`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Sum {
    pub(super) terms: Vec<Term>,
}

/// One term of a [`Sum`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Term {
    /// The amounts of a stat, times the factor.
    Stat(Decimal, Stat),
    /// The number of lines that carry any of the stats, times the factor.
    Lines(Decimal, Vec<Stat>),
}

impl Sum {
    /// The sum without terms, to be added to.
    pub fn new() -> Self {
        Self::default()
    }

    /// This sum and `factor` times the amounts of `stat`.
    #[must_use]
    pub fn plus(mut self, factor: impl Into<Decimal>, stat: Stat) -> Self {
        self.terms.push(Term::Stat(factor.into(), stat));
        self
    }

    /// This sum and `factor` times the number of lines that carry any of `stats`.
    #[must_use]
    pub fn plus_lines(
        mut self,
        factor: impl Into<Decimal>,
        stats: impl IntoIterator<Item = Stat>,
    ) -> Self {
        let stats = stats.into_iter().collect();
        self.terms.push(Term::Lines(factor.into(), stats));
        self
    }

    /// The terms in the order they are written.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The sum over these lines.
    pub fn value(&self, lines: &[OptionLine]) -> Decimal {
        let thousandths = lines
            .iter()
            .map(|line| self.value_of(*line))
            .fold(0, u64::saturating_add);
        Decimal::from_thousandths(thousandths)
    }

    /// The amount that one line adds, in thousandths.
    pub(crate) fn value_of(&self, line: OptionLine) -> u64 {
        self.terms
            .iter()
            .map(|term| term.value_of(line))
            .fold(0, u64::saturating_add)
    }

    /// An upper bound on the characters of a checked sum's text.
    pub(super) fn most_chars(&self) -> usize {
        let terms = self.terms.iter().map(|term| match term {
            Term::Stat(_, stat) => stat.id().len(),
            Term::Lines(_, stats) => {
                let ids = stats.iter().map(|stat| stat.id().len() + ", ".len());
                "lines()".len() + ids.sum::<usize>()
            }
        });
        let factor = Decimal::MOST_CHARS_IN_GOAL + "*".len();
        terms.map(|chars| factor + chars + " + ".len()).sum()
    }

    pub(super) fn check(&self) -> Result<(), GoalLimit> {
        if self.terms.is_empty() {
            return Err(GoalLimit::Empty);
        }
        for term in &self.terms {
            let (Term::Stat(factor, _) | Term::Lines(factor, _)) = term;
            if *factor > Decimal::MAX_IN_GOAL {
                return Err(GoalLimit::NumberTooLarge);
            }
            if matches!(term, Term::Lines(_, stats) if stats.is_empty()) {
                return Err(GoalLimit::Empty);
            }
        }
        Ok(())
    }
}

impl Term {
    fn value_of(&self, line: OptionLine) -> u64 {
        let (factor, count) = match self {
            Self::Stat(factor, stat) => (factor, u64::from(line.amount_of(*stat))),
            Self::Lines(factor, stats) => {
                let carried = stats.iter().any(|stat| line.carries(*stat));
                (factor, u64::from(carried))
            }
        };
        factor.thousandths().saturating_mul(count)
    }
}

impl From<Stat> for Sum {
    fn from(stat: Stat) -> Self {
        Self::new().plus(Decimal::ONE, stat)
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, term) in self.terms.iter().enumerate() {
            f.write_str(if index > 0 { " + " } else { "" })?;
            write!(f, "{term}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Stat(factor, _) | Self::Lines(factor, _)) = self;
        if *factor != Decimal::ONE {
            write!(f, "{factor}*")?;
        }
        match self {
            Self::Stat(_, stat) => write!(f, "{stat}"),
            Self::Lines(_, stats) => {
                let ids: Vec<_> = stats.iter().map(|stat| stat.id()).collect();
                write!(f, "lines({})", ids.join(", "))
            }
        }
    }
}
