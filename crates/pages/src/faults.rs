//! Faults of a question in Korean. The API words them in English; a page shows its reader's
//! language, so each message that a form can lead to has its pattern here.

use crate::lang::Lang;

/// English message, whose `{}` stand for any text, and the Korean one, which repeats them by their
/// number.
const PATTERNS: &[(&str, &str)] = &[
    ("`{}` is not a whole number", "`{0}`: 정수를 적어 주세요"),
    ("`{}` is not a number", "`{0}`: 숫자를 적어 주세요"),
    (
        "an amount is written like {}",
        "금액은 3000000000, 30억, 1조 5,000억, 3b처럼 적어 주세요",
    ),
    ("an amount is at most {}", "금액은 {0}까지입니다"),
    (
        "{} has more than three decimal places",
        "{0}: 소수점 아래 세 자리까지 적을 수 있습니다",
    ),
    (
        "item level {} is outside {} to {}",
        "아이템 레벨 {0}: {1}부터 {2}까지 적을 수 있습니다",
    ),
    (
        "the price of {}, {} meso, is outside {} to {}",
        "가격 {1}메소: {2}부터 {3}까지 적을 수 있습니다",
    ),
    (
        "{} or more is outside {} to {}",
        "{0} 이상: {1}부터 {2}까지 적을 수 있습니다",
    ),
    (
        "{} is outside {} to {}",
        "{0}: {1}부터 {2}까지 적을 수 있습니다",
    ),
    (
        "item level {} is not between {} and {}",
        "아이템 레벨 {0}: {1}부터 {2}까지 적을 수 있습니다",
    ),
    (
        "start {} is not between {} and {}, the most stars of such an item",
        "시작 {0}성: 이런 아이템은 {1}성부터 {2}성까지입니다",
    ),
    (
        "aim {} is not between {} and {}, the most stars of such an item",
        "목표 {0}성: 이런 아이템은 {1}성부터 {2}성까지입니다",
    ),
    (
        "aim {} is below the start; it must be at least {}",
        "목표 {0}성이 지금보다 낮습니다. {1}성 이상을 적어 주세요",
    ),
    (
        "{} meso is more than {}",
        "{0}메소: {1}메소까지 적을 수 있습니다",
    ),
    (
        "{} copies is more than {}",
        "{0}개: {1}개까지 적을 수 있습니다",
    ),
    (
        "`{}`: expected a list of stars or {}",
        "`{0}`: 별을 쉼표로 나누어 적거나 목록에서 골라 주세요",
    ),
    (
        "`{}`: expected stars like {}",
        "`{0}`: 별은 {1}처럼 적어 주세요",
    ),
    ("expected {}, found {}", "{0} 자리에 {1}이(가) 있습니다"),
    (
        "unknown stat `{}`; did you mean `{}`?",
        "`{0}`은(는) 없는 옵션입니다. `{1}`인가요?",
    ),
    ("unknown stat `{}`", "`{0}`은(는) 없는 옵션입니다"),
    (
        "unknown {} `{}`; expected one of {}",
        "`{1}`은(는) 쓸 수 없습니다. 쓸 수 있는 것: {2}",
    ),
    (
        "a goal needs at least one condition, {}",
        "목표에는 조건이 하나 이상 있어야 합니다",
    ),
    (
        "a goal has at most {} characters without blanks, this one has {}",
        "목표는 빈칸을 빼고 {0}자까지입니다. 지금은 {1}자입니다",
    ),
    (
        "a goal has at most {} comparisons",
        "목표의 조건은 {0}개까지입니다",
    ),
    (
        "the parentheses of a goal are nested at most {} deep",
        "괄호는 {0}겹까지입니다",
    ),
    (
        "a number in a goal is at most {}",
        "목표의 숫자는 {0}까지입니다",
    ),
    (
        "{} works up to {}, not at {}",
        "이 재설정 방법은 {1:grade}까지만 쓸 수 있습니다",
    ),
    (
        "{} works from {} up, not at {}",
        "이 재설정 방법은 {1:grade}부터 쓸 수 있습니다",
    ),
    (
        "{} at {} fails at most {} times in a row, not {}",
        "{1:grade}에서는 연속으로 {2}번까지만 실패합니다. {3}번은 나올 수 없습니다",
    ),
    (
        "the price of {} is published and cannot be set",
        "이 방법의 값은 정해져 있어 적을 수 없습니다",
    ),
    ("{} takes no flames", "{0}에는 추가옵션이 붙지 않습니다"),
    (
        "the {} of a weapon's flame goes by the weapon's own, which is not given",
        "무기의 추가옵션은 무기 자체의 공격력·마력에 따라 정해집니다. 그 값을 적어 주세요",
    ),
    ("{} is above {}", "{0}: {1}까지 적을 수 있습니다"),
    (
        "a score weighs at least one stat",
        "점수를 매길 스탯을 하나 이상 적어 주세요",
    ),
    (
        "{} weights; expected {} to {}",
        "점수를 매길 스탯을 하나 이상 적어 주세요",
    ),
    (
        "{} items; expected {} to {}",
        "{0}줄입니다. {1}줄부터 {2}줄까지 적을 수 있습니다",
    ),
    (
        "{} is not a level; expected a number above 0 and below 1",
        "확률은 0%보다 크고 100%보다 작아야 합니다",
    ),
    (
        "{} is {}; expected a number from {} to {}",
        "{1}: {2}부터 {3}까지 적을 수 있습니다",
    ),
    (
        "{} is {}; expected a finite number{}",
        "{1}: 0보다 큰 수를 적어 주세요",
    ),
    (
        "with {} % ignored, a boss of defence {} takes no damage",
        "방어율 무시 {0}%로는 이 방어율의 보스에게 피해를 줄 수 없습니다",
    ),
    (
        "the damage of 데몬어벤져 cannot be computed, {}",
        "데몬어벤져는 넥슨이 최대 HP를 잘라서 보여 주어 계산할 수 없습니다",
    ),
    (
        "{}; expected {}, from where {} rises no further",
        "가장 높은 등급({1:grade})에서만 계산할 수 있습니다",
    ),
    (
        "no slot is chosen for this target",
        "이 목표의 부위를 골라 주세요",
    ),
    (
        "{} keeps the first line, which must be given",
        "이 방법은 첫째 줄을 남깁니다. 그 줄을 적는 칸이 여기에는 없습니다",
    ),
    (
        "a target of one's own names at least one goal",
        "별이나 옵션을 하나 이상 적어 주세요",
    ),
    (
        "nothing is worn in the slot `{}`; worn are {}",
        "`{0}`에 착용한 아이템이 없습니다",
    ),
    (
        "no price is known for a reset at {}",
        "{0:grade}에서 한 번 돌리는 값을 알지 못합니다",
    ),
    (
        "the goal is met with chance {} only, however many resets are made",
        "아무리 돌려도 이 목표를 다 이룰 수는 없습니다",
    ),
    (
        "at {} a reset gets on with chance {} only; the rarest accepted is {}",
        "이 목표는 너무 드물어 계산할 수 없습니다",
    ),
    (
        "a mean cost of {} is past what 64 bits can count",
        "비용이 너무 커서 셀 수 없습니다",
    ),
    (
        "a mean cost of {} meso is too large to count with 64 bits",
        "비용이 너무 커서 셀 수 없습니다",
    ),
];

/// Words that goals expect or find at a place.
const GOAL_WORDS: &[(&str, &str)] = &[
    ("`and`, `or` or the end", "and, or 또는 목표의 끝이 올"),
    ("`and`, `or` or `)`", "and, or 또는 )가 올"),
    ("`>=` or `+`", ">= 또는 +가 올"),
    ("`*` and a stat", "*와 옵션이 올"),
    ("`(`", "(가 올"),
    ("`,` or `)`", "쉼표 또는 )가 올"),
    ("a stat such as `int_pct`", "옵션(예: int_pct)이 올"),
    ("a digit", "숫자가 올"),
    (
        "at most three decimal places",
        "소수점 아래 셋째 자리까지만 올",
    ),
    ("a number", "숫자가 올"),
    ("the end", "목표의 끝"),
];

/// Grades by their words in the API.
const GRADES: &[(&str, &str)] = &[
    ("rare", "레어"),
    ("epic", "에픽"),
    ("unique", "유니크"),
    ("legendary", "레전드리"),
];

/// Words of the plan's messages for parts of a line.
const PLAN_FIELDS: &[(&str, &str)] = &[
    ("goal", "목표"),
    ("keep_line_1", "방법"),
    ("method", "방법"),
    ("part", "부위"),
    ("item_level", "레벨"),
    ("grade", "등급"),
    ("from", "지금 별"),
    ("to", "목표 별"),
];

/// Writes a fault in a language; none where Korean has no pattern for the message.
pub(crate) fn fault(detail: &str, lang: Lang) -> Option<String> {
    if lang == Lang::En {
        // The API names parts in the game's own words.
        let is_of_part = matched("{} takes no flames", detail).is_some();
        let english = if is_of_part {
            "items of this part take no flames"
        } else {
            detail
        };
        return Some(english.to_owned());
    }
    if let Some((line, rest)) = line_of_plan(detail) {
        return fault(rest, lang).map(|rest| format!("{line}: {rest}"));
    }
    let is_korean = |c: char| ('가'..='힣').contains(&c);
    let mut patterns = PATTERNS.iter();
    let found = patterns.find_map(|(english, korean)| {
        let holes = matched(english, detail)?;
        Some(filled(korean, &holes))
    });
    // Texts of the pages themselves are in the language of the page already.
    found.or_else(|| detail.starts_with(is_korean).then(|| detail.to_owned()))
}

/// Splits `line 2: ...` and `line 2, goal: ...` of a plan.
fn line_of_plan(detail: &str) -> Option<(String, &str)> {
    let rest = detail.strip_prefix("line ")?;
    let (place, fault) = rest.split_once(": ")?;
    let line = match place.split_once(", ") {
        Some((number, field)) => format!("{number}번째 줄의 {}", word(PLAN_FIELDS, field)),
        None => format!("{place}번째 줄"),
    };
    Some((line, fault))
}

/// Returns the texts in the holes of a pattern that fits.
pub(crate) fn matched<'t>(pattern: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut literals = pattern.split("{}");
    let mut rest = text.strip_prefix(literals.next()?)?;
    // A pattern without a hole is the whole message.
    let literals: Vec<&str> = literals.collect();
    let mut holes = Vec::with_capacity(literals.len());
    for (place, literal) in literals.iter().enumerate() {
        let is_last = place + 1 == literals.len();
        let end = if is_last {
            rest.len().checked_sub(literal.len())?
        } else {
            rest.find(literal)?
        };
        let (hole, after) = rest.split_at_checked(end)?;
        rest = after.strip_prefix(literal)?;
        holes.push(hole);
    }
    rest.is_empty().then_some(holes)
}

/// Writes a Korean pattern with its holes filled.
pub(crate) fn filled(korean: &str, holes: &[&str]) -> String {
    let mut text = korean.to_owned();
    for (place, hole) in holes.iter().enumerate() {
        text = text.replace(&format!("{{{place}:grade}}"), word(GRADES, hole));
        text = text.replace(&format!("{{{place}}}"), word(GOAL_WORDS, hole));
    }
    text
}

fn word<'t>(words: &[(&'static str, &'static str)], english: &'t str) -> &'t str {
    let found = words.iter().find(|(word, _)| *word == english);
    found.map_or(english, |(_, korean)| korean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_written_in_korean_with_their_figures() {
        for (english, korean) in [
            (
                "expected `>=` or `+`, found `>`",
                ">= 또는 +가 올 자리에 `>`이(가) 있습니다",
            ),
            (
                "expected a number, found the end",
                "숫자가 올 자리에 목표의 끝이(가) 있습니다",
            ),
            (
                "unknown stat `int_pc`; did you mean `int_pct`?",
                "`int_pc`은(는) 없는 옵션입니다. `int_pct`인가요?",
            ),
            (
                "301 is outside 0 to 300",
                "301: 0부터 300까지 적을 수 있습니다",
            ),
            (
                "9223372036854775807 or more is outside 0 to 300",
                "9223372036854775807 이상: 0부터 300까지 적을 수 있습니다",
            ),
            (
                "line 2, goal: unknown stat `x`",
                "2번째 줄의 목표: `x`은(는) 없는 옵션입니다",
            ),
            (
                "line 1: `22`: expected stars like 0-22",
                "1번째 줄: `22`: 별은 0-22처럼 적어 주세요",
            ),
            (
                "occult works up to epic, not at legendary",
                "이 재설정 방법은 에픽까지만 쓸 수 있습니다",
            ),
        ] {
            assert_eq!(fault(english, Lang::Ko).as_deref(), Some(korean));
            assert_eq!(fault(english, Lang::En).as_deref(), Some(english));
        }
        assert_eq!(fault("something unheard of", Lang::Ko), None);
    }

    #[test]
    fn patterns_have_as_many_holes_as_their_korean_names() {
        for (english, korean) in PATTERNS {
            assert_eq!(crate::english::sentence(korean), None);
            let holes = english.matches("{}").count();
            for place in holes..9 {
                assert!(!korean.contains(&format!("{{{place}")), "{english}");
            }
        }
    }
}
