//! Sentences for the warnings of answers, by their codes.

/// Code of a warning, its Korean and its English.
type Sentence = (&'static str, &'static str, &'static str);

const SENTENCES: &[Sentence] = &[
    (
        "stale",
        "15분보다 오래된 정보입니다. 새 정보를 가져오는 중이거나 넥슨이 응답하지 않습니다.",
        "This is older than 15 minutes: newer data are on their way, or Nexon does not answer.",
    ),
    (
        "upstream-failed",
        "넥슨에서 새 정보를 받지 못해, 저장된 정보를 보여 줍니다.",
        "Nexon gave nothing newer, so this is what was stored.",
    ),
    (
        "store-failed",
        "저장소가 지금 응답하지 않습니다. 계산에는 영향이 없습니다.",
        "The storage does not answer now. The figures are not affected.",
    ),
    (
        "equipment-missing",
        "장비 정보를 받지 못했습니다. 잠시 뒤에 다시 열어 주세요.",
        "The equipment is not known now. Please try again later.",
    ),
    (
        "unknown-class",
        "직업을 알지 못해, 장비에 가장 많은 스탯을 주스탯으로 보았습니다. 그런 스탯이 없으면 잠재능력을 계산하지 않습니다.",
        "The class is not known, so the stat that the gear has most of counts as the main stat; without one, potentials have no price.",
    ),
    (
        "unknown-level",
        "캐릭터 레벨을 알지 못해, 장비가 요구하는 가장 높은 레벨로 보았습니다.",
        "The character's level is not known, so the highest level that an item requires is taken.",
    ),
    (
        "weaker-boss",
        "방어율 무시가 낮아 방어율 380% 보스에게는 피해를 주지 못하므로, 피해를 줄 수 있는 가장 높은 방어율로 비교했습니다.",
        "With this little ignored defence a boss of 380 % takes no damage, so gear is compared against the hardest boss that does.",
    ),
    (
        "free-spare-items",
        "스타포스: 파괴될 때 쓰는 예비 아이템 값은 0으로 계산했습니다.",
        "Star force: spare items for destruction count as free.",
    ),
    (
        "restore-fee-by-rule",
        "스타포스: 복구 비용은 공식 표가 아니라 유저들이 알아낸 규칙으로 계산한 값입니다.",
        "Star force: restoring fees follow the players' rule, not an official table.",
    ),
    (
        "superior-unverified",
        "슈페리얼 장비의 스타포스 수치는 확인되지 않았습니다.",
        "Star force figures of superior items are not verified.",
    ),
    (
        "no-price",
        "이 큐브의 가격을 알지 못합니다. 큐브 하나 값을 적으면 비용이 나옵니다.",
        "This cube has no known price. Enter what one costs to see the cost.",
    ),
    (
        "impossible-lines",
        "고른 방법으로는 나올 수 없는 옵션이 있어 그 값은 계산하지 않았습니다.",
        "Some lines are never given by the method chosen, and have no price.",
    ),
    (
        "too-many-requests",
        "요청이 많아 새 정보를 가져오지 않고 저장된 정보를 보여 줍니다.",
        "You asked for much, so this is what was stored.",
    ),
    (
        "refresh-too-soon",
        "방금 가져온 정보라 다시 가져오지 않았습니다.",
        "This was fetched a moment ago, so it was not fetched again.",
    ),
    (
        "stored-document-unreadable",
        "저장된 정보를 읽지 못해 새로 가져왔습니다.",
        "What was stored could not be read and was fetched again.",
    ),
    (
        "stat-source-missing",
        "능력치 일부를 받지 못해 그 부분은 어림값입니다.",
        "Part of the stats could not be read and is estimated.",
    ),
    (
        "no-stat-sheet",
        "능력치를 알지 못해, 모든 스탯을 지금과 같게 맞추는 값으로 계산했습니다.",
        "The stats are not known, so the same lines have to be matched in every stat.",
    ),
    (
        "stat-sheet-not-valued",
        "능력치로 보스 데미지를 계산할 수 없어, 모든 스탯을 지금과 같게 맞추는 값으로 계산했습니다.",
        "The stats give no boss damage to compare, so the same lines have to be matched.",
    ),
    (
        "sheet-of-another-class",
        "적은 능력치가 이 캐릭터의 직업과 다릅니다. 적은 능력치로 비교했습니다.",
        "The stats given are those of another class; gear is compared by them.",
    ),
    (
        "points-of-hp",
        "최대 HP 수치 옵션은 목표에 적힌 비율로 %에 더합니다. 비율이 적혀 있지 않으면 %만 비교했습니다.",
        "Points of max HP count at the weight that the goals show; where they show none, per cent counts alone.",
    ),
    (
        "goal-not-met",
        "지금 옵션이 계산한 목표에 못 미치는 아이템이 있습니다.",
        "An item's own lines do not meet the goal they were priced by.",
    ),
    (
        "superior-without-chance-time",
        "슈페리얼 장비의 찬스타임은 없는 것으로 계산했습니다.",
        "Chance time of superior items counts as none.",
    ),
    (
        "mean-too-large",
        "평균이 너무 커서 적지 못하는 값이 있습니다.",
        "A mean is too large to be written.",
    ),
    (
        "method-left-out",
        "이 등급에서 쓸 수 없거나 값을 모르는 방법은 뺐습니다.",
        "Methods that do not work at this grade or have no known price are left out.",
    ),
    (
        "not-reachable",
        "고른 방법으로는 나올 수 없는 목표가 있습니다.",
        "A goal is never met by the method chosen.",
    ),
    (
        "no-total",
        "값을 모르는 것이 있어 합계를 낼 수 없습니다.",
        "Something has no price, so there is no total.",
    ),
    (
        "not-countable",
        "비용이 너무 커서 셀 수 없는 것이 있습니다.",
        "A cost is too large to be counted.",
    ),
];

/// Returns the Korean and the English of a warning.
pub(crate) fn sentence(code: &str) -> Option<(&'static str, &'static str)> {
    let found = SENTENCES.iter().find(|(known, ..)| *known == code);
    found.map(|(_, ko, en)| (*ko, *en))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_say_what_the_warning_says() {
        let of = |code| sentence(code).unwrap();
        // No restore fee is published: the figures are players'.
        assert!(of("restore-fee-by-rule").0.contains("공식 표가 아니라"));
        assert!(of("restore-fee-by-rule").1.contains("players' rule"));
        // Points of HP are part of the goal wherever their worth is known.
        assert!(of("points-of-hp").0.contains("목표에 적힌 비율"));
        assert!(
            of("points-of-hp")
                .1
                .contains("the weight that the goals show")
        );
        // A main stat or a level is taken, not left out.
        assert!(of("unknown-class").1.contains("counts as the main stat"));
        assert!(of("unknown-level").1.contains("the highest level"));
        assert!(of("sheet-of-another-class").1.contains("compared by them"));
        assert!(of("impossible-lines").1.contains("by the method chosen"));
    }

    #[test]
    fn sentences_are_in_their_languages_and_each_code_has_one() {
        let is_hangul = |c: char| ('가'..='힣').contains(&c);
        for (place, (code, ko, en)) in SENTENCES.iter().enumerate() {
            assert!(ko.chars().any(is_hangul), "{code}");
            assert!(!en.chars().any(is_hangul), "{code}");
            let first = SENTENCES.iter().position(|(other, ..)| other == code);
            assert_eq!(first, Some(place), "{code}");
        }
    }
}
