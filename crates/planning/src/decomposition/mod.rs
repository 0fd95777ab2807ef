//! Decomposition: a stat sheet from the final stats and from where they come.
//!
//! The upstream says final stats only. Lines in per cent need to know what they multiply, so the
//! known parts are added up and what is left of each final value is *solved*: it is kept as a
//! fixed rest, shown, and the numbers it leaves uncertain are answered with bounds.

mod given;
mod hit_points;
mod quick;
mod recorded;
mod rest;
mod source;

use serde::{Deserialize, Serialize};

pub use given::GivenStats;
pub use hit_points::hp_point_worth;
pub use recorded::RecordedStats;
pub use rest::{Rest, UnknownField};
pub use source::{Contribution, StatSource};

use self::rest::Solved;
use crate::sheet_check::WEAPON_FACTORS;
use crate::{
    Attribute, AttributeParts, Bonus, BossDefence, ClassStats, MainStat, NotValued, StatSheet,
    Valuation,
};

/// Sources that a sheet was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Detail {
    /// From the final stats and not every other source: percentages are estimated.
    Quick,
    /// From the final stats and every other source.
    Full,
}

/// A stat sheet with what is not known about it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decomposition {
    /// Sources that were read: all, or those of a quick sheet.
    pub detail: Detail,
    /// The sheet, whose model gives exactly the recorded final stats.
    pub sheet: StatSheet,
    /// Parts of the final stats that no known source explains.
    pub rest: Vec<Rest>,
    /// Fields of the sheet that the rest leaves uncertain, with bounds.
    pub unknown: Vec<UnknownField>,
}

impl Decomposition {
    /// The decomposition of a character's stats.
    ///
    /// It is full when each source is among the contributions, an empty one included, and quick
    /// otherwise.
    ///
    /// # Errors
    ///
    /// [`NotValued`] for 데몬어벤져, and for recorded stats that are out of range.
    pub fn of(
        class: ClassStats,
        recorded: &RecordedStats,
        contributions: &[Contribution],
    ) -> Result<Self, NotValued> {
        if class.main == MainStat::MaxHp {
            return Err(NotValued::DemonAvenger);
        }
        let missing: Vec<_> = StatSource::ALL
            .into_iter()
            .filter(|source| contributions.iter().all(|given| given.source != *source))
            .collect();
        let known = contributions
            .iter()
            .fold(Bonus::NONE, |sum, given| sum.plus(given.bonus));
        let solved = |attribute: &Attribute| solve(*attribute, recorded, &known, &missing);
        let main: Vec<_> = class.main_attributes().iter().map(solved).collect();
        let sub: Vec<_> = class.sub.iter().map(solved).collect();
        let attack = solve_attack(class, recorded, &known, &missing);
        let mut decomposition = Self {
            detail: if missing.is_empty() {
                Detail::Full
            } else {
                Detail::Quick
            },
            sheet: sheet_of(class, recorded, &main, &sub, &attack),
            rest: Vec::new(),
            unknown: Vec::new(),
        };
        decomposition.report("main", &main);
        decomposition.report("sub", &sub);
        decomposition.report("attack", &[attack]);
        decomposition.sheet.check()?;
        Ok(decomposition)
    }

    /// Bounds on the gain of swapping one bonus for another, over everything the sheet leaves
    /// unknown; equal where nothing is.
    ///
    /// The unknown fields enter a gain each linearly, so its extremes lie where each is at one
    /// of its bounds.
    ///
    /// # Errors
    ///
    /// [`NotValued`] when the sheet does no damage to the boss.
    pub fn gain_bounds(
        &self,
        old: &Bonus,
        new: &Bonus,
        defence: BossDefence,
    ) -> Result<(f64, f64), NotValued> {
        let mut bounds = (f64::INFINITY, f64::NEG_INFINITY);
        for corner in 0..1_u32 << self.unknown.len() {
            let mut sheet = self.sheet.clone();
            for (index, unknown) in self.unknown.iter().enumerate() {
                let upper = corner >> index & 1 == 1;
                unknown.write(
                    &mut sheet,
                    if upper { unknown.upper } else { unknown.lower },
                );
            }
            let gain = Valuation::of(&sheet, defence)?.gain(old, new);
            bounds = (bounds.0.min(gain), bounds.1.max(gain));
        }
        Ok(bounds)
    }

    fn report(&mut self, of: &'static str, solved: &[Solved]) {
        self.rest.extend(Rest::of(of, solved));
        self.unknown.extend(UnknownField::of(of, solved));
    }
}

fn solve(
    attribute: Attribute,
    recorded: &RecordedStats,
    known: &Bonus,
    missing: &[StatSource],
) -> Solved {
    let index = attribute as usize;
    let parts = AttributeParts {
        total: recorded.attribute(attribute),
        base: recorded.ability_points[index] + known.flat[index],
        pct: known.pct[index],
        flat_unscaled: known.flat_unscaled[index],
    };
    match quick::attribute(parts, missing) {
        Some(estimated) => estimated,
        None => Solved::with_rest(parts),
    }
}

fn solve_attack(
    class: ClassStats,
    recorded: &RecordedStats,
    known: &Bonus,
    missing: &[StatSource],
) -> Solved {
    let parts = AttributeParts {
        total: if class.main.is_magic() {
            recorded.magic_attack
        } else {
            recorded.attack
        },
        base: known.attack,
        pct: known.attack_pct,
        flat_unscaled: 0.0,
    };
    match quick::attack(parts, missing) {
        Some(estimated) => estimated,
        None => Solved::with_rest(parts),
    }
}

fn sheet_of(
    class: ClassStats,
    recorded: &RecordedStats,
    main: &[Solved],
    sub: &[Solved],
    attack: &Solved,
) -> StatSheet {
    let sum = |of: &[Solved], get: fn(&AttributeParts) -> f64| -> f64 {
        of.iter().fold(0.0, |sum, solved| sum + get(&solved.parts))
    };
    let mean_pct = |of: &[Solved]| sum(of, |parts| parts.pct) / of.len().max(1) as f64;
    let mut sheet = StatSheet {
        main: class.main_attributes().to_vec(),
        sub: class.sub.to_vec(),
        main_final: sum(main, |parts| parts.total),
        main_base: sum(main, |parts| parts.base),
        main_pct: mean_pct(main),
        main_flat_unscaled: sum(main, |parts| parts.flat_unscaled),
        sub_final: sum(sub, |parts| parts.total),
        sub_base: (!sub.is_empty()).then(|| sum(sub, |parts| parts.base)),
        sub_pct: (!sub.is_empty()).then(|| mean_pct(sub)),
        sub_flat_unscaled: sum(sub, |parts| parts.flat_unscaled),
        attack_final: attack.parts.total,
        attack_base: attack.parts.base,
        attack_pct: attack.parts.pct,
        damage_pct: recorded.damage_pct,
        boss_damage_pct: recorded.boss_damage_pct,
        final_damage_pct: recorded.final_damage_pct,
        critical_rate_pct: recorded.critical_rate_pct,
        critical_damage_pct: recorded.critical_damage_pct,
        ied_pct: recorded.ied_pct,
        weapon_factor: Some(1.0),
        attributes: std::collections::BTreeMap::new(),
    };
    for (attributes, solved) in [(class.main_attributes(), main), (class.sub, sub)] {
        if attributes.len() > 1 {
            let parts = solved.iter().map(|solved| solved.parts);
            sheet
                .attributes
                .extend(attributes.iter().copied().zip(parts));
        }
    }
    let plain = sheet.stat_attack();
    sheet.weapon_factor = recorded
        .stat_attack
        .zip(plain)
        .map(|(shown, plain)| shown / plain)
        // It cancels in every comparison, so that an odd one costs itself only.
        .filter(|factor| WEAPON_FACTORS.contains(factor));
    sheet
}
