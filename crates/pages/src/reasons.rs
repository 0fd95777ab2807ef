//! Reasons for which something on an item has no price, and assumptions behind a price, in the
//! reader's language.

use cube_probability::Layer;

use crate::faults::{filled, matched};
use crate::lang::Lang;
use crate::words;

/// English reason, whose `{}` stand for any text, and the Korean one, which repeats them by their
/// number.
const PATTERNS: &[(&str, &str)] = &[
    // Nothing to pay.
    ("the item has no such potential", "이 아이템에는 없습니다"),
    (
        "it is shared with the weapon and priced there",
        "무기와 함께 쓰는 것이라 무기에서 계산했습니다",
    ),
    ("the item has no stars", "별이 없습니다"),
    (
        "the item is given with its stars",
        "별이 붙은 채로 받는 아이템입니다",
    ),
    (
        "the start given has as many stars",
        "시작할 때 이미 그만큼의 별이 있습니다",
    ),
    ("the target asks nothing of it", "목표에 없습니다"),
    (
        "items worn here take no star force",
        "이 부위에는 스타포스를 하지 않습니다",
    ),
    (
        "items worn here carry no potential",
        "이 부위에는 잠재능력이 붙지 않습니다",
    ),
    // No price.
    (
        "no option tables are known for {} worn as {}",
        "이 종류({0})의 옵션 확률표가 없습니다",
    ),
    ("the target is no goal: {}", "목표를 읽을 수 없습니다"),
    ("unknown grade `{}`", "등급 `{0}`을(를) 알 수 없습니다"),
    (
        "the class is not known, and none of the lines counts for {}, which was taken as its main \
         stat",
        "직업을 알 수 없고, 장비로 짐작한 주스탯({0})에 쓸모 있는 옵션이 없습니다",
    ),
    (
        "the document's {} is `{}`",
        "넥슨이 보낸 정보를 읽을 수 없습니다 ({0}: {1})",
    ),
    (
        "the document gives the item no name",
        "넥슨이 보낸 정보에 아이템 이름이 없습니다",
    ),
    ("the potential shows no lines", "옵션이 보이지 않습니다"),
    (
        "neither the class nor the gear tells which stats count",
        "직업도 장비도 어느 스탯이 쓸모 있는지 알려 주지 않습니다",
    ),
    (
        "the goal is too large",
        "목표가 너무 커서 계산할 수 없습니다",
    ),
    (
        "the lines do not meet the goal `{}` derived from them",
        "옵션이 계산한 목표에 못 미칩니다",
    ),
    (
        "the method does not work here: {}",
        "고른 재설정 방법은 이 아이템에 쓸 수 없습니다",
    ),
    (
        "no price of {} is known",
        "고른 재설정 방법의 값을 모릅니다",
    ),
    (
        "the cost cannot be counted: {}",
        "비용이 너무 커서 셀 수 없습니다",
    ),
    (
        "the stars come from 놀라운 장비강화 주문서",
        "놀라운 장비강화 주문서로 붙인 별이라 스타포스로는 다시 만들 수 없습니다",
    ),
    (
        "star force does not give them: {}",
        "스타포스로는 이만큼의 별을 붙일 수 없습니다",
    ),
    // Assumptions.
    (
        "these lines were left out of account: `{}`",
        "보스 데미지에 쓸모없는 옵션은 빼고 계산했습니다 ({0})",
    ),
    (
        "the potential is drawn as two lines",
        "두 줄짜리로 계산했습니다",
    ),
    (
        "points of 최대 HP count nothing, as their worth is not known",
        "최대 HP 수치 옵션은 빼고 계산했습니다",
    ),
    (
        "a point of 최대 HP counts as {} %, its worth to the character",
        "최대 HP 수치 1을 {0}%로 쳤습니다",
    ),
    (
        "the item has none yet; its first lines have no price, and the resets start at rare",
        "아직 없어서, 처음 여는 비용은 빼고 레어부터 계산했습니다",
    ),
    (
        "the item has no stars; that star force works on it is not known from the document",
        "별이 없어서, 스타포스를 할 수 있는 아이템으로 보았습니다",
    ),
    (
        "the item takes {} stars at most, which stand for the target",
        "이 아이템은 {0}성까지라, {0}성을 목표로 했습니다",
    ),
    (
        "spare items are free",
        "파괴될 때 쓰는 예비 아이템 값은 0으로 계산했습니다",
    ),
    (
        "the item is given with its stars, which have no price",
        "별이 붙은 채로 받는 아이템이라 별 값은 없습니다",
    ),
];

/// Writes a reason or an assumption; none where there is no Korean for it.
pub(crate) fn reason(english: &str, lang: Lang) -> Option<String> {
    // Lists of lines are written without their marks.
    let text = match lang {
        Lang::En => english.to_owned(),
        Lang::Ko => PATTERNS.iter().find_map(|(pattern, korean)| {
            let holes = matched(pattern, english)?;
            Some(filled(korean, &holes))
        })?,
    };
    Some(text.replace('`', ""))
}

/// Splits an assumption into the potential that it is about, none for the stars, and its text.
fn split(assumption: &str) -> (Option<Layer>, &str) {
    let of = |layer: &&Layer| {
        let rest = assumption.strip_prefix(layer.id());
        rest.and_then(|rest| rest.strip_prefix(": "))
    };
    let found = Layer::ALL
        .iter()
        .find_map(|layer| Some((*layer, of(&layer)?)));
    found.map_or((None, assumption), |(layer, text)| (Some(layer), text))
}

/// Writes an assumption about this potential, or about the stars; none of another.
pub(crate) fn assumption(detail: &str, about: Option<Layer>, lang: Lang) -> Option<String> {
    let (layer, text) = split(detail);
    let text = reason(text, lang).filter(|_| layer == about)?;
    Some(sentence(&text))
}

/// Writes a text with a capital letter and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).chain(['.']).collect()
}

/// Writes the sentence in place of a price: the status, with the reason where it says more.
pub(crate) fn outcome(status: &str, given: Option<&str>, lang: Lang) -> String {
    let usual = || words::status(status, lang).to_owned();
    let is_missing = match status {
        "not_priced" => true,
        "not_applicable" => false,
        _ => return usual(),
    };
    let Some(reason) = given.and_then(|given| reason(given, lang)) else {
        return usual();
    };
    let mut text = sentence(&reason);
    if is_missing {
        text.push_str(lang.pick(" 합계에 없습니다.", " It is missing from the total."));
    }
    text
}

#[cfg(test)]
mod tests {
    use cube_probability::{Decimal, Goal, Method, PhaseError};
    use equipment::{
        Assumption, MainStat, NotApplicable, NotPriced, StarsNotPriced, UnreadableField,
    };

    use super::*;

    /// Every reason and assumption, as the API writes them.
    fn every() -> Vec<String> {
        let layer = Layer::AdditionalPotential;
        let lines = vec!["STR +6".to_owned(), "이동속도 +6".to_owned()];
        let field = || UnreadableField {
            field: "item_level",
            found: "x".to_owned(),
        };
        let goal = "int_pct >= 9".parse::<Goal>().unwrap();
        let worth = Decimal::from_thousandths(10);
        let nothing = [
            NotApplicable::NoPotential,
            NotApplicable::SharedWithWeapon,
            NotApplicable::NoStars,
            NotApplicable::StarsOfItsOwn,
            NotApplicable::StartsWithStars,
            NotApplicable::NoTarget,
            NotApplicable::TakesNoStars,
            NotApplicable::CarriesNoPotential,
        ];
        let missing = [
            NotPriced::UnknownPart {
                slot: "모자".to_owned(),
                kind: "뱃지".to_owned(),
            },
            NotPriced::NoGoal("int_pct".parse::<Goal>().unwrap_err()),
            NotPriced::UnknownGrade("노멀".to_owned()),
            NotPriced::GuessedClass(MainStat::Int),
            NotPriced::Unreadable(field()),
            NotPriced::NoLines,
            NotPriced::UnknownClass,
            NotPriced::GoalNotMet(goal),
            NotPriced::NoPrice(Method::WhiteAdditional),
            NotPriced::Uncountable(PhaseError::Empty),
        ];
        let stars = [
            StarsNotPriced::FromScrolls,
            StarsNotPriced::Unreadable(field()),
            StarsNotPriced::NoName,
        ];
        let assumed = [
            Assumption::IgnoredLines { layer, lines },
            Assumption::TwoLines { layer },
            Assumption::PointsOfHp { layer, worth },
            Assumption::PointsOfHp {
                layer,
                worth: Decimal::default(),
            },
            Assumption::FreeSpareItems,
            Assumption::GivenWithStars,
            Assumption::NoPotentialYet { layer },
            Assumption::TakesStarForce,
            Assumption::FewerStars { most: 22 },
        ];
        let texts = nothing.iter().map(ToString::to_string);
        let texts = texts.chain(missing.iter().map(ToString::to_string));
        let texts = texts.chain(stars.iter().map(ToString::to_string));
        texts
            .chain(assumed.iter().map(ToString::to_string))
            .collect()
    }

    #[test]
    fn every_reason_and_assumption_is_written_in_korean() {
        let is_hangul = |c: char| ('가'..='힣').contains(&c);
        for english in every() {
            let (_, text) = split(&english);
            let korean = reason(text, Lang::Ko);
            let korean = korean.unwrap_or_else(|| panic!("no Korean for {english}"));
            assert!(korean.chars().any(is_hangul), "{korean}");
            assert_eq!(crate::english::sentence(&korean), None);
        }
    }

    #[test]
    fn reasons_are_written_in_korean_with_their_figures() {
        for (english, korean) in [
            (
                "these lines were left out of account: `STR +6`, `HP +9`",
                "보스 데미지에 쓸모없는 옵션은 빼고 계산했습니다 (STR +6, HP +9)",
            ),
            (
                "the item takes 22 stars at most, which stand for the target",
                "이 아이템은 22성까지라, 22성을 목표로 했습니다",
            ),
            (
                "the document's starforce is `x`",
                "넥슨이 보낸 정보를 읽을 수 없습니다 (starforce: x)",
            ),
        ] {
            assert_eq!(reason(english, Lang::Ko).as_deref(), Some(korean));
            let shown = reason(english, Lang::En).unwrap();
            assert_eq!(shown, english.replace('`', ""));
        }
        assert_eq!(reason("something unheard of", Lang::Ko), None);
        for (_, korean) in PATTERNS {
            assert_eq!(crate::english::sentence(korean), None);
        }
    }

    #[test]
    fn assumption_stands_with_the_part_it_is_about() {
        let detail = "additional_potential: the potential is drawn as two lines";
        let about = |about| assumption(detail, about, Lang::Ko);
        let shown = about(Some(Layer::AdditionalPotential));
        assert_eq!(shown.as_deref(), Some("두 줄짜리로 계산했습니다."));
        assert_eq!(about(Some(Layer::Potential)), None);
        assert_eq!(about(None), None);
        let stars = assumption("spare items are free", None, Lang::En);
        assert_eq!(stars.as_deref(), Some("Spare items are free."));
    }

    #[test]
    fn outcome_without_a_price_says_that_the_total_lacks_it() {
        let given = Some("no price of white_additional is known");
        assert_eq!(
            outcome("not_priced", given, Lang::Ko),
            "고른 재설정 방법의 값을 모릅니다. 합계에 없습니다."
        );
        assert_eq!(
            outcome("not_priced", given, Lang::En),
            "No price of white_additional is known. It is missing from the total."
        );
        let given = Some("the item has no stars");
        assert_eq!(outcome("not_applicable", given, Lang::Ko), "별이 없습니다.");
        let usual = outcome("not_priced", Some("something unheard of"), Lang::Ko);
        assert_eq!(usual, words::status("not_priced", Lang::Ko));
    }
}
