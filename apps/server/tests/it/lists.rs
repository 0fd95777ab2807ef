//! Lists of requests: their lengths are checked before their elements, so that a small request has
//! a small answer.

use serde_json::{Value, json};

use crate::app::{TestApp, problem};

/// Longer than any list may be, of elements that are all wrong; within the limit of a body.
const GIVEN: usize = 3_000;

fn numbers() -> Value {
    vec![99; GIVEN].into()
}

fn texts() -> Value {
    vec!["x"; GIVEN].into()
}

/// An object with many members.
fn named(value: &Value) -> Value {
    let members = (0..GIVEN).map(|n| (n.to_string(), value.clone()));
    Value::Object(members.collect())
}

fn with(mut question: Value, pointer: &str, list: Value) -> Value {
    let mut place = &mut question;
    for member in pointer.split('/').skip(1) {
        place = &mut place[member];
    }
    *place = list;
    question
}

/// A request with a list that is too long: its path, its body and the place of the list.
type Case = (String, Value, &'static str);

fn case(path: &str, question: &Value, pointer: &'static str, list: Value) -> Case {
    (
        format!("/api/v1/{path}"),
        with(question.clone(), pointer, list),
        pointer,
    )
}

fn calculations() -> Vec<Case> {
    let of = |path: &str, question: &Value, pointer, list| {
        case(&format!("calculations/{path}"), question, pointer, list)
    };
    let item = json!({"part": "hat", "item_level": 200, "from": {"grade": "legendary"}});
    let and = |more: Value| {
        let mut question = item.clone();
        let more = more.as_object().unwrap().clone();
        question.as_object_mut().unwrap().extend(more);
        question
    };
    let hat = and(json!({"method": "red", "goal": "int_pct >= 9"}));
    let compare = and(json!({"goal": "int_pct >= 9"}));
    let worth = json!({"method": "red", "value_meso_per_unit": 1, "current": 0});
    let stopping = and(worth);
    let flame = json!({"flame": "eternal", "part": "hat", "item_level": 200, "at_least": 10});
    let stars = json!({"item_level": 200, "from": 0, "to": 22});
    let ring = json!({"slot": "반지1", "level": 150});
    let upgrades = json!({"budget_meso": 1, "gear": [ring]});
    let nothing = json!({});
    let (hats, items) = (vec![hat.clone(); 300], vec![nothing.clone(); GIVEN]);
    let ones = || named(&json!(1));
    vec![
        of("potential", &hat, "/quantiles", numbers()),
        of("potential", &hat, "/prices", ones()),
        of("potential/compare", &compare, "/prices", ones()),
        of("potential/batch", &nothing, "/questions", hats.into()),
        of("potential/stopping", &stopping, "/weights", ones()),
        of("flame", &flame, "/weights", ones()),
        of("star-force", &stars, "/quantiles", numbers()),
        of("star-force", &stars, "/certain_stars", numbers()),
        of("star-force", &stars, "/safeguard", numbers()),
        of("plan", &nothing, "/items", items.into()),
        of("upgrades", &upgrades, "/methods", texts()),
        of("upgrades", &upgrades, "/exclude_slots", texts()),
    ]
}

fn characters() -> Vec<Case> {
    const SPARES: &str = "/star_force/spare_item_meso/by_slot";
    const LEVELS: &str = "/star_force/spare_item_meso/by_level";
    let expectation =
        |pointer, list| case("characters/아델/expectation", &json!({}), pointer, list);
    let starred = || named(&json!({"stars": 99}));
    let targets = json!({"targets": {}});
    let completion = "characters/아델/completion";
    vec![
        expectation("/prices", named(&json!(1))),
        expectation("/starts", starred()),
        expectation("/star_force/certain_stars", numbers()),
        expectation(SPARES, named(&json!(-1))),
        expectation(LEVELS, named(&json!(-1))),
        case(completion, &targets, "/targets/by_slot", starred()),
    ]
}

#[tokio::test]
async fn lists_that_are_too_long_are_one_fault() {
    let app = TestApp::start().await;
    for (path, body, pointer) in calculations().into_iter().chain(characters()) {
        let response = app.post(&path, &body).send().await.unwrap();
        assert_eq!(response.status(), 422, "{path} {pointer}");
        let problem = problem(response).await;
        let errors = problem["errors"].as_array().unwrap().iter();
        let places = errors.filter_map(|error| error["pointer"].as_str());
        let there: Vec<_> = places.filter(|place| place.starts_with(pointer)).collect();
        assert_eq!(there, [pointer], "{path} {problem}");
        assert!(problem.to_string().len() < 2_000, "{path} {problem}");
    }
}
