//! Classes: what they live by and what they hold in their hands.

use cube_probability::{Part, Stat};

use super::Field;

/// A family of classes that share armour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Job {
    Warrior,
    Magician,
    Archer,
    Thief,
    Pirate,
}

impl Job {
    /// Returns the class's part in the names of armour sets, as in 아케인셰이드 *나이트* 슈즈.
    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::Warrior => "나이트",
            Self::Magician => "메이지",
            Self::Archer => "아처",
            Self::Thief => "시프",
            Self::Pirate => "파이렛",
        }
    }

    /// The Korean word, as emblems name it.
    pub(crate) const fn korean(self) -> &'static str {
        match self {
            Self::Warrior => "전사",
            Self::Magician => "마법사",
            Self::Archer => "궁수",
            Self::Thief => "도적",
            Self::Pirate => "해적",
        }
    }

    /// The stats its armour gives.
    pub(crate) const fn armour_stats(self) -> [Field; 2] {
        match self {
            Self::Warrior | Self::Pirate => [Field::Str, Field::Dex],
            Self::Magician => [Field::Int, Field::Luk],
            Self::Archer => [Field::Dex, Field::Str],
            Self::Thief => [Field::Luk, Field::Dex],
        }
    }
}

/// A class with its weapons.
#[derive(Debug)]
pub(crate) struct Class {
    /// The name the Nexon Open API gives it.
    pub(crate) name: &'static str,
    pub(crate) job: Job,
    /// Main stat that its players look for on gear.
    pub(crate) main: MainStat,
    /// Kind, name of the weapon of level 160, and what weapons of level 200 are called.
    pub(crate) weapon: [&'static str; 3],
    /// Kind and name of the secondary weapon.
    pub(crate) secondary: [&'static str; 2],
    pub(crate) secondary_level: u16,
    pub(crate) secondary_part: Part,
}

/// The stats a class lives by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MainStat {
    Str,
    Dex,
    Int,
    Luk,
    /// STR, DEX and LUK alike.
    Three,
    Hp,
}

impl MainStat {
    /// The percent option its players look for most, and further ones as good.
    pub(crate) const fn wanted(self) -> &'static [Stat] {
        match self {
            Self::Str => &[Stat::StrPct],
            Self::Dex => &[Stat::DexPct],
            Self::Int => &[Stat::IntPct],
            Self::Luk => &[Stat::LukPct],
            Self::Three => &[Stat::StrPct, Stat::DexPct, Stat::LukPct],
            Self::Hp => &[Stat::MaxHpPct],
        }
    }

    /// The percent option that makes its attacks stronger.
    pub(crate) const fn attack(self) -> Stat {
        match self {
            Self::Int => Stat::MattPct,
            _ => Stat::AttPct,
        }
    }

    /// Whether 마력 makes its attacks stronger rather than 공격력.
    pub(crate) const fn is_magic(self) -> bool {
        matches!(self, Self::Int)
    }

    /// Returns the field in which scrolls and flames raise the main stat.
    pub(crate) const fn field(self) -> Field {
        match self {
            Self::Str | Self::Three => Field::Str,
            Self::Dex => Field::Dex,
            Self::Int => Field::Int,
            Self::Luk => Field::Luk,
            Self::Hp => Field::MaxHp,
        }
    }

    /// The attack that scrolls raise.
    pub(crate) const fn attack_field(self) -> Field {
        match self {
            Self::Int => Field::MagicPower,
            _ => Field::AttackPower,
        }
    }
}

/// The classes whose characters the sandbox makes up.
#[rustfmt::skip] // One class a line.
pub(crate) const CLASSES: &[Class] = &{
    use Job::{Archer, Magician, Pirate, Thief, Warrior};
    use MainStat::{Dex, Hp, Int, Luk, Str, Three};
    [
        class("히어로", Warrior, Str, ["두손검", "앱솔랩스 브로드세이버", "투핸드소드"], ["메달", "버츄스 메달"]),
        class("팔라딘", Warrior, Str, ["한손둔기", "앱솔랩스 비트해머", "해머"], ["로자리오", "세이크리드 로자리오"]),
        class("다크나이트", Warrior, Str, ["창", "앱솔랩스 피어싱스피어", "스피어"], ["쇠사슬", "버서크 체인"]),
        class("소울마스터", Warrior, Str, ["두손검", "앱솔랩스 브로드세이버", "투핸드소드"], ["보석", "에레브의 광휘"]),
        class("미하일", Warrior, Str, ["한손검", "앱솔랩스 세이버", "세이버"], ["소울실드", "정의의 소울실드"]),
        class("아란", Warrior, Str, ["폴암", "앱솔랩스 핼버드", "폴암"], ["무게추", "천룡추"]),
        class("카이저", Warrior, Str, ["두손검", "앱솔랩스 브로드세이버", "투핸드소드"], ["노바의 정수", "진리의 노바의 정수"]),
        class("아델", Warrior, Str, ["튜너", "앱솔랩스 튜너", "튜너"], ["브레이슬릿", "노블 브레이슬릿"]),
        class("데몬슬레이어", Warrior, Str, ["한손둔기", "앱솔랩스 비트해머", "해머"], ["포스실드", "루인 포스실드"]).with_secondary(Part::ForceShield, 110),
        class("데몬어벤져", Warrior, Hp, ["데스페라도", "앱솔랩스 데스페라도", "데스페라도"], ["포스실드", "루인 포스실드"]).with_secondary(Part::ForceShield, 110),
        class("아크메이지(불,독)", Magician, Int, ["스태프", "앱솔랩스 스펠링스태프", "스태프"], ["마도서", "적녹의 서 <종장>"]),
        class("아크메이지(썬,콜)", Magician, Int, ["완드", "앱솔랩스 스펠링완드", "완드"], ["마도서", "청은의 서 <종장>"]),
        class("비숍", Magician, Int, ["완드", "앱솔랩스 스펠링완드", "완드"], ["방패", "데이모스 세이지 실드"]).with_secondary(Part::Shield, 120),
        class("플레임위자드", Magician, Int, ["스태프", "앱솔랩스 스펠링스태프", "스태프"], ["보석", "에레브의 광휘"]),
        class("배틀메이지", Magician, Int, ["스태프", "앱솔랩스 스펠링스태프", "스태프"], ["마법구슬", "맥시마이즈 볼"]),
        class("에반", Magician, Int, ["스태프", "앱솔랩스 스펠링스태프", "스태프"], ["문서", "드래곤마스터의 유산"]),
        class("루미너스", Magician, Int, ["샤이닝로드", "앱솔랩스 샤이닝로드", "샤이닝로드"], ["오브", "카르마 오브"]),
        class("키네시스", Magician, Int, ["ESP 리미터", "앱솔랩스 ESP리미터", "ESP리미터"], ["체스피스", "체스피스 디 퀸"]),
        class("일리움", Magician, Int, ["매직 건틀렛", "앱솔랩스 매직 건틀렛", "매직 건틀렛"], ["매직윙", "글로리 매직윙"]),
        class("라라", Magician, Int, ["완드", "앱솔랩스 스펠링완드", "완드"], ["노리개", "빛나는 사옥 노리개"]),
        class("보우마스터", Archer, Dex, ["활", "앱솔랩스 슈팅보우", "보우"], ["화살깃", "블라스트 페더"]),
        class("신궁", Archer, Dex, ["석궁", "앱솔랩스 크로스보우", "크로스보우"], ["활골무", "전발적중"]),
        class("패스파인더", Archer, Dex, ["에인션트 보우", "앱솔랩스 에인션트 보우", "에인션트 보우"], ["렐릭", "퍼펙트 렐릭"]),
        class("윈드브레이커", Archer, Dex, ["활", "앱솔랩스 슈팅보우", "보우"], ["보석", "에레브의 광휘"]),
        class("메르세데스", Archer, Dex, ["듀얼보우건", "앱솔랩스 듀얼보우건", "듀얼보우건"], ["마법화살", "무한의 마법 화살"]),
        class("카인", Archer, Dex, ["브레스 슈터", "앱솔랩스 브레스 슈터", "브레스 슈터"], ["웨폰 벨트", "D100 커스텀 웨폰 벨트"]),
        class("나이트로드", Thief, Luk, ["아대", "앱솔랩스 리벤지가즈", "가즈"], ["부적", "파사부"]),
        class("섀도어", Thief, Luk, ["단검", "앱솔랩스 슬래셔", "대거"], ["방패", "데이모스 섀도우 실드"]).with_secondary(Part::Shield, 120),
        class("듀얼블레이더", Thief, Luk, ["단검", "앱솔랩스 슬래셔", "대거"], ["블레이드", "아케인셰이드 블레이드"]).with_secondary(Part::Secondary, 200),
        class("나이트워커", Thief, Luk, ["아대", "앱솔랩스 리벤지가즈", "가즈"], ["보석", "에레브의 광휘"]),
        class("팬텀", Thief, Luk, ["케인", "앱솔랩스 핀쳐케인", "케인"], ["카드", "데르니에 카르트"]),
        class("카데나", Thief, Luk, ["체인", "앱솔랩스 체인", "체인"], ["무기 전송장치", "트랜스미터 type:A"]),
        class("칼리", Thief, Luk, ["차크람", "앱솔랩스 차크람", "차크람"], ["헥스시커", "인피니트 헥스시커"]),
        class("호영", Thief, Luk, ["부채", "앱솔랩스 괴선", "초선"], ["선추", "월장석 선추"]),
        class("바이퍼", Pirate, Str, ["너클", "앱솔랩스 블로우너클", "클로"], ["리스트밴드", "리스트 아머"]),
        class("캡틴", Pirate, Dex, ["건", "앱솔랩스 포인팅건", "피스톨"], ["조준기", "팔콘아이"]),
        class("캐논마스터", Pirate, Str, ["핸드캐논", "앱솔랩스 블래스트캐논", "시즈건"], ["화약통", "봄버드 센터파이어"]),
        class("스트라이커", Pirate, Str, ["너클", "앱솔랩스 블로우너클", "클로"], ["보석", "에레브의 광휘"]),
        class("은월", Pirate, Str, ["너클", "앱솔랩스 블로우너클", "클로"], ["여우구슬", "황금빛 여우구슬"]),
        class("제논", Pirate, Three, ["에너지소드", "앱솔랩스 에너지소드", "에너지체인"], ["컨트롤러", "옥타코어 컨트롤러"]),
        class("엔젤릭버스터", Pirate, Dex, ["소울슈터", "앱솔랩스 소울슈터", "소울슈터"], ["소울링", "그린 소울링"]).with_secondary(Part::ForceShield, 100),
        class("아크", Pirate, Str, ["너클", "앱솔랩스 블로우너클", "클로"], ["패스", "얼티밋 패스"]),
    ]
};

const fn class(
    name: &'static str,
    job: Job,
    main: MainStat,
    weapon: [&'static str; 3],
    secondary: [&'static str; 2],
) -> Class {
    Class {
        name,
        job,
        main,
        weapon,
        secondary,
        secondary_level: 100,
        secondary_part: Part::Secondary,
    }
}

impl Class {
    const fn with_secondary(mut self, part: Part, level: u16) -> Self {
        self.secondary_part = part;
        self.secondary_level = level;
        self
    }
}
