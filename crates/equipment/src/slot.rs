//! Option tables that an item's potential is drawn from.

use cube_probability::Part;

/// Kind of an item in the option tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// The item carries potentials of this part.
    Part(Part),
    /// Items worn here never carry a potential: 훈장, 뱃지, 포켓 아이템, ...
    WithoutPotential,
    /// 제로's second weapon. It shows the potentials and stars of the first, which are made once.
    SharedWithWeapon,
    /// Neither the slot nor the kind is known.
    Unknown,
}

impl Slot {
    /// Reads the slot and the kind of an item in the game's words, with or without blanks.
    ///
    /// The slot decides. The kind tells 한벌옷 from 상의, and 방패 and 포스실드/소울링 from other
    /// 보조무기; it stands in for a slot that is not known.
    pub fn of(slot: &str, kind: &str) -> Self {
        let slot = without_blanks(slot);
        let slot = slot.trim_end_matches(|c: char| c.is_ascii_digit());
        let kind = without_blanks(kind);
        match (slot, kind.as_str()) {
            ("상의", "한벌옷") => Self::Part(Part::Overall),
            ("보조무기", "방패") => Self::Part(Part::Shield),
            ("보조무기", kind) if is_force_shield(kind) => Self::Part(Part::ForceShield),
            ("보조무기", "대검" | "태도") => Self::SharedWithWeapon,
            (slot, kind) => Self::of_word(slot)
                .or_else(|| Self::of_word(kind))
                .unwrap_or(Self::Unknown),
        }
    }

    /// The part, for an item that carries potentials of its own.
    pub const fn part(self) -> Option<Part> {
        match self {
            Self::Part(part) => Some(part),
            Self::WithoutPotential | Self::SharedWithWeapon | Self::Unknown => None,
        }
    }

    fn of_word(word: &str) -> Option<Self> {
        if let Some(part) = Part::from_korean(word) {
            return Some(Self::Part(part));
        }
        if is_force_shield(word) {
            return Some(Self::Part(Part::ForceShield));
        }
        if WEAPONS.contains(&word) {
            return Some(Self::Part(Part::Weapon));
        }
        WITHOUT_POTENTIAL
            .contains(&word)
            .then_some(Self::WithoutPotential)
    }
}

const WITHOUT_POTENTIAL: [&str; 8] = [
    "훈장",
    "뱃지",
    "포켓아이템",
    "칭호",
    "안드로이드",
    "펫장비",
    "아케인심볼",
    "어센틱심볼",
];

/// The kinds of weapons, as `item_equipment_part` names them without blanks.
const WEAPONS: [&str; 35] = [
    "한손검",
    "한손도끼",
    "한손둔기",
    "두손검",
    "두손도끼",
    "두손둔기",
    "창",
    "폴암",
    "대검",
    "태도",
    "데스페라도",
    "튜너",
    "건틀렛리볼버",
    "스태프",
    "완드",
    "샤이닝로드",
    "ESP리미터",
    "매직건틀렛",
    "카르타",
    "활",
    "석궁",
    "듀얼보우건",
    "에인션트보우",
    "브레스슈터",
    "에너지소드",
    "단검",
    "아대",
    "케인",
    "체인",
    "부채",
    "차크람",
    "너클",
    "건",
    "핸드캐논",
    "소울슈터",
];

fn is_force_shield(word: &str) -> bool {
    matches!(word, "포스실드" | "소울링" | "포스실드/소울링")
}

fn without_blanks(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(slot: &str, kind: &str, expected: Slot) {
        assert_eq!(Slot::of(slot, kind), expected, "{slot} / {kind}");
    }

    #[test]
    fn slot_decides() {
        check("모자", "모자", Slot::Part(Part::Hat));
        check("무기", "스태프", Slot::Part(Part::Weapon));
        check("무기", "아직 없는 무기", Slot::Part(Part::Weapon));
        check("반지1", "반지", Slot::Part(Part::Ring));
        check("반지4", "반지", Slot::Part(Part::Ring));
        check("펜던트", "펜던트", Slot::Part(Part::Pendant));
        check("펜던트2", "펜던트", Slot::Part(Part::Pendant));
        check("기계 심장", "기계 심장", Slot::Part(Part::Heart));
        check("기계심장", "", Slot::Part(Part::Heart));
        check("엠블렘", "엠블렘", Slot::Part(Part::Emblem));
        check("귀고리", "귀고리", Slot::Part(Part::Earring));
    }

    #[test]
    fn overall_is_worn_in_the_place_of_a_top() {
        check("상의", "한벌옷", Slot::Part(Part::Overall));
        check("상의", "상의", Slot::Part(Part::Top));
        check("한벌옷", "한벌옷", Slot::Part(Part::Overall));
    }

    #[test]
    fn kind_tells_what_is_in_the_other_hand() {
        check("보조무기", "문서", Slot::Part(Part::Secondary));
        check("보조무기", "블레이드", Slot::Part(Part::Secondary));
        check("보조무기", "방패", Slot::Part(Part::Shield));
        check("보조무기", "포스실드", Slot::Part(Part::ForceShield));
        check("보조무기", "소울링", Slot::Part(Part::ForceShield));
        check("소울링", "소울링", Slot::Part(Part::ForceShield));
    }

    #[test]
    fn second_weapon_of_zero_is_not_made_twice() {
        check("무기", "태도", Slot::Part(Part::Weapon));
        check("보조무기", "대검", Slot::SharedWithWeapon);
    }

    #[test]
    fn some_things_never_carry_a_potential() {
        for slot in ["훈장", "뱃지", "포켓 아이템", "칭호", "안드로이드"] {
            check(slot, slot, Slot::WithoutPotential);
        }
    }

    #[test]
    fn kind_stands_in_for_an_unknown_slot() {
        check("", "ESP 리미터", Slot::Part(Part::Weapon));
        check("새 자리", "반지", Slot::Part(Part::Ring));
        check("새 자리", "새 물건", Slot::Unknown);
    }
}
