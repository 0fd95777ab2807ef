//! Options that make no difference, merged, and the triples of them that can be drawn.

use crate::line_tables::LineTables;
use crate::{LimitedCategory, OptionLine};

/// One more than the number of limited categories: the last is for options without a limit.
pub(super) const KINDS: usize = LimitedCategory::ALL.len() + 1;

/// Options that make no difference to the question asked.
pub(super) struct Group {
    /// The amounts that one such line adds to each sum asked about.
    pub(super) adds: Vec<u64>,
    /// Per cent of a monster's defence that one such line leaves; 100 where that is not asked.
    pub(super) defence_left: u64,
    /// The limited category's place, or the last place for none.
    pub(super) kind: usize,
    pub(super) weights: [u64; 3],
}

/// Merges the options of some tables by what `read` says of each: the amounts it pushes, and the
/// per cent of defence it returns.
///
/// A third line that is not drawn is an option that adds nothing.
pub(super) fn merge(
    tables: &LineTables,
    sums: usize,
    mut read: impl FnMut(OptionLine, &mut Vec<u64>) -> u64,
) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut adds = Vec::with_capacity(sums);
    let without_third = tables.lines() < 3;
    if without_third {
        groups.push(Group {
            adds: vec![0; sums],
            defence_left: 100,
            kind: KINDS - 1,
            weights: [0, 0, tables.total()],
        });
    }
    for option in tables.options() {
        adds.clear();
        let defence_left = read(option.line, &mut adds);
        let kind = option
            .limit
            .map_or(KINDS - 1, |(category, _)| category as usize);
        let mut weights = option.weights;
        if without_third {
            weights[2] = 0;
        }
        let same = |group: &&mut Group| {
            group.kind == kind && group.defence_left == defence_left && group.adds == adds
        };
        match groups.iter_mut().find(same) {
            Some(group) => {
                for (sum, weight) in group.weights.iter_mut().zip(weights) {
                    *sum += weight;
                }
            }
            None => groups.push(Group {
                adds: adds.clone(),
                defence_left,
                kind,
                weights,
            }),
        }
    }
    groups
}

/// Three groups in no order.
pub(super) struct Triple<'a> {
    pub(super) lines: [&'a Group; 3],
    /// Whether the first two, and the last two, are the same group.
    pub(super) same: (bool, bool),
}

/// Visits every unordered triple of groups, with what its first two lines add to each sum.
pub(super) fn for_each_triple(
    groups: &[Group],
    sums: usize,
    mut visit: impl FnMut(&[u64], &Triple<'_>),
) {
    let mut pair = vec![0; sums];
    for (i, a) in groups.iter().enumerate() {
        for (j, b) in groups.iter().enumerate().skip(i) {
            for (sum, (x, y)) in pair.iter_mut().zip(a.adds.iter().zip(&b.adds)) {
                *sum = x.saturating_add(*y);
            }
            for (k, c) in groups.iter().enumerate().skip(j) {
                let same = (i == j, j == k);
                visit(
                    &pair,
                    &Triple {
                        lines: [a, b, c],
                        same,
                    },
                );
            }
        }
    }
}

impl<'a> Triple<'a> {
    /// The different orders in which the three groups can be drawn.
    pub(super) fn orders(&self) -> impl Iterator<Item = [&'a Group; 3]> {
        let [a, b, c] = self.lines;
        let different = match self.same {
            (true, true) => 1,
            (true, false) | (false, true) => 3,
            (false, false) => 6,
        };
        // The first three are the rotations, which is all there is when two are the same.
        [
            [a, b, c],
            [b, c, a],
            [c, a, b],
            [b, a, c],
            [a, c, b],
            [c, b, a],
        ]
        .into_iter()
        .take(different)
    }
}

/// The line limits at work in some tables.
pub(super) struct Limits {
    total: u64,
    /// By kind: the most lines of it.
    most: [usize; KINDS],
    /// By kind: its weight in the tables of the second and third line.
    weights: [[u64; 2]; KINDS],
}

impl Limits {
    pub(super) fn new(tables: &LineTables) -> Self {
        let mut limits = Self {
            total: tables.total(),
            most: [3; KINDS],
            weights: [[0; 2]; KINDS],
        };
        for option in tables.options() {
            if let Some((category, most)) = option.limit {
                let kind = category as usize;
                limits.most[kind] = most;
                limits.weights[kind][0] += option.weights[1];
                limits.weights[kind][1] += if tables.lines() < 3 {
                    0
                } else {
                    option.weights[2]
                };
            }
        }
        limits
    }

    /// The weight of drawing these lines in this order; zero where a limit forbids it.
    pub(super) fn weight(&self, first: &Group, second: &Group, third: &Group) -> u128 {
        let kinds = [first.kind, second.kind, third.kind];
        if !self.allows(&kinds[..1], kinds[1]) || !self.allows(&kinds[..2], kinds[2]) {
            return 0;
        }
        u128::from(first.weights[0]) * u128::from(second.weights[1]) * u128::from(third.weights[2])
    }

    /// Whether a line of this kind may follow lines of those kinds.
    fn allows(&self, drawn: &[usize], kind: usize) -> bool {
        drawn.iter().filter(|drawn| **drawn == kind).count() < self.most[kind]
    }

    /// What remains of each line's table after first and second lines of these kinds.
    pub(super) fn totals(&self) -> [[[u64; 3]; KINDS]; KINDS] {
        std::array::from_fn(|first| {
            std::array::from_fn(|second| {
                let left = |drawn: &[usize], line: usize| {
                    let gone: u64 = (0..KINDS)
                        .filter(|kind| !self.allows(drawn, *kind))
                        .map(|kind| self.weights[kind][line])
                        .sum();
                    self.total - gone
                };
                [self.total, left(&[first], 0), left(&[first, second], 1)]
            })
        })
    }
}
