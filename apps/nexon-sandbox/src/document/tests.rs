//! Tests of the documents against real ones.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use cube_probability::{Grade, Method, OptionLine, Rules};
use serde_json::Value;

use super::*;
use crate::game::{Item, Potential};

const SAMPLE: &str = "shared/samples/item-equipment.evan.json";

fn character(name: &str) -> Character {
    Character::named(&name.parse().unwrap()).unwrap()
}

fn people() -> impl Iterator<Item = Character> {
    (0..60).map(|number| character(&format!("단풍{number}")))
}

#[test]
fn documents_have_the_size_of_real_ones() {
    for character in people() {
        let document: Value = serde_json::from_slice(&item_equipment(&character)).unwrap();
        let pretty = serde_json::to_string_pretty(&document).unwrap().len();
        assert!(
            (300_000..400_000).contains(&pretty),
            "{}: {pretty} bytes",
            character.name
        );
    }
}

#[test]
fn documents_parse_and_show_the_generated_gear() {
    for character in people() {
        let equipment = nexon_http::read_equipment(&item_equipment(&character)).unwrap();
        assert_eq!(equipment.class.as_deref(), Some(character.class.name));
        let active: Vec<_> = equipment
            .presets
            .iter()
            .map(|preset| (preset.number, preset.active))
            .collect();
        let expected = [1, 2, 3].map(|number| (number, number == character.preset));
        assert_eq!(active, expected);
        for preset in &equipment.presets {
            assert!((23..=24).contains(&preset.items.len()));
            let slots: BTreeSet<_> = preset.items.iter().map(|item| &item.slot).collect();
            assert_eq!(slots.len(), preset.items.len());
        }
    }
}

#[test]
fn documents_of_a_name_are_always_the_same() {
    let all = |name| {
        let character = character(name);
        [
            id(&character),
            basic(&character),
            item_equipment(&character),
        ]
    };
    assert_eq!(all("아델"), all("아델"));
    assert_ne!(all("아델")[2], all("에반")[2]);
}

#[test]
fn potential_lines_are_in_the_pool_of_their_item() {
    let mut lines = 0;
    for character in people() {
        let wardrobe = character.wardrobe();
        for item in (1..=3).flat_map(|preset| wardrobe.preset(preset)) {
            for (method, potential) in [
                (Method::MesoPotential, item.potential),
                (Method::MesoAdditional, item.additional_potential),
            ] {
                let Some(potential) = potential else { continue };
                assert_drawable(method, item, potential);
                lines += 3;
            }
        }
    }
    assert!(lines > 10_000, "{lines} lines");
}

fn assert_drawable(method: Method, item: &Item, potential: Potential) {
    let part = item.piece.part.unwrap();
    let tables = Rules::current()
        .line_tables(method, part, item.piece.level, potential.grade)
        .unwrap();
    for (line, drawn) in potential.lines.into_iter().enumerate() {
        let found = tables
            .options()
            .iter()
            .any(|option| option.line == drawn && option.weights[line] > 0);
        assert!(
            found,
            "{part} {} {}: {drawn}",
            item.piece.level, potential.grade
        );
        assert_eq!(drawn.to_string().parse(), Ok::<OptionLine, _>(drawn));
    }
}

#[test]
fn gear_is_of_every_grade_and_stars_keep_to_the_level() {
    let mut grades = BTreeSet::new();
    for character in people() {
        let wardrobe = character.wardrobe();
        for item in (1..=3).flat_map(|preset| wardrobe.preset(preset)) {
            grades.extend(item.potential.map(|potential| potential.grade));
            let most = match item.piece.level {
                0..=94 => 5,
                95..=107 => 8,
                108..=117 => 10,
                118..=127 => 15,
                128..=137 => 20,
                _ => 30,
            };
            assert!(item.stars <= most, "{}: {} stars", item.name, item.stars);
        }
    }
    assert!(grades.iter().eq(Grade::ALL));
}

/// Every field of a real document, at its place, and no other.
#[test]
fn documents_have_the_fields_of_a_real_one() {
    let Some(real) = real_document() else {
        eprintln!("SKIPPED: {SAMPLE} is in no folder above this crate");
        return;
    };
    let evan = (0..1_000)
        .map(|number| character(&format!("용{number}")))
        .find(|character| character.class.name == "에반")
        .unwrap();
    let ours: Value = serde_json::from_slice(&item_equipment(&evan)).unwrap();
    let [ours, real] = [kinds(&ours), kinds(&real)];
    let paths = |kinds: &Kinds| kinds.keys().cloned().collect::<BTreeSet<_>>();
    let differing: Vec<_> = paths(&ours)
        .symmetric_difference(&paths(&real))
        .cloned()
        .collect();
    assert_eq!(differing, Vec::<String>::new());
    for (path, kinds) in &ours {
        let real = &real[path];
        let alike = kinds == real || kinds.is_empty() || real.is_empty();
        assert!(alike, "{path}: {kinds:?} instead of {real:?}");
    }
}

/// Kinds of value at each path of a document, nulls not counted.
type Kinds = BTreeMap<String, BTreeSet<&'static str>>;

fn kinds(document: &Value) -> Kinds {
    let mut kinds = Kinds::new();
    collect(document, String::new(), &mut kinds);
    kinds
}

fn collect(value: &Value, path: String, kinds: &mut Kinds) {
    if let Value::Object(fields) = value {
        for (name, value) in fields {
            collect(value, format!("{path}/{name}"), kinds);
        }
    }
    if let Value::Array(items) = value {
        for item in items {
            collect(item, format!("{path}[]"), kinds);
        }
    }
    let kind = match value {
        Value::Null => None,
        Value::Bool(_) => Some("bool"),
        Value::Number(_) => Some("number"),
        Value::String(_) => Some("text"),
        Value::Array(_) => Some("list"),
        Value::Object(_) => Some("object"),
    };
    kinds.entry(path).or_default().extend(kind);
}

fn real_document() -> Option<Value> {
    let bytes = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .find_map(|folder| fs::read(folder.join(SAMPLE)).ok())?;
    serde_json::from_slice(&bytes).ok()
}
