//! Schemas of the words that other crates define.

use cube_probability::flame::Flame;
use cube_probability::{Grade, Method, Part};
use utoipa::openapi::schema::{ArrayBuilder, Object, ObjectBuilder, SchemaType, Type};

/// Schema of a grade word.
pub fn grade() -> Object {
    words(
        Type::String.into(),
        Grade::ALL.iter().map(|grade| grade.id()),
    )
}

/// Schema of an optional grade word.
pub fn optional_grade() -> Object {
    words(optional(), Grade::ALL.iter().map(|grade| grade.id()))
}

/// Schema of a part word.
pub fn part() -> Object {
    words(Type::String.into(), Part::ALL.iter().map(|part| part.id()))
}

/// Schema of an optional part word.
pub fn optional_part() -> Object {
    words(optional(), Part::ALL.iter().map(|part| part.id()))
}

/// Schema of a method word.
pub fn method() -> Object {
    words(
        Type::String.into(),
        Method::ALL.iter().map(|method| method.id()),
    )
}

/// Status of a price.
pub fn status() -> Object {
    const STATUSES: [&str; 7] = [
        "priced",
        "reached",
        "nothing_valued",
        "not_applicable",
        "unknown_option",
        "unreachable",
        "not_priced",
    ];
    words(Type::String.into(), STATUSES.into_iter())
}

/// Schema of the meanings of "this gear again".
pub fn meaning() -> Object {
    let meanings = MEANINGS.into_iter().chain(["target"]);
    words(Type::String.into(), meanings)
}

/// Schema of an optional meaning.
pub fn optional_meaning() -> Object {
    words(optional(), MEANINGS.into_iter())
}

const MEANINGS: [&str; 2] = ["same_lines", "as_strong"];

fn optional() -> SchemaType {
    SchemaType::from_iter([Type::String, Type::Null])
}

fn words(schema_type: SchemaType, words: impl Iterator<Item = &'static str>) -> Object {
    let mut words: Vec<Option<&str>> = words.map(Some).collect();
    if schema_type != SchemaType::from(Type::String) {
        words.push(None);
    }
    ObjectBuilder::new()
        .schema_type(schema_type)
        .enum_values(Some(words))
        .build()
}

/// Schema of a stat sheet.
pub fn stat_sheet() -> Object {
    const NUMBERS: [&str; 18] = [
        "main_final",
        "main_base",
        "main_pct",
        "main_flat_unscaled",
        "sub_final",
        "sub_base",
        "sub_pct",
        "sub_flat_unscaled",
        "attack_final",
        "attack_base",
        "attack_pct",
        "damage_pct",
        "boss_damage_pct",
        "final_damage_pct",
        "critical_rate_pct",
        "critical_damage_pct",
        "ied_pct",
        "weapon_factor",
    ];
    const OPTIONAL: [&str; 4] = ["sub_base", "sub_pct", "sub_flat_unscaled", "weapon_factor"];
    let attributes = || ArrayBuilder::new().items(Object::with_type(Type::String));
    let mut sheet = ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some(
            "The stats that boss damage is computed from; percentages in per cent.",
        ))
        .property("main", attributes())
        .property("sub", attributes())
        .property("attributes", Object::with_type(Type::Object))
        .required("main")
        .required("sub");
    for name in NUMBERS {
        sheet = sheet.property(name, Object::with_type(Type::Number));
        if !OPTIONAL.contains(&name) {
            sheet = sheet.required(name);
        }
    }
    sheet.examples([stat_sheet_example()]).build()
}

fn stat_sheet_example() -> serde_json::Value {
    serde_json::json!({
        "main": ["int"], "sub": ["luk"], "main_final": 62000, "main_base": 5200, "main_pct": 530,
        "main_flat_unscaled": 18000, "sub_final": 9000, "attack_final": 7800,
        "attack_base": 4100, "attack_pct": 88, "damage_pct": 80, "boss_damage_pct": 420,
        "final_damage_pct": 55, "critical_rate_pct": 100, "critical_damage_pct": 98,
        "ied_pct": 95.3, "weapon_factor": 1.2
    })
}

/// Schema of the word for a flame.
pub fn flame() -> Object {
    words(
        Type::String.into(),
        Flame::ALL.iter().map(|flame| flame.id()),
    )
}
