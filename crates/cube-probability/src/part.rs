//! Parts: the kinds of equipment that carry potentials.

use crate::words::words;

/// The kind of equipment, which decides the option tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// 무기
    Weapon,
    /// 보조무기
    Secondary,
    /// 엠블렘
    Emblem,
    /// 포스실드/소울링
    ForceShield,
    /// 방패
    Shield,
    /// 모자
    Hat,
    /// 상의
    Top,
    /// 한벌옷
    Overall,
    /// 하의
    Bottom,
    /// 신발
    Shoes,
    /// 장갑
    Gloves,
    /// 망토
    Cape,
    /// 벨트
    Belt,
    /// 어깨장식
    Shoulder,
    /// 얼굴장식
    Face,
    /// 눈장식
    Eye,
    /// 귀고리
    Earring,
    /// 반지
    Ring,
    /// 펜던트
    Pendant,
    /// 기계심장
    Heart,
}

words!("part", Part {
    Weapon = "weapon",
    Secondary = "secondary",
    Emblem = "emblem",
    ForceShield = "force_shield",
    Shield = "shield",
    Hat = "hat",
    Top = "top",
    Overall = "overall",
    Bottom = "bottom",
    Shoes = "shoes",
    Gloves = "gloves",
    Cape = "cape",
    Belt = "belt",
    Shoulder = "shoulder",
    Face = "face",
    Eye = "eye",
    Earring = "earring",
    Ring = "ring",
    Pendant = "pendant",
    Heart = "heart",
});

impl Part {
    /// The game's own word, as the published option tables use it.
    pub const fn korean(self) -> &'static str {
        match self {
            Self::Weapon => "무기",
            Self::Secondary => "보조무기",
            Self::Emblem => "엠블렘",
            Self::ForceShield => "포스실드/소울링",
            Self::Shield => "방패",
            Self::Hat => "모자",
            Self::Top => "상의",
            Self::Overall => "한벌옷",
            Self::Bottom => "하의",
            Self::Shoes => "신발",
            Self::Gloves => "장갑",
            Self::Cape => "망토",
            Self::Belt => "벨트",
            Self::Shoulder => "어깨장식",
            Self::Face => "얼굴장식",
            Self::Eye => "눈장식",
            Self::Earring => "귀고리",
            Self::Ring => "반지",
            Self::Pendant => "펜던트",
            Self::Heart => "기계심장",
        }
    }

    /// Finds a part by the game's own word, such as `모자`.
    pub fn from_korean(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|part| part.korean() == word)
    }
}
