//! Limits of requests that the derived schemas do not hold: what the service refuses, the document
//! excludes.

use crate::calculations::{MAX_QUANTILES, MAX_STARS, MAX_WEIGHTS};
use crate::expectation::MAX_SLOTS;
use cube_probability::flame::FlameStat;
use cube_probability::star_force::{ItemKind, Mvp, Query, Rules as StarRules};
use cube_probability::{Layer, MAX_CUBE_PRICE, Method, Rules, Stat};
use planning::{Attribute, Template};
use serde_json::{Map, Value, json};

/// Largest amount of meso in a request.
const MAX_MESO: i64 = i64::MAX - 1;

/// Schemas of requests that take goals, by the field of the goal.
const GOALS: [(&str, &str); 5] = [
    ("PotentialRequest", "goal"),
    ("CompareRequest", "goal"),
    ("SimulationRequest", "goal"),
    ("Target", "potential"),
    ("Target", "additional_potential"),
];

/// Schemas of requests in which exactly one of two fields is given.
const ALTERNATIVES: [(&str, [&str; 2]); 4] = [
    ("PotentialRequest", ["goal", "strength"]),
    ("PlanItem", ["potential", "star_force"]),
    ("CompletionRequest", ["template", "targets"]),
    ("UpgradesRequest", ["budget_meso", "target_gain"]),
];

/// Adds the limits to the schemas of a document.
pub(super) fn limit(document: &mut Value) {
    let schemas = document["components"]["schemas"].as_object_mut();
    let schemas = schemas.expect("a document has schemas");
    for (name, schema) in schemas.iter_mut() {
        let is_request = schema.get("additionalProperties") == Some(&false.into());
        if let Some(properties) = properties(schema).filter(|_| is_request) {
            for (field, property) in properties {
                if let Some(limits) = limits(name, field) {
                    merge(property, limits);
                }
            }
        }
    }
    for (name, field) in GOALS {
        if let Some(schema) = schemas.get_mut(name) {
            merge(&mut schema["properties"][field], json!({"minLength": 1}));
        }
    }
    for (name, fields) in ALTERNATIVES {
        if let Some(schema) = schemas.get_mut(name) {
            schema["oneOf"] = one_of(fields);
        }
    }
    choices(schemas);
}

fn properties(schema: &mut Value) -> Option<&mut Map<String, Value>> {
    schema.get_mut("properties")?.as_object_mut()
}

/// Adds the limits to the parameters of a document.
pub(super) fn limit_parameters(document: &mut Value) {
    let paths = document["paths"].as_object_mut();
    let operations = paths.expect("a document has paths").values_mut();
    let operations = operations.filter_map(Value::as_object_mut);
    for operation in operations.flat_map(Map::values_mut) {
        let parameters = operation.get_mut("parameters");
        let parameters = parameters.and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap_or_default();
            if let Some(limits) = parameter_limits(name) {
                merge(&mut parameter["schema"], limits);
            }
        }
    }
}

/// Limits of a parameter of a path, a query or a head.
fn parameter_limits(name: &str) -> Option<Value> {
    Some(match name {
        "name" => json!({"pattern": "^[0-9A-Za-z\u{ac00}-\u{d7a3}]{1,12}$"}),
        "id" | "cursor" => json!({"pattern": "^[0-9a-f]{32}$"}),
        "rules" => json!({"enum": ids(Rules::all().iter().map(|rules| rules.name))}),
        "template" => json!({"enum": ids(Template::all().iter().map(|one| one.name))}),
        "safeguard" => json!({"pattern": "^(none|cheapest|[0-9]{1,2}(,[0-9]{1,2}){0,29})$"}),
        "certain_stars" => json!({"pattern": "^[0-9]{1,2}(,[0-9]{1,2}){0,29}$"}),
        "goal" => json!({"minLength": 1}),
        "lang" => json!({"enum": ["ko", "en"]}),
        "failures" => json!({"maximum": u32::MAX}),
        "Idempotency-Key" => json!({"pattern": "^\"?[!#-~]{1,126}\"?$"}),
        _ => return None,
    })
}

/// Limits of a field of a request.
fn limits(schema: &str, field: &str) -> Option<Value> {
    let meso = json!({"minimum": 0, "maximum": MAX_MESO});
    Some(match (schema, field) {
        (_, "quantiles") => json!({
            "maxItems": MAX_QUANTILES,
            "items": {"exclusiveMinimum": 0, "exclusiveMaximum": 1},
        }),
        (_, "budget_meso") => meso,
        (_, "prices") => json!({
            "propertyNames": {"enum": ids(Method::ALL.iter().map(|word| word.id()))},
            "additionalProperties": {"minimum": 0, "maximum": MAX_CUBE_PRICE},
        }),
        ("StarForceRequest", "spare_item_meso")
        | ("Restore", "fee_meso")
        | ("SpareItemOptions", "default") => json!({"maximum": Query::MAX_MESO}),
        (_, "by_level") => json!({
            "propertyNames": {"pattern": "^[0-9]{1,3}$"},
            "additionalProperties": {"minimum": 0, "maximum": Query::MAX_MESO},
        }),
        ("SpareItemOptions", "by_slot") => json!({
            "maxProperties": MAX_SLOTS,
            "additionalProperties": {"minimum": 0, "maximum": Query::MAX_MESO},
        }),
        ("Targets", "by_slot") | (_, "starts") => json!({"maxProperties": MAX_SLOTS}),
        (_, "certain_stars") => json!({
            "maxItems": MAX_STARS,
            "items": {"minimum": 0, "maximum": MAX_STARS},
        }),
        ("StarForceRequest", "rules") => words(StarRules::ALL.iter().map(|word| word.id())),
        (_, "rules") => words(Rules::all().iter().map(|rules| rules.name)),
        (_, "kind") if schema == "StarForceRequest" => {
            words(ItemKind::ALL.iter().map(|word| word.id()))
        }
        ("Membership", "mvp") => words(Mvp::ALL.iter().map(|word| word.id())),
        ("CompareRequest", "layer") => words(Layer::ALL.iter().map(|word| word.id())),
        ("CompletionRequest", "template") => words(Template::all().iter().map(|one| one.name)),
        ("StoppingRequest", "weights") => weights(Stat::ALL.iter().map(|word| word.id())),
        ("FlameRequest", "weights") => weights(FlameStat::ALL.iter().map(|word| word.id())),
        ("FlameRequest", "price_meso") => json!({"maximum": MAX_CUBE_PRICE}),
        ("StoppingRequest", "value_meso_per_unit") => json!({"maximum": 1_000_000_000_000_000_u64}),
        ("SimulationRequest", "seed") => json!({"maximum": MAX_MESO}),
        (_, "failures" | "additional_failures") => json!({"maximum": u32::MAX}),
        ("UpgradesRequest", "methods") => json!({
            "minItems": 1,
            "maxItems": Method::ALL.len(),
            "items": {"enum": ids(Method::ALL.iter().map(|word| word.id()))},
        }),
        ("UpgradesRequest", "exclude_slots") => json!({"maxItems": MAX_SLOTS}),
        ("UpgradesRequest", "gear") => json!({"minItems": 1}),
        ("CreateDonation" | "Grant", "to") => json!({"pattern": "^[0-9a-f]{32}$"}),
        ("LuckRequest", "kinds") => json!({
            "items": {"type": "string", "enum": ["cube", "potential", "starforce", "soul_potential"]},
        }),
        ("CreateDonation", "message") | ("Grant", "by" | "reason") => json!({"pattern": "\\S"}),
        ("Dispose", "ids") => json!({"items": {"pattern": "^[0-9a-f]{32}$"}}),
        ("LogIn", "nexon_api_key") => json!({"minLength": 1, "pattern": "^[\\x21-\\x7e]+$"}),
        _ => return None,
    })
}

fn ids<'w>(words: impl Iterator<Item = &'w str>) -> Vec<&'w str> {
    words.collect()
}

/// Words of an optional field.
fn words<'w>(words: impl Iterator<Item = &'w str>) -> Value {
    let words: Vec<_> = words.map(Value::from).chain([Value::Null]).collect();
    json!({"enum": words})
}

fn weights<'w>(words: impl Iterator<Item = &'w str>) -> Value {
    json!({
        "minProperties": 1,
        "maxProperties": MAX_WEIGHTS,
        "propertyNames": {"enum": ids(words)},
        "additionalProperties": {"minimum": 0, "maximum": 1_000_000},
    })
}

/// Exactly one of these fields, and null for the other.
fn one_of([one, other]: [&str; 2]) -> Value {
    let alternative = |given: &str, left_out: &str| {
        json!({
            "title": given,
            "required": [given],
            "properties": {
                given: {"not": {"type": "null"}},
                left_out: {"type": "null"},
            },
        })
    };
    json!([alternative(one, other), alternative(other, one)])
}

/// Schemas that are a choice between others.
fn choices(schemas: &mut Map<String, Value>) {
    let star = json!({"type": "integer", "minimum": 0, "maximum": MAX_STARS});
    if let Some(safeguard) = schemas.get_mut("SafeguardChoice") {
        safeguard["oneOf"] = json!([
            {"type": "array", "description": "These stars.", "items": star,
             "maxItems": MAX_STARS},
            {"type": "string", "enum": ["cheapest"]},
        ]);
    }
    if let Some(target) = schemas.get_mut("RestoreTarget") {
        target["oneOf"] = json!([
            {"type": "integer", "enum": [12]},
            {"type": "string", "enum": ["same_star", "12"]},
        ]);
    }
    if let Some(restore) = schemas.get("Restore").cloned() {
        let mut custom = restore.clone();
        custom["description"] = "A restore with terms of one's own.".into();
        custom["properties"]["mode"] = json!({"type": "string", "enum": ["custom"]});
        custom["required"] = json!(["mode", "to"]);
        custom["properties"]["to"] = json!({"$ref": "#/components/schemas/RestoreTarget"});
        let plain = json!({
            "type": "object",
            "description": "A restore of the game.",
            "additionalProperties": false,
            "required": ["mode"],
            "properties": {
                "mode": {"type": "string", "enum": ["basic", "full", "cheapest"]},
                "to": {"type": "null"}, "copies": {"type": "null"}, "fee_meso": {"type": "null"},
            },
        });
        let choice = discriminated(
            &restore["description"],
            "mode",
            &[
                ("basic", "GameRestore"),
                ("full", "GameRestore"),
                ("cheapest", "GameRestore"),
                ("custom", "CustomRestore"),
            ],
        );
        schemas.insert("CustomRestore".to_owned(), custom);
        schemas.insert("GameRestore".to_owned(), plain);
        schemas.insert("Restore".to_owned(), choice);
    }
    if let Some(line) = schemas.get("ExpectationLine").cloned() {
        let names = ["ItemLine", "SummaryLine", "ErrorLine"];
        let alternatives = line["oneOf"].as_array().expect("a line is a choice");
        for (name, alternative) in names.iter().zip(alternatives) {
            schemas.insert((*name).to_owned(), alternative.clone());
        }
        let kinds = ["item", "summary", "error"];
        let mapping: Vec<_> = kinds.into_iter().zip(names).collect();
        let choice = discriminated(&line["description"], "kind", &mapping);
        schemas.insert("ExpectationLine".to_owned(), choice);
    }
    stat_sheet(schemas);
}

/// Choice between schemas by a word in a property.
fn discriminated(description: &Value, property: &str, mapping: &[(&str, &str)]) -> Value {
    let reference = |name: &str| format!("#/components/schemas/{name}");
    let mut names: Vec<_> = mapping.iter().map(|(_, name)| *name).collect();
    names.dedup();
    let references: Vec<_> = names
        .into_iter()
        .map(|name| json!({"$ref": reference(name)}))
        .collect();
    let mapping: Map<_, _> = mapping
        .iter()
        .map(|(word, name)| ((*word).to_owned(), reference(name).into()))
        .collect();
    json!({
        "description": description,
        "oneOf": references,
        "discriminator": {"propertyName": property, "mapping": mapping},
    })
}

/// One schema of stat sheets, which every request refers to.
fn stat_sheet(schemas: &mut Map<String, Value>) {
    let mut sheet = serde_json::to_value(crate::responses::schema::stat_sheet())
        .expect("a schema is plain data");
    let attribute =
        json!({"type": "string", "enum": ids(Attribute::ALL.iter().map(|one| one.id()))});
    for (field, fewest, most) in [("main", 1, 3), ("sub", 0, 2)] {
        let limits = json!({
            "items": attribute, "minItems": fewest, "maxItems": most, "uniqueItems": true,
        });
        merge(&mut sheet["properties"][field], limits);
    }
    let number = json!({"type": "number"});
    let parts = json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["final", "base", "pct", "flat_unscaled"],
        "properties": {"final": number, "base": number, "pct": number, "flat_unscaled": number},
    });
    sheet["properties"]["attributes"] = json!({
        "type": "object",
        "description": "The parts of each attribute where `main` or `sub` are several.",
        "propertyNames": attribute,
        "additionalProperties": parts,
    });
    for field in ["sub_base", "sub_pct", "weapon_factor"] {
        sheet["properties"][field]["type"] = json!(["number", "null"]);
    }
    sheet["additionalProperties"] = false.into();
    let mut given = false;
    for schema in schemas.values_mut() {
        if properties(schema).is_none_or(|fields| !fields.contains_key("stat_sheet")) {
            continue;
        }
        given = true;
        let reference = json!({"$ref": "#/components/schemas/StatSheet"});
        let required = schema.get("required").and_then(Value::as_array);
        let is_needed = required.is_some_and(|required| required.contains(&"stat_sheet".into()));
        let property_is = if is_needed {
            reference
        } else {
            json!({"oneOf": [reference, {"type": "null"}]})
        };
        schema["properties"]["stat_sheet"] = property_is;
    }
    if given {
        schemas.insert("StatSheet".to_owned(), sheet);
    }
}

/// Adds the members of one object to another, and theirs to theirs.
fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from,
    }
}
