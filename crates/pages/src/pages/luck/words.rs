//! Sentences of luck reports.

use api::luck::{CountResponse, ProgressResponse};
use api::problem::ProblemKind;

use super::LuckRefusal;
use crate::lang::Lang;
use crate::words;

/// Returns the sentence for a form that was refused, or a job that ended early.
pub(super) fn refusal(refusal: LuckRefusal, lang: Lang) -> &'static str {
    let (ko, en) = match refusal {
        LuckRefusal::Key => (
            "키를 읽지 못했습니다. openapi.nexon.com에서 복사한 그대로 붙여 넣어 주세요.",
            "This cannot be a key. Please paste it as openapi.nexon.com shows it.",
        ),
        LuckRefusal::LastDay => (
            "마지막 날이 날짜가 아니거나 오늘보다 뒤입니다. 비워 두면 오늘입니다.",
            "The last day is no date, or is in the future. Leave it empty for today.",
        ),
        LuckRefusal::TooOld => (
            "넥슨은 730일 전까지의 기록만 보여 줍니다. 마지막 날을 더 뒤로 잡아 주세요.",
            "Nexon shows histories of the last 730 days. Please choose a later last day.",
        ),
        LuckRefusal::NoHistory => (
            "어떤 기록을 볼지 하나 이상 골라 주세요.",
            "Please tick at least one history.",
        ),
        LuckRefusal::Cursor => (
            "이어서 읽을 곳을 알 수 없습니다. 처음부터 다시 읽어 주세요.",
            "The place to go on at is cut off or too old. Please start again.",
        ),
        LuckRefusal::Problem(kind) => return problem(kind, lang),
    };
    lang.pick(ko, en)
}

fn problem(kind: ProblemKind, lang: Lang) -> &'static str {
    let (ko, en) = match kind {
        ProblemKind::KeyWithoutRight => (
            "이 키에는 고른 기록을 볼 권한이 없습니다. 그 기록의 체크를 빼거나, openapi.nexon.com에서 허용한 뒤 다시 해 주세요.",
            "This key may not read one of the histories ticked. Untick it, or permit it at openapi.nexon.com and try again.",
        ),
        ProblemKind::QuotaExceeded => (
            "이 키로 오늘 넥슨에 물어볼 수 있는 횟수를 다 썼습니다. 내일 이어서 읽을 수 있습니다.",
            "Today's calls to Nexon with this key are used up. You can go on tomorrow.",
        ),
        ProblemKind::TooManyRequests => (
            "기록을 너무 자주 읽었거나 이미 읽고 있습니다. 30초쯤 뒤에 다시 해 주세요.",
            "Too many reports were asked for, or one is being read already. Please try again in 30 seconds.",
        ),
        ProblemKind::UpstreamUnavailable => (
            "넥슨이 응답하지 않습니다. 점검 중일 수 있으니 잠시 뒤에 다시 해 주세요.",
            "Nexon does not answer. It may be under maintenance; please try again later.",
        ),
        ProblemKind::UpstreamInvalid => (
            "넥슨이 보낸 기록을 읽지 못했습니다. 잠시 뒤에 다시 해 주세요.",
            "Nexon's answer cannot be read. Please try again later.",
        ),
        ProblemKind::Overloaded => (
            "지금은 기록을 더 읽을 수 없습니다. 잠시 뒤에 다시 해 주세요.",
            "The service reads too many histories right now. Please try again in a moment.",
        ),
        ProblemKind::Internal => (
            "저희 쪽에서 문제가 생겼습니다. 기록을 남겼으니 잠시 뒤에 다시 해 주세요.",
            "Something failed on our side. It is in the log; please try again later.",
        ),
        kind => return words::refusal(kind, lang),
    };
    lang.pick(ko, en)
}

/// Writes the progress of a job.
pub(super) fn progress(progress: ProgressResponse, lang: Lang) -> String {
    let ProgressResponse {
        days_done,
        days,
        calls,
    } = progress;
    match lang {
        Lang::Ko => {
            format!("넥슨에서 기록을 읽는 중: {days}일 가운데 {days_done}일 (호출 {calls}번)")
        }
        Lang::En => format!("Reading from Nexon: {days_done} of {days} days ({calls} calls)"),
    }
}

/// Writes the place of a count among players who did as much; empty where nothing was left to
/// chance.
pub(super) fn place(count: &CountResponse, lang: Lang) -> String {
    let Some(mid_p) = count.mid_p else {
        return String::new();
    };
    let below = (mid_p * 100.0).round().clamp(0.0, 100.0);
    match lang {
        Lang::Ko if below < 1.0 => "100명 중 가장 적은 쪽".to_owned(),
        Lang::Ko if below > 99.0 => "100명 중 가장 많은 쪽".to_owned(),
        Lang::Ko => format!("100명 중 {below}명보다 많음"),
        Lang::En if below < 1.0 => "among the fewest of 100".to_owned(),
        Lang::En if below > 99.0 => "among the most of 100".to_owned(),
        Lang::En => format!("more than {below} of 100"),
    }
}

/// Writes the expectation of a count; empty where no chance is published.
pub(super) fn expected(count: &CountResponse) -> String {
    let expected = count.expected.map(|expected| format!("{expected:.1}"));
    expected.unwrap_or_default()
}

/// Writes the sentence about many comparisons; none where there are too few.
pub(super) fn comparisons(comparisons: u64, lang: Lang) -> Option<String> {
    if comparisons == 0 {
        return None;
    }
    // Two in forty are outside 0.025 to 0.975.
    let by_chance = comparisons.div_ceil(20);
    Some(match lang {
        Lang::Ko => format!(
            "{comparisons}가지를 비교했습니다. 그중 {by_chance}가지쯤은 우연만으로도 아주 많거나(97.5% 위) 아주 적게(2.5% 아래) 나옵니다."
        ),
        Lang::En => format!(
            "{comparisons} counts are compared. About {by_chance} of them are very high (above 97.5 %) or very low (below 2.5 %) by chance alone."
        ),
    })
}

/// Writes how many rows were left out; none where all were read.
pub(super) fn unknown(rows: u64, lang: Lang) -> Option<String> {
    (rows > 0).then(|| match lang {
        Lang::Ko => format!("읽지 못한 기록 {rows}줄은 세지 않았습니다."),
        Lang::En => format!("{rows} rows could not be read and are not counted."),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_words_in_both_languages() {
        for &kind in ProblemKind::ALL {
            let korean = problem(kind, Lang::Ko);
            assert_ne!(korean, problem(kind, Lang::En), "{kind:?}");
            assert_eq!(crate::english::sentence(korean), None);
        }
    }

    #[test]
    fn place_is_among_a_hundred_players() {
        let place = |mid_p| {
            let count = CountResponse {
                attempts: 10,
                seen: 3,
                expected: Some(2.0),
                mid_p,
            };
            place(&count, Lang::En)
        };
        assert_eq!(place(Some(0.62)), "more than 62 of 100");
        assert_eq!(place(Some(0.001)), "among the fewest of 100");
        assert_eq!(place(Some(1.0)), "among the most of 100");
        assert_eq!(place(None), "");
    }

    #[test]
    fn comparisons_name_the_number_expected_by_chance() {
        assert_eq!(comparisons(0, Lang::Ko), None);
        assert!(
            comparisons(41, Lang::En)
                .unwrap()
                .contains("About 3 of them")
        );
    }
}
