//! Sentences for the warnings of answers, in the language of their reader.

use api::responses::{Warning, WarningCode, WarningSubject};
use api::upgrades::{LeftOut, LeftOutReason};
use cube_probability::Layer;

use crate::faults::fault;
use crate::lang::Lang;
use crate::words;

/// Kind of a warning, its Korean and its English.
type Sentence = (WarningCode, &'static str, &'static str);

/// Sentence of every kind.
const SENTENCES: &[Sentence] = &[
    (
        WarningCode::Stale,
        "15분보다 오래된 정보입니다. 새 정보를 가져오는 중이거나 넥슨이 응답하지 않습니다.",
        "This is older than 15 minutes: newer data are on their way, or Nexon does not answer.",
    ),
    (
        WarningCode::UpstreamFailed,
        "넥슨에서 새 정보를 받지 못해, 저장된 정보를 보여 줍니다.",
        "Nexon gave nothing newer, so this is what was stored.",
    ),
    (
        WarningCode::TooManyRequests,
        "요청이 많아 새 정보를 가져오지 않고 저장된 정보를 보여 줍니다.",
        "You asked for much, so this is what was stored.",
    ),
    (
        WarningCode::RefreshTooSoon,
        "방금 가져온 정보라 다시 가져오지 않았습니다.",
        "This was fetched a moment ago, so it was not fetched again.",
    ),
    (
        WarningCode::StoreFailed,
        "저장소가 지금 응답하지 않습니다. 계산에는 영향이 없습니다.",
        "The storage does not answer now. The figures are not affected.",
    ),
    (
        WarningCode::StoredDocumentUnreadable,
        "저장된 정보를 읽지 못해 새로 가져왔습니다.",
        "What was stored could not be read and was fetched again.",
    ),
    (
        WarningCode::EquipmentMissing,
        "장비 정보를 받지 못했습니다. 잠시 뒤에 다시 열어 주세요.",
        "The equipment is not known now. Please try again later.",
    ),
    (
        WarningCode::StatSourceMissing,
        "능력치 일부를 받지 못해 그 부분은 어림값입니다.",
        "Part of the stats could not be read and is estimated.",
    ),
    (
        WarningCode::MeanTooLarge,
        "평균이 너무 커서 적지 못하는 값이 있습니다.",
        "A mean is too large to be written.",
    ),
    (
        WarningCode::UnknownClass,
        "직업을 알지 못해, 장비에 가장 많은 스탯을 주스탯으로 보았습니다. 그런 스탯이 없으면 잠재능력을 계산하지 않습니다.",
        "The class is not known, so the stat that the gear has most of counts as the main stat; without one, potentials have no price.",
    ),
    (
        WarningCode::UnknownLevel,
        "캐릭터 레벨을 알지 못해, 장비가 요구하는 가장 높은 레벨로 보았습니다.",
        "The character's level is not known, so the highest level that an item requires is taken.",
    ),
    (
        WarningCode::PointsOfHp,
        "최대 HP 수치 옵션은 목표에 적힌 비율로 %에 더합니다. 비율이 적혀 있지 않으면 %만 비교했습니다.",
        "Points of max HP count at the weight that the goals show; where they show none, per cent counts alone.",
    ),
    (
        WarningCode::NoStatSheet,
        "능력치를 알지 못해, 모든 스탯을 지금과 같게 맞추는 값으로 계산했습니다.",
        "The stats are not known, so the same lines have to be matched in every stat.",
    ),
    (
        WarningCode::SheetOfAnotherClass,
        "적은 능력치가 이 캐릭터의 직업과 다릅니다. 적은 능력치로 비교했습니다.",
        "The stats given are those of another class; gear is compared by them.",
    ),
    (
        WarningCode::StatSheetNotValued,
        "능력치로 보스 데미지를 계산할 수 없어, 모든 스탯을 지금과 같게 맞추는 값으로 계산했습니다.",
        "The stats give no boss damage to compare, so the same lines have to be matched.",
    ),
    (
        WarningCode::WeakerBoss,
        "방어율 무시가 낮아 방어율 380% 보스에게는 피해를 주지 못하므로, 피해를 줄 수 있는 가장 높은 방어율로 비교했습니다.",
        "With this little ignored defence a boss of 380 % takes no damage, so gear is compared against the hardest boss that does.",
    ),
    (
        WarningCode::ImpossibleLines,
        "고른 방법으로는 나올 수 없는 옵션이 있어 그 값은 계산하지 않았습니다.",
        "Some lines are never given by the method chosen, and have no price.",
    ),
    (
        WarningCode::GoalNotMet,
        "지금 옵션이 계산한 목표에 못 미치는 아이템이 있습니다.",
        "An item's own lines do not meet the goal they were priced by.",
    ),
    (
        WarningCode::FreeSpareItems,
        "스타포스: 파괴될 때 쓰는 예비 아이템 값은 0으로 계산했습니다.",
        "Star force: spare items for destruction count as free.",
    ),
    (
        WarningCode::RestoreFeeByRule,
        "스타포스: 복구 비용은 공식 표가 아니라 유저들이 알아낸 규칙으로 계산한 값입니다.",
        "Star force: restoring fees follow the players' rule, not an official table.",
    ),
    (
        WarningCode::SuperiorUnverified,
        "슈페리얼 장비의 스타포스 수치는 확인되지 않았습니다.",
        "Star force figures of superior items are not verified.",
    ),
    (
        WarningCode::SuperiorWithoutChanceTime,
        "슈페리얼 장비의 찬스타임은 없는 것으로 계산했습니다.",
        "Chance time of superior items counts as none.",
    ),
    (
        WarningCode::NoPrice,
        "한 번 돌리는 값을 알지 못합니다. 하나의 값을 적으면 비용이 나옵니다.",
        "The price of one reset is not known. Enter what one costs to see the cost.",
    ),
    (
        WarningCode::NotCountable,
        "비용이 너무 커서 셀 수 없는 것이 있습니다.",
        "A cost is too large to be counted.",
    ),
    (
        WarningCode::NotReachable,
        "고른 방법으로는 나올 수 없는 목표가 있습니다.",
        "A goal is never met by the method chosen.",
    ),
    (
        WarningCode::NoTotal,
        "값을 모르는 것이 있어 합계를 낼 수 없습니다.",
        "Something has no price, so there is no total.",
    ),
    (
        WarningCode::MethodLeftOut,
        "이 등급에서 쓸 수 없거나 값을 모르는 방법은 뺐습니다.",
        "Methods that do not work at this grade or have no known price are left out.",
    ),
    (
        WarningCode::LeftOut,
        "올릴 거리를 찾지 못했습니다.",
        "No upgrade was found.",
    ),
];

/// Writes a warning with its subject.
pub(crate) fn warning(warning: &Warning, lang: Lang) -> String {
    let (ko, en) = sentence(warning.code);
    let sentence = lang.pick(ko, en);
    match &warning.subject {
        WarningSubject::Answer => {
            left_out_method(warning, lang).unwrap_or_else(|| sentence.to_owned())
        }
        WarningSubject::Potential { slot, name, layer } => {
            format!("{name} ({slot}), {}: {sentence}", of_layer(*layer, lang))
        }
        WarningSubject::LeftOut(item) => left_out(item, lang),
    }
}

/// Writes which method was left out of a comparison, and the reason.
fn left_out_method(warning: &Warning, lang: Lang) -> Option<String> {
    let (method, reason) = warning.detail.split_once(" is left out: ")?;
    let name = words::method(method.parse().ok()?, lang);
    let reason = fault(reason, lang)?;
    Some(match lang {
        Lang::Ko => format!("{name}: 비교에서 뺐습니다. {reason}."),
        Lang::En => format!("{name} is left out: {reason}."),
    })
}

fn of_layer(layer: Layer, lang: Lang) -> &'static str {
    match layer {
        Layer::Potential => lang.texts().potential,
        Layer::AdditionalPotential => lang.texts().additional,
    }
}

/// Writes an item without an upgrade, and the reason.
fn left_out(item: &LeftOut, lang: Lang) -> String {
    let of = |layer: &Layer| format!(" ({})", of_layer(*layer, lang));
    let (part, (ko, en)) = match &item.reason {
        LeftOutReason::UnknownGrade(layer) => (
            of(layer),
            ("등급을 알 수 없습니다.", "The grade is not known."),
        ),
        LeftOutReason::UnknownLines(layer) => (
            of(layer),
            (
                "공개된 확률표에 없는 옵션이 있습니다.",
                "A line is not in the published tables.",
            ),
        ),
        LeftOutReason::UnknownLevel => (
            String::new(),
            (
                "아이템 레벨을 알 수 없습니다.",
                "The item's level is not known.",
            ),
        ),
        LeftOutReason::UnknownStars => (
            String::new(),
            (
                "아이템 레벨이나 별을 알 수 없습니다.",
                "The item's level or its stars are not known.",
            ),
        ),
        LeftOutReason::NoStars => (
            String::new(),
            (
                "별이 없는 아이템입니다. 스타포스가 되는 아이템인지 알 수 없습니다.",
                "The item has no stars; that star force works on it is not known.",
            ),
        ),
        LeftOutReason::StarsFromScroll => (
            String::new(),
            (
                "놀라운 장비강화 주문서로 붙인 별이라 스타포스를 더 할 수 없습니다.",
                "Its stars come from a scroll, so star force does not go on.",
            ),
        ),
        LeftOutReason::WeaponAttack => (
            String::new(),
            (
                "무기의 15성까지는 무기 자체의 공격력에 따라 오르는데, 그 값을 알 수 없습니다.",
                "A weapon's first 15 stars go by its own attack, which is not known.",
            ),
        ),
        LeftOutReason::NotPriced { layer, method, .. } => (
            format!("{}, {}", of(layer), words::method(*method, lang)),
            (
                "비용을 알 수 없습니다.",
                "The cost of this method is not known.",
            ),
        ),
    };
    format!("{}{part}: {}", item.slot, lang.pick(ko, en))
}

/// Returns the Korean and the English of a kind of warning.
fn sentence(code: WarningCode) -> (&'static str, &'static str) {
    let found = SENTENCES.iter().find(|(known, ..)| *known == code);
    let (_, ko, en) = found.expect("each kind has a sentence, as a test checks");
    (ko, en)
}

#[cfg(test)]
mod tests {
    use cube_probability::Method;

    use super::*;

    fn is_hangul(c: char) -> bool {
        ('가'..='힣').contains(&c)
    }

    #[test]
    fn sentences_say_what_the_warning_says() {
        let of = |code| sentence(code);
        // No restore fee is published: the figures are players'.
        let fee = of(WarningCode::RestoreFeeByRule);
        assert!(fee.0.contains("공식 표가 아니라") && fee.1.contains("players' rule"));
        // Points of HP are part of the goal wherever their worth is known.
        let points = of(WarningCode::PointsOfHp);
        assert!(points.0.contains("목표에 적힌 비율"));
        assert!(points.1.contains("the weight that the goals show"));
        // A main stat or a level is taken, not left out.
        for (code, said) in [
            (WarningCode::UnknownClass, "counts as the main stat"),
            (WarningCode::UnknownLevel, "the highest level"),
            (WarningCode::SheetOfAnotherClass, "compared by them"),
            (WarningCode::ImpossibleLines, "by the method chosen"),
        ] {
            assert!(of(code).1.contains(said), "{code:?}");
        }
    }

    #[test]
    fn sentences_are_in_their_languages_and_say_different_things() {
        let mut seen = Vec::new();
        for &code in WarningCode::ALL {
            let (ko, en) = sentence(code);
            assert!(ko.chars().any(is_hangul), "{code:?}");
            assert_eq!(crate::english::sentence(ko), None, "{code:?}");
            assert!(!en.chars().any(is_hangul), "{code:?}");
            assert!(!seen.contains(&ko), "{code:?}: {ko}");
            seen.push(ko);
        }
    }

    #[test]
    fn items_left_out_are_explained_in_the_language_of_the_reader() {
        let layer = Layer::AdditionalPotential;
        for reason in [
            LeftOutReason::UnknownGrade(layer),
            LeftOutReason::UnknownLines(layer),
            LeftOutReason::UnknownLevel,
            LeftOutReason::UnknownStars,
            LeftOutReason::NoStars,
            LeftOutReason::StarsFromScroll,
            LeftOutReason::WeaponAttack,
            LeftOutReason::NotPriced {
                layer,
                method: Method::WhiteAdditional,
                detail: "no price is known for a reset at rare".to_owned(),
            },
        ] {
            let item = LeftOut {
                slot: "모자".to_owned(),
                reason,
            };
            let warning_of = |lang| {
                let subject = WarningSubject::LeftOut(item.clone());
                let given = Warning {
                    subject,
                    ..Warning::new(WarningCode::LeftOut, item.reason.to_string())
                };
                warning(&given, lang)
            };
            let (ko, en) = (warning_of(Lang::Ko), warning_of(Lang::En));
            assert!(!ko.chars().any(|c| c.is_ascii_alphabetic()), "{ko}");
            let rest = en.strip_prefix("모자").unwrap();
            assert!(!rest.chars().any(is_hangul), "{en}");
        }
    }

    #[test]
    fn warning_about_an_item_names_it() {
        let given = Warning {
            subject: WarningSubject::Potential {
                slot: "모자".to_owned(),
                name: "앱솔랩스 메이지케이프".to_owned(),
                layer: Layer::Potential,
            },
            ..Warning::new(WarningCode::ImpossibleLines, "x")
        };
        let shown = warning(&given, Lang::Ko);
        assert!(
            shown.starts_with("앱솔랩스 메이지케이프 (모자), 잠재능력: "),
            "{shown}"
        );
    }
}
