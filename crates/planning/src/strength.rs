//! Strength: lines compared by the boss damage they give, and the condition "at least as strong".

use cube_probability::{
    Decimal, Draw, Goal, GoalLimit, LineTotals, Odds, OptionLine, ResetError, Rules, Stat, Sum,
};

use crate::readers::{Reader, readers};
use crate::{Bonus, BossDefence, NotValued, StatSheet, Valuation};

/// Lines that farm or shorten cooldowns, and give no boss damage, kept by default.
pub const UTILITY: [Stat; 4] = [
    Stat::DropPct,
    Stat::MesoPct,
    Stat::CooldownSeconds,
    Stat::AutostealPct,
];

/// Treatment of useful lines without boss damage: part of the goal, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Utility {
    /// Drop rate, meso, cooldown and autosteal must reach what they are now.
    #[default]
    Keep,
    /// Boss damage alone counts.
    Ignore,
}

/// The worth of three lines on one item: V of the character with them, and the utility they give.
#[derive(Debug, Clone)]
pub struct LineWorth {
    /// The character without the lines.
    bare: Valuation,
    stats: Vec<Stat>,
    readers: Vec<Reader>,
    /// Utility to keep: place in `stats`, and the least amount.
    kept: Vec<(usize, u64)>,
    /// V with the lines now.
    now: f64,
    /// The lines' part in V, in per cent of main stat.
    sum: Sum,
    lines: Vec<OptionLine>,
    /// Bonus of the lines now.
    carried: Bonus,
    magic: bool,
    nines: f64,
}

impl LineWorth {
    /// The worth of lines on an item that carries `lines` now, worn by the character of the sheet.
    ///
    /// # Errors
    ///
    /// [`NotValued`] when the sheet is out of range, or the character does no damage to the boss.
    pub fn of(
        sheet: &StatSheet,
        defence: BossDefence,
        lines: &[OptionLine],
        character_level: u16,
        utility: Utility,
    ) -> Result<Self, NotValued> {
        let valuation = Valuation::of(sheet, defence)?;
        let carried = Bonus::of_lines(lines, sheet.is_magic(), character_level);
        let bare = valuation.without(&carried);
        let (mut stats, readers) = readers(sheet, &carried);
        let mut kept = Vec::new();
        for stat in UTILITY.into_iter().filter(|_| utility == Utility::Keep) {
            let now: u64 = lines
                .iter()
                .map(|line| u64::from(line.amount_of(stat)))
                .sum();
            if now > 0 {
                kept.push((stats.len(), now));
                stats.push(stat);
            }
        }
        Ok(Self {
            now: bare.value(&carried),
            sum: valuation.first_order(sheet, character_level),
            bare,
            stats,
            readers,
            kept,
            lines: lines.to_vec(),
            carried,
            magic: sheet.is_magic(),
            nines: f64::from(character_level / 9),
        })
    }

    /// The stats that the worth depends on.
    pub fn stats(&self) -> &[Stat] {
        &self.stats
    }

    /// V with other lines of these totals, relative to V now: 1 is as strong.
    pub fn ratio(&self, totals: &LineTotals<'_>) -> f64 {
        self.ratio_with(&self.bonus(totals))
    }

    pub(crate) fn ratio_with(&self, bonus: &Bonus) -> f64 {
        self.bare.value(bonus) / self.now
    }

    /// V with these lines, relative to V now: 1 is as strong.
    pub fn ratio_of(&self, lines: &[OptionLine]) -> f64 {
        let mut bonus = Bonus::of_lines(lines, self.magic, 0);
        for line in lines {
            for attribute in crate::Attribute::ALL {
                let points = self.nines * f64::from(line.amount_of(attribute.per_9_levels()));
                bonus.flat[attribute as usize] += points;
            }
        }
        self.ratio_with(&bonus)
    }

    /// Returns the bonus that the lines now give to the character.
    pub const fn carried(&self) -> &Bonus {
        &self.carried
    }

    /// The relative part of V now that the lines give.
    pub fn gain_now(&self) -> f64 {
        self.now / self.bare.value(&Bonus::NONE) - 1.0
    }

    /// Whether totals keep the utility of the lines now.
    pub fn keeps_utility(&self, totals: &LineTotals<'_>) -> bool {
        let amounts = totals.amounts();
        self.kept
            .iter()
            .all(|(place, least)| amounts[*place] >= *least)
    }

    /// The utility that must be kept.
    pub fn kept(&self) -> impl Iterator<Item = (Stat, u64)> {
        self.kept
            .iter()
            .map(|(place, least)| (self.stats[*place], *least))
    }

    /// The lines now that count neither as boss damage nor as utility to keep.
    pub fn ignored(&self) -> Vec<OptionLine> {
        let counts = |line: &&OptionLine| self.stats.iter().any(|stat| line.carries(*stat));
        self.lines
            .iter()
            .filter(|line| !counts(line))
            .copied()
            .collect()
    }

    /// The weighted sum that ranks lines as V does to first order, in per cent of main stat.
    pub fn first_order(&self) -> &Sum {
        &self.sum
    }

    /// The condition to first order, for reading: the weighted sum reaches `least`, and utility is
    /// kept.
    ///
    /// # Errors
    ///
    /// [`GoalLimit`] when a number is beyond what a goal can say.
    pub fn goal_of(&self, least: Decimal) -> Result<Goal, GoalLimit> {
        let worth = (least > Decimal::default()).then(|| Goal::at_least(self.sum.clone(), least));
        let utility = self.kept().map(|(stat, least)| {
            let least = Decimal::from_thousandths(least * 1000);
            Goal::at_least(stat, least)
        });
        let parts = worth
            .into_iter()
            .chain(utility)
            .collect::<Result<Vec<_>, _>>()?;
        Goal::all(parts)
    }

    pub(crate) fn bonus(&self, totals: &LineTotals<'_>) -> Bonus {
        let mut bonus = Bonus::NONE;
        for (reader, amount) in self.readers.iter().zip(totals.amounts()) {
            reader.add(*amount, self.nines, &mut bonus);
        }
        bonus.defence_left = totals.defence_left();
        bonus
    }
}

/// The condition that lines are worth at least as much boss damage as the ones now.
#[derive(Debug, Clone)]
pub struct AsStrong {
    worth: LineWorth,
    /// Other conditions, one after the other joined by "or", each comparison by "and".
    accepted: Option<Vec<Comparison>>,
}

/// A weighted sum of amounts by place, in thousandths, and the least it must be.
type Comparison = (Vec<(usize, u64)>, u64);

/// Reason that there is no condition "at least as strong" for some lines.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NoStrength {
    /// Neither boss damage nor any utility that is kept comes from the lines.
    #[error("none of the lines gives boss damage or a utility that is kept")]
    NothingValued {
        /// The lines that were left out of account.
        ignored: Vec<OptionLine>,
    },
    /// The goal accepted besides counts lines, which totals do not tell.
    #[error("a goal that counts lines cannot stand beside a condition on totals")]
    CountsLines,
}

/// Relative rounding of V: equal lines in another order must count as equal.
const ROUNDING: f64 = 1e-12;

impl AsStrong {
    /// The condition for the lines of `worth`.
    ///
    /// # Errors
    ///
    /// [`NoStrength::NothingValued`] when any lines at all would meet it.
    pub fn new(worth: LineWorth) -> Result<Self, NoStrength> {
        if worth.kept.is_empty() && worth.gain_now() <= ROUNDING {
            let ignored = worth.ignored();
            return Err(NoStrength::NothingValued { ignored });
        }
        Ok(Self {
            worth,
            accepted: None,
        })
    }

    /// The same condition, met as well by lines that reach every one of these sums.
    ///
    /// With the sums of "the same lines or better" this makes the condition never harder than
    /// that one, which by itself it can be: `올스탯 +9%` also gives sub stat that `INT +9%` lacks,
    /// and points of main stat are counted there at a tenth of a per cent.
    ///
    /// # Errors
    ///
    /// [`NoStrength::CountsLines`] when a sum holds `lines(...)`.
    pub fn or_at_least(mut self, sums: &[(&Sum, Decimal)]) -> Result<Self, NoStrength> {
        let mut accepted = Vec::with_capacity(sums.len());
        for (sum, least) in sums {
            let mut places = Vec::with_capacity(sum.terms().len());
            for term in sum.terms() {
                let cube_probability::Term::Stat(factor, stat) = term else {
                    return Err(NoStrength::CountsLines);
                };
                let place = self.worth.stats.iter().position(|known| known == stat);
                let place = place.unwrap_or_else(|| {
                    self.worth.stats.push(*stat);
                    self.worth.stats.len() - 1
                });
                places.push((place, factor.thousandths()));
            }
            accepted.push((places, least.thousandths()));
        }
        self.accepted = Some(accepted);
        Ok(self)
    }

    /// The worth of the lines.
    pub fn worth(&self) -> &LineWorth {
        &self.worth
    }

    /// Whether lines of these totals meet the condition.
    pub fn holds(&self, totals: &LineTotals<'_>) -> bool {
        let amounts = totals.amounts();
        let reaches = |(places, least): &Comparison| {
            let amount = |(place, factor): &(usize, u64)| factor * amounts[*place];
            places.iter().map(amount).sum::<u64>() >= *least
        };
        let worth = &self.worth;
        (worth.keeps_utility(totals) && worth.ratio(totals) >= 1.0 - ROUNDING)
            || (self.accepted.as_ref()).is_some_and(|sums| sums.iter().all(reaches))
    }

    /// The exact odds that a reset meets the condition, at every grade the method reaches.
    ///
    /// # Errors
    ///
    /// [`ResetError`] if the game has no such draw.
    pub fn odds(&self, rules: &'static Rules, draw: &Draw) -> Result<Odds, ResetError> {
        rules.odds_where(draw, &self.worth.stats, |totals| self.holds(totals))
    }

    /// The condition to first order, for reading; the lines now meet it.
    ///
    /// # Errors
    ///
    /// [`GoalLimit`] when a number is beyond what a goal can say.
    pub fn goal(&self) -> Result<Goal, GoalLimit> {
        self.worth.goal_of(self.worth.sum.value(&self.worth.lines))
    }
}
