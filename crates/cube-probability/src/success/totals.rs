//! Conditions of any kind on the totals of three lines.

use std::cmp::Reverse;

use super::Tally;
use super::groups::{Group, Limits, Triple, merge};
use crate::Stat;
use crate::line_tables::LineTables;

/// The totals of some stats over the lines of one draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineTotals<'a> {
    pub(super) stats: &'a [Stat],
    pub(super) amounts: &'a [u64],
    /// In millionths.
    pub(super) defence_left: u64,
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
    let mut groups = groups(tables, stats);
    // Better ones first, so that what fails with a better line is known to fail with a worse one.
    groups.sort_by_key(|group| Reverse(group.adds.iter().sum::<u64>()));
    let limits = Limits::new(tables);
    let mut search = Search {
        better: better(&groups),
        best: Best::of(&groups, stats.len()),
        groups: &groups,
        tally: Tally::new(&limits),
        limits: &limits,
        condition: Condition {
            stats,
            holds,
            amounts: vec![0; stats.len()],
        },
    };
    search.run();
    search.tally
}

/// A condition and the totals it is asked about.
struct Condition<'a, F> {
    stats: &'a [Stat],
    holds: F,
    amounts: Vec<u64>,
}

impl<F: Fn(&LineTotals<'_>) -> bool> Condition<'_, F> {
    fn holds(&mut self, one: Amounts<'_>, other: Amounts<'_>) -> bool {
        let sums = one.adds.iter().zip(other.adds);
        for (amount, (x, y)) in self.amounts.iter_mut().zip(sums) {
            *amount = x + y;
        }
        (self.holds)(&LineTotals {
            stats: self.stats,
            amounts: &self.amounts,
            defence_left: one.defence_left * other.defence_left,
        })
    }
}

/// The amounts of one or more lines.
#[derive(Debug, Clone, Copy)]
struct Amounts<'a> {
    adds: &'a [u64],
    /// In hundredths for each line.
    defence_left: u64,
}

/// A search for the triples that meet a condition, leaving out those that a better triple shows
/// to miss it.
struct Search<'a, F> {
    groups: &'a [Group],
    /// By group: the nearest earlier one that adds as much to every stat.
    better: Vec<Option<usize>>,
    best: Best,
    limits: &'a Limits,
    tally: Tally,
    condition: Condition<'a, F>,
}

impl<F: Fn(&LineTotals<'_>) -> bool> Search<'_, F> {
    fn run(&mut self) {
        let mut missed = vec![false; self.groups.len()];
        let best_pair = self.best.twice();
        for (i, a) in self.groups.iter().enumerate() {
            let known = || self.better[i].is_some_and(|better| missed[better]);
            // Nothing is left out before one draw is known to miss the condition.
            let hopeless = self.tally.missed
                && (known() || !self.condition.holds(a.amounts(), best_pair.amounts()));
            missed[i] = hopeless || !self.pairs(i);
        }
    }

    /// Looks at the triples whose best line is `i`; whether any meets the condition.
    fn pairs(&mut self, i: usize) -> bool {
        let mut missed = vec![false; self.groups.len()];
        let mut thirds_missed = vec![false; self.groups.len()];
        let mut pair = self.best.clone();
        let mut any = false;
        for j in i..self.groups.len() {
            pair.set_to(&self.groups[i], &self.groups[j]);
            let known = || self.better[j].is_some_and(|better| missed[better]);
            let hopeless = self.tally.missed
                && (known() || !self.condition.holds(pair.amounts(), self.best.amounts()));
            missed[j] = hopeless || !self.thirds((i, j), pair.amounts(), &mut thirds_missed);
            any |= !missed[j];
        }
        any
    }

    /// Looks at the triples whose better lines are `i` and `j`; whether any meets the condition.
    fn thirds(&mut self, (i, j): (usize, usize), pair: Amounts<'_>, missed: &mut [bool]) -> bool {
        // Of lines before `j` nothing is known here.
        missed.fill(false);
        let (one, other) = (&self.groups[i], &self.groups[j]);
        let mut any = false;
        let mut thirds = [0; 3];
        for k in j..self.groups.len() {
            let third = &self.groups[k];
            let hopeless = self.better[k].is_some_and(|better| missed[better]);
            missed[k] = hopeless || !self.condition.holds(pair, third.amounts());
            any |= !missed[k];
            let plain = i < j && j < k && [one, other, third].iter().all(|g| g.is_unlimited());
            if plain && !missed[k] {
                for (sum, weight) in thirds.iter_mut().zip(third.weights) {
                    *sum += weight;
                }
            } else {
                let triple = Triple {
                    lines: [one, other, third],
                    same: (i == j, j == k),
                };
                self.tally.add(self.limits, &triple, !missed[k]);
            }
        }
        self.tally.add_unlimited(one, other, thirds);
        any
    }
}

/// By group: the nearest earlier one that adds as much to every stat.
fn better(groups: &[Group]) -> Vec<Option<usize>> {
    let covers = |better: &Group, group: &Group| {
        better.defence_left <= group.defence_left
            && better.adds.iter().zip(&group.adds).all(|(x, y)| x >= y)
    };
    let place = |index: usize| {
        (0..index)
            .rev()
            .find(|&b| covers(&groups[b], &groups[index]))
    };
    (0..groups.len()).map(place).collect()
}

/// The most that one line adds to each stat, all in one line that does not exist; or a pair.
#[derive(Debug, Clone)]
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

    fn twice(&self) -> Self {
        Self {
            adds: self.adds.iter().map(|most| 2 * most).collect(),
            defence_left: self.defence_left * self.defence_left,
        }
    }

    fn set_to(&mut self, one: &Group, other: &Group) {
        for (sum, (x, y)) in self.adds.iter_mut().zip(one.adds.iter().zip(&other.adds)) {
            *sum = x + y;
        }
        self.defence_left = one.defence_left * other.defence_left;
    }

    fn amounts(&self) -> Amounts<'_> {
        Amounts {
            adds: &self.adds,
            defence_left: self.defence_left,
        }
    }
}

impl Group {
    fn amounts(&self) -> Amounts<'_> {
        Amounts {
            adds: &self.adds,
            defence_left: self.defence_left,
        }
    }
}

/// The options of some tables by their amounts of some stats.
pub(super) fn groups(tables: &LineTables, stats: &[Stat]) -> Vec<Group> {
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
