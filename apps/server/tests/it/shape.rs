//! The shape of an answer: its members and their types, without the values.

use serde_json::{Map, Value, json};

/// Every value replaced by the name of its type; an array by the union of its elements' shapes.
pub(crate) fn shape(value: &Value) -> Value {
    match value {
        Value::Null => json!("null"),
        Value::Bool(_) => json!("boolean"),
        Value::Number(number) if number.is_f64() => json!("decimal"),
        Value::Number(_) => json!("integer"),
        Value::String(_) => json!("string"),
        Value::Array(elements) => {
            let shapes = elements.iter().map(shape);
            json!(shapes.reduce(union).into_iter().collect::<Vec<_>>())
        }
        Value::Object(members) => {
            let shapes = members
                .iter()
                .map(|(name, value)| (name.clone(), shape(value)));
            Value::Object(shapes.collect())
        }
    }
}

fn union(one: Value, other: Value) -> Value {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => Value::Object(union_of_members(one, other)),
        (Value::Array(mut one), Value::Array(mut other)) => match (one.pop(), other.pop()) {
            (Some(one), Some(other)) => json!([union(one, other)]),
            (one, other) => json!(one.or(other).into_iter().collect::<Vec<_>>()),
        },
        (one, other) if one == other => one,
        (Value::String(one), Value::String(other)) => {
            let mut types: Vec<&str> = one.split('|').chain(other.split('|')).collect();
            types.sort_unstable();
            types.dedup();
            json!(types.join("|"))
        }
        (one, other) => json!({ "either": one, "or": other }),
    }
}

fn union_of_members(mut one: Map<String, Value>, other: Map<String, Value>) -> Map<String, Value> {
    for (name, value) in other {
        let united = match one.remove(&name) {
            Some(known) => union(known, value),
            None => value,
        };
        one.insert(name, united);
    }
    one
}
