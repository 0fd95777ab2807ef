//! Reading of documents, good and bad.

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

#[test]
fn item_is_read_field_by_field() {
    let expected = Item {
        slot: "반지2".to_owned(),
        kind: "반지".to_owned(),
        name: "거대한 공포".to_owned(),
        icon: Some("https://open.api.nexon.com/static/maplestory/item/icon/KEIAAA".to_owned()),
        level: Ok(200),
        potential: Some(PotentialLines {
            grade: Ok(Grade::Legendary),
            lines: [
                Some("INT +12%".to_owned()),
                Some("INT : +9%".to_owned()),
                None,
            ],
        }),
        additional_potential: None,
        stars: Ok(22),
        stars_from_scroll: Ok(false),
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
    for level in [json!(150), json!("150"), json!(150.0)] {
        let ring = ring_with("/item_base_option/base_equipment_level", Some(level));
        assert_eq!(read_ring(&ring).level, Ok(150));
    }
    for stars in [json!(17), json!("17")] {
        let ring = ring_with("/starforce", Some(stars));
        assert_eq!(read_ring(&ring).stars, Ok(17));
    }
}

#[test]
fn icon_and_totals_may_be_missing() {
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

fn unreadable<T>(field: &'static str, found: &str) -> Result<T, UnreadableField> {
    let found = found.to_owned();
    Err(UnreadableField { field, found })
}

#[test]
fn level_that_is_none_is_reported_with_what_stands_there() {
    for (level, found) in [
        (None, "null"),
        (Some(Value::Null), "null"),
        (Some(json!(301)), "301"),
        (Some(json!(-1)), "-1"),
        (Some(json!(1.5)), "1.5"),
        (Some(json!("높음")), "높음"),
        (Some(json!([200])), "a list"),
    ] {
        let ring = read_ring(&ring_with("/item_base_option/base_equipment_level", level));
        assert_eq!(ring.level, unreadable("base_equipment_level", found));
    }
    for base in [None, Some(Value::Null), Some(json!("200")), Some(json!([]))] {
        let ring = read_ring(&ring_with("/item_base_option", base));
        assert_eq!(ring.level, unreadable("base_equipment_level", "null"));
    }
}

#[test]
fn stars_that_are_none_are_reported_with_what_stands_there() {
    for (stars, found) in [
        (None, "null"),
        (Some(Value::Null), "null"),
        (Some(json!("31")), "31"),
        (Some(json!("-1")), "-1"),
        (Some(json!("많음")), "많음"),
        (Some(json!("가".repeat(100_000))), &"가".repeat(40)),
        (Some(json!(true)), "true"),
        (Some(json!({"a": [1, {}]})), "an object"),
    ] {
        let ring = read_ring(&ring_with("/starforce", stars));
        assert_eq!(ring.stars, unreadable("starforce", found));
    }
}

#[test]
fn scroll_flag_of_another_word_is_reported_with_it() {
    for (flag, found) in [(json!("해당없음"), "해당없음"), (json!(1), "1")] {
        let ring = read_ring(&ring_with("/starforce_scroll_flag", Some(flag)));
        let expected = unreadable("starforce_scroll_flag", found);
        assert_eq!(ring.stars_from_scroll, expected);
        assert_eq!((ring.stars, ring.level), (Ok(22), Ok(200)));
    }
}

#[test]
fn totals_that_are_no_whole_numbers_are_cut_off_or_zero() {
    for (amount, read) in [
        (json!("12.9"), 12),
        (json!(12.9), 12),
        (json!("lots"), 0),
        (json!("-3"), 0),
        (json!("NaN"), 0),
        (json!([7]), 0),
        (json!(1e12), u32::MAX),
    ] {
        let ring = read_ring(&ring_with("/item_total_option/str", Some(amount)));
        assert_eq!((ring.totals.str, ring.totals.dex), (read, 159));
    }
}

#[test]
fn option_line_that_is_no_text_is_kept_as_it_would_be_shown() {
    let ring = read_ring(&ring_with("/potential_option_1", Some(json!(12))));
    let lines = ring.potential.unwrap().lines;
    assert_eq!(lines[0].as_deref(), Some("12"));
    assert_eq!(lines[1].as_deref(), Some("INT : +9%"));
}

/// Values of every type of JSON, in and out of the range of any field.
fn odd_values() -> Vec<Option<Value>> {
    let mut values: Vec<_> = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(4),
        json!(u64::MAX),
        json!(1.5),
        json!(1e300),
        json!(""),
        json!("조금"),
        json!("12.5"),
        json!([]),
        json!([null, 1, "가", [], {}]),
        json!({}),
        json!({"str": {"str": []}}),
    ]
    .map(Some)
    .into();
    values.push(None);
    values
}

/// The pointers to every value of a document but its top.
fn pointers(value: &Value, at: &str, into: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, v)| (name.clone(), v)).collect(),
        Value::Array(list) => (list.iter().enumerate())
            .map(|(index, v)| (index.to_string(), v))
            .collect(),
        _ => Vec::new(),
    };
    for (name, child) in children {
        let at = format!("{at}/{name}");
        pointers(child, &at, into);
        into.push(at);
    }
}

#[test]
fn odd_value_anywhere_costs_its_item_at_most() {
    let whole = json!({
        "character_class": "에반",
        "preset_no": 1,
        "item_equipment": [ring(), named("둘")],
        "item_equipment_preset_1": [ring(), named("둘")],
        "item_equipment_preset_2": [named("셋")],
    });
    let mut fields = Vec::new();
    pointers(&whole, "", &mut fields);
    assert!(fields.len() > 60, "{}", fields.len());
    let other = read(&whole).unwrap().presets[0].items[1].clone();
    for (field, value) in fields
        .iter()
        .flat_map(|field| odd_values().into_iter().map(move |value| (field, value)))
    {
        let mut odd = whole.clone();
        let (parent, name) = field.rsplit_once('/').unwrap();
        match (odd.pointer_mut(parent).unwrap(), value.clone()) {
            (Value::Object(fields), Some(value)) => drop(fields.insert(name.to_owned(), value)),
            (Value::Object(fields), None) => drop(fields.remove(name)),
            (list, value) => list[name.parse::<usize>().unwrap()] = value.unwrap_or_default(),
        }
        let read = read(&odd);
        if field == "/item_equipment" && !matches!(value, Some(Value::Null | Value::Array(_))) {
            read.unwrap_err();
            continue;
        }
        let equipment = read.unwrap_or_else(|error| panic!("{field} = {value:?}: {error}"));
        if field.starts_with("/item_equipment_preset_1/0") {
            let first = &equipment.presets[0];
            assert_eq!(first.items.len(), 2, "{field} = {value:?}");
            assert_eq!(first.items[1], other, "{field} = {value:?}");
        }
    }
}

#[test]
fn field_that_stands_there_twice_counts_as_written_last() {
    let ring = ring().to_string();
    let twice = ring.replacen('{', r#"{"starforce":"1","item_icon":null,"#, 1);
    let twice = format!(r#"{{"item_equipment":[{twice},{ring}],"item_equipment":[{twice}]}}"#);
    let equipment = read_equipment(twice.as_bytes()).unwrap();
    assert_eq!(equipment.presets[0].items[0].stars, Ok(22));
    assert_eq!(equipment.presets[0].items.len(), 1);
}

#[test]
fn byte_order_mark_is_skipped() {
    let document = json!({"item_equipment": [ring()]}).to_string();
    let marked = ["\u{FEFF}", &document].concat();
    assert_eq!(
        read_equipment(marked.as_bytes()).unwrap(),
        read_equipment(document.as_bytes()).unwrap()
    );
}

#[test]
fn scroll_flag_says_where_stars_come_from() {
    for (flag, from_scroll) in [
        (Some(json!("사용")), true),
        (Some(json!("미사용")), false),
        (Some(Value::Null), false),
        (None, false),
    ] {
        let item = read_ring(&ring_with("/starforce_scroll_flag", flag));
        assert_eq!(item.stars_from_scroll, Ok(from_scroll));
    }
}

#[test]
fn grade_that_is_none_is_reported_with_its_text() {
    let grade = |value| {
        let ring = ring_with("/potential_option_grade", value);
        read_ring(&ring).potential.unwrap().grade
    };
    assert_eq!(grade(Some(json!("에픽"))), Ok(Grade::Epic));
    assert_eq!(grade(Some(json!("신화"))), Err("신화".to_owned()));
    assert_eq!(grade(None), Err(String::new()));
}

#[test]
fn presets_are_taken_unchanged_and_empty_ones_left_out() {
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
fn worn_gear_stands_in_for_an_active_preset_that_is_empty() {
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
fn preset_number_that_is_none_is_that_of_the_preset_that_is_worn() {
    for number in [json!(0), json!(4), json!(1.5), json!("둘"), json!(null)] {
        let worn = |worn: &str| {
            let equipment = read(&json!({
                "preset_no": number,
                "item_equipment": [named(worn)],
                "item_equipment_preset_1": [named("하나")],
                "item_equipment_preset_2": [named("둘")],
            }));
            let presets = equipment.unwrap().presets;
            presets.iter().find(|preset| preset.active).unwrap().number
        };
        assert_eq!((worn("하나"), worn("둘"), worn("다른 것")), (1, 2, 1));
    }
}

#[test]
fn other_document_is_not_taken_for_an_empty_one() {
    let complaint = |bytes: &[u8]| read_equipment(bytes).unwrap_err().to_string();
    assert_eq!(
        complaint(br#"{"error":{"name":"OPENAPI00001"}}"#),
        "at the top of the document: missing field `item_equipment`"
    );
    for top in ["[]", "null", "7", r#""item_equipment""#] {
        assert!(read_equipment(top.as_bytes()).is_err(), "{top}");
    }
    assert_eq!(
        complaint(br#"{"item_equipment":{}}"#),
        "at item_equipment: invalid type: map, expected a sequence"
    );
}

#[test]
fn cut_document_is_named_by_its_byte() {
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
