//! Classes: the stats that each deals its damage with.

use std::fmt::{self, Display};

use crate::Attribute;
use crate::class_table::CLASSES;

/// The stat a class deals its damage with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MainStat {
    /// STR
    Str,
    /// DEX
    Dex,
    /// INT
    Int,
    /// LUK
    Luk,
    /// STR, DEX and LUK together: 제논.
    StrDexLuk,
    /// 최대 HP: 데몬어벤져.
    MaxHp,
}

impl MainStat {
    /// The main stat of a class, by the Korean name the upstream gives it, with or without
    /// blanks; `None` for a class that is not in the table.
    ///
    /// The table holds every class playable in KMS in 2026, up to 레테, and the explorers' earlier
    /// job advancements. Names are those of the Nexon Open API (`character_class`, and the
    /// classes its overall ranking can be asked for) and of the official ranking pages where
    /// these write them otherwise (캐논슈터, 듀얼블레이드).
    pub fn of_class(name: &str) -> Option<Self> {
        let name: String = name.chars().filter(|c| !c.is_whitespace()).collect();
        CLASSES
            .iter()
            .find(|(_, classes)| classes.contains(&name.as_str()))
            .map(|&(main, _)| main)
    }

    /// The main stat that gear speaks for: the largest of STR, DEX, INT and LUK over all items,
    /// each given in this order.
    ///
    /// `None` when two are largest, or nothing gives any. A class that lives by 최대 HP or by
    /// several stats cannot be told this way, so the result is a guess.
    pub fn of_gear(gear: impl IntoIterator<Item = [u32; 4]>) -> Option<Self> {
        let mut sums = [
            (0, Self::Str),
            (0, Self::Dex),
            (0, Self::Int),
            (0, Self::Luk),
        ];
        for given in gear {
            for ((sum, _), given) in sums.iter_mut().zip(given) {
                *sum += u64::from(given);
            }
        }
        sums.sort_by_key(|&(sum, _)| sum);
        let [_, _, (second, _), (first, main)] = sums;
        (first > second).then_some(main)
    }

    /// The stable identifier: `str`, `dex`, `int`, `luk`, `str_dex_luk` or `max_hp`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Str => "str",
            Self::Dex => "dex",
            Self::Int => "int",
            Self::Luk => "luk",
            Self::StrDexLuk => "str_dex_luk",
            Self::MaxHp => "max_hp",
        }
    }

    /// Whether the class attacks with 마력 rather than with 공격력.
    pub const fn is_magic(self) -> bool {
        matches!(self, Self::Int)
    }
}

impl Display for MainStat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// The stats that the damage of a class is computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClassStats {
    /// The main stat.
    pub main: MainStat,
    /// Sub stats: none for 제논; two for 섀도어, 듀얼블레이더 and 카데나.
    pub sub: &'static [Attribute],
}

/// Extent to which a class is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClassKnowledge {
    /// The class is in the table.
    Known(ClassStats),
    /// The class is not in the table; its gear gives more of this main stat than of any other.
    ///
    /// An answer built on a guess must say so, and lines that count nothing by it are not known
    /// to count nothing.
    Guessed(ClassStats),
    /// Neither the table nor the gear tells.
    Unknown,
}

impl ClassStats {
    /// The stats of a class by its Korean name; `None` for a class that is not in the table.
    pub fn of_class(name: &str) -> Option<Self> {
        let name: String = name.chars().filter(|c| !c.is_whitespace()).collect();
        let main = MainStat::of_class(&name)?;
        let sub = if TWO_SUBS.contains(&name.as_str()) {
            &[Attribute::Dex, Attribute::Str]
        } else {
            Self::of_main(main).sub
        };
        Some(Self { main, sub })
    }

    /// The stats of an ordinary class with this main stat.
    pub const fn of_main(main: MainStat) -> Self {
        let sub: &[Attribute] = match main {
            MainStat::Str | MainStat::Luk => &[Attribute::Dex],
            MainStat::Dex | MainStat::MaxHp => &[Attribute::Str],
            MainStat::Int => &[Attribute::Luk],
            MainStat::StrDexLuk => &[],
        };
        Self { main, sub }
    }

    /// The main attributes; none for 데몬어벤져, whose main stat is 최대 HP.
    pub const fn main_attributes(self) -> &'static [Attribute] {
        match self.main {
            MainStat::Str => &[Attribute::Str],
            MainStat::Dex => &[Attribute::Dex],
            MainStat::Int => &[Attribute::Int],
            MainStat::Luk => &[Attribute::Luk],
            MainStat::StrDexLuk => &[Attribute::Str, Attribute::Dex, Attribute::Luk],
            MainStat::MaxHp => &[],
        }
    }
}

impl ClassKnowledge {
    /// Looks a class up by name, and else by the gear: STR, DEX, INT and LUK of each item.
    pub fn of(name: Option<&str>, gear: impl IntoIterator<Item = [u32; 4]>) -> Self {
        if let Some(stats) = name.and_then(ClassStats::of_class) {
            return Self::Known(stats);
        }
        MainStat::of_gear(gear).map_or(Self::Unknown, |main| {
            Self::Guessed(ClassStats::of_main(main))
        })
    }

    /// The stats, known or guessed.
    pub const fn stats(self) -> Option<ClassStats> {
        match self {
            Self::Known(stats) | Self::Guessed(stats) => Some(stats),
            Self::Unknown => None,
        }
    }
}

/// Classes whose sub stats are DEX and STR, each at every job advancement.
const TWO_SUBS: &[&str] = &[
    "시프",
    "시프마스터",
    "섀도어",
    "세미듀어러",
    "듀어러",
    "듀얼마스터",
    "슬래셔",
    "듀얼블레이더",
    "듀얼블레이드",
    "카데나",
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// Every class that can be chosen in KMS, as `character_class` names the last advancement.
    const PLAYABLE: [(&str, MainStat); 48] = [
        ("히어로", MainStat::Str),
        ("팔라딘", MainStat::Str),
        ("다크나이트", MainStat::Str),
        ("아크메이지(불,독)", MainStat::Int),
        ("아크메이지(썬,콜)", MainStat::Int),
        ("비숍", MainStat::Int),
        ("보우마스터", MainStat::Dex),
        ("신궁", MainStat::Dex),
        ("패스파인더", MainStat::Dex),
        ("나이트로드", MainStat::Luk),
        ("섀도어", MainStat::Luk),
        ("듀얼블레이더", MainStat::Luk),
        ("바이퍼", MainStat::Str),
        ("캡틴", MainStat::Dex),
        ("캐논마스터", MainStat::Str),
        ("미하일", MainStat::Str),
        ("소울마스터", MainStat::Str),
        ("플레임위자드", MainStat::Int),
        ("윈드브레이커", MainStat::Dex),
        ("나이트워커", MainStat::Luk),
        ("스트라이커", MainStat::Str),
        ("아란", MainStat::Str),
        ("에반", MainStat::Int),
        ("루미너스", MainStat::Int),
        ("메르세데스", MainStat::Dex),
        ("팬텀", MainStat::Luk),
        ("은월", MainStat::Str),
        ("블래스터", MainStat::Str),
        ("배틀메이지", MainStat::Int),
        ("와일드헌터", MainStat::Dex),
        ("메카닉", MainStat::Dex),
        ("제논", MainStat::StrDexLuk),
        ("데몬슬레이어", MainStat::Str),
        ("데몬어벤져", MainStat::MaxHp),
        ("카이저", MainStat::Str),
        ("카인", MainStat::Dex),
        ("카데나", MainStat::Luk),
        ("엔젤릭버스터", MainStat::Dex),
        ("아델", MainStat::Str),
        ("일리움", MainStat::Int),
        ("아크", MainStat::Str),
        ("칼리", MainStat::Luk),
        ("호영", MainStat::Luk),
        ("라라", MainStat::Int),
        ("렌", MainStat::Str),
        ("키네시스", MainStat::Int),
        ("제로", MainStat::Str),
        ("레테", MainStat::Int),
    ];

    #[test]
    fn every_playable_class_has_its_main_stat() {
        for (class, main) in PLAYABLE {
            assert_eq!(MainStat::of_class(class), Some(main), "{class}");
        }
    }

    #[test]
    fn classes_are_listed_once() {
        let names: Vec<_> = CLASSES.iter().flat_map(|(_, names)| names.iter()).collect();
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
    }

    #[test]
    fn blanks_in_a_name_do_not_matter() {
        assert_eq!(
            MainStat::of_class("아크메이지(불, 독)"),
            Some(MainStat::Int)
        );
        assert_eq!(MainStat::of_class("데몬 어벤져"), Some(MainStat::MaxHp));
        assert_eq!(MainStat::of_class("핑크빈"), None);
    }

    #[test]
    fn gear_speaks_for_its_largest_stat() {
        let gear = [[100, 0, 0, 90], [0, 0, 0, 20]];
        assert_eq!(MainStat::of_gear(gear), Some(MainStat::Luk));
        assert_eq!(MainStat::of_gear([gear[0]]), Some(MainStat::Str));
    }

    #[test]
    fn gear_that_favours_nothing_tells_nothing() {
        assert_eq!(MainStat::of_gear([]), None);
        assert_eq!(MainStat::of_gear([[5, 5, 0, 0]]), None);
    }

    #[test]
    fn sub_stats_follow_the_class() {
        use Attribute::{Dex, Luk, Str};
        for (class, sub) in [
            ("에반", &[Luk][..]),
            ("레테", &[Luk]),
            ("아델", &[Dex]),
            ("보우마스터", &[Str]),
            ("나이트로드", &[Dex]),
            ("섀도어", &[Dex, Str]),
            ("듀얼블레이더", &[Dex, Str]),
            ("카데나", &[Dex, Str]),
            ("제논", &[]),
        ] {
            assert_eq!(ClassStats::of_class(class).unwrap().sub, sub, "{class}");
        }
        assert!(
            TWO_SUBS
                .iter()
                .all(|name| MainStat::of_class(name) == Some(MainStat::Luk))
        );
    }

    #[test]
    fn unknown_classes_are_guessed_from_gear_and_marked() {
        let of = |name, gear: &[[u32; 4]]| ClassKnowledge::of(name, gear.iter().copied());
        let int = ClassStats::of_main(MainStat::Int);
        assert_eq!(
            of(Some("레테"), &[[9, 0, 0, 0]]),
            ClassKnowledge::Known(int)
        );
        assert_eq!(
            of(Some("핑크빈"), &[[0, 0, 9, 0]]),
            ClassKnowledge::Guessed(int)
        );
        assert_eq!(of(None, &[[0, 0, 9, 0]]), ClassKnowledge::Guessed(int));
        assert_eq!(of(Some("핑크빈"), &[[9; 4]]), ClassKnowledge::Unknown);
    }
}
