//! Goals that players set most often on a part.

use cube_probability::{Layer, Method, Part};

use crate::lang::Lang;

/// A goal to choose with one press.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CommonGoal {
    pub(crate) label: &'static str,
    pub(crate) goal: &'static str,
}

/// A goal with its label in Korean and in English.
type GoalRow = (&'static str, &'static str, &'static str);

const WEAPON: &[GoalRow] = &[
    (
        "공격력 3줄 (30% 이상)",
        "3 lines of attack (30 %+)",
        "att_pct >= 30",
    ),
    (
        "마력 3줄 (30% 이상)",
        "3 lines of magic attack (30 %+)",
        "matt_pct >= 30",
    ),
    (
        "보스 60% + 공격력 9%",
        "Boss 60 % + attack 9 %",
        "boss_damage_pct >= 60 and att_pct >= 9",
    ),
    (
        "보스 60% + 마력 9%",
        "Boss 60 % + magic 9 %",
        "boss_damage_pct >= 60 and matt_pct >= 9",
    ),
    (
        "공·보공·방무 유효 3줄",
        "3 useful lines (physical)",
        "lines(att_pct, boss_damage_pct, ied_pct) >= 3",
    ),
    (
        "마·보공·방무 유효 3줄",
        "3 useful lines (magic)",
        "lines(matt_pct, boss_damage_pct, ied_pct) >= 3",
    ),
];

const EMBLEM: &[GoalRow] = &[
    (
        "공격력 3줄 (30% 이상)",
        "3 lines of attack (30 %+)",
        "att_pct >= 30",
    ),
    (
        "마력 3줄 (30% 이상)",
        "3 lines of magic attack (30 %+)",
        "matt_pct >= 30",
    ),
    ("공격력 21% 이상", "Attack 21 %+", "att_pct >= 21"),
    (
        "공·방무 유효 3줄",
        "3 useful lines (physical)",
        "lines(att_pct, ied_pct) >= 3",
    ),
    (
        "마·방무 유효 3줄",
        "3 useful lines (magic)",
        "lines(matt_pct, ied_pct) >= 3",
    ),
];

const STATS: &[GoalRow] = &[
    ("STR 30% 이상", "STR 30 %+", "str_pct >= 30"),
    ("DEX 30% 이상", "DEX 30 %+", "dex_pct >= 30"),
    ("INT 30% 이상", "INT 30 %+", "int_pct >= 30"),
    ("LUK 30% 이상", "LUK 30 %+", "luk_pct >= 30"),
    ("HP 30% 이상", "HP 30 %+", "max_hp_pct >= 30"),
];

const HAT: &[GoalRow] = &[
    ("쿨타임 -4초", "Cooldown -4 s", "cooldown_seconds >= 4"),
    ("쿨타임 -5초", "Cooldown -5 s", "cooldown_seconds >= 5"),
    (
        "쿨타임 -2초 + INT 20%",
        "Cooldown -2 s + INT 20 %",
        "cooldown_seconds >= 2 and int_pct >= 20",
    ),
];

const GLOVES: &[GoalRow] = &[
    (
        "크리티컬 데미지 3줄",
        "3 lines of critical damage",
        "lines(crit_damage_pct) >= 3",
    ),
    (
        "크리티컬 데미지 2줄",
        "2 lines of critical damage",
        "lines(crit_damage_pct) >= 2",
    ),
    (
        "크뎀 2줄 + LUK 9%",
        "2 critical damage + LUK 9 %",
        "lines(crit_damage_pct) >= 2 and luk_pct >= 9",
    ),
];

const ACCESSORY: &[GoalRow] = &[
    (
        "아이템 드롭률 3줄",
        "3 lines of item drop",
        "drop_pct >= 60",
    ),
    ("메소 획득량 3줄", "3 lines of meso", "meso_pct >= 60"),
    (
        "드롭·메소 2줄",
        "2 lines of drop or meso",
        "lines(drop_pct, meso_pct) >= 2",
    ),
];

const ADDITIONAL_WEAPON: &[GoalRow] = &[
    (
        "공격력 3줄 (27% 이상)",
        "3 lines of attack (27 %+)",
        "att_pct >= 27",
    ),
    ("공격력 21% 이상", "Attack 21 %+", "att_pct >= 21"),
    ("마력 21% 이상", "Magic attack 21 %+", "matt_pct >= 21"),
];

const ADDITIONAL_STATS: &[GoalRow] = &[
    ("STR 14% 이상", "STR 14 %+", "str_pct >= 14"),
    ("DEX 14% 이상", "DEX 14 %+", "dex_pct >= 14"),
    ("INT 14% 이상", "INT 14 %+", "int_pct >= 14"),
    ("LUK 14% 이상", "LUK 14 %+", "luk_pct >= 14"),
    (
        "공격력 +10 2줄",
        "2 lines of attack",
        "lines(att_flat) >= 2",
    ),
];

/// Returns the common goals of a part under a method, those of the part itself first.
pub(crate) fn common(method: Method, part: Part, lang: Lang) -> Vec<CommonGoal> {
    let is_weapon = matches!(
        part,
        Part::Weapon | Part::Secondary | Part::ForceShield | Part::Shield
    );
    let lists: &[&[GoalRow]] = match method.layer() {
        Layer::AdditionalPotential if is_weapon || part == Part::Emblem => &[ADDITIONAL_WEAPON],
        Layer::AdditionalPotential if part == Part::Gloves => &[&[GLOVES[1]], ADDITIONAL_STATS],
        Layer::AdditionalPotential => &[ADDITIONAL_STATS],
        Layer::Potential if is_weapon => &[WEAPON],
        Layer::Potential => match part {
            Part::Emblem => &[EMBLEM],
            Part::Hat => &[HAT, STATS],
            Part::Gloves => &[GLOVES, STATS],
            Part::Face | Part::Eye | Part::Earring | Part::Ring | Part::Pendant => {
                &[ACCESSORY, STATS]
            }
            _ => &[STATS],
        },
    };
    let rows = lists.iter().flat_map(|rows| rows.iter());
    rows.map(|&(ko, en, goal)| CommonGoal {
        label: lang.pick(ko, en),
        goal,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use cube_probability::{Goal, Grade, Rules, Stat, Verdict};

    use super::*;

    /// `int_pct` counts 올스탯 already: a goal that adds it would count such a line twice.
    #[test]
    fn common_goals_count_no_line_twice() {
        for &method in &[Method::MesoPotential, Method::MesoAdditional] {
            for &part in Part::ALL {
                for common in common(method, part, Lang::Ko) {
                    let words = common.goal.split([' ', '(', ')', ',']);
                    let stats: Vec<Stat> = words.filter_map(|word| word.parse().ok()).collect();
                    for (i, stat) in stats.iter().enumerate() {
                        let mut others = stats.iter().skip(i + 1);
                        let twice =
                            others.find(|other| stat.counts(**other) || other.counts(*stat));
                        assert_eq!(twice, None, "{method} {part} {}", common.goal);
                    }
                }
            }
        }
    }

    /// At level 200, whose tables every part has.
    #[test]
    fn common_goals_can_be_reached_on_their_part() {
        for &method in &[Method::MesoPotential, Method::MesoAdditional] {
            for &part in Part::ALL {
                for common in common(method, part, Lang::Ko) {
                    let goal: Goal = common.goal.parse().unwrap();
                    let odds = Rules::current().odds(method, part, 200, &goal).unwrap();
                    let verdict = odds.verdict(Grade::Rare);
                    assert_eq!(
                        verdict,
                        Verdict::Possible,
                        "{method} {part} {}",
                        common.goal
                    );
                }
            }
        }
    }
}
