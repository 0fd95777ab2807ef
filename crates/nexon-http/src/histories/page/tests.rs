//! Pages of the four histories, as documented and odd.

use cube_probability::Part;
use cube_probability::star_force::ItemKind;
use serde_json::{Value, json};

use super::*;

fn option(value: &str, grade: &str) -> Value {
    json!({"value": value, "grade": grade})
}

/// A use of a cube as the SDK's own tests have it, answered in 2024-01.
fn cube_row() -> Value {
    json!({
        "id": "3GufTs1SjE9sS", "character_name": "귀농남친",
        "date_create": "2024-01-23T21:56:29.737+09:00", "cube_type": "수상한 에디셔널 큐브",
        "item_upgrade_result": "실패", "miracle_time_flag": "이벤트 적용되지 않음",
        "item_equipment_part": "보조무기", "item_level": 100, "target_item": "에레브의 광휘",
        "potential_option_grade": "에픽", "additional_potential_option_grade": "에픽",
        "upgrade_guarantee": false, "upgrade_guarantee_count": 0,
        "before_potential_option": [],
        "before_additional_potential_option": [
            option("최대 HP : +5%", "에픽"), option("방어력 : +100", "레어"), option("최대 MP : +2%", "레어"),
        ],
        "after_potential_option": [],
        "after_additional_potential_option": [
            option("데미지 : +6%", "에픽"), option("최대 MP : +2%", "레어"), option("최대 HP : +100", "레어"),
        ],
    })
}

fn star_row() -> Value {
    json!({
        "id": "sf1", "character_name": "테스트", "world_name": "크로아", "target_item": "가디언 엔젤 링",
        "date_create": "2026-04-01T12:00:00.000+09:00",
        "before_starforce_count": 16, "after_starforce_count": 16,
        "item_upgrade_result": "실패(유지)", "starcatch_result": null,
        "superior_item_flag": "슈페리얼 장비 미해당", "destroy_defence": "파괴 방지 미적용",
        "chance_time": "찬스타임 미적용", "event_field_flag": "파괴 방지 이벤트맵 미적용",
        "upgrade_item": "", "protect_shield": "프로텍트 실드 미적용/소멸되지 않음",
        "bonus_stat_upgrade": "보너스 스탯 미적용 아이템",
        "starforce_event_list": [
            {"cost_discount_rate": "30", "destroy_decrease_rate": "30", "starforce_event_range": "0~29",
             "recovery_cost_discount_rate": "20"},
            {"success_rate": "100,100,100", "starforce_event_range": "5,10,15"},
        ],
    })
}

fn read(kind: HistoryKind, list: &str, row: &Value) -> HistoryRow {
    let page = json!({"count": 1, list: [row], "next_cursor": ""});
    let page = read_page(kind, page.to_string().as_bytes()).unwrap();
    assert_eq!(page.next, None, "an empty cursor is the end");
    page.rows.into_iter().next().unwrap()
}

fn reset_of(row: HistoryRow) -> PotentialRow {
    match row {
        HistoryRow::Reset(row) => row,
        other => panic!("{other:?}"),
    }
}

fn star_of(row: HistoryRow) -> StarRow {
    match row {
        HistoryRow::Star(row) => row,
        other => panic!("{other:?}"),
    }
}

fn cube_with(changes: &[(&str, Value)]) -> HistoryRow {
    let mut row = cube_row();
    for (field, value) in changes {
        row[*field] = value.clone();
    }
    read(HistoryKind::Cube, "cube_history", &row)
}

fn star_with(changes: &[(&str, Value)]) -> HistoryRow {
    let mut row = star_row();
    for (field, value) in changes {
        row[*field] = value.clone();
    }
    read(HistoryKind::StarForce, "starforce_history", &row)
}

#[test]
fn cube_row_is_read_with_its_grades_and_lines() {
    let row = reset_of(cube_with(&[]));
    assert_eq!(row.method, Some(Method::OccultAdditional));
    assert_eq!((row.part, row.item_level), (Some(Part::Secondary), 100));
    assert_eq!((row.from, row.to), (Grade::Epic, Grade::Epic));
    assert_eq!((row.certain, row.failures), (false, Some(0)));
    assert!(!row.miracle_time);
    let primes: Vec<_> = row
        .lines
        .iter()
        .flatten()
        .map(|(_, prime)| *prime)
        .collect();
    assert_eq!(primes, [true, false, false]);
    assert_eq!(
        row.cost_meso, None,
        "the price of a cube is not in the history"
    );
}

#[test]
fn meso_reset_is_read_with_its_price_and_certain_rise() {
    let mut row = cube_row();
    row["date_create"] = json!("2026-10-01T00:00:01.000+09:00");
    row["item_level"] = json!(160);
    row["upgrade_guarantee"] = json!(true);
    row["upgrade_guarantee_count"] = json!(152);
    row["after_additional_potential_option"][0] = option("데미지 +9%", "유니크");
    for kind in ["에디셔널 잠재능력", "에디셔널 잠재능력 재설정"] {
        row["potential_type"] = json!(kind);
        let row = reset_of(read(HistoryKind::Potential, "potential_history", &row));
        assert_eq!(row.method, Some(Method::MesoAdditional));
        assert_eq!((row.from, row.to), (Grade::Epic, Grade::Unique));
        assert_eq!((row.certain, row.failures), (true, Some(152)));
        assert_eq!(row.cost_meso, Some(29_050_000));
    }
}

#[test]
fn odd_rows_cost_themselves_only() {
    let three_at_once: Vec<_> = (0..9).map(|_| option("데미지 +6%", "에픽")).collect();
    for (field, value) in [
        ("cube_type", json!("무지개 큐브")),
        ("cube_type", Value::Null),
        ("miracle_time_flag", json!("모름")),
        ("item_level", json!(301)),
        ("upgrade_guarantee", json!("아마")),
        ("date_create", json!("어제")),
        ("before_additional_potential_option", json!([])),
        ("before_additional_potential_option", json!("없음")),
        ("after_additional_potential_option", json!(three_at_once)),
    ] {
        let row = cube_with(&[(field, value.clone())]);
        assert_eq!(row, HistoryRow::Unreadable, "{field} {value}");
    }
    // A text that is not known costs its line, and an unknown part the lines.
    let lines = json!([option("데미지 +6%", "에픽"), option("노래 +3%", "레어"), 7]);
    let row = reset_of(cube_with(&[("after_additional_potential_option", lines)]));
    assert_eq!((row.lines[1], row.lines[2]), (None, None));
    let lines = json!([
        option("데미지 +6%", "에픽"),
        option("데미지 +9%", "유니크"),
        option("최대 HP +5", "노멀")
    ]);
    let row = reset_of(cube_with(&[("after_additional_potential_option", lines)]));
    assert_eq!(row.lines[1], None, "no line is above the potential's grade");
    assert!(row.lines[2].is_some_and(|(_, prime)| !prime));
    let row = reset_of(cube_with(&[("item_equipment_part", json!("새 물건"))]));
    assert_eq!(row.part, None);
}

#[test]
fn star_row_is_read_under_the_rules_and_events_of_its_day() {
    let row = star_of(star_with(&[]));
    assert_eq!((row.star, row.outcome), (16, StarOutcome::Kept));
    assert_eq!(row.terms.rules, StarRules::Kms20260319);
    assert!(row.terms.events.fewer_destructions && row.terms.events.certain_stars.is_empty());
    assert!(row.terms.star_catch && row.terms.safeguard.is_empty());
    let row = star_of(star_with(&[
        ("date_create", json!("2025-03-19T23:59:59+09:00")),
        ("before_starforce_count", json!("15")),
        ("item_upgrade_result", json!("성공")),
        ("destroy_defence", json!("파괴 방지 적용")),
        ("superior_item_flag", json!("슈페리얼 장비 해당")),
        ("chance_time", json!("찬스타임 적용")),
        ("starcatch_result", json!("실패/해제")),
    ]));
    assert_eq!(row.terms.rules, StarRules::KmsBefore20250320);
    assert_eq!(row.terms.safeguard, [15]);
    assert_eq!(row.terms.events.certain_stars, [15]);
    assert_eq!(row.terms.kind, ItemKind::Superior);
    assert!(row.chance_time && !row.terms.star_catch);
}

#[test]
fn attempts_with_chances_of_their_own_are_not_guessed_at() {
    for (field, value) in [
        ("upgrade_item", json!("스타포스 17성 강화권")),
        ("protect_shield", json!("프로텍트 실드 적용")),
        ("event_field_flag", json!("파괴 방지 이벤트맵 적용")),
        ("destroy_defence", json!("파괴 방지 알 수 없음")),
        ("item_upgrade_result", json!("대성공")),
        ("before_starforce_count", json!(30)),
        ("starforce_event_list", json!([{"success_rate": "50"}])),
        (
            "starforce_event_list",
            json!([{"destroy_decrease_rate": "70"}]),
        ),
        (
            "starforce_event_list",
            json!([{"starforce_event_range": "모두"}]),
        ),
    ] {
        let row = star_with(&[(field, value.clone())]);
        assert_eq!(row, HistoryRow::Unreadable, "{field} {value}");
    }
}

#[test]
fn soul_row_is_read_by_its_grades() {
    let row = json!({
        "date_create": "2026-09-18T07:02:32+09:00", "item_upgrade_result": "성공",
        "soul_potential_grade": "에픽",
        "before_soul_potential_option": [option("공격력 +3%", "레어")],
    });
    let row = read(HistoryKind::SoulPotential, "soul_potential_history", &row);
    let (from, to) = (Grade::Rare, Grade::Epic);
    assert_eq!(row, HistoryRow::Soul(SoulRow { from, to }));
}

#[test]
fn page_ends_where_its_cursor_does_and_not_where_rows_are_few() {
    let page = |text: &str| read_page(HistoryKind::Cube, text.as_bytes());
    let empty = page(r#"{"count":0,"cube_history":[],"next_cursor":null}"#).unwrap();
    assert_eq!(empty, HistoryPage::default());
    let null = page(r#"{"count":0,"cube_history":null,"next_cursor":""}"#).unwrap();
    assert_eq!(null, HistoryPage::default());
    let more = page(r#"{"count":0,"cube_history":[],"next_cursor":"next"}"#).unwrap();
    assert_eq!(more.next.as_deref(), Some("next"));
    for bad in ["{}", "[]", "<html>", r#"{"count":1,"cube_history":[{"#] {
        assert!(page(bad).is_err(), "{bad}");
    }
}
