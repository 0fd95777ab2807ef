//! Stats that one source gives, whatever the class.

use cube_probability::{OptionLine, Stat};
use serde::{Deserialize, Serialize};

use super::StatSource;
use crate::{Attribute, Bonus, Contribution};

/// Sum of the stats that one source gives, before it is known which of them a class uses.
///
/// Damage, critical hits and ignored defence are left out: the recorded final stats have their
/// sums, and nothing multiplies them.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct GivenStats {
    /// Points of STR, DEX, INT and LUK that percentages multiply.
    pub flat: [f64; 4],
    /// Per cent of STR, DEX, INT and LUK.
    pub pct: [f64; 4],
    /// Points of STR, DEX, INT and LUK that no percentage multiplies.
    pub flat_unscaled: [f64; 4],
    /// Points of 공격력.
    pub attack: f64,
    /// Per cent of 공격력.
    pub attack_pct: f64,
    /// Points of 마력.
    pub magic: f64,
    /// Per cent of 마력.
    pub magic_pct: f64,
    /// Per cent of 최대 HP.
    pub max_hp_pct: f64,
}

impl GivenStats {
    /// The stats that option lines give to a character of this level.
    pub fn of_lines(lines: &[OptionLine], character_level: u16) -> Self {
        let physical = Bonus::of_lines(lines, false, character_level);
        let magical = Bonus::of_lines(lines, true, character_level);
        let max_hp = lines.iter().map(|line| line.amount_of(Stat::MaxHpPct));
        Self {
            flat: physical.flat,
            pct: physical.pct,
            flat_unscaled: physical.flat_unscaled,
            attack: physical.attack,
            attack_pct: physical.attack_pct,
            magic: magical.attack,
            magic_pct: magical.attack_pct,
            max_hp_pct: max_hp.map(f64::from).sum(),
        }
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let each = |a: [f64; 4], b: [f64; 4]| Attribute::ALL.map(|i| a[i as usize] + b[i as usize]);
        Self {
            flat: each(self.flat, other.flat),
            pct: each(self.pct, other.pct),
            flat_unscaled: each(self.flat_unscaled, other.flat_unscaled),
            attack: self.attack + other.attack,
            attack_pct: self.attack_pct + other.attack_pct,
            magic: self.magic + other.magic,
            magic_pct: self.magic_pct + other.magic_pct,
            max_hp_pct: self.max_hp_pct + other.max_hp_pct,
        }
    }

    /// The part of a decomposition, for a class that attacks with magic or without.
    pub fn contribution(&self, source: StatSource, is_magic: bool) -> Contribution {
        let (attack, attack_pct) = if is_magic {
            (self.magic, self.magic_pct)
        } else {
            (self.attack, self.attack_pct)
        };
        Contribution {
            source,
            bonus: Bonus {
                flat: self.flat,
                pct: self.pct,
                flat_unscaled: self.flat_unscaled,
                attack,
                attack_pct,
                ..Bonus::NONE
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_give_attack_and_magic_attack_beside_each_other() {
        let lines = ["공격력 +9%", "마력 +12%", "올스탯 +6%"];
        let lines = lines.map(|line| line.parse().unwrap());
        let given = GivenStats::of_lines(&lines, 285);
        assert_eq!((given.attack_pct, given.magic_pct), (9.0, 12.0));
        assert_eq!(given.pct, [6.0; 4]);
        let bonus = |magic| given.contribution(StatSource::Ability, magic).bonus;
        assert_eq!(bonus(true).attack_pct, 12.0);
        assert_eq!(bonus(false).attack_pct, 9.0);
    }

    #[test]
    fn per_cent_of_hp_is_counted_and_points_of_it_are_not() {
        let lines = ["최대 HP +12%", "최대 HP +120", "최대 HP +9%"];
        let lines = lines.map(|line| line.parse().unwrap());
        assert_eq!(GivenStats::of_lines(&lines, 285).max_hp_pct, 21.0);
    }
}
