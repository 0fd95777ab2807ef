//! Schemas of the words that other crates define.

use cube_probability::{Grade, Method, Part};
use utoipa::openapi::schema::{Object, ObjectBuilder, SchemaType, Type};

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

/// What came of pricing something.
pub fn status() -> Object {
    const STATUSES: [&str; 6] = [
        "priced",
        "met_by_anything",
        "not_applicable",
        "unknown_option",
        "unreachable",
        "not_priced",
    ];
    words(Type::String.into(), STATUSES.into_iter())
}

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
