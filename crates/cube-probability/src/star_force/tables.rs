//! The published figures, as the crate carries them.

use std::collections::BTreeMap;
use std::str::{FromStr, SplitWhitespace};
use std::sync::LazyLock;

use super::{ItemKind, Rules};

/// The highest item level for which limits are known.
pub(super) const MAX_ITEM_LEVEL: u16 = 300;

/// One million: the unit of the published chances.
const MILLION: u32 = 1_000_000;

/// The chances of one attempt, in parts per million.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chances {
    pub(super) success: u32,
    pub(super) keep: u32,
    pub(super) drop: u32,
    pub(super) destroy: u32,
}

/// `1000 + level^3 * (star + 1)^exponent / divisor` meso, rounded to the nearest hundred.
#[derive(Debug, Clone, Copy)]
struct Cost {
    exponent_tenths: u8,
    divisor: u32,
}

/// The most stars of items of a range of levels.
#[derive(Debug, Clone, Copy)]
struct Limit {
    kind: ItemKind,
    level_from: u16,
    level_to: u16,
    stars: u8,
}

/// Every published figure of star force.
#[derive(Debug, Default)]
pub(super) struct Tables {
    rates: BTreeMap<Rules, Vec<Chances>>,
    superior_rates: Vec<Chances>,
    current_costs: Vec<Cost>,
    earlier_costs: Vec<Cost>,
    limits: Vec<Limit>,
    copies: BTreeMap<u8, u32>,
    fees: BTreeMap<(u16, u8), u64>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    Tables::parse(include_str!("../../data/star_force.txt"))
        .expect("the figures in the crate were checked when it was built and tested")
});

/// The figures the crate was built with.
pub(super) fn tables() -> &'static Tables {
    &TABLES
}

/// A line of the figures that cannot be right.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the star force figures: {problem}")]
pub(super) struct BadFigures {
    line: usize,
    problem: &'static str,
}

impl Tables {
    fn parse(text: &str) -> Result<Self, BadFigures> {
        let mut tables = Self::default();
        for (index, line) in text.lines().enumerate() {
            if !line.starts_with('#') {
                tables.take(line).map_err(|problem| BadFigures {
                    line: index + 1,
                    problem,
                })?;
            }
        }
        tables.complete().map_err(|problem| BadFigures {
            line: text.lines().count(),
            problem,
        })?;
        Ok(tables)
    }

    fn take(&mut self, line: &str) -> Result<(), &'static str> {
        let mut words = line.split_whitespace();
        match words.next() {
            Some("rates") => self.take_chances(&mut words)?,
            Some("cost") => self.take_cost(&mut words)?,
            Some("max") => self.limits.push(Limit {
                kind: read(&mut words)?,
                level_from: read(&mut words)?,
                level_to: read(&mut words)?,
                stars: read(&mut words)?,
            }),
            Some("copies") => {
                self.copies.insert(read(&mut words)?, read(&mut words)?);
            }
            Some("fee") => {
                let place = (read(&mut words)?, read(&mut words)?);
                self.fees.insert(place, read(&mut words)?);
            }
            _ => return Err("an unknown kind of figure"),
        }
        words.next().map_or(Ok(()), |_| Err("too many fields"))
    }

    fn take_chances(&mut self, words: &mut SplitWhitespace<'_>) -> Result<(), &'static str> {
        let rules = words.next().ok_or("a field is missing")?;
        let star: usize = read(words)?;
        let chances = Chances {
            success: read(words)?,
            keep: read(words)?,
            drop: read(words)?,
            destroy: read(words)?,
        };
        let total = [chances.success, chances.keep, chances.drop, chances.destroy]
            .iter()
            .try_fold(0_u32, |sum, part| sum.checked_add(*part));
        if total != Some(MILLION) || chances.success == 0 {
            return Err("the chances of a star do not add up to one with a hope of success");
        }
        let rows = match rules {
            "superior" => &mut self.superior_rates,
            id => self
                .rates
                .entry(id.parse().map_err(|_| "unknown rules")?)
                .or_default(),
        };
        append(rows, star, chances)
    }

    fn take_cost(&mut self, words: &mut SplitWhitespace<'_>) -> Result<(), &'static str> {
        let rows = match words.next() {
            Some("kms_current") => &mut self.current_costs,
            Some("kms_before_2025-03-20") => &mut self.earlier_costs,
            _ => return Err("unknown rules"),
        };
        let star: usize = read(words)?;
        let cost = Cost {
            exponent_tenths: read(words)?,
            divisor: read(words)?,
        };
        if cost.divisor == 0 {
            return Err("a divisor is zero");
        }
        append(rows, star, cost)
    }

    /// Every star an item can be given has its chances and its cost, and every level its limit.
    fn complete(&self) -> Result<(), &'static str> {
        for &rules in Rules::ALL {
            let stars = self.rates.get(&rules).map_or(0, Vec::len);
            if stars == 0 || stars > self.costs(rules).len() {
                return Err("a rule set lacks chances or costs");
            }
        }
        for &kind in ItemKind::ALL {
            for level in 0..=MAX_ITEM_LEVEL {
                let limits: Vec<_> = self.limits_of(kind, level).collect();
                let [limit] = limits[..] else {
                    return Err("a level without exactly one limit");
                };
                if kind == ItemKind::Superior && limit as usize > self.superior_rates.len() {
                    return Err("superior items lack chances");
                }
            }
        }
        if (15..=22).all(|star| self.copies.contains_key(&star)) {
            Ok(())
        } else {
            Err("a trace star without its number of spare items")
        }
    }

    fn costs(&self, rules: Rules) -> &[Cost] {
        match rules {
            Rules::Kms20260319 | Rules::Kms20250320 => &self.current_costs,
            Rules::KmsBefore20250320 => &self.earlier_costs,
        }
    }

    fn limits_of(&self, kind: ItemKind, level: u16) -> impl Iterator<Item = u8> {
        self.limits
            .iter()
            .filter(move |limit| {
                limit.kind == kind && (limit.level_from..=limit.level_to).contains(&level)
            })
            .map(|limit| limit.stars)
    }

    fn chances_by_star(&self, rules: Rules, kind: ItemKind) -> &[Chances] {
        match kind {
            ItemKind::Normal => &self.rates[&rules],
            ItemKind::Superior => &self.superior_rates,
        }
    }

    /// The published chances of an attempt at `star`, which is below [`Self::max_star`].
    pub(super) fn chances(&self, rules: Rules, kind: ItemKind, star: u8) -> Chances {
        self.chances_by_star(rules, kind)[usize::from(star)]
    }

    /// The most stars an item can have; `level` is at most [`MAX_ITEM_LEVEL`].
    pub(super) fn max_star(&self, rules: Rules, kind: ItemKind, level: u16) -> u8 {
        let rows = self.chances_by_star(rules, kind).len();
        self.limits_of(kind, level)
            .map(|stars| u8::try_from(rows).map_or(stars, |rows| rows.min(stars)))
            .next()
            .expect("every level has a limit: checked when the figures were read")
    }

    /// The meso of one attempt at `star` before discounts and surcharges.
    ///
    /// Superior items: `level^3.56`, the other region's formula.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a positive cost far below 2^53"
    )]
    pub(super) fn attempt_cost(&self, rules: Rules, kind: ItemKind, level: u16, star: u8) -> u64 {
        let level = f64::from(level);
        let meso = match kind {
            ItemKind::Superior => level.powf(3.56),
            ItemKind::Normal => {
                let cost = self.costs(rules)[usize::from(star)];
                let steep = (f64::from(star) + 1.0).powf(f64::from(cost.exponent_tenths) / 10.0);
                1000.0 + level.powi(3) * steep / f64::from(cost.divisor)
            }
        };
        (meso / 100.0).round() as u64 * 100
    }

    /// The spare items of a full restore of a trace with `star` stars.
    pub(super) fn restore_copies(&self, star: u8) -> Option<u32> {
        self.copies.get(&star).copied()
    }

    /// The listed meso of a full restore, where the item level is listed.
    pub(super) fn restore_fee(&self, level: u16, star: u8) -> Option<u64> {
        self.fees.get(&(level, star)).copied()
    }

    /// Every listed full restore: item level, trace star, meso.
    #[cfg(test)]
    pub(super) fn restore_fees(&self) -> impl Iterator<Item = (u16, u8, u64)> {
        self.fees
            .iter()
            .map(|(&(level, star), &fee)| (level, star, fee))
    }
}

fn read<T: FromStr>(words: &mut SplitWhitespace<'_>) -> Result<T, &'static str> {
    let word = words.next().ok_or("a field is missing")?;
    word.parse().map_err(|_| "a field is not what it should be")
}

fn append<T>(rows: &mut Vec<T>, star: usize, row: T) -> Result<(), &'static str> {
    if star != rows.len() {
        return Err("the stars are not in order");
    }
    rows.push(row);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempt_costs_are_the_published_ones() {
        let cost =
            |level, star| tables().attempt_cost(Rules::Kms20260319, ItemKind::Normal, level, star);
        assert_eq!(cost(200, 0), 223_200);
        assert_eq!(cost(0, 9), 1_000);
        assert_eq!(
            tables().attempt_cost(Rules::Kms20260319, ItemKind::Superior, 150, 3),
            55_832_200
        );
    }

    #[test]
    fn limits_follow_level_kind_and_rules() {
        let max = |rules, kind, level| tables().max_star(rules, kind, level);
        assert_eq!(max(Rules::Kms20260319, ItemKind::Normal, 94), 5);
        assert_eq!(max(Rules::Kms20260319, ItemKind::Normal, 95), 8);
        assert_eq!(max(Rules::Kms20260319, ItemKind::Normal, 138), 30);
        assert_eq!(max(Rules::KmsBefore20250320, ItemKind::Normal, 138), 25);
        assert_eq!(max(Rules::Kms20260319, ItemKind::Superior, 150), 15);
    }

    #[test]
    fn figures_that_are_broken_are_refused_with_their_line() {
        let good = include_str!("../../data/star_force.txt");
        for (find, replace, problem) in [
            (
                "rates kms_2026-03-19 3 892500 107500 0 0",
                "rates kms_2026-03-19 3 892500 107501 0 0",
                "the chances of a star do not add up to one with a hope of success",
            ),
            (
                "rates kms_2026-03-19 3 892500 107500 0 0",
                "rates kms_2026-03-19 4 892500 107500 0 0",
                "the stars are not in order",
            ),
            ("rates kms_2026-03-19 3 ", "rates gms 3 ", "unknown rules"),
            (
                "cost kms_current 1 10 36",
                "cost kms_current 1 10 0",
                "a divisor is zero",
            ),
            (
                "cost kms_current 1 10 36",
                "cost kms_current 1 10",
                "a field is missing",
            ),
            (
                "cost kms_current 1 10 36",
                "cost kms_current 1 10 36 7",
                "too many fields",
            ),
            (
                "cost kms_current 1 10 36",
                "cost kms_current 1 ten 36",
                "a field is not what it should be",
            ),
            (
                "max normal 0 94 5",
                "max normal 0 93 5",
                "a level without exactly one limit",
            ),
            (
                "max normal 0 94 5",
                "limit normal 0 94 5",
                "an unknown kind of figure",
            ),
            (
                "copies 22 4\n",
                "",
                "a trace star without its number of spare items",
            ),
        ] {
            assert!(good.contains(find), "{find}");
            let error = Tables::parse(&good.replacen(find, replace, 1)).unwrap_err();
            assert_eq!(error.problem, problem, "{replace}");
            assert!(error.to_string().starts_with("line "), "{error}");
        }
    }
}
