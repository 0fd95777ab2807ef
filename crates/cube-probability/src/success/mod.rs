//! The exact chance that three lines meet a goal.
//!
//! Options that add the same to every sum of the goal are one group (kept apart by limited
//! category). A goal does not care about the order of the lines, so it is asked once for every
//! unordered triple of groups; the weights of its orders are whole numbers and are added without
//! rounding.

mod groups;
mod question;
mod totals;

use crate::goal::Sum;
use crate::line_tables::LineTables;
use crate::{Chance, Goal};
use groups::{KINDS, Limits, Triple, for_each_triple};
use question::{AskedSum, Node, Question};

pub(crate) use totals::tally_where;
pub use totals::{LineTotals, Outcomes};

/// The weight of the draws that meet a goal, by what their first two lines exclude.
pub(crate) struct Tally {
    /// `met[first][second]`: the summed product of weights where the first two lines are of these
    /// kinds.
    met: [[u128; KINDS]; KINDS],
    /// What the tables of the three lines sum to for these kinds.
    totals: [[[u64; 3]; KINDS]; KINDS],
    /// Whether any draw at all misses the goal.
    missed: bool,
}

impl Tally {
    /// A tally to which nothing is added yet.
    fn new(limits: &Limits) -> Self {
        Self {
            met: [[0; KINDS]; KINDS],
            totals: limits.totals(),
            missed: false,
        }
    }

    /// Adds the draws of three groups, in every order, to those that meet or miss the goal.
    fn add(&mut self, limits: &Limits, triple: &Triple<'_>, holds: bool) {
        if !holds && self.missed {
            return;
        }
        for [x, y, z] in triple.orders() {
            let weight = limits.weight(x, y, z);
            if holds {
                self.met[x.kind][y.kind] += weight;
            } else if weight > 0 {
                self.missed = true;
            }
        }
    }

    pub(crate) fn chance(&self) -> Chance {
        if !self.missed {
            return Chance::Always;
        }
        let mut probability = 0.0;
        for (met, [first, second, third]) in self.fractions() {
            probability += met as f64 / (first as f64 * second as f64 * third as f64);
        }
        if probability > 0.0 {
            Chance::Possible(probability)
        } else {
            Chance::Never
        }
    }

    #[cfg(feature = "rational")]
    pub(crate) fn exact(&self) -> num_rational::BigRational {
        use num_bigint::BigInt;

        let fraction = |(met, totals): (u128, [u64; 3])| {
            let product = totals.into_iter().map(BigInt::from).product::<BigInt>();
            num_rational::BigRational::new(BigInt::from(met), product)
        };
        self.fractions().map(fraction).sum()
    }

    /// The chance as a sum of fractions: a numerator, and the three factors of its denominator.
    pub(crate) fn fractions(&self) -> impl Iterator<Item = (u128, [u64; 3])> {
        let met = self.met.iter().flatten().copied();
        let totals = self.totals.iter().flatten().copied();
        met.zip(totals).filter(|(met, _)| *met > 0)
    }
}

/// Adds up every draw of three lines that meets the goal.
pub(crate) fn tally(tables: &LineTables, goal: &Goal) -> Tally {
    let question = Question::new(goal);
    let groups = question.groups(tables);
    let limits = Limits::new(tables);
    let mut tally = Tally::new(&limits);
    for_each_triple(&groups, question.sums.len(), |pair, triple| {
        let holds = question.node.holds(pair, &triple.lines[2].adds);
        tally.add(&limits, triple, holds);
    });
    tally
}

/// The most that three lines drawn from these tables add to a sum, in thousandths.
pub(crate) fn most(tables: &LineTables, sum: &Sum) -> u64 {
    let question = Question {
        sums: vec![AskedSum {
            sum,
            most: u64::MAX,
        }],
        node: Node::All(Vec::new()),
    };
    let groups = question.groups(tables);
    let limits = Limits::new(tables);
    let mut most = 0;
    for_each_triple(&groups, 1, |pair, triple| {
        let value = pair[0].saturating_add(triple.lines[2].adds[0]);
        if value > most && triple.orders().any(|[x, y, z]| limits.weight(x, y, z) > 0) {
            most = value;
        }
    });
    most
}
