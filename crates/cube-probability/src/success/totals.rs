//! Conditions of any kind on what three lines add up to, and all the totals there are.

use std::collections::BTreeMap;

use super::groups::{Group, Limits, Triple, for_each_triple, merge};
use super::{KINDS, Tally};
use crate::line_tables::LineTables;
use crate::{Draw, Grade, ResetError, Rules, Stat};

/// The totals of some stats over the lines of one draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineTotals<'a> {
    stats: &'a [Stat],
    amounts: &'a [u64],
    defence_left: u64,
}

impl<'a> LineTotals<'a> {
    /// The amounts in the order in which the stats were named, each in its stat's unit; what
    /// counts towards a stat is as in goals ([`Stat::counts`]).
    pub const fn amounts(&self) -> &'a [u64] {
        self.amounts
    }

    /// The amount of one of the stats; zero for a stat that was not named.
    pub fn of(&self, stat: Stat) -> u64 {
        let place = self.stats.iter().position(|named| *named == stat);
        place.map_or(0, |place| self.amounts[place])
    }

    /// The part of a monster's defence that the lines leave, from 0 to 1: lines that ignore
    /// defence multiply what they leave. 1 where [`Stat::IedPct`] was not named.
    pub fn defence_left(&self) -> f64 {
        self.defence_left as f64 / 1e6
    }
}

/// Adds up every draw whose totals meet a monotone condition.
pub(crate) fn tally_where(
    tables: &LineTables,
    stats: &[Stat],
    holds: impl Fn(&LineTotals<'_>) -> bool,
) -> Tally {
    let groups = groups(tables, stats);
    let limits = Limits::new(tables);
    let best = Best::of(&groups, stats.len());
    let mut tally = Tally::new(&limits);
    let mut amounts = vec![0; stats.len()];
    let mut holds = |lines: [(&[u64], u64); 3]| {
        for (index, amount) in amounts.iter_mut().enumerate() {
            *amount = lines.iter().map(|(adds, _)| adds[index]).sum();
        }
        let defence_left = lines.iter().map(|(_, left)| left).product();
        holds(&LineTotals {
            stats,
            amounts: &amounts,
            defence_left,
        })
    };
    let (nothing, best) = (vec![0; stats.len()], best.line());
    let nothing = (nothing.as_slice(), 100);
    for (i, a) in groups.iter().enumerate() {
        if tally.missed && !holds([a.line(), best, best]) {
            continue;
        }
        for (j, b) in groups.iter().enumerate().skip(i) {
            let pair = [a.line(), b.line()];
            if tally.missed && !holds([pair[0], pair[1], best]) {
                continue;
            }
            let any_third = holds([pair[0], pair[1], nothing]);
            for (k, c) in groups.iter().enumerate().skip(j) {
                let met = any_third || holds([pair[0], pair[1], c.line()]);
                let triple = Triple {
                    lines: [a, b, c],
                    same: (i == j, j == k),
                };
                tally.add(&limits, &triple, met);
            }
        }
    }
    tally
}

/// The most that one line adds to each stat, all in one line that does not exist.
struct Best {
    adds: Vec<u64>,
    defence_left: u64,
}

impl Best {
    fn of(groups: &[Group], stats: usize) -> Self {
        let most = |stat: usize| groups.iter().map(|group| group.adds[stat]).max();
        let left = groups.iter().map(|group| group.defence_left).min();
        Self {
            adds: (0..stats).map(|stat| most(stat).unwrap_or(0)).collect(),
            defence_left: left.unwrap_or(100),
        }
    }

    fn line(&self) -> (&[u64], u64) {
        (&self.adds, self.defence_left)
    }
}

impl Group {
    fn line(&self) -> (&[u64], u64) {
        (&self.adds, self.defence_left)
    }
}

fn groups(tables: &LineTables, stats: &[Stat]) -> Vec<Group> {
    let asks_defence = stats.contains(&Stat::IedPct);
    merge(tables, stats.len(), |line, adds| {
        let effect = line.effect();
        adds.extend(stats.iter().map(|stat| match effect {
            Some((given, amount)) if stat.counts(given) => u64::from(amount),
            _ => 0,
        }));
        match effect {
            Some((Stat::IedPct, amount)) if asks_defence => 100_u64.saturating_sub(amount.into()),
            _ => 100,
        }
    })
}

/// Every total of some stats that a draw can come to, each with its probability.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcomes {
    stats: Vec<Stat>,
    /// By amounts and defence left, falling.
    totals: Vec<(Vec<u64>, u64, f64)>,
}

impl Outcomes {
    fn of(tables: &LineTables, stats: &[Stat]) -> Self {
        let groups = groups(tables, stats);
        let limits = Limits::new(tables);
        let lines = limits.totals();
        let mut weights: BTreeMap<(Vec<u64>, u64), f64> = BTreeMap::new();
        for_each_triple(&groups, stats.len(), |pair, triple| {
            let probability = probability(triple, &limits, &lines);
            if probability == 0.0 {
                return;
            }
            let third = triple.lines[2];
            let amounts = pair.iter().zip(&third.adds).map(|(x, y)| x + y).collect();
            let left = triple.lines.iter().map(|line| line.defence_left).product();
            *weights.entry((amounts, left)).or_default() += probability;
        });
        let totals = weights.into_iter().rev();
        Self {
            stats: stats.to_vec(),
            totals: totals
                .map(|((amounts, left), p)| (amounts, left, p))
                .collect(),
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

/// The probability of three groups in any order.
fn probability(triple: &Triple<'_>, limits: &Limits, lines: &[[[u64; 3]; KINDS]; KINDS]) -> f64 {
    let chance = |[x, y, z]: [&Group; 3]| {
        let [first, second, third] = lines[x.kind][y.kind];
        limits.weight(x, y, z) as f64 / (first as f64 * second as f64 * third as f64)
    };
    triple.orders().map(chance).sum()
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
