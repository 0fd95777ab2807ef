//! What the reader makes of documents good and bad.

use serde_json::{Value, json};

use super::*;

fn ring() -> Value {
    json!({
        "item_equipment_part": "반지",
        "item_equipment_slot": "반지2",
        "item_name": "거대한 공포",
        "item_icon": "https://open.api.nexon.com/static/maplestory/item/icon/KEIAAA",
        "item_total_option": {"str": "157", "dex": 159, "int": "-3", "max_hp": null, "attack_power": "115", "boss_damage": "x"},
        "item_base_option": {"str": "5", "base_equipment_level": 200},
        "potential_option_grade": "레전드리",
        "additional_potential_option_grade": null,
        "potential_option_1": "INT +12%",
        "potential_option_2": "INT : +9%",
        "potential_option_3": null,
        "starforce": "22",
        "starforce_scroll_flag": "미사용"
    })
}

/// A ring after a change to the field at `pointer`; `None` takes the field away.
fn ring_with(pointer: &str, value: Option<Value>) -> Value {
    let mut ring = ring();
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    let fields = ring.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value {
        Some(value) => fields.insert(field.to_owned(), value),
        None => fields.remove(field),
    };
    ring
}

fn named(name: &str) -> Value {
    ring_with("/item_name", Some(json!(name)))
}

fn read(document: &Value) -> Result<Equipment, InvalidDocument> {
    read_equipment(document.to_string().as_bytes())
}

fn read_ring(ring: &Value) -> Item {
    let equipment = read(&json!({"item_equipment": [ring]})).unwrap();
    equipment.presets[0].items[0].clone()
}

fn complaint(ring: &Value) -> String {
    let document = json!({"preset_no": 2, "item_equipment": null, "item_equipment_preset_2": [self::ring(), ring]});
    read(&document).unwrap_err().to_string()
}

#[test]
fn an_item_is_read_field_by_field() {
    let expected = Item {
        slot: "반지2".to_owned(),
        kind: "반지".to_owned(),
        name: "거대한 공포".to_owned(),
        icon: Some("https://open.api.nexon.com/static/maplestory/item/icon/KEIAAA".to_owned()),
        level: 200,
        potential: Some(PotentialLines {
            grade: Ok(Grade::Legendary),
            lines: [
                Some("INT +12%".to_owned()),
                Some("INT : +9%".to_owned()),
                None,
            ],
        }),
        additional_potential: None,
        stars: 22,
        stars_from_scroll: false,
        totals: StatTotals {
            str: 157,
            dex: 159,
            attack: 115,
            ..StatTotals::default()
        },
    };
    assert_eq!(read_ring(&ring()), expected);
}

#[test]
fn numbers_are_read_from_texts_and_from_numbers() {
    for level in [json!(150), json!("150")] {
        let ring = ring_with("/item_base_option/base_equipment_level", Some(level));
        assert_eq!(read_ring(&ring).level, 150);
    }
    for stars in [json!(17), json!("17")] {
        assert_eq!(read_ring(&ring_with("/starforce", Some(stars))).stars, 17);
    }
}

#[test]
fn what_is_only_shown_or_guessed_from_may_be_missing() {
    for absent in [None, Some(Value::Null)] {
        assert_eq!(
            read_ring(&ring_with("/item_icon", absent.clone())).icon,
            None
        );
        assert_eq!(
            read_ring(&ring_with("/item_total_option", absent)).totals,
            StatTotals::default()
        );
    }
    assert_eq!(
        read_ring(&ring_with("/item_icon", Some(json!("")))).icon,
        None
    );
}

#[test]
fn what_prices_go_by_must_be_there_and_make_sense() {
    for (pointer, value, expected) in [
        (
            "/item_name",
            None,
            "at item_equipment_preset_2[1]: missing field `item_name`",
        ),
        (
            "/item_base_option",
            None,
            "at item_equipment_preset_2[1]: missing field `item_base_option`",
        ),
        (
            "/item_base_option/base_equipment_level",
            None,
            "at item_equipment_preset_2[1].item_base_option: missing field `base_equipment_level`",
        ),
        (
            "/item_base_option/base_equipment_level",
            Some(json!(null)),
            "at item_equipment_preset_2[1].item_base_option.base_equipment_level: invalid type: null, expected a whole number from 0 to 300",
        ),
        (
            "/item_base_option/base_equipment_level",
            Some(json!(301)),
            "at item_equipment_preset_2[1].item_base_option.base_equipment_level: invalid value: integer `301`, expected a whole number from 0 to 300",
        ),
        (
            "/item_base_option/base_equipment_level",
            Some(json!(1.5)),
            "at item_equipment_preset_2[1].item_base_option.base_equipment_level: invalid type: floating point `1.5`, expected a whole number from 0 to 300",
        ),
        (
            "/starforce",
            None,
            "at item_equipment_preset_2[1]: missing field `starforce`",
        ),
        (
            "/starforce",
            Some(json!("31")),
            "at item_equipment_preset_2[1].starforce: invalid value: integer `31`, expected a whole number from 0 to 30",
        ),
        (
            "/starforce",
            Some(json!("-1")),
            "at item_equipment_preset_2[1].starforce: invalid value: string \"-1\", expected a whole number from 0 to 30",
        ),
        (
            "/starforce",
            Some(json!("many")),
            "at item_equipment_preset_2[1].starforce: invalid value: string \"many\", expected a whole number from 0 to 30",
        ),
        (
            "/starforce_scroll_flag",
            Some(json!("조금")),
            "at item_equipment_preset_2[1].starforce_scroll_flag: unknown variant `조금`, expected `사용` or `미사용`",
        ),
        (
            "/item_total_option/str",
            Some(json!("lots")),
            "at item_equipment_preset_2[1].item_total_option.str: invalid value: string \"lots\", expected a whole number",
        ),
        (
            "/potential_option_1",
            Some(json!(12)),
            "at item_equipment_preset_2[1].potential_option_1: invalid type: integer `12`, expected a string",
        ),
    ] {
        assert_eq!(complaint(&ring_with(pointer, value)), expected);
    }
}

#[test]
fn the_scroll_flag_tells_where_stars_come_from() {
    for (flag, from_scroll) in [
        (Some(json!("사용")), true),
        (Some(json!("미사용")), false),
        (Some(Value::Null), false),
        (None, false),
    ] {
        let item = read_ring(&ring_with("/starforce_scroll_flag", flag));
        assert_eq!(item.stars_from_scroll, from_scroll);
    }
}

#[test]
fn a_grade_that_is_none_is_reported_with_its_text() {
    let grade = |value| {
        let ring = ring_with("/potential_option_grade", value);
        read_ring(&ring).potential.unwrap().grade
    };
    assert_eq!(grade(Some(json!("에픽"))), Ok(Grade::Epic));
    assert_eq!(grade(Some(json!("신화"))), Err("신화".to_owned()));
    assert_eq!(grade(None), Err(String::new()));
}

#[test]
fn presets_are_taken_as_they_are_and_empty_ones_left_out() {
    let equipment = read(&json!({
        "item_equipment_preset_3": [named("셋")],
        "item_equipment_preset_2": [],
        "item_equipment_preset_1": [named("하나"), named("둘")],
        "item_equipment": [named("다른 것")],
        "preset_no": 3,
        "character_class": "에반",
    }))
    .unwrap();
    assert_eq!(equipment.class.as_deref(), Some("에반"));
    let shape: Vec<_> = equipment
        .presets
        .iter()
        .map(|preset| {
            (
                preset.number,
                preset.active,
                preset.items[0].name.as_str(),
                preset.items.len(),
            )
        })
        .collect();
    assert_eq!(shape, [(1, false, "하나", 2), (3, true, "셋", 1)]);
}

#[test]
fn what_is_worn_stands_in_for_an_active_preset_that_is_not_told() {
    for (document, expected) in [
        (
            json!({"preset_no": null, "item_equipment": [ring()], "item_equipment_preset_1": null}),
            vec![(1, true)],
        ),
        (
            json!({"preset_no": 2, "item_equipment": [ring()], "item_equipment_preset_2": []}),
            vec![(2, true)],
        ),
        (
            json!({"preset_no": "2", "item_equipment": [ring()], "item_equipment_preset_1": [ring()]}),
            vec![(1, false), (2, true)],
        ),
        (json!({"item_equipment": [ring()]}), vec![(1, true)]),
        (
            json!({"preset_no": 1, "item_equipment": [], "item_equipment_preset_1": []}),
            vec![],
        ),
        (json!({"preset_no": 3, "item_equipment": null}), vec![]),
    ] {
        let presets: Vec<_> = read(&document)
            .unwrap()
            .presets
            .iter()
            .map(|preset| (preset.number, preset.active))
            .collect();
        assert_eq!(presets, expected, "{document}");
    }
}

#[test]
fn another_document_is_not_taken_for_an_empty_one() {
    let complaint = |bytes: &[u8]| read_equipment(bytes).unwrap_err().to_string();
    assert_eq!(
        complaint(br#"{"error":{"name":"OPENAPI00001"}}"#),
        "at the top of the document: missing field `item_equipment`"
    );
    assert_eq!(
        complaint(br#"{"item_equipment":[],"preset_no":4}"#),
        "at preset_no: invalid value: integer `4`, expected a whole number from 1 to 3"
    );
    assert_eq!(
        complaint(br#"{"item_equipment":{}}"#),
        "at item_equipment: invalid type: map, expected a sequence"
    );
}

#[test]
fn a_cut_document_names_the_byte_wherever_it_is_cut() {
    let whole = json!({"item_equipment": [ring()], "preset_no": 1}).to_string();
    for end in 0..whole.len() {
        let error = read_equipment(&whole.as_bytes()[..end]).unwrap_err();
        assert!(error.path.starts_with("byte "), "cut at {end}: {error}");
    }
    read_equipment(whole.as_bytes()).unwrap();
}

#[test]
fn escaped_texts_are_read() {
    let document = json!({"item_equipment": [ring()]}).to_string();
    let escaped = document.replace("거대한 공포", r#"거대한\t\"\uacf5포\""#);
    let equipment = read_equipment(escaped.as_bytes()).unwrap();
    assert_eq!(equipment.presets[0].items[0].name, "거대한\t\"공포\"");
}
