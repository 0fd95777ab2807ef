//! The table of stats that stars give, as the crate carries it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::tables::{MAX_ITEM_LEVEL, tables};
use super::{ItemKind, Rules};

/// A column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gain {
    /// Main stats.
    Stat,
    /// Attack and magic attack of everything but weapons.
    Attack,
    /// Attack of weapons from 16 stars on.
    WeaponAttack,
    /// Attack or magic attack of gloves, in addition.
    GloveAttack,
    /// Max HP, and max MP of weapons.
    MaxHpMp,
    /// Stats of superior items.
    SuperiorStat,
    /// Attack and magic attack of superior items.
    SuperiorAttack,
}

impl Gain {
    /// Every column, with its name in the table.
    const ALL: [(Self, &'static str); 7] = [
        (Self::Stat, "stat"),
        (Self::Attack, "attack"),
        (Self::WeaponAttack, "weapon_attack"),
        (Self::GloveAttack, "glove_attack"),
        (Self::MaxHpMp, "max_hp_mp"),
        (Self::SuperiorStat, "superior_stat"),
        (Self::SuperiorAttack, "superior_attack"),
    ];

    fn named(name: &str) -> Option<Self> {
        let mut columns = Self::ALL.into_iter();
        columns.find_map(|(gain, known)| (known == name).then_some(gain))
    }

    const fn item_kind(self) -> ItemKind {
        match self {
            Self::SuperiorStat | Self::SuperiorAttack => ItemKind::Superior,
            _ => ItemKind::Normal,
        }
    }
}

/// The gains of each star by column and lowest item level.
#[derive(Debug, Default)]
pub(super) struct Gains(BTreeMap<(Gain, u16), Vec<u32>>);

static GAINS: LazyLock<Gains> = LazyLock::new(|| {
    Gains::parse(include_str!("../../data/star_stats.txt"))
        .expect("the figures in the crate were checked when it was built and tested")
});

/// The figures the crate was built with.
pub(super) fn gains() -> &'static Gains {
    &GAINS
}

/// A line of the table that cannot be right.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{line}` in the table of stats by star: {problem}")]
pub(super) struct BadGains {
    line: String,
    problem: &'static str,
}

impl Gains {
    /// The gain by the star above `star`; `level` is at most [`MAX_ITEM_LEVEL`], and `star` below
    /// the most stars of such an item.
    pub(super) fn of(&self, gain: Gain, level: u16, star: u8) -> u32 {
        self.row(gain, level)
            .and_then(|row| row.get(usize::from(star)))
            .copied()
            .expect("every level has a gain for each of its stars: checked when read")
    }

    fn row(&self, gain: Gain, level: u16) -> Option<&[u32]> {
        let mut rows = self.0.range((gain, 0)..=(gain, level));
        rows.next_back().map(|(_, row)| row.as_slice())
    }

    fn parse(text: &str) -> Result<Self, BadGains> {
        let mut gains = Self::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            gains.take(line).map_err(|problem| BadGains {
                line: line.to_owned(),
                problem,
            })?;
        }
        gains.complete().map_err(|problem| BadGains {
            line: text.lines().last().unwrap_or_default().to_owned(),
            problem,
        })?;
        Ok(gains)
    }

    fn take(&mut self, line: &str) -> Result<(), &'static str> {
        let mut words = line.split_whitespace();
        let kind = words.next().and_then(Gain::named);
        let kind = kind.ok_or("an unknown kind of gain")?;
        let level = words.next().and_then(|word| word.parse().ok());
        let level = level.ok_or("the level is not a number")?;
        let row: Result<Vec<u32>, _> = words.map(str::parse).collect();
        let row = row.map_err(|_| "a gain is not a whole number")?;
        match self.0.insert((kind, level), row) {
            Some(_) => Err("a level twice"),
            None => Ok(()),
        }
    }

    /// Every item has a gain for each star it can have.
    fn complete(&self) -> Result<(), &'static str> {
        for (gain, _) in Gain::ALL {
            for level in 0..=MAX_ITEM_LEVEL {
                let stars = tables().max_star(Rules::default(), gain.item_kind(), level);
                let row = self.row(gain, level).ok_or("a level without gains")?;
                if row.len() < usize::from(stars) {
                    return Err("fewer gains than stars");
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gains_that_are_broken_are_refused_with_their_line() {
        let good = include_str!("../../data/star_stats.txt");
        let stat = "stat 0 2 2 2 2 2 3 3 3 3 3 3 3 3 3 3 2 2 2 2 2 0 0 0 0 0";
        for (replace, problem) in [
            ("luck 0 1", "an unknown kind of gain"),
            ("stat low 1", "the level is not a number"),
            ("stat 0 1 one", "a gain is not a whole number"),
            ("stat 108 1", "a level twice"),
            ("stat 0 1 1 1", "fewer gains than stars"),
            ("stat 1 1 1 1 1 1 1 1 1", "a level without gains"),
        ] {
            assert!(good.contains(stat));
            let error = Gains::parse(&good.replacen(stat, replace, 1)).unwrap_err();
            assert_eq!(error.problem, problem, "{error}");
        }
    }
}
