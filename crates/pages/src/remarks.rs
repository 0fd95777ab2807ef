//! Remarks of the API on a result, in Korean. English pages keep the API's sentences.

use crate::faults::{filled, matched};
use crate::lang::Lang;
use crate::stat_words;

/// English part of a remark, whose `{}` stand for any text, and the Korean one, which repeats them
/// by their number.
const PATTERNS: &[(&str, &str)] = &[
    (
        "no three lines that {} gives from {} up meet this goal",
        "{1:grade}부터 나오는 어떤 세 줄로도 이 목표를 이룰 수 없습니다",
    ),
    (
        "{} reaches at most {}, not {}",
        "{0:stats}: 많아야 {1}까지 나오고 {2}에는 못 미칩니다",
    ),
    (
        "reachable, but at {} only with 1 in {}",
        "나올 수는 있지만, {0:grade}에서 {1}번에 한 번뿐입니다",
    ),
    (
        "every reset meets this goal",
        "무엇이 나와도 이룬 목표입니다",
    ),
    (
        "no flame of this kind gives more than {}",
        "이 불꽃으로는 많아야 {0}점까지 나옵니다",
    ),
];

/// Writes a remark, part by part; a part without Korean keeps the API's sentence.
pub(crate) fn remark(remark: &str, lang: Lang) -> String {
    if lang == Lang::En {
        return remark.to_owned();
    }
    let parts = remark.split("; ").map(|part| {
        let found = PATTERNS.iter().find_map(|(english, korean)| {
            let holes = matched(english, part)?;
            let sum = holes.first().map(|sum| stat_words::goal(sum, lang));
            let korean = korean.replace("{0:stats}", &sum.unwrap_or_default());
            Some(filled(&korean, &holes))
        });
        found.unwrap_or_else(|| part.to_owned())
    });
    parts.collect::<Vec<_>>().join(". ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_are_written_in_korean_part_by_part() {
        for (english, korean) in [
            (
                "no three lines that red gives from epic up meet this goal; int_pct reaches at \
                 most 36, not 40",
                "에픽부터 나오는 어떤 세 줄로도 이 목표를 이룰 수 없습니다. INT%: 많아야 36까지 \
                 나오고 40에는 못 미칩니다",
            ),
            (
                "reachable, but at legendary only with 1 in 3.30 * 10^9",
                "나올 수는 있지만, 레전드리에서 3.30 * 10^9번에 한 번뿐입니다",
            ),
            (
                "no flame of this kind gives more than 88",
                "이 불꽃으로는 많아야 88점까지 나옵니다",
            ),
        ] {
            assert_eq!(remark(english, Lang::Ko), korean);
            assert_eq!(remark(english, Lang::En), english);
        }
    }
}
