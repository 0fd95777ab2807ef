//! Words of histories, as live answers of 2026-06 to 2026-09 have them.

use cube_probability::star_force::{Events, ItemKind, Rules as StarRules};
use cube_probability::{Method, Rules};
use jiff::civil::{Date, date};

use super::page::{WireEvent, text};
use crate::lenient::{List, Object};

/// The names of cubes without blanks, older ones among them.
const CUBES: &[(&str, Method)] = &[
    ("블랙큐브", Method::Black),
    ("레드큐브", Method::Red),
    ("명장의큐브", Method::Meister),
    ("골드큐브", Method::Meister),
    ("장인의큐브", Method::Master),
    ("실버큐브", Method::Master),
    ("수상한큐브", Method::Occult),
    ("프라임큐브", Method::Prime),
    ("에디셔널큐브", Method::Additional),
    ("화이트에디셔널큐브", Method::WhiteAdditional),
    ("수상한에디셔널큐브", Method::OccultAdditional),
    ("브론즈에디셔널큐브", Method::OccultAdditional),
    ("프라임에디셔널큐브", Method::PrimeAdditional),
];

/// The cube of this name.
pub(super) fn cube(name: &str) -> Option<Method> {
    let name = without_blanks(name);
    let cube = CUBES.iter().find(|(word, _)| *word == name);
    cube.map(|(_, method)| *method)
}

/// The meso reset of this kind: `잠재능력`, `잠재능력 재설정`, or one with `에디셔널` in it.
pub(super) fn meso_reset(kind: &str) -> Option<Method> {
    let is_potential = kind.contains("잠재능력");
    let method = if kind.contains("에디셔널") {
        Method::MesoAdditional
    } else {
        Method::MesoPotential
    };
    is_potential.then_some(method)
}

/// Whether a line's grade is the one below rare, which is not one of a potential.
pub(super) fn is_no_grade(word: &str) -> bool {
    matches!(word, "노멀" | "노말" | "일반")
}

/// Whether a sentence such as `파괴 방지 미적용` says that something was in force. None for a
/// sentence that says neither.
pub(super) fn is_on(sentence: &str) -> Option<bool> {
    let says = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
    if sentence.is_empty() || says(&["미적용", "미사용", "미해당", "않음", "아님"]) {
        Some(false)
    } else if says(&["적용", "사용", "해당"]) {
        Some(true)
    } else {
        None
    }
}

/// Whether 미라클 타임 was in force; without it the flag is `이벤트 적용되지 않음`.
pub(super) fn miracle_time(flag: &str) -> Option<bool> {
    is_on(flag)
}

/// The rules of star force of a day.
pub(super) fn star_rules(day: Date) -> StarRules {
    if day >= date(2026, 3, 19) {
        StarRules::Kms20260319
    } else if day >= date(2025, 3, 20) {
        StarRules::Kms20250320
    } else {
        StarRules::KmsBefore20250320
    }
}

/// The rules whose prices of meso resets were in force on a day; none where sources differ, which
/// is the case for the additional potential before 2026-03.
pub(super) fn meso_price_rules(method: Method, day: Date) -> Option<&'static Rules> {
    let is_known = method == Method::MesoPotential || day >= date(2026, 3, 1);
    is_known.then(Rules::current)
}

pub(super) const fn item_kind(is_superior: bool) -> ItemKind {
    if is_superior {
        ItemKind::Superior
    } else {
        ItemKind::Normal
    }
}

/// The events in force at a star, as far as they change chances. None for an event that is not
/// known.
pub(super) fn events(list: &List<WireEvent<'_>>, star: u8) -> Option<Events> {
    let mut events = Events::default();
    for Object(event) in &list.0 {
        let range = text(&event.starforce_event_range).unwrap_or_default();
        if !is_in_range(range, star)? {
            continue;
        }
        match rate(event.success_rate.shown().as_str())? {
            0 => {}
            100 if [5, 10, 15].contains(&star) => events.certain_stars.push(star),
            _ => return None,
        }
        match rate(event.destroy_decrease_rate.shown().as_str())? {
            0 => {}
            30 => events.fewer_destructions = true,
            _ => return None,
        }
    }
    events.certain_stars.dedup();
    Some(events)
}

/// A rate without `%`; one for each star of a list, such as `100,100,100`, must be the same.
fn rate(words: &str) -> Option<u16> {
    if matches!(words, "null" | "") {
        return Some(0);
    }
    let mut rates = words
        .split(',')
        .map(|word| word.trim().trim_end_matches('%'));
    let first: u16 = rates.next()?.parse().ok()?;
    let is_same = rates.all(|word| word.parse() == Ok(first));
    is_same.then_some(first)
}

/// Whether a star is in a range: `5,10,15`, `0~29`, `15이하` or nothing for every star.
fn is_in_range(range: &str, star: u8) -> Option<bool> {
    let range = without_blanks(range);
    let range = range.replace('성', "");
    if range.is_empty() {
        return Some(true);
    }
    if let Some(most) = range.strip_suffix("이하") {
        return Some(star <= most.parse().ok()?);
    }
    if let Some(least) = range.strip_suffix("이상") {
        return Some(star >= least.parse().ok()?);
    }
    if let Some((least, most)) = range.split_once(['~', '-', '～']) {
        return Some((least.parse().ok()?..=most.parse().ok()?).contains(&star));
    }
    let stars: Result<Vec<u8>, _> = range.split(',').map(str::parse).collect();
    stars.ok().map(|stars| stars.contains(&star))
}

fn without_blanks(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cubes_and_resets_are_found_by_their_words() {
        assert_eq!(cube("수상한 에디셔널 큐브"), Some(Method::OccultAdditional));
        assert_eq!(cube("프라임 에디셔널 큐브"), Some(Method::PrimeAdditional));
        assert_eq!(cube("무지개 큐브"), None);
        assert_eq!(meso_reset("잠재능력"), Some(Method::MesoPotential));
        assert_eq!(meso_reset("잠재능력 재설정"), Some(Method::MesoPotential));
        assert_eq!(
            meso_reset("에디셔널 잠재능력 재설정"),
            Some(Method::MesoAdditional)
        );
        assert_eq!(meso_reset("어빌리티"), None);
    }

    #[test]
    fn sentences_say_on_off_or_nothing() {
        for off in [
            "",
            "파괴 방지 미적용",
            "슈페리얼 장비 미해당",
            "프로텍트 실드 미적용/소멸되지 않음",
            "이벤트 적용되지 않음",
        ] {
            assert_eq!(is_on(off), Some(false), "{off}");
        }
        for on in ["파괴 방지 적용", "찬스타임 적용", "슈페리얼 장비 해당"] {
            assert_eq!(is_on(on), Some(true), "{on}");
        }
        assert_eq!(is_on("파괴 방지 알 수 없음"), None);
    }

    #[test]
    fn ranges_of_events_are_read_in_every_form() {
        for (range, inside, outside) in [
            ("5,10,15", 10, 11),
            ("0~21", 21, 22),
            ("10성 이하", 10, 11),
            ("15이상", 15, 14),
        ] {
            assert_eq!(is_in_range(range, inside), Some(true), "{range}");
            assert_eq!(is_in_range(range, outside), Some(false), "{range}");
        }
        assert_eq!(is_in_range("", 3), Some(true));
        assert_eq!(is_in_range("모두", 3), None);
        assert_eq!(rate("100,100,100"), Some(100));
        assert_eq!(rate("100,50"), None);
        assert_eq!((rate("30"), rate("null")), (Some(30), Some(0)));
    }

    #[test]
    fn rules_change_on_their_day() {
        assert_eq!(star_rules(date(2025, 3, 19)), StarRules::KmsBefore20250320);
        assert_eq!(star_rules(date(2025, 3, 20)), StarRules::Kms20250320);
        assert_eq!(star_rules(date(2026, 3, 19)), StarRules::Kms20260319);
        let additional = Method::MesoAdditional;
        assert_eq!(meso_price_rules(additional, date(2026, 2, 28)), None);
        assert!(meso_price_rules(additional, date(2026, 3, 1)).is_some());
        assert!(meso_price_rules(Method::MesoPotential, date(2025, 1, 1)).is_some());
    }
}
