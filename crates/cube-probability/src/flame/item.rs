//! Items that take flames, the options they can have, and what each gives.

use super::FlameError;
use crate::words::words;
use crate::{MAX_ITEM_LEVEL, Part};

/// A stat that an additional option gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FlameStat {
    /// STR
    Str,
    /// DEX
    Dex,
    /// INT
    Int,
    /// LUK
    Luk,
    /// 최대 HP
    MaxHp,
    /// 최대 MP
    MaxMp,
    /// 착용 레벨 감소
    LevelReduction,
    /// 방어력
    Def,
    /// 공격력
    Att,
    /// 마력
    Matt,
    /// 보스 몬스터 데미지, in per cent
    BossDamagePct,
    /// 데미지, in per cent
    DamagePct,
    /// 올스탯, in per cent
    AllStatPct,
    /// 이동속도
    Speed,
    /// 점프력
    Jump,
}

words!("flame stat", FlameStat {
    Str = "str",
    Dex = "dex",
    Int = "int",
    Luk = "luk",
    MaxHp = "max_hp",
    MaxMp = "max_mp",
    LevelReduction = "level_reduction",
    Def = "def",
    Att = "att",
    Matt = "matt",
    BossDamagePct = "boss_damage_pct",
    DamagePct = "damage_pct",
    AllStatPct = "all_stat_pct",
    Speed = "speed",
    Jump = "jump",
});

/// One option of an item: the one or two stats it gives, and how much at each of five tiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FlameOption {
    pub(super) stats: [Option<FlameStat>; 2],
    pub(super) amounts: [u64; 5],
}

/// An item that takes flames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlameItem {
    part: Part,
    item_level: u16,
    boss_gear: bool,
    attack: Option<u16>,
    magic: Option<u16>,
}

/// Main stats in the order of the published list.
const MAIN: [FlameStat; 4] = [
    FlameStat::Str,
    FlameStat::Dex,
    FlameStat::Int,
    FlameStat::Luk,
];

impl FlameItem {
    /// An item of this part and level. `boss_gear` has four options, two tiers higher.
    ///
    /// # Errors
    ///
    /// [`FlameError`] for a part without additional options (보조무기, 방패, 어깨장식, 반지; and, by
    /// players' word, 엠블렘 and 기계심장), and for a level that no item has.
    pub fn new(part: Part, item_level: u16, boss_gear: bool) -> Result<Self, FlameError> {
        if item_level > MAX_ITEM_LEVEL {
            return Err(FlameError::LevelTooHigh { item_level });
        }
        match part {
            Part::Secondary
            | Part::ForceShield
            | Part::Shield
            | Part::Shoulder
            | Part::Ring
            | Part::Emblem
            | Part::Heart => Err(FlameError::TakesNone { part }),
            _ => Ok(Self {
                part,
                item_level,
                boss_gear,
                attack: None,
                magic: None,
            }),
        }
    }

    /// The same weapon with its own 공격력 and 마력 without any upgrade, which decide what its
    /// flames give of them.
    #[must_use]
    pub const fn with_attack(mut self, attack: u16, magic: u16) -> Self {
        self.attack = Some(attack);
        self.magic = Some(magic);
        self
    }

    pub(super) const fn boss_gear(&self) -> bool {
        self.boss_gear
    }

    /// The options the item can have, each as likely as the others. `asked` tells whether a stat
    /// counts.
    pub(super) fn options(
        &self,
        asked: impl Fn(FlameStat) -> bool,
    ) -> Result<Vec<FlameOption>, FlameError> {
        use FlameStat::{
            AllStatPct, Att, BossDamagePct, DamagePct, Def, Jump, LevelReduction, Matt, MaxHp,
            MaxMp, Speed,
        };
        let level = u64::from(self.item_level);
        let single = if level >= 250 { 12 } else { level / 20 + 1 };
        let hp = if level >= 250 {
            700
        } else {
            level / 10 * 10 * 3
        };
        let mut options: Vec<_> = MAIN.map(|stat| self.option(stat, single)).to_vec();
        for (index, first) in MAIN.into_iter().enumerate() {
            for second in &MAIN[index + 1..] {
                let mut both = self.option(first, level / 40 + 1);
                both.stats[1] = Some(*second);
                options.push(both);
            }
        }
        options.extend([(MaxHp, hp), (MaxMp, hp)].map(|(stat, a)| self.option(stat, a)));
        options.push(self.option(LevelReduction, 5));
        options.push(self.option(Def, level / 20 + 1));
        if self.part == Part::Weapon {
            options.push(self.weapon_attack(Att, self.attack, asked(Att))?);
            options.push(self.weapon_attack(Matt, self.magic, asked(Matt))?);
            options.extend((level >= 90).then(|| self.option(BossDamagePct, 2)));
            options.push(self.option(DamagePct, 1));
            options.push(self.option(AllStatPct, 1));
        } else {
            for stat in [Att, Matt] {
                options.extend((level >= 60).then(|| self.option(stat, 1)));
            }
            options.extend([Speed, Jump].map(|stat| self.option(stat, 1)));
            options.extend((level >= 70).then(|| self.option(AllStatPct, 1)));
        }
        Ok(options)
    }

    /// An option that gives `amount` a tier.
    fn option(&self, stat: FlameStat, amount: u64) -> FlameOption {
        FlameOption {
            stats: [Some(stat), None],
            amounts: self.tiers().map(|tier| amount * tier),
        }
    }

    /// 공격력 or 마력 of a weapon: `base * (level / 40 + 1) * tier * 1.1^n` hundredths, rounded up,
    /// where n counts from the lowest tier.
    fn weapon_attack(
        &self,
        stat: FlameStat,
        base: Option<u16>,
        asked: bool,
    ) -> Result<FlameOption, FlameError> {
        if base.is_none() && asked {
            return Err(FlameError::AttackMissing { stat });
        }
        let product = u64::from(base.unwrap_or(0)) * (u64::from(self.item_level) / 40 + 1);
        let mut amounts = [0; 5];
        let (mut numerator, mut denominator) = (1, 100);
        for (amount, tier) in amounts.iter_mut().zip(self.tiers()) {
            *amount = (product * tier * numerator).div_ceil(denominator);
            numerator *= 11;
            denominator *= 10;
        }
        Ok(FlameOption {
            stats: [Some(stat), None],
            amounts,
        })
    }

    const fn tiers(&self) -> [u64; 5] {
        if self.boss_gear {
            [3, 4, 5, 6, 7]
        } else {
            [1, 2, 3, 4, 5]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amounts(item: FlameItem, stat: FlameStat) -> [u64; 5] {
        let options = item.options(|_| true).unwrap();
        let alone = [Some(stat), None];
        let option = options.iter().find(|option| option.stats == alone);
        option.unwrap().amounts
    }

    #[test]
    fn amounts_go_by_level_and_tier() {
        let hat = |level| FlameItem::new(Part::Hat, level, true).unwrap();
        assert_eq!(amounts(hat(200), FlameStat::Int), [33, 44, 55, 66, 77]);
        assert_eq!(amounts(hat(250), FlameStat::Int), [36, 48, 60, 72, 84]);
        assert_eq!(amounts(hat(160), FlameStat::Int), [27, 36, 45, 54, 63]);
        assert_eq!(amounts(hat(250), FlameStat::MaxHp)[0], 2100);
        assert_eq!(amounts(hat(158), FlameStat::MaxHp)[0], 1350);
        assert_eq!(amounts(hat(250), FlameStat::AllStatPct), [3, 4, 5, 6, 7]);
    }

    #[test]
    fn attack_of_weapons_goes_by_their_own() {
        // By hand: 283 * 6 * 7 * 1.4641 hundredths are 174.02, and so on, highest tier first.
        for (level, base, highest_first) in [
            (200, 283, [175, 136, 103, 75, 51]),
            (200, 318, [196, 153, 116, 84, 58]),
        ] {
            let weapon = FlameItem::new(Part::Weapon, level, true).unwrap();
            let mut given = amounts(weapon.with_attack(base, base), FlameStat::Att);
            given.reverse();
            assert_eq!(given, highest_first, "{level} {base}");
        }
        let unknown = FlameItem::new(Part::Weapon, 200, true).unwrap();
        assert!(unknown.options(|stat| stat == FlameStat::Str).is_ok());
        assert_eq!(
            unknown
                .options(|stat| stat == FlameStat::Att)
                .unwrap_err()
                .to_string(),
            "the att of a weapon's flame goes by the weapon's own, which is not given"
        );
    }

    #[test]
    fn parts_have_the_published_number_of_options() {
        let count = |part, level| {
            let item = FlameItem::new(part, level, false).unwrap();
            item.with_attack(100, 100).options(|_| true).unwrap().len()
        };
        assert_eq!((count(Part::Weapon, 90), count(Part::Weapon, 80)), (19, 18));
        assert_eq!((count(Part::Hat, 70), count(Part::Hat, 60)), (19, 18));
        assert_eq!(count(Part::Cape, 50), 16);
    }

    #[test]
    fn parts_without_additional_options_say_so() {
        for part in [Part::Ring, Part::Shoulder, Part::Secondary, Part::Heart] {
            let refused = FlameItem::new(part, 150, true);
            assert_eq!(refused, Err(FlameError::TakesNone { part }));
        }
        assert_eq!(
            FlameItem::new(Part::Ring, 150, true)
                .unwrap_err()
                .to_string(),
            "반지 takes no flames"
        );
    }
}
