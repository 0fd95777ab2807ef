//! The exact chance that a flame reaches a score.

use std::collections::HashMap;
use std::num::NonZeroU32;

use super::item::FlameOption;
use super::{Flame, FlameError, FlameItem, FlameStat, line_counts};
use crate::{Chance, Decimal, Grade, Phase};

/// A weighted sum of the stats that a flame gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlameScore {
    weights: Vec<(FlameStat, Decimal)>,
}

impl FlameScore {
    /// The sum of these stats, each times its weight.
    ///
    /// # Errors
    ///
    /// [`FlameError`] if there is no weight, or one above [`Decimal::MAX_IN_GOAL`].
    pub fn new(
        weights: impl IntoIterator<Item = (FlameStat, Decimal)>,
    ) -> Result<Self, FlameError> {
        let weights: Vec<_> = weights.into_iter().collect();
        if weights.is_empty() {
            return Err(FlameError::NothingWeighed);
        }
        for (_, weight) in &weights {
            check(*weight)?;
        }
        Ok(Self { weights })
    }

    fn weight(&self, stat: FlameStat) -> u64 {
        let of_stat = self.weights.iter().filter(|(weighed, _)| *weighed == stat);
        of_stat.map(|(_, weight)| weight.thousandths()).sum()
    }

    /// The score of an option at each tier, in thousandths, up to `most`.
    fn of(&self, option: &FlameOption, most: u64) -> [u64; 5] {
        let stats = option.stats.iter().flatten();
        let weight: u64 = stats.map(|stat| self.weight(*stat)).sum();
        option
            .amounts
            .map(|amount| amount.saturating_mul(weight).min(most))
    }
}

fn check(number: Decimal) -> Result<(), FlameError> {
    if number > Decimal::MAX_IN_GOAL {
        return Err(FlameError::NumberTooLarge { number });
    }
    Ok(())
}

/// The odds that one flame reaches a score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FlameOdds {
    chance: Chance,
    most: Decimal,
}

impl FlameOdds {
    /// The chance of one flame.
    pub fn chance(&self) -> Chance {
        self.chance
    }

    /// The highest score that any flame of the kind gives the item, at most the score asked for.
    pub fn most(&self) -> Decimal {
        self.most
    }

    /// The flames until the score is reached, each at this price in meso, as a process of resets:
    /// what [`CostDistribution::of`](crate::CostDistribution::of) takes. Its grade means nothing.
    pub fn phases(&self, price: Option<u64>) -> [Phase; 1] {
        [Phase {
            grade: Grade::Legendary,
            success: self.chance.probability(),
            rise: 0.0,
            certain_on: None::<NonZeroU32>,
            cost: price,
        }]
    }
}

impl FlameItem {
    /// The odds that one flame gives this item at least a score.
    ///
    /// # Errors
    ///
    /// [`FlameError`] if the score is above [`Decimal::MAX_IN_GOAL`], or weighs the attack of a
    /// weapon whose own is not given.
    pub fn odds(
        &self,
        flame: Flame,
        score: &FlameScore,
        at_least: Decimal,
    ) -> Result<FlameOdds, FlameError> {
        check(at_least)?;
        let least = at_least.thousandths();
        let options = self.options(|stat| score.weight(stat) > 0)?;
        let scores: Vec<[u64; 5]> = options
            .iter()
            .map(|option| score.of(option, least))
            .collect();
        let tiers = flame.tiers();
        let sets = Sets::of(&scores, tiers, least);
        Ok(FlameOdds {
            chance: sets.chance(line_counts(self.boss_gear())),
            most: Decimal::from_thousandths(most(&scores, tiers).min(least)),
        })
    }
}

/// The highest score of the options at hand, four of them.
fn most(scores: &[[u64; 5]], tiers: [u64; 5]) -> u64 {
    let best = |score: &[u64; 5]| {
        let possible = score.iter().zip(tiers).filter(|(_, chance)| *chance > 0);
        possible.map(|(score, _)| *score).max().unwrap_or(0)
    };
    let mut bests: Vec<u64> = scores.iter().map(best).collect();
    bests.sort_unstable_by(|a, b| b.cmp(a));
    bests.iter().take(4).sum()
}

/// Sets of one to four different options with their tiers, weighted by the chances of the tiers
/// in per cent: whole numbers below 2^40.
struct Sets {
    /// By number of options: the weight of the sets that reach the score.
    met: [u64; 4],
    /// By number of options: the weight of all sets.
    all: [u64; 4],
}

impl Sets {
    /// Adds the options one after the other to the sets of those before.
    fn of(scores: &[[u64; 5]], tiers: [u64; 5], least: u64) -> Self {
        // By number of options, none to three: the weight of each score, up to the one to reach.
        let mut sets: [HashMap<u64, u64>; 4] = Default::default();
        sets[0].insert(0, 1);
        let (mut met, mut all) = ([0; 4], [0; 4]);
        for score in scores {
            let tiers = || score.iter().zip(tiers).filter(|(_, chance)| *chance > 0);
            for size in (0..4).rev() {
                let before = if size == 0 { 1 } else { all[size - 1] };
                all[size] += before * 100;
                let mut grown = Vec::new();
                for (&sum, &weight) in &sets[size] {
                    for (added, chance) in tiers() {
                        let (sum, weight) = ((sum + added).min(least), weight * chance);
                        if sum == least {
                            met[size] += weight;
                        }
                        if size < 3 {
                            grown.push((sum, weight));
                        }
                    }
                }
                for (sum, weight) in grown {
                    *sets[size + 1].entry(sum).or_default() += weight;
                }
            }
        }
        Self { met, all }
    }

    /// The chance when one to four options come with these chances in per cent.
    fn chance(&self, line_counts: [u64; 4]) -> Chance {
        let possible = || (0..4).filter(|size| line_counts[*size] > 0);
        if possible().all(|size| self.met[size] == 0) {
            Chance::Never
        } else if possible().all(|size| self.met[size] == self.all[size]) {
            Chance::Always
        } else {
            let share = |size: usize| {
                line_counts[size] as f64 / 100.0 * (self.met[size] as f64 / self.all[size] as f64)
            };
            Chance::Possible(possible().map(share).sum())
        }
    }
}
