//! A goal over numbered sums.

use super::groups::{Group, merge};
use crate::Goal;
use crate::goal::{Condition, Decimal, Sum};
use crate::line_tables::LineTables;

/// A goal over numbered sums.
pub(super) struct Question<'a> {
    pub(super) sums: Vec<AskedSum<'a>>,
    pub(super) node: Node,
}

pub(super) struct AskedSum<'a> {
    pub(super) sum: &'a Sum,
    /// The largest number the sum is compared with: more than that makes no difference.
    pub(super) most: u64,
}

pub(super) enum Node {
    AtLeast { sum: usize, number: u64 },
    All(Vec<Node>),
    Any(Vec<Node>),
}

impl<'a> Question<'a> {
    pub(super) fn new(goal: &'a Goal) -> Self {
        let mut sums = Vec::new();
        let node = Node::new(goal.condition(), &mut sums);
        Self { sums, node }
    }

    pub(super) fn groups(&self, tables: &LineTables) -> Vec<Group> {
        merge(tables, self.sums.len(), |line, adds| {
            let add = |asked: &AskedSum| asked.sum.value_of(line).min(asked.most);
            adds.extend(self.sums.iter().map(add));
            100
        })
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
    pub(super) fn holds(&self, pair: &[u64], third: &[u64]) -> bool {
        match self {
            Self::AtLeast { sum, number } => pair[*sum] + third[*sum] >= *number,
            Self::All(parts) => parts.iter().all(|part| part.holds(pair, third)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(pair, third)),
        }
    }
}
