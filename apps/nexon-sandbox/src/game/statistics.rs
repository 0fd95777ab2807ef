//! A character's final stats, by the game's own rule.

use cube_probability::{OptionLine, Stat};

use super::{Attribute, Class, Effect, Field, Growth, Item};

/// Final stats of a character.
#[derive(Debug)]
pub(crate) struct Statistics {
    pub(crate) attributes: [i64; 4],
    pub(crate) max_hp: i64,
    /// 공격력 and 마력.
    pub(crate) attacks: [i64; 2],
    pub(crate) damage: i64,
    pub(crate) boss_damage: i64,
    pub(crate) final_damage: i64,
    /// Defence ignored, in per cent.
    pub(crate) ignored_defence: f64,
    pub(crate) critical_rate: i64,
    pub(crate) critical_damage: i64,
    /// The upper end of 스탯공격력.
    pub(crate) stat_attack: i64,
}

/// Stats of the title that every character has.
pub(crate) const TITLE: [Effect; 3] = [
    Effect::AllStat(20),
    Effect::Attacks(10),
    Effect::BossDamage(10),
];
/// The per cent of attack that a weapon's soul gives.
const SOUL_PCT: i64 = 3;
/// The largest 최대 HP that documents tell.
const MOST_HP: i64 = 500_000;

/// Sum of everything before percentages multiply points.
#[derive(Debug, Default)]
struct Sums {
    points: [i64; 4],
    pct: [i64; 4],
    unscaled: [i64; 4],
    attacks: [i64; 2],
    attacks_pct: [i64; 2],
    hp: i64,
    hp_pct: i64,
    damage: i64,
    boss_damage: i64,
    critical_rate: i64,
    critical_damage: i64,
    defence_left: Vec<f64>,
}

impl Statistics {
    /// The final stats of a character of this class and level with these items worn.
    pub(crate) fn of<'i>(
        class: &Class,
        level: u16,
        growth: &Growth,
        items: impl Iterator<Item = &'i Item>,
    ) -> Self {
        let level = i64::from(level);
        let mut sums = Sums {
            points: growth.points,
            hp: 100 * level,
            critical_rate: growth.critical_rate,
            ..Sums::default()
        };
        sums.ignore(growth.ignored_defence);
        for item in items {
            sums.wear(item, level);
        }
        let scaled = TITLE.into_iter();
        let scaled = scaled.chain(growth.sets.iter().flat_map(|set| set.effects.clone()));
        scaled
            .chain(growth.links.iter().filter_map(|(_, effect)| *effect))
            .for_each(|effect| sums.add(effect, true));
        let unscaled = [
            &growth.hyper,
            &growth.ability,
            &growth.raiders,
            &growth.occupied,
        ];
        for effect in unscaled.into_iter().flatten() {
            sums.add(*effect, false);
        }
        for symbol in &growth.symbols {
            for (sum, points) in sums.unscaled.iter_mut().zip(symbol.points) {
                *sum += points;
            }
        }
        sums.finish(class, growth)
    }
}

impl Sums {
    fn add(&mut self, effect: Effect, is_scaled: bool) {
        let points = if is_scaled {
            &mut self.points
        } else {
            &mut self.unscaled
        };
        match effect {
            Effect::Points(attribute, amount) => points[attribute as usize] += amount,
            Effect::AllStat(amount) => points.iter_mut().for_each(|stat| *stat += amount),
            Effect::AllStatPct(amount) => self.pct.iter_mut().for_each(|pct| *pct += amount),
            Effect::Attacks(amount) => self.attacks.iter_mut().for_each(|stat| *stat += amount),
            Effect::Damage(amount) => self.damage += amount,
            Effect::BossDamage(amount) => self.boss_damage += amount,
            Effect::IgnoredDefence(amount) => self.ignore(amount),
            Effect::CriticalRate(amount) => self.critical_rate += amount,
            Effect::CriticalDamage(amount) => self.critical_damage += amount,
        }
    }

    fn ignore(&mut self, per_cent: i64) {
        self.defence_left.push((100 - per_cent) as f64 / 100.0);
    }

    fn wear(&mut self, item: &Item, level: i64) {
        let total = item.total();
        let of = |field: Field| i64::from(total[field]);
        for (index, field) in Field::STATS.into_iter().enumerate() {
            self.points[index] += of(field);
            self.pct[index] += of(Field::AllStat);
        }
        self.attacks[0] += of(Field::AttackPower);
        self.attacks[1] += of(Field::MagicPower);
        self.hp += of(Field::MaxHp);
        self.damage += of(Field::Damage);
        self.boss_damage += of(Field::BossDamage);
        self.ignore(of(Field::IgnoreMonsterArmor));
        if let Some((_, option)) = item.soul {
            self.attacks_pct[usize::from(option.starts_with("마력"))] += SOUL_PCT;
        }
        let potentials = [item.potential, item.additional_potential];
        for line in potentials.into_iter().flatten().flat_map(|own| own.lines) {
            self.draw(line, level);
        }
    }

    /// A line of a potential.
    fn draw(&mut self, line: OptionLine, level: i64) {
        let of = |stat: Stat| i64::from(line.amount_of(stat));
        let nines = level / 9;
        let stats = [
            (Stat::StrFlat, Stat::StrPct, Stat::StrPer9Levels),
            (Stat::DexFlat, Stat::DexPct, Stat::DexPer9Levels),
            (Stat::IntFlat, Stat::IntPct, Stat::IntPer9Levels),
            (Stat::LukFlat, Stat::LukPct, Stat::LukPer9Levels),
        ];
        for (index, (flat, pct, per_nine)) in stats.into_iter().enumerate() {
            self.points[index] += of(flat) + nines * of(per_nine);
            self.pct[index] += of(pct);
        }
        self.attacks[0] += of(Stat::AttFlat);
        self.attacks[1] += of(Stat::MattFlat);
        self.attacks_pct[0] += of(Stat::AttPct);
        self.attacks_pct[1] += of(Stat::MattPct);
        self.hp += of(Stat::MaxHpFlat);
        self.hp_pct += of(Stat::MaxHpPct);
        self.damage += of(Stat::DamagePct);
        self.boss_damage += of(Stat::BossDamagePct);
        self.critical_rate += of(Stat::CritRatePct);
        self.critical_damage += of(Stat::CritDamagePct);
        self.ignore(of(Stat::IedPct));
    }

    fn finish(self, class: &Class, growth: &Growth) -> Statistics {
        let multiplied = |points: i64, pct: i64| points * (100 + pct) / 100;
        let attributes =
            [0, 1, 2, 3].map(|i| multiplied(self.points[i], self.pct[i]) + self.unscaled[i]);
        let attacks = [0, 1].map(|i| multiplied(self.attacks[i], self.attacks_pct[i]));
        let left: f64 = self.defence_left.iter().product();
        let weighted = class.weighted_stat(attributes) as f64;
        let attack = attacks[usize::from(class.main.is_magic())] as f64;
        let damage = 1.0 + self.damage as f64 / 100.0;
        let final_damage = 1.0 + growth.final_damage as f64 / 100.0;
        let shown = weighted / 100.0 * attack * class.weapon_factor() * damage * final_damage;
        #[expect(clippy::cast_possible_truncation, reason = "far below 2^53")]
        let stat_attack = shown as i64;
        Statistics {
            attributes,
            max_hp: multiplied(self.hp, self.hp_pct).min(MOST_HP),
            attacks,
            damage: self.damage,
            boss_damage: self.boss_damage,
            final_damage: growth.final_damage,
            ignored_defence: 100.0 * (1.0 - left),
            critical_rate: self.critical_rate,
            critical_damage: self.critical_damage,
            stat_attack,
        }
    }
}

impl Class {
    /// 4 * main + sub.
    fn weighted_stat(&self, [str, dex, int, luk]: [i64; 4]) -> i64 {
        use super::class::MainStat;
        match (self.main, self.name) {
            (MainStat::Str, _) => 4 * str + dex,
            (MainStat::Dex, _) => 4 * dex + str,
            (MainStat::Int, _) => 4 * int + luk,
            (MainStat::Luk, "섀도어" | "듀얼블레이더" | "카데나") => {
                4 * luk + dex + str
            }
            (MainStat::Luk, _) => 4 * luk + dex,
            (MainStat::Three, _) => 4 * (str + dex + luk),
            (MainStat::Hp, _) => str,
        }
    }

    /// The factor of the weapon in 스탯공격력.
    pub(crate) fn weapon_factor(&self) -> f64 {
        match self.weapon[0] {
            "활"
            | "듀얼보우건"
            | "에인션트 보우"
            | "단검"
            | "케인"
            | "체인"
            | "차크람"
            | "부채"
            | "에너지소드"
            | "데스페라도"
            | "튜너"
            | "브레스 슈터" => 1.3,
            "두손검" | "두손둔기" => 1.34,
            "석궁" => 1.35,
            "창" | "폴암" => 1.49,
            "건" | "핸드캐논" => 1.5,
            "너클" | "소울슈터" | "건틀렛 리볼버" => 1.7,
            "아대" => 1.75,
            _ => 1.2,
        }
    }
}

impl Attribute {
    /// Every attribute, in the order of documents.
    pub(crate) const ALL: [Self; 4] = [Self::Str, Self::Dex, Self::Int, Self::Luk];

    /// The name of the attribute, as `STR`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Str => "STR",
            Self::Dex => "DEX",
            Self::Int => "INT",
            Self::Luk => "LUK",
        }
    }

    /// The Korean word, as `힘`.
    pub(crate) const fn korean(self) -> &'static str {
        match self {
            Self::Str => "힘",
            Self::Dex => "민첩성",
            Self::Int => "지력",
            Self::Luk => "운",
        }
    }
}
