//! The exact chance that three lines meet a goal.
//!
//! Options that add the same to every sum of the goal are one group (kept apart by limited
//! category). A goal does not care about the order of the lines, so it is asked once for every
//! unordered triple of groups; the weights of its orders are whole numbers and are added without
//! rounding.

use crate::goal::{Condition, Decimal, Sum};
use crate::line_tables::{LineOption, LineTables};
use crate::{Chance, Goal, LimitedCategory};

/// One more than the number of limited categories: the last is for options without a limit.
const KINDS: usize = LimitedCategory::ALL.len() + 1;

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
    let groups = question.groups(tables.options());
    let limits = Limits::new(tables);
    let mut tally = Tally {
        met: [[0; KINDS]; KINDS],
        totals: limits.totals(),
        missed: false,
    };
    for_each_triple(&groups, question.sums.len(), |pair, triple| {
        let holds = question.node.holds(pair, &triple.lines[2].adds);
        if !holds && tally.missed {
            return;
        }
        for [x, y, z] in triple.orders() {
            let weight = limits.weight(x, y, z);
            if holds {
                tally.met[x.kind][y.kind] += weight;
            } else if weight > 0 {
                tally.missed = true;
            }
        }
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
    let groups = question.groups(tables.options());
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

/// Three groups in no order.
struct Triple<'a> {
    lines: [&'a Group; 3],
    /// Whether the first two, and the last two, are the same group.
    same: (bool, bool),
}

/// Visits every unordered triple of groups, with what its first two lines add to each sum.
fn for_each_triple(groups: &[Group], sums: usize, mut visit: impl FnMut(&[u64], &Triple<'_>)) {
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
    fn orders(&self) -> impl Iterator<Item = [&'a Group; 3]> {
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

/// A goal over numbered sums.
struct Question<'a> {
    sums: Vec<AskedSum<'a>>,
    node: Node,
}

struct AskedSum<'a> {
    sum: &'a Sum,
    /// The largest number the sum is compared with: more than that makes no difference.
    most: u64,
}

enum Node {
    AtLeast { sum: usize, number: u64 },
    All(Vec<Node>),
    Any(Vec<Node>),
}

/// Options that make no difference to the goal.
struct Group {
    /// What one such line adds to each sum, in thousandths.
    adds: Vec<u64>,
    /// The limited category's place, or the last place for none.
    kind: usize,
    weights: [u64; 3],
}

impl<'a> Question<'a> {
    fn new(goal: &'a Goal) -> Self {
        let mut sums = Vec::new();
        let node = Node::new(goal.condition(), &mut sums);
        Self { sums, node }
    }

    fn groups(&self, options: &[LineOption]) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        let mut adds = Vec::with_capacity(self.sums.len());
        for option in options {
            adds.clear();
            let add = |asked: &AskedSum| asked.sum.value_of(option.line).min(asked.most);
            adds.extend(self.sums.iter().map(add));
            let kind = option
                .limit
                .map_or(KINDS - 1, |(category, _)| category as usize);
            let same = |group: &&mut Group| group.kind == kind && group.adds == adds;
            match groups.iter_mut().find(same) {
                Some(group) => {
                    for (sum, weight) in group.weights.iter_mut().zip(option.weights) {
                        *sum += weight;
                    }
                }
                None => groups.push(Group {
                    adds: adds.clone(),
                    kind,
                    weights: option.weights,
                }),
            }
        }
        groups
    }
}

impl Node {
    fn new<'a>(condition: &'a Condition, sums: &mut Vec<AskedSum<'a>>) -> Self {
        match condition {
            Condition::AtLeast(sum, number) => {
                let number = Decimal::thousandths(*number);
                let known = sums.iter().position(|asked| asked.sum == sum);
                let index = known.unwrap_or_else(|| {
                    sums.push(AskedSum { sum, most: 0 });
                    sums.len() - 1
                });
                sums[index].most = sums[index].most.max(number);
                Self::AtLeast { sum: index, number }
            }
            Condition::All(parts) => Self::All(Self::parts(parts, sums)),
            Condition::Any(parts) => Self::Any(Self::parts(parts, sums)),
        }
    }

    fn parts<'a>(parts: &'a [Condition], sums: &mut Vec<AskedSum<'a>>) -> Vec<Self> {
        parts.iter().map(|part| Self::new(part, sums)).collect()
    }

    /// Whether the goal holds for two lines that add `pair` and one that adds `third`.
    fn holds(&self, pair: &[u64], third: &[u64]) -> bool {
        match self {
            Self::AtLeast { sum, number } => pair[*sum] + third[*sum] >= *number,
            Self::All(parts) => parts.iter().all(|part| part.holds(pair, third)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(pair, third)),
        }
    }
}

/// The line limits at work in some tables.
struct Limits {
    total: u64,
    /// By kind: the most lines of it.
    most: [usize; KINDS],
    /// By kind: its weight in the tables of the second and third line.
    weights: [[u64; 2]; KINDS],
}

impl Limits {
    fn new(tables: &LineTables) -> Self {
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
                limits.weights[kind][1] += option.weights[2];
            }
        }
        limits
    }

    /// The weight of drawing these lines in this order; zero where a limit forbids it.
    fn weight(&self, first: &Group, second: &Group, third: &Group) -> u128 {
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
    fn totals(&self) -> [[[u64; 3]; KINDS]; KINDS] {
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
