//! Bonuses: what option lines, stars or any other piece of gear add to a stat sheet.

use cube_probability::{OptionLine, Stat};

use crate::Attribute;

/// Sum of everything a piece of gear adds, each in the unit of the stat sheet.
///
/// Amounts are whole numbers in practice, so that sums of them are exact.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bonus {
    /// Points of STR, DEX, INT and LUK that percentages multiply.
    pub flat: [f64; 4],
    /// Per cent of STR, DEX, INT and LUK.
    pub pct: [f64; 4],
    /// Points of STR, DEX, INT and LUK that no percentage multiplies.
    pub flat_unscaled: [f64; 4],
    /// Points of the class's attack or magic attack.
    pub attack: f64,
    /// Per cent of the class's attack or magic attack.
    pub attack_pct: f64,
    /// Per cent of damage.
    pub damage_pct: f64,
    /// Per cent of damage to bosses.
    pub boss_damage_pct: f64,
    /// Per cent of critical rate.
    pub critical_rate_pct: f64,
    /// Per cent of critical damage.
    pub critical_damage_pct: f64,
    /// Part of a monster's defence left, from 0 to 1: the product of 1 - x over every x ignored.
    pub defence_left: f64,
}

impl Bonus {
    /// Nothing added.
    pub const NONE: Self = Self {
        flat: [0.0; 4],
        pct: [0.0; 4],
        flat_unscaled: [0.0; 4],
        attack: 0.0,
        attack_pct: 0.0,
        damage_pct: 0.0,
        boss_damage_pct: 0.0,
        critical_rate_pct: 0.0,
        critical_damage_pct: 0.0,
        defence_left: 1.0,
    };

    /// The bonus of option lines for a character of this level, to attack or to magic attack.
    pub fn of_lines(lines: &[OptionLine], magic: bool, character_level: u16) -> Self {
        let one = |line: &OptionLine| Self::of_line(*line, magic, character_level);
        lines.iter().map(one).fold(Self::NONE, Self::plus)
    }

    fn of_line(line: OptionLine, magic: bool, character_level: u16) -> Self {
        let amount = |stat: Stat| f64::from(line.amount_of(stat));
        let nines = f64::from(character_level / 9);
        let (attack, attack_pct) = if magic {
            (Stat::MattFlat, Stat::MattPct)
        } else {
            (Stat::AttFlat, Stat::AttPct)
        };
        Self {
            flat: Attribute::ALL.map(|a| amount(a.flat()) + nines * amount(a.per_9_levels())),
            pct: Attribute::ALL.map(|a| amount(a.pct())),
            flat_unscaled: [0.0; 4],
            attack: amount(attack),
            attack_pct: amount(attack_pct),
            damage_pct: amount(Stat::DamagePct),
            boss_damage_pct: amount(Stat::BossDamagePct),
            critical_rate_pct: amount(Stat::CritRatePct),
            critical_damage_pct: amount(Stat::CritDamagePct),
            defence_left: (100.0 - amount(Stat::IedPct)) / 100.0,
        }
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            flat: add(self.flat, other.flat),
            pct: add(self.pct, other.pct),
            flat_unscaled: add(self.flat_unscaled, other.flat_unscaled),
            attack: self.attack + other.attack,
            attack_pct: self.attack_pct + other.attack_pct,
            damage_pct: self.damage_pct + other.damage_pct,
            boss_damage_pct: self.boss_damage_pct + other.boss_damage_pct,
            critical_rate_pct: self.critical_rate_pct + other.critical_rate_pct,
            critical_damage_pct: self.critical_damage_pct + other.critical_damage_pct,
            defence_left: self.defence_left * other.defence_left,
        }
    }
}

impl Default for Bonus {
    fn default() -> Self {
        Self::NONE
    }
}

fn add(a: [f64; 4], b: [f64; 4]) -> [f64; 4] {
    std::array::from_fn(|index| a[index] + b[index])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[&str]) -> Bonus {
        let lines: Vec<_> = lines.iter().map(|line| line.parse().unwrap()).collect();
        Bonus::of_lines(&lines, true, 285)
    }

    #[test]
    fn all_stat_and_levels_count_for_the_attributes() {
        let bonus = of(&["INT +12%", "올스탯 +9%", "캐릭터 기준 9레벨 당 INT +2"]);
        assert_eq!(bonus.pct, [9.0, 9.0, 21.0, 9.0]);
        assert_eq!(bonus.flat, [0.0, 0.0, 62.0, 0.0]);
    }

    #[test]
    fn ignored_defence_multiplies_and_attack_is_that_of_the_class() {
        let bonus = of(&[
            "몬스터 방어율 무시 +40%",
            "몬스터 방어율 무시 +30%",
            "공격력 +9%",
        ]);
        assert!((bonus.defence_left - 0.42).abs() < 1e-15);
        assert_eq!(bonus.attack_pct, 0.0);
        assert_eq!(of(&["마력 +9%"]).attack_pct, 9.0);
    }
}
