//! Readers: from the totals of lines to the bonus of a stat sheet.

use cube_probability::Stat;

use crate::{Attribute, Bonus, StatSheet};

/// The field of a bonus that a stat's amount goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    Pct(usize),
    Flat(usize),
    PerNineLevels(usize),
    Attack,
    AttackPct,
    Damage,
    BossDamage,
    CriticalRate,
    CriticalDamage,
    /// Told by the totals themselves, as it multiplies.
    Defence,
}

impl Reader {
    pub(crate) fn add(self, amount: u64, nines: f64, bonus: &mut Bonus) {
        let amount = amount as f64;
        match self {
            Self::Pct(attribute) => bonus.pct[attribute] += amount,
            Self::Flat(attribute) => bonus.flat[attribute] += amount,
            Self::PerNineLevels(attribute) => bonus.flat[attribute] += nines * amount,
            Self::Attack => bonus.attack += amount,
            Self::AttackPct => bonus.attack_pct += amount,
            Self::Damage => bonus.damage_pct += amount,
            Self::BossDamage => bonus.boss_damage_pct += amount,
            Self::CriticalRate => bonus.critical_rate_pct += amount,
            Self::CriticalDamage => bonus.critical_damage_pct += amount,
            Self::Defence => {}
        }
    }
}

/// The stats of lines that move V for a character, each with its reader.
///
/// Critical rate is among them only where it can be below 100 % without the lines now.
pub(crate) fn readers(sheet: &StatSheet, carried: &Bonus) -> (Vec<Stat>, Vec<Reader>) {
    let mut all: Vec<(Stat, Reader)> = Vec::new();
    for attribute in sheet.main.iter().chain(&sheet.sub).copied() {
        let place = attribute as usize;
        all.extend(attribute_readers(attribute, place));
    }
    let (flat, pct) = if sheet.is_magic() {
        (Stat::MattFlat, Stat::MattPct)
    } else {
        (Stat::AttFlat, Stat::AttPct)
    };
    all.extend([
        (flat, Reader::Attack),
        (pct, Reader::AttackPct),
        (Stat::DamagePct, Reader::Damage),
        (Stat::BossDamagePct, Reader::BossDamage),
        (Stat::CritDamagePct, Reader::CriticalDamage),
        (Stat::IedPct, Reader::Defence),
    ]);
    if sheet.critical_rate_pct - carried.critical_rate_pct < 100.0 {
        all.push((Stat::CritRatePct, Reader::CriticalRate));
    }
    all.into_iter().unzip()
}

fn attribute_readers(attribute: Attribute, place: usize) -> [(Stat, Reader); 3] {
    [
        (attribute.pct(), Reader::Pct(place)),
        (attribute.flat(), Reader::Flat(place)),
        (attribute.per_9_levels(), Reader::PerNineLevels(place)),
    ]
}
