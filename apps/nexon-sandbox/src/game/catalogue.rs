//! The pieces the sandbox dresses its characters in, by slot and from modest to best.

use cube_probability::Part;

use super::Class;
use super::piece::{Name, Piece};

/// From modest to best; a character's tier is an index.
pub(super) type Tiers = [Piece; 4];

const fn armour(part: Part, name: Name, level: u16, stat: i32, attack: i32) -> Piece {
    Piece::armour(part, name, level, stat, attack)
}

const fn accessory(part: Part, name: &'static str, level: u16, stat: i32, attack: i32) -> Piece {
    Piece::accessory(part, name, level, stat, attack)
}

const fn absolab(part: Part, last: &'static str) -> Piece {
    armour(part, Name::OfJob("앱솔랩스 ", last), 160, 20, 5)
}

const fn arcane(part: Part, last: &'static str) -> Piece {
    armour(part, Name::OfJob("아케인셰이드 ", last), 200, 40, 9)
}

pub(super) const HAT: Tiers = [
    armour(
        Part::Hat,
        Name::ByJob([
            "하이네스 워리어헬름",
            "하이네스 던위치햇",
            "하이네스 레인져베레",
            "하이네스 어새신보닛",
            "하이네스 원더러햇",
        ]),
        150,
        40,
        2,
    ),
    armour(
        Part::Hat,
        Name::ByJob([
            "앱솔랩스 나이트헬름",
            "앱솔랩스 메이지크라운",
            "앱솔랩스 아처후드",
            "앱솔랩스 시프캡",
            "앱솔랩스 파이렛페도라",
        ]),
        160,
        45,
        3,
    ),
    arcane(Part::Hat, "햇"),
    armour(
        Part::Hat,
        Name::ByJob([
            "에테르넬 나이트헬름",
            "에테르넬 메이지햇",
            "에테르넬 아처햇",
            "에테르넬 시프반다나",
            "에테르넬 파이렛햇",
        ]),
        250,
        80,
        10,
    ),
];

/// 상의 and, unless it is a 한벌옷, 하의.
pub(super) const CLOTHES: [(Piece, Option<Piece>); 4] = [
    (
        armour(
            Part::Top,
            Name::ByJob([
                "이글아이 워리어아머",
                "이글아이 던위치로브",
                "이글아이 레인져후드",
                "이글아이 어새신셔츠",
                "이글아이 원더러코트",
            ]),
            150,
            30,
            2,
        ),
        Some(armour(
            Part::Bottom,
            Name::ByJob([
                "트릭스터 워리어팬츠",
                "트릭스터 던위치팬츠",
                "트릭스터 레인져팬츠",
                "트릭스터 어새신팬츠",
                "트릭스터 원더러팬츠",
            ]),
            150,
            30,
            2,
        )),
    ),
    (absolab(Part::Overall, "슈트"), None),
    (arcane(Part::Overall, "슈트"), None),
    (
        armour(
            Part::Top,
            Name::ByJob([
                "에테르넬 나이트아머",
                "에테르넬 메이지로브",
                "에테르넬 아처후드",
                "에테르넬 시프셔츠",
                "에테르넬 파이렛코트",
            ]),
            250,
            50,
            6,
        ),
        Some(armour(
            Part::Bottom,
            Name::OfJob("에테르넬 ", "팬츠"),
            250,
            50,
            6,
        )),
    ),
];

pub(super) const SHOES: Tiers = armour_tiers(Part::Shoes, "슈즈");
pub(super) const GLOVES: Tiers = armour_tiers(Part::Gloves, "글러브");
pub(super) const CAPE: Tiers = armour_tiers(Part::Cape, "케이프");

const fn armour_tiers(part: Part, last: &'static str) -> Tiers {
    let best = armour(part, Name::OfJob("에테르넬 ", last), 250, 50, 12);
    [
        absolab(part, last),
        absolab(part, last),
        arcane(part, last),
        best,
    ]
}

pub(super) const SHOULDER: Tiers = [
    accessory(Part::Shoulder, "로얄 블랙메탈 숄더", 120, 10, 6),
    absolab(Part::Shoulder, "숄더").without_flames(),
    arcane(Part::Shoulder, "숄더").without_flames(),
    arcane(Part::Shoulder, "숄더").without_flames(),
];

pub(super) const FACE: Tiers = [
    accessory(Part::Face, "응축된 힘의 결정석", 110, 5, 5).with_flames(),
    accessory(Part::Face, "트와일라이트 마크", 140, 5, 5).with_flames(),
    accessory(Part::Face, "트와일라이트 마크", 140, 5, 5).with_flames(),
    accessory(Part::Face, "루즈 컨트롤 머신 마크", 160, 10, 10).with_flames(),
];

pub(super) const EYE: Tiers = [
    accessory(Part::Eye, "블랙빈 마크", 135, 7, 1).with_flames(),
    accessory(Part::Eye, "파풀라투스 마크", 145, 8, 1).with_flames(),
    accessory(Part::Eye, "파풀라투스 마크", 145, 8, 1).with_flames(),
    accessory(Part::Eye, "마력이 깃든 안대", 160, 15, 3).with_flames(),
];

pub(super) const EARRING: Tiers = [
    accessory(Part::Earring, "데아 시두스 이어링", 130, 5, 2).with_flames(),
    accessory(Part::Earring, "에스텔라 이어링", 160, 7, 2).with_flames(),
    accessory(Part::Earring, "에스텔라 이어링", 160, 7, 2).with_flames(),
    accessory(Part::Earring, "커맨더 포스 이어링", 200, 7, 5).with_flames(),
];

pub(super) const BELT: Tiers = [
    accessory(Part::Belt, "골든 클로버 벨트", 140, 15, 1).with_flames(),
    accessory(Part::Belt, "분노한 자쿰의 벨트", 150, 18, 1).with_flames(),
    accessory(Part::Belt, "몽환의 벨트", 200, 50, 6).with_flames(),
    accessory(Part::Belt, "몽환의 벨트", 200, 50, 6).with_flames(),
];

pub(super) const PENDANT: Tiers = [
    accessory(Part::Pendant, "매커네이터 펜던트", 120, 10, 1).with_flames(),
    accessory(Part::Pendant, "데이브레이크 펜던트", 140, 8, 2).with_flames(),
    accessory(Part::Pendant, "데이브레이크 펜던트", 140, 8, 2).with_flames(),
    accessory(Part::Pendant, "고통의 근원", 160, 10, 3).with_flames(),
];

pub(super) const SECOND_PENDANT: Piece =
    accessory(Part::Pendant, "도미네이터 펜던트", 140, 20, 3).with_flames();

/// 반지2 to 반지4, a row for each tier.
pub(super) const RINGS: [[Piece; 3]; 4] = {
    let silver = accessory(Part::Ring, "실버블라썸 링", 110, 5, 2);
    let noble = accessory(Part::Ring, "고귀한 이피아의 반지", 120, 5, 1);
    let guardian = accessory(Part::Ring, "가디언 엔젤 링", 160, 5, 2);
    let meister = accessory(Part::Ring, "마이스터링", 140, 5, 1);
    let dawn = accessory(Part::Ring, "여명의 가디언 엔젤 링", 160, 5, 2);
    let terror = accessory(Part::Ring, "거대한 공포", 200, 5, 4);
    [
        [silver, noble, guardian],
        [noble, guardian, meister],
        [dawn, guardian, meister],
        [terror, dawn, meister],
    ]
};

pub(super) const HEART: Tiers = [
    accessory(Part::Heart, "슈페리얼 리튬 하트", 80, 3, 0),
    accessory(Part::Heart, "페어리 하트", 100, 5, 0),
    accessory(Part::Heart, "블랙 하트", 120, 10, 77),
    accessory(Part::Heart, "컴플리트 언더컨트롤", 200, 20, 2),
];

pub(super) const SPECIAL_RINGS: [Piece; 3] = [
    keepsake_ring(
        "컨티뉴어스 링",
        "컨티뉴어스 링 착용 시 120초 동안 준비시간을 가진다. 준비를 마치면 보스몬스터에게 공격 적중 시 일시적으로 보스 몬스터 공격 시 데미지, 공격력, 마력을 증가시킨다.",
    ),
    keepsake_ring(
        "리스트레인트 링",
        "스킬 사용 시 일정 시간 동안 공격력과 마력을 증가시킨다.",
    ),
    keepsake_ring(
        "웨폰퍼프 링",
        "스킬 사용 시 착용 중인 무기의 공격력에 비례하여 주스탯을 증가시킨다.",
    ),
];

const fn keepsake_ring(name: &'static str, description: &'static str) -> Piece {
    Piece::keepsake("반지", name, 110, 4, description).special_ring(4)
}

pub(super) const MEDAL: Piece = Piece::keepsake(
    "훈장",
    "칠요의 몬스터파커",
    100,
    7,
    "이 훈장을 차고 다니면 당신이 7개의 요일 훈장을 모두 수집한 몬스터파크 VIP임을 주위 사람들이 알게 된다.",
);

pub(super) const BADGES: [Piece; 2] = [
    Piece::keepsake(
        "뱃지",
        "칠요의 뱃지",
        100,
        7,
        "슈피겔만에 따르면 숨겨진 효과도 없는 심심한 뱃지라고 한다.",
    ),
    Piece::keepsake(
        "뱃지",
        "창세의 뱃지",
        200,
        15,
        "세계가 처음 열리던 날의 빛이 담긴 뱃지이다.",
    ),
];

pub(super) const POCKETS: [Piece; 4] = [
    Piece::keepsake(
        "포켓 아이템",
        "저주받은 적의 마도서",
        160,
        10,
        "포켓 슬롯에만 장착 가능",
    ),
    Piece::keepsake(
        "포켓 아이템",
        "저주받은 청의 마도서",
        160,
        10,
        "포켓 슬롯에만 장착 가능",
    ),
    Piece::keepsake(
        "포켓 아이템",
        "저주받은 녹의 마도서",
        160,
        10,
        "포켓 슬롯에만 장착 가능",
    ),
    Piece::keepsake(
        "포켓 아이템",
        "저주받은 황의 마도서",
        160,
        10,
        "포켓 슬롯에만 장착 가능",
    ),
];

/// Gear for drop rate and meso: slot and piece.
pub(super) const FARMING: [(&str, Piece); 8] = [
    (
        "얼굴장식",
        accessory(Part::Face, "레드 매지션 마이스터 심볼", 100, 10, 2),
    ),
    (
        "눈장식",
        accessory(Part::Eye, "파풀라투스 마크", 145, 8, 1).with_flames(),
    ),
    (
        "반지1",
        accessory(Part::Ring, "SS급 마스터 쥬얼링", 120, 4, 2),
    ),
    (
        "반지2",
        accessory(Part::Ring, "테네브리스 원정대 반지", 120, 4, 4),
    ),
    ("반지3", accessory(Part::Ring, "결속의 반지", 120, 5, 2)),
    ("반지4", accessory(Part::Ring, "코스모스 링", 120, 4, 2)),
    (
        "펜던트",
        accessory(Part::Pendant, "도미네이터 펜던트", 140, 20, 3).with_flames(),
    ),
    (
        "펜던트2",
        accessory(Part::Pendant, "그리드 펜던트", 75, 5, 0),
    ),
];

pub(super) fn weapons(class: &Class) -> Tiers {
    let weapon = |name, level, stat, attack| {
        armour(Part::Weapon, name, level, stat, attack).of_kind(class.weapon[0])
    };
    let arcane = weapon(Name::Weapon("아케인셰이드"), 200, 100, 283);
    let genesis = weapon(Name::Weapon("제네시스"), 200, 150, 340);
    [
        weapon(Name::Plain(class.weapon[1]), 160, 60, 205),
        arcane,
        genesis,
        genesis,
    ]
}

pub(super) fn secondary(class: &Class) -> Piece {
    let [kind, name] = class.secondary;
    let level = class.secondary_level;
    let piece = armour(class.secondary_part, Name::Plain(name), level, 10, 3).of_kind(kind);
    if matches!(class.secondary_part, Part::Secondary | Part::ForceShield) && level <= 100 {
        piece.bare()
    } else {
        piece.without_flames()
    }
}

pub(super) const EMBLEM: Piece =
    armour(Part::Emblem, Name::ForJob("미트라의 분노 : "), 200, 40, 5).bare();
