//! The game's words in both languages. Korean ones are the game's own.

use api::problem::ProblemKind;
use cube_probability::flame::Flame;
use cube_probability::{Grade, Method, Part};

use crate::lang::Lang;

/// Returns the name of a method.
pub(crate) fn method(method: Method, lang: Lang) -> &'static str {
    let (ko, en) = match method {
        Method::MesoPotential => ("메소 재설정 (잠재능력)", "Meso reset (potential)"),
        Method::Black => ("블랙 큐브", "Black Cube"),
        Method::Red => ("레드 큐브", "Red Cube"),
        Method::Meister => ("명장의 큐브", "Meister's Cube"),
        Method::Master => ("장인의 큐브", "Master Craftsman's Cube"),
        Method::Occult => ("수상한 큐브", "Occult Cube"),
        Method::MesoAdditional => ("메소 재설정 (에디셔널)", "Meso reset (additional)"),
        Method::Additional => ("에디셔널 큐브", "Additional Cube"),
        Method::WhiteAdditional => ("화이트 에디셔널 큐브", "White Additional Cube"),
        Method::OccultAdditional => ("수상한 에디셔널 큐브", "Occult Additional Cube"),
        Method::Prime => ("프라임 큐브", "Prime Cube"),
        Method::PrimeAdditional => ("프라임 에디셔널 큐브", "Prime Additional Cube"),
    };
    lang.pick(ko, en)
}

/// Returns the name of a flame.
pub(crate) fn flame(flame: Flame, lang: Lang) -> &'static str {
    let (ko, en) = match flame {
        Flame::Meso => ("메소 재설정 (추가옵션)", "Meso reset"),
        Flame::Powerful => ("강력한 환생의 불꽃", "Powerful Flame"),
        Flame::Burning => ("타오르는 환생의 불꽃", "Burning Flame"),
        Flame::Eternal => ("영원한 환생의 불꽃", "Eternal Flame"),
        Flame::Black => ("검은 환생의 불꽃", "Black Flame"),
        Flame::Abyss => ("심연의 환생의 불꽃", "Abyssal Flame"),
    };
    lang.pick(ko, en)
}

/// Returns the name of a grade.
pub(crate) fn grade(grade: Grade, lang: Lang) -> &'static str {
    match lang {
        Lang::Ko => grade.korean(),
        Lang::En => match grade {
            Grade::Rare => "Rare",
            Grade::Epic => "Epic",
            Grade::Unique => "Unique",
            Grade::Legendary => "Legendary",
        },
    }
}

/// Returns the name of a part.
pub(crate) fn part(part: Part, lang: Lang) -> &'static str {
    let en = match part {
        Part::Weapon => "Weapon",
        Part::Secondary => "Secondary weapon",
        Part::Emblem => "Emblem",
        Part::ForceShield => "Force shield / soul ring",
        Part::Shield => "Shield",
        Part::Hat => "Hat",
        Part::Top => "Top",
        Part::Overall => "Overall",
        Part::Bottom => "Bottom",
        Part::Shoes => "Shoes",
        Part::Gloves => "Gloves",
        Part::Cape => "Cape",
        Part::Belt => "Belt",
        Part::Shoulder => "Shoulder",
        Part::Face => "Face accessory",
        Part::Eye => "Eye accessory",
        Part::Earring => "Earrings",
        Part::Ring => "Ring",
        Part::Pendant => "Pendant",
        Part::Heart => "Heart",
    };
    lang.pick(part.korean(), en)
}

/// Returns the sentence for a status other than `priced`.
pub(crate) fn status(status: &str, lang: Lang) -> &'static str {
    let (ko, en) = match status {
        "nothing_valued" => (
            "이 직업에 쓸모 있는 옵션이 없어 계산하지 못했습니다. 합계에 없습니다.",
            "No line here helps this class, so there is no price. It is missing from the total.",
        ),
        "reached" => (
            "이미 이뤘습니다. 더 들지 않습니다.",
            "Reached already: nothing to pay.",
        ),
        "not_applicable" => ("이 아이템에는 없습니다.", "This item has none."),
        "unknown_option" => (
            "공개된 확률표에 없는 옵션이라 계산하지 못했습니다. 합계에도 없습니다.",
            "A line is not in the published tables, so there is no price. It is missing from the total.",
        ),
        "unreachable" => (
            "고른 재설정 방법으로는 이만한 옵션이 나오지 않습니다. 합계에 없습니다.",
            "The chosen method never gives lines as good as these. It is missing from the total.",
        ),
        _ => (
            "가격을 계산하지 못했습니다. 합계에 없습니다.",
            "There is no price. It is missing from the total.",
        ),
    };
    lang.pick(ko, en)
}

/// Returns the sentence for a form of a member that was refused.
pub(crate) fn refusal(kind: ProblemKind, lang: Lang) -> &'static str {
    let (ko, en) = match kind {
        ProblemKind::WrongKey => (
            "넥슨이 이 키를 받지 않거나, 이 키의 계정에 메이플스토리 캐릭터가 없습니다.",
            "Nexon does not accept this key, or its account has no MapleStory characters.",
        ),
        ProblemKind::TooManyAttempts | ProblemKind::TooManyRequests => (
            "너무 자주 시도했습니다. 잠시 뒤에 다시 해 주세요.",
            "Too many attempts. Please try again in a moment.",
        ),
        ProblemKind::QuotaExceeded => (
            "이 키로 오늘 넥슨에 물어볼 수 있는 횟수를 다 썼습니다.",
            "Today's calls to Nexon with this key are used up.",
        ),
        ProblemKind::Forbidden => (
            "자기 캐릭터에는 좋아요를 누를 수 없습니다.",
            "You cannot like a character of your own.",
        ),
        ProblemKind::UnknownCharacter => ("그런 캐릭터가 없습니다.", "There is no such character."),
        ProblemKind::UnknownDeveloper => ("그런 개발자가 없습니다.", "There is no such developer."),
        ProblemKind::ShortBalance => ("포인트가 모자랍니다.", "You have too few points."),
        ProblemKind::KeyReused | ProblemKind::InFlight => (
            "이미 보낸 요청입니다. 이 페이지를 새로 열어 확인해 주세요.",
            "This form was sent before. Open the page again to see what it did.",
        ),
        _ => (
            "입력한 값을 확인해 주세요.",
            "Please check what you entered.",
        ),
    };
    lang.pick(ko, en)
}

/// Returns the colour class of a grade.
pub(crate) const fn grade_class(grade: Grade) -> &'static str {
    match grade {
        Grade::Rare => "rare",
        Grade::Epic => "epic",
        Grade::Unique => "unique",
        Grade::Legendary => "legendary",
    }
}
