//! Every total that the lines of a draw can come to.

use super::KINDS;
use super::groups::{Group, Limits, Triple};
use super::totals::{LineTotals, groups};
use crate::line_tables::LineTables;
use crate::{Draw, Grade, ResetError, Rules, Stat};

/// Every total of some stats that a draw can come to, each with its probability.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcomes {
    stats: Vec<Stat>,
    /// Amounts, millionths of defence left, and probability.
    totals: Vec<(Vec<u64>, u64, f64)>,
}

impl Outcomes {
    fn of(tables: &LineTables, stats: &[Stat]) -> Self {
        let groups = groups(tables, stats);
        let chances = Chances::new(tables);
        let keys: Vec<u64> = groups.iter().map(key).collect();
        let mut found = Vec::new();
        for (i, a) in groups.iter().enumerate() {
            for (j, b) in groups.iter().enumerate().skip(i) {
                for (k, c) in groups.iter().enumerate().skip(j) {
                    let triple = Triple {
                        lines: [a, b, c],
                        same: (i == j, j == k),
                    };
                    let probability = chances.of(&triple);
                    if probability > 0.0 {
                        let key = keys[i].wrapping_add(keys[j]).wrapping_add(keys[k]);
                        found.push((key, [i, j, k], probability));
                    }
                }
            }
        }
        found.sort_unstable_by_key(|(key, lines, _)| (*key, *lines));
        let mut totals: Vec<(Vec<u64>, u64, f64)> = Vec::new();
        let mut last = None;
        for (key, lines, probability) in found {
            let (amounts, left) = add_up(lines.map(|index| &groups[index]));
            match totals.last_mut() {
                Some((same, same_left, sum))
                    if last == Some(key)
                        && *same_left == left
                        && same.iter().copied().eq(amounts.clone()) =>
                {
                    *sum += probability;
                }
                _ => totals.push((amounts.collect(), left, probability)),
            }
            last = Some(key);
        }
        Self {
            stats: stats.to_vec(),
            totals,
        }
    }

    /// The different totals with their probabilities, which are above 0 and sum to 1 but for
    /// rounding.
    pub fn iter(&self) -> impl Iterator<Item = (LineTotals<'_>, f64)> {
        self.totals.iter().map(|(amounts, defence_left, p)| {
            let totals = LineTotals {
                stats: &self.stats,
                amounts,
                defence_left: *defence_left,
            };
            (totals, *p)
        })
    }

    /// The number of different totals.
    pub fn len(&self) -> usize {
        self.totals.len()
    }

    /// Whether there is no total; never so, as some lines are always drawn.
    pub fn is_empty(&self) -> bool {
        self.totals.is_empty()
    }
}

/// A number that equal totals share: sums of keys are the keys of sums.
fn key(group: &Group) -> u64 {
    // Odd and without pattern (the golden ratio's digits), so that different totals differ.
    const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut factor = STEP;
    let amounts = group.adds.iter().chain([&group.defence_left]);
    amounts.fold(0, |key: u64, amount| {
        factor = (factor ^ (factor >> 29)).wrapping_mul(STEP) | 1;
        key.wrapping_add(amount.wrapping_mul(factor))
    })
}

/// The amounts of three lines, and the millionths of defence they leave.
fn add_up(lines: [&Group; 3]) -> (impl Iterator<Item = u64> + Clone, u64) {
    let [a, b, c] = lines;
    let pair = a.adds.iter().zip(&b.adds);
    let amounts = pair.zip(&c.adds).map(|((x, y), z)| x + y + z);
    (
        amounts,
        lines.iter().map(|line| line.defence_left).product(),
    )
}

/// The chances of triples, in floating point.
struct Chances {
    limits: Limits,
    /// By the kinds of the first two lines: one over the product of the tables' totals.
    shares: [[f64; KINDS]; KINDS],
}

impl Chances {
    fn new(tables: &LineTables) -> Self {
        let limits = Limits::new(tables);
        let shares = limits
            .totals()
            .map(|totals| totals.map(|[x, y, z]| 1.0 / (x as f64 * y as f64 * z as f64)));
        Self { limits, shares }
    }

    /// The chance of three groups in any order.
    fn of(&self, triple: &Triple<'_>) -> f64 {
        let chance = |[x, y, z]: [&Group; 3]| {
            self.limits.weight(x, y, z) as f64 * self.shares[x.kind][y.kind]
        };
        triple.orders().map(chance).sum()
    }
}

impl Rules {
    /// Every total of `stats` that a draw landing on `grade` can come to, with its probability:
    /// for conditions that are not monotone, for thresholds, and for means.
    ///
    /// # Errors
    ///
    /// [`ResetError`] if the game has no such draw, or the method never lands on the grade.
    pub fn outcomes(
        &'static self,
        draw: &Draw,
        grade: Grade,
        stats: &[Stat],
    ) -> Result<Outcomes, ResetError> {
        Ok(Outcomes::of(&LineTables::new(self, draw, grade)?, stats))
    }
}
