//! Notes on rule sets and their sources, in Korean. English pages keep the notes of the rules.

use crate::lang::Lang;

/// Notes of the rules, each with its Korean.
const NOTES: &[(&str, &str)] = &[
    // Figures of potentials.
    (
        "option pools, weights and prime rates",
        "옵션 목록, 가중치, 윗등급 옵션이 나올 확률",
    ),
    (
        "chances of a rise and pities",
        "등급 상승 확률과 확정 상승까지의 횟수",
    ),
    ("line limits", "같은 옵션이 나올 수 있는 줄 수의 제한"),
    ("prices of meso resets", "메소 재설정 비용"),
    ("cube prices and appraisal fees", "큐브 값과 감정 비용"),
    // Publications on potentials.
    (
        "Nexon, Guide/OtherProbability/cube (tables of red, black, additional, occult, master, \
         meister and occult additional cubes), read through machine-made copies of 2025-01 to \
         2026-10; 포스실드/소울링 of level 120 to 200 derived from 보조무기",
        "넥슨 확률 공개 페이지(Guide/OtherProbability/cube)의 레드·블랙·에디셔널·수상한·장인의·명장의·\
         수상한 에디셔널 큐브 표. 2025년 1월부터 2026년 10월까지의 자동 수집본으로 읽음. 120~200레벨 \
         포스실드/소울링은 보조무기에서 옮김",
    ),
    (
        "Nexon, Guide/OtherProbability/cube, as published in 2026-10; black, red as last \
         published; failures count until the next try is certain",
        "넥슨 확률 공개 페이지(Guide/OtherProbability/cube)의 2026년 10월 내용. 블랙·레드 큐브는 마지막으로 \
         공개된 값. 실패 횟수는 다음 시도가 확정될 때까지 셈",
    ),
    (
        "Nexon's note on the cube tables; boss damage, monster defence and drop rate without \
         limit since 2024-06",
        "넥슨 큐브 확률표의 주석. 보스 데미지·방어율 무시·드롭률 제한은 2024년 6월에 없어짐",
    ),
    (
        "Nexon, News/Update/737 and later notices, five independent copies of 2026-04 to 2026-10 \
         agree; charged by the grade before the reset",
        "넥슨 공지(News/Update/737와 그 뒤). 2026년 4~10월의 서로 다른 사본 다섯이 일치함. 재설정하기 전 \
         등급의 비용을 냄",
    ),
    (
        "community calculators: a placeholder price for each tradable cube, fees by squared item \
         level; sources differ below level 71",
        "이용자들이 만든 계산기. 거래되는 큐브는 어림값, 감정 비용은 아이템 레벨의 제곱에 비례. 71레벨 \
         아래는 자료마다 다름",
    ),
    // Sets of potential rules.
    ("the rules in force", "지금 쓰이는 규칙"),
    (
        "the meso reset of the additional potential at two thirds of its 2024-11 price, as one \
         source had it from 2025-12 to 2026-02; perhaps an event",
        "에디셔널 메소 재설정이 2024년 11월 비용의 3분의 2. 2025년 12월부터 2026년 2월까지 한 자료에 있던 \
         값으로, 이벤트였을 수 있음",
    ),
    (
        "the meso reset of the additional potential at twice today's price for rare and epic, as \
         two sources had it from 2024-11 to 2025-07; unresolved whether it was live",
        "레어와 에픽의 에디셔널 메소 재설정이 지금의 두 배. 2024년 11월부터 2025년 7월까지 두 자료에 있던 \
         값으로, 실제로 쓰였는지는 확인되지 않음",
    ),
    (
        "at most two lines each of boss damage, monster defence and drop rate; no meso reset of \
         the additional potential, so no price for it",
        "보스 데미지·방어율 무시·드롭률은 각각 두 줄까지. 에디셔널 메소 재설정이 없어 그 비용도 없음",
    ),
    // Figures of star force.
    (
        "success, keep and destroy chances from star 15 on, safeguard, most stars",
        "15성부터의 성공·유지·파괴 확률, 파괴 방지, 최대 별 수",
    ),
    (
        "chances below star 15, the star catch bonus, attempt costs, and all chances before \
         2025-03-20",
        "15성 아래의 확률, 스타캐치 보너스, 강화 비용, 2025년 3월 20일 이전의 모든 확률",
    ),
    (
        "restores to the star an item broke at",
        "파괴된 별 그대로의 복구",
    ),
    // Publications on star force.
    (
        "Nexon, News/Update/767 and 799, read through cited copies",
        "넥슨 공지(News/Update/767, 799)를 인용한 사본으로 읽음",
    ),
    (
        "community calculators, which agree; no official table",
        "이용자들이 만든 계산기. 서로 일치하지만 공식 표는 없음",
    ),
    (
        "spare items: Nexon, Guide/Articles/412; meso: the community's rule, which agrees with an \
         independent table within 0.4 %",
        "예비 아이템: 넥슨 가이드(Guide/Articles/412). 메소: 이용자들이 찾은 규칙으로, 따로 만들어진 표와 \
         0.4% 안에서 일치함",
    ),
    // Sets of star force rules.
    (
        "in force since 2026-03-19: star catch always applied, restores to the star an item broke \
         at",
        "2026년 3월 19일부터: 스타캐치는 늘 적용, 파괴된 별 그대로 복구할 수 있음",
    ),
    (
        "2025-03-20 to 2026-03-18: no loss of stars, 30 stars, a destroyed item comes back at 12 \
         stars",
        "2025년 3월 20일부터 2026년 3월 18일까지: 별이 떨어지지 않음, 30성까지, 파괴되면 12성으로 돌아옴",
    ),
    (
        "until 2025-03-19: failures from 16 to 19 and above 20 stars lose a star, also where a \
         safeguard or an event prevents destruction; after two losses in a row the next attempt \
         is certain (찬스타임), 슈페리얼 included; 25 stars, a destroyed item comes back at 12 stars",
        "2025년 3월 19일까지: 16~19성과 20성 위에서는 실패하면 별이 하나 떨어짐(파괴 방지나 이벤트로 파괴를 \
         막아도 같음). 두 번 이어서 떨어지면 다음은 확정(찬스타임, 슈페리얼 포함). 25성까지, 파괴되면 \
         12성으로 돌아옴",
    ),
];

/// Writes a note of a rule set; one without Korean keeps its English.
pub(crate) fn note(english: &'static str, lang: Lang) -> &'static str {
    let korean = || NOTES.iter().find(|(note, _)| *note == english);
    match lang {
        Lang::Ko => korean().map_or(english, |(_, korean)| korean),
        Lang::En => english,
    }
}

#[cfg(test)]
mod tests {
    use api::responses::RulesResponse;

    use super::*;

    #[test]
    fn notes_of_every_rule_set_have_their_korean() {
        let is_hangul = |c: char| ('가'..='힣').contains(&c);
        let rules = RulesResponse::new();
        for set in rules.potential.iter().chain(&rules.star_force) {
            let of_sources = set.sources.iter();
            let notes = of_sources.flat_map(|source| [source.figures, source.publication]);
            for english in notes.chain([set.about]) {
                let korean = note(english, Lang::Ko);
                assert_ne!(korean, english);
                assert!(korean.chars().any(is_hangul), "{korean}");
                assert_eq!(crate::english::sentence(korean), None);
                assert_eq!(note(english, Lang::En), english);
            }
        }
    }
}
