//! Which stats a class lives by.

use std::fmt::{self, Display};

use crate::StatTotals;

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
    /// The table holds every class playable in KMS in 2026, up to 렌, and the explorers' earlier
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

    /// The main stat that gear speaks for: the largest of STR, DEX, INT and LUK over all items.
    ///
    /// `None` when two are largest, or nothing gives any. A class that lives by 최대 HP or by
    /// several stats cannot be told this way.
    pub fn of_gear<'a>(gear: impl IntoIterator<Item = &'a StatTotals>) -> Option<Self> {
        let mut sums = [
            (0, Self::Str),
            (0, Self::Dex),
            (0, Self::Int),
            (0, Self::Luk),
        ];
        for totals in gear {
            let given = [totals.str, totals.dex, totals.int, totals.luk];
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

const CLASSES: [(MainStat, &[&str]); 6] = [
    (
        MainStat::Str,
        &[
            "초보자",
            "노블레스",
            "시티즌",
            "검사",
            "파이터",
            "크루세이더",
            "히어로",
            "페이지",
            "나이트",
            "팔라딘",
            "스피어맨",
            "버서커",
            "다크나이트",
            "소울마스터",
            "미하일",
            "블래스터",
            "데몬슬레이어",
            "아란",
            "카이저",
            "아델",
            "제로",
            "렌",
            "인파이터",
            "버커니어",
            "바이퍼",
            "캐논슈터",
            "캐논블래스터",
            "캐논마스터",
            "스트라이커",
            "은월",
            "아크",
        ],
    ),
    (
        MainStat::Dex,
        &[
            "아처",
            "헌터",
            "레인저",
            "보우마스터",
            "사수",
            "저격수",
            "신궁",
            "아처(패스파인더)",
            "에인션트아처",
            "체이서",
            "패스파인더",
            "윈드브레이커",
            "와일드헌터",
            "메르세데스",
            "카인",
            "건슬링거",
            "발키리",
            "캡틴",
            "메카닉",
            "엔젤릭버스터",
        ],
    ),
    (
        MainStat::Int,
        &[
            "매지션",
            "위자드(불,독)",
            "메이지(불,독)",
            "아크메이지(불,독)",
            "위자드(썬,콜)",
            "메이지(썬,콜)",
            "아크메이지(썬,콜)",
            "클레릭",
            "프리스트",
            "비숍",
            "플레임위자드",
            "배틀메이지",
            "에반",
            "루미너스",
            "일리움",
            "라라",
            "키네시스",
        ],
    ),
    (
        MainStat::Luk,
        &[
            "로그",
            "어쌔신",
            "허밋",
            "나이트로드",
            "시프",
            "시프마스터",
            "섀도어",
            "세미듀어러",
            "듀어러",
            "듀얼마스터",
            "슬래셔",
            "듀얼블레이더",
            "듀얼블레이드",
            "나이트워커",
            "팬텀",
            "카데나",
            "칼리",
            "호영",
        ],
    ),
    (MainStat::StrDexLuk, &["제논"]),
    (MainStat::MaxHp, &["데몬어벤져"]),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// Every class that can be chosen in KMS, as `character_class` names the last advancement.
    const PLAYABLE: [(&str, MainStat); 47] = [
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
    ];

    #[test]
    fn every_playable_class_has_its_main_stat() {
        for (class, main) in PLAYABLE {
            assert_eq!(MainStat::of_class(class), Some(main), "{class}");
        }
    }

    #[test]
    fn a_class_is_listed_once() {
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
        let gear = [
            StatTotals {
                str: 100,
                luk: 90,
                ..StatTotals::default()
            },
            StatTotals {
                luk: 20,
                max_hp: 9_999,
                ..StatTotals::default()
            },
        ];
        assert_eq!(MainStat::of_gear(&gear), Some(MainStat::Luk));
        assert_eq!(MainStat::of_gear(&gear[..1]), Some(MainStat::Str));
    }

    #[test]
    fn gear_that_favours_nothing_tells_nothing() {
        assert_eq!(MainStat::of_gear([]), None);
        let even = StatTotals {
            str: 5,
            dex: 5,
            ..StatTotals::default()
        };
        assert_eq!(MainStat::of_gear([&even]), None);
    }
}
