//! Stats that stars give to an item.

use std::ops::AddAssign;

use super::gains::{Gain, gains};
use super::{InvalidQuery, ItemKind, Query};
use crate::Part;

/// The stars by which the stats of the class and a weapon's own attack grow; later ones go by a
/// table.
const FIRST_STARS: u8 = 15;
/// The part of its attack that a weapon gains by a star up to that: a fiftieth, and 1.
const OWN_ATTACK_DIVISOR: u32 = 50;

/// An item as far as its stars care.
///
/// ```
/// use cube_probability::Part;
/// use cube_probability::star_force::{ItemKind, StarredItem};
///
/// let hat = StarredItem {
///     item_level: 250,
///     kind: ItemKind::Normal,
///     part: Part::Hat,
///     attack: 0,
///     magic_attack: 10,
/// };
/// let gain = hat.gain(0, 22)?;
/// assert_eq!((gain.main_stat(), gain.attack, gain.max_hp), (159, 120, 255));
/// # Ok::<(), cube_probability::star_force::InvalidGain>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StarredItem {
    /// The item's required level, at most 300.
    pub item_level: u16,
    /// The kind of the item.
    pub kind: ItemKind,
    /// The part it is worn as.
    pub part: Part,
    /// Attack by base and scrolls, without stars and flames; matters for weapons only.
    pub attack: u32,
    /// Magic attack by base and scrolls, without stars and flames; matters for weapons only.
    pub magic_attack: u32,
}

/// The stats by some stars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StarGain {
    /// On each main stat of the item's class, by the first 15 stars.
    pub class_stat: u32,
    /// On each of STR, DEX, INT and LUK that the item has by base or scrolls: from star 16 on, and
    /// by every star of a superior item.
    pub own_stat: u32,
    /// Attack.
    pub attack: u32,
    /// Magic attack.
    pub magic_attack: u32,
    /// In addition, attack or magic attack, after the item's class (장갑).
    pub class_attack: u32,
    /// Max HP.
    pub max_hp: u32,
    /// Max MP.
    pub max_mp: u32,
}

impl StarGain {
    /// On a main stat of the item's class that the item has by base or scrolls, as gear of that
    /// class does.
    pub const fn main_stat(&self) -> u32 {
        self.class_stat.saturating_add(self.own_stat)
    }
}

impl AddAssign for StarGain {
    fn add_assign(&mut self, other: Self) {
        let Self {
            class_stat,
            own_stat,
            attack,
            magic_attack,
            class_attack,
            max_hp,
            max_mp,
        } = other;
        for (sum, part) in [
            (&mut self.class_stat, class_stat),
            (&mut self.own_stat, own_stat),
            (&mut self.attack, attack),
            (&mut self.magic_attack, magic_attack),
            (&mut self.class_attack, class_attack),
            (&mut self.max_hp, max_hp),
            (&mut self.max_mp, max_mp),
        ] {
            *sum = sum.saturating_add(part);
        }
    }
}

/// A gain that is not known.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum InvalidGain {
    /// The item cannot have those stars.
    #[error(transparent)]
    Stars(#[from] InvalidQuery),
    /// No source tells what stars give to that part.
    #[error("the gain of {part} by stars is not known")]
    UnknownPart {
        /// The part.
        part: Part,
    },
}

impl StarredItem {
    /// The stats that the stars above `from` up to `to` give.
    ///
    /// The figures are the community's (the formulas of malib, 2026-07, and simaple, 2025-04, which
    /// agree), checked against 61 items of real characters, none of them superior. A weapon gains a
    /// fiftieth of its attack so far, rounded down, and 1, by each of the first 15 stars, and so
    /// does the magic attack of a weapon that has any; the table has its gains from star 16 on.
    ///
    /// # Errors
    /// Stars that such an item cannot have today, and parts whose gain is not known (보조무기,
    /// 엠블렘, 포스실드).
    pub fn gain(&self, from: u8, to: u8) -> Result<StarGain, InvalidGain> {
        let Self { part, kind, .. } = *self;
        if matches!(part, Part::Secondary | Part::Emblem | Part::ForceShield) {
            return Err(InvalidGain::UnknownPart { part });
        }
        let stars = Query {
            kind,
            ..Query::new(self.item_level, from, to)
        };
        stars.check()?;
        let mut gain = StarGain::default();
        let mut weapon = (self.attack, self.magic_attack);
        for star in 0..to {
            let by_star = match (kind, part) {
                (ItemKind::Superior, _) => self.superior(star),
                (ItemKind::Normal, Part::Weapon) => self.weapon(star, weapon),
                (ItemKind::Normal, _) => self.armour(star),
            };
            weapon.0 = weapon.0.saturating_add(by_star.attack);
            weapon.1 = weapon.1.saturating_add(by_star.magic_attack);
            if star >= from {
                gain += by_star;
            }
        }
        Ok(gain)
    }

    fn by_table(&self, gain: Gain, star: u8) -> u32 {
        gains().of(gain, self.item_level, star)
    }

    fn superior(&self, star: u8) -> StarGain {
        let attack = self.by_table(Gain::SuperiorAttack, star);
        StarGain {
            own_stat: self.by_table(Gain::SuperiorStat, star),
            attack,
            magic_attack: attack,
            ..StarGain::default()
        }
    }

    /// The star above `star` of a weapon with that attack and magic attack so far.
    fn weapon(&self, star: u8, (attack, magic_attack): (u32, u32)) -> StarGain {
        let by_own = |own: u32| {
            if star < FIRST_STARS {
                own / OWN_ATTACK_DIVISOR + 1
            } else {
                self.by_table(Gain::WeaponAttack, star)
            }
        };
        let max_hp = self.by_table(Gain::MaxHpMp, star);
        StarGain {
            attack: by_own(attack),
            magic_attack: if magic_attack > 0 {
                by_own(magic_attack)
            } else {
                0
            },
            max_hp,
            max_mp: max_hp,
            ..self.stats(star)
        }
    }

    /// The star above `star` of anything but a weapon.
    fn armour(&self, star: u8) -> StarGain {
        let attack = self.by_table(Gain::Attack, star);
        StarGain {
            attack,
            magic_attack: attack,
            class_attack: if self.part == Part::Gloves {
                self.by_table(Gain::GloveAttack, star)
            } else {
                0
            },
            max_hp: if gives_hp(self.part) {
                self.by_table(Gain::MaxHpMp, star)
            } else {
                0
            },
            ..self.stats(star)
        }
    }

    fn stats(&self, star: u8) -> StarGain {
        let stat = self.by_table(Gain::Stat, star);
        let (class_stat, own_stat) = if star < FIRST_STARS {
            (stat, 0)
        } else {
            (0, stat)
        };
        StarGain {
            class_stat,
            own_stat,
            ..StarGain::default()
        }
    }
}

/// Whether stars give max HP to armour or an accessory worn as that part.
const fn gives_hp(part: Part) -> bool {
    matches!(
        part,
        Part::Hat
            | Part::Top
            | Part::Overall
            | Part::Bottom
            | Part::Cape
            | Part::Ring
            | Part::Pendant
            | Part::Belt
            | Part::Shoulder
            | Part::Shield
    )
}
