//! Words of the command line in both languages, from the tables of the pages. English keeps the
//! identifiers of the API, which commands take as arguments; Korean has the game's words.

use std::fmt::Display;

use api::responses::Warning;
use cube_probability::{Grade, Method};

use crate::lang::Lang;
use crate::{reasons, remarks, stat_words, warning_words, words};

texts! {
    pub ConsoleTexts:
    // Heads of columns.
    item: "아이템", "item";
    lines: "옵션", "lines";
    goal: "목표", "goal";
    chance: "확률", "chance";
    resets: "재설정", "resets";
    mean_cost: "평균 비용", "mean cost";
    short: "줄여서", "short";
    method: "방법", "method";
    grade: "등급", "grade";
    mean: "평균", "mean";
    meso: "메소", "meso";
    between: "범위", "between";
    action: "할 일", "action";
    gain: "오름", "gain";
    flames: "불꽃", "flames";
    exact: "정확", "exact";
    rises: "상승", "rises";
    expected: "기대", "expected";
    place: "자리(0~1)", "mid-p";
    second_line: "둘째 줄", "2nd line";
    star: "강화 전", "star";
    attempts: "강화", "attempts";
    gained: "성공", "gained";
    destroyed: "파괴", "destroyed";
    // Sentences; `{}` stand for figures and names.
    document: "문서", "document";
    unknown_class: "직업 모름", "unknown class";
    unknown_level: "레벨 모름", "unknown level";
    level: "레벨 {}", "level {}";
    data_from: "{} 정보, {} 기준", "data from {} of {}";
    rules_of_gear: "확률 기준 {} ({}), 스타포스 {} ({}), 잠재능력: {}, 에디셔널: {}", "rules {} ({}), star force {} ({}), potential by {}, additional potential by {}";
    preset: "프리셋 {}", "preset {}";
    worn_now: ", 착용 중", ", worn now";
    total: "합계 {} ({})", "total {} ({})";
    partial: " (일부: 값을 모르는 것은 빠져 있습니다)", " (partial: what has no price is not in it)";
    potential: "잠재능력", "potential";
    additional_potential: "에디셔널 잠재능력", "additional potential";
    star_force: "스타포스", "star force";
    additional: "에디셔널: ", "additional: ";
    stars: "{}성", "{} stars";
    stars_destroyed: "스타포스, 파괴 {}회", "star force, destroyed {} times";
    one_in: "{}번에 한 번", "1 in {}";
    never: "나올 수 없음", "never";
    rules_and_level: "확률 기준 {} ({}), 레벨 {} 표", "rules {} ({}), tables of level {}";
    rules_and_day: "확률 기준 {} ({})", "rules {} ({})";
    rules: "확률 기준 {}", "rules {}";
    at_grade: "{}에서: {}", "at {}: {}";
    budget_chance: "예산 안에 될 확률 {}", "the budget is enough with {}";
    budget_bounds: "예산 안에 될 확률 {} (확실히 {}부터 {} 사이)", "the budget is enough with {}, certainly between {} and {}";
    budget_by: "예산 안에 될 확률 {} ({})", "the budget is enough with {} by {}";
    star_means: "강화 {}회, 파괴 {}회, 예비 아이템 {}개", "attempts {}, destroyed {}, spare items {}";
    safeguard: "파괴 방지: {}성", "safeguard at {}";
    restore: "복구: {}", "restore: {}";
    mix: "등급마다 가장 싼 방법으로 {}: {}", "cheapest mix {}: {}";
    best_set: "가장 좋은 조합: {}; 오름 {}, 평균 비용 {}, 예산 안에 될 확률 {}", "best set: {}; gain {}, mean cost {}, the budget is enough with {}";
    perhaps_not_best: "; 더 좋은 조합이 있을 수 있음", "; perhaps not the best";
    no_set: "그만큼 오르는 조합이 없습니다", "no set reaches the gain";
    no_price: "값을 모름", "no price";
    bounds: "{}부터 {}", "{} and {}";
    numbered_item: "아이템 {}", "item {}";
    cubes: "큐브", "cubes";
    best_lines: "가장 좋은 옵션", "best lines";
    mean_resets: "평균 재설정", "mean resets";
    as_good: "같은 횟수로 이만큼 나올 확률", "as good in as many";
    meso_resets: "메소 재설정", "meso resets";
    souls: "소울 잠재능력 (공개된 확률이 없음)", "potentials of souls (no chances are published)";
    reset_totals: "{}: 재설정 {}회, 모르는 기록 {}줄, 상승 {}회{}", "{}: {} resets, {} unknown rows, {} rises{}";
    star_totals: "스타포스: 강화 {}회, 모르는 기록 {}줄, 성공 {}회{}, 파괴 {}회{}", "star force: {} attempts, {} unknown rows, {} stars{}, {} destroyed{}";
    beside: " (기대 {}, 자리 {})", " ({} expected, mid-p {})";
    beside_expected: " (기대 {})", " ({} expected)";
    failures: "확정 상승 직전까지 연속 실패 {}번: {}", "{} failures in a row seen before a certain rise: {}";
    comparisons: "{}가지를 비교했습니다. 스무 개에 하나는 우연만으로도 0.025 아래나 0.975 위입니다", "{} counts compared: one of twenty is below 0.025 or above 0.975 by chance alone";
    error: "오류", "error";
}

impl Lang {
    /// Returns the texts of the command line.
    pub const fn console(self) -> &'static ConsoleTexts {
        match self {
            Self::Ko => &ConsoleTexts::KO,
            Self::En => &ConsoleTexts::EN,
        }
    }

    /// Returns the language of the first locale that names one: `ko_KR.UTF-8` is Korean, every
    /// other one English.
    pub fn of_locales<'l>(locales: impl IntoIterator<Item = &'l str>) -> Self {
        let mut named = locales.into_iter().filter(|locale| !locale.is_empty());
        match named.next() {
            Some(locale) if locale.starts_with("ko") => Self::Ko,
            _ => Self::En,
        }
    }
}

/// Fills the holes of a text in their order.
pub fn fill(text: &str, values: &[&dyn Display]) -> String {
    let mut values = values.iter();
    let mut parts = text.split("{}");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        if let Some(value) = values.next() {
            filled.push_str(&value.to_string());
        }
        filled.push_str(part);
    }
    filled
}

/// Returns the name of a method: its identifier in English.
pub fn method(method: Method, lang: Lang) -> &'static str {
    match lang {
        Lang::Ko => words::method(method, lang),
        Lang::En => method.id(),
    }
}

/// Returns the name of a method of which only the identifier is known.
pub fn method_named(id: &str, lang: Lang) -> &str {
    id.parse().map_or(id, |known: Method| method(known, lang))
}

/// Returns the name of a grade: its identifier in English.
pub fn grade(grade: Grade, lang: Lang) -> &'static str {
    match lang {
        Lang::Ko => words::grade(grade, lang),
        Lang::En => grade.id(),
    }
}

/// Returns the name of a grade of which only the identifier is known.
pub fn grade_named(id: &str, lang: Lang) -> &str {
    id.parse().map_or(id, |known: Grade| grade(known, lang))
}

/// Writes a goal: as the goal language has it in English, in the game's words in Korean.
pub fn goal(text: &str, lang: Lang) -> String {
    match lang {
        Lang::Ko => stat_words::goal(text, lang),
        Lang::En => text.to_owned(),
    }
}

/// Returns the reason for which something has no price, by its status and the API's own reason.
pub fn reason(status: &str, reason: Option<&str>, lang: Lang) -> String {
    match lang {
        Lang::Ko if status == "priced" => String::new(),
        Lang::Ko => reasons::outcome(status, reason, lang),
        Lang::En => reason.unwrap_or(status).to_owned(),
    }
}

/// Writes a remark on a result; one without Korean keeps the API's sentence.
pub fn remark(remark: &str, lang: Lang) -> String {
    remarks::remark(remark, lang)
}

/// Returns the word for a status in the place of an amount.
pub fn status(status: &str, lang: Lang) -> &str {
    match lang {
        Lang::Ko => match status {
            "nothing_valued" => "쓸모 없음",
            "reached" => "이미 이룸",
            "unknown_option" => "모르는 옵션",
            "unreachable" => "나올 수 없음",
            _ => "값을 모름",
        },
        Lang::En => status,
    }
}

/// Writes a warning; English keeps the API's sentence.
pub fn warning(warning: &Warning, lang: Lang) -> String {
    match lang {
        Lang::Ko => warning_words::warning(warning, lang),
        Lang::En => warning.detail.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_as_many_holes_in_both_languages() {
        for (key, ko, en) in ConsoleTexts::ALL {
            assert_eq!(ko.matches("{}").count(), en.matches("{}").count(), "{key}");
            assert!(!ko.is_empty() && ko != en, "{key}");
        }
    }

    #[test]
    fn locale_that_comes_first_decides() {
        for (locales, lang) in [
            (&["", "ko_KR.UTF-8", "en_US"][..], Lang::Ko),
            (&["en_US.UTF-8", "ko_KR"], Lang::En),
            (&["C", "ko_KR"], Lang::En),
            (&["", ""], Lang::En),
        ] {
            assert_eq!(
                Lang::of_locales(locales.iter().copied()),
                lang,
                "{locales:?}"
            );
        }
    }

    #[test]
    fn holes_are_filled_in_their_order() {
        assert_eq!(fill("{} of {}", &[&1, &"two"]), "1 of two");
        assert_eq!(fill("none", &[]), "none");
    }
}
