//! Draws by weight in one step.

use super::Dice;

/// A table to draw from in one step: every column holds at most two outcomes.
#[derive(Debug, Clone)]
pub(super) struct Alias {
    total: u64,
    columns: Vec<Column>,
}

#[derive(Debug, Clone, Copy)]
struct Column {
    /// Below this height, out of the total, the column's own outcome is drawn.
    own: u64,
    other: usize,
}

impl Alias {
    /// Vose's construction in whole numbers, so that chances are exact.
    pub(super) fn new(weights: &[u64], total: u64) -> Self {
        let count = weights.len() as u128;
        let mut left: Vec<u128> = weights.iter().map(|w| u128::from(*w) * count).collect();
        let full = u128::from(total);
        let (mut small, mut large): (Vec<usize>, Vec<usize>) =
            (0..left.len()).partition(|&outcome| left[outcome] < full);
        let mut columns: Vec<Column> = (0..left.len())
            .map(|other| Column { own: total, other })
            .collect();
        while let (Some(less), Some(&more)) = (small.pop(), large.last()) {
            let own = u64::try_from(left[less]).expect("less than a full column fits");
            columns[less] = Column { own, other: more };
            left[more] -= full - left[less];
            if left[more] < full {
                large.pop();
                small.push(more);
            }
        }
        Self { total, columns }
    }

    pub(super) fn draw(&self, dice: &mut Dice) -> usize {
        let outcome = dice.index(self.columns.len());
        let column = self.columns[outcome];
        if dice.below(self.total) < column.own {
            outcome
        } else {
            column.other
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alias_columns_hold_exactly_the_weights() {
        let weights = vec![5, 0, 1, 30, 12, 2];
        let total = weights.iter().sum();
        let alias = Alias::new(&weights, total);
        let mut held = vec![0; weights.len()];
        for (outcome, column) in alias.columns.iter().enumerate() {
            held[outcome] += column.own;
            held[column.other] += total - column.own;
        }
        let count = weights.len() as u64;
        let expected: Vec<u64> = weights.iter().map(|weight| weight * count).collect();
        assert_eq!(held, expected);
    }
}
