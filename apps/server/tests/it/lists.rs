//! Lists of requests: their lengths are checked before their elements, so that a small request has
//! a small answer.

use serde_json::{Value, json};

use crate::app::{TestApp, problem};

/// Longer than any list may be, of elements that are all wrong.
const GIVEN: usize = 5_000;

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

#[tokio::test]
async fn lists_that_are_too_long_are_one_fault() {
    let app = TestApp::start().await;
    let hat = json!({"method": "red", "part": "hat", "item_level": 250, "from": {"grade": "rare"}, "goal": "int_pct >= 9"});
    let stars = json!({"item_level": 200, "from": 0, "to": 22});
    let stopping = json!({"method": "red", "part": "hat", "item_level": 200, "from": {"grade": "legendary"}, "weights": {"int_pct": 1}, "value_meso_per_unit": 1, "current": 0});
    let flame = json!({"flame": "eternal", "part": "hat", "item_level": 200, "weights": {"int": 1}, "at_least": 10});
    let compare = json!({"part": "hat", "item_level": 250, "from": {"grade": "rare"}, "goal": "int_pct >= 9"});
    let ring = json!({"slot": "반지1", "level": 150});
    let upgrades = json!({"budget_meso": 1, "gear": [ring]});
    let character = "/api/v1/characters/아델";
    for (path, question, pointer, list) in [
        (
            "/api/v1/calculations/potential",
            &hat,
            "/quantiles",
            numbers(),
        ),
        (
            "/api/v1/calculations/potential",
            &hat,
            "/prices",
            named(&json!(1)),
        ),
        (
            "/api/v1/calculations/potential/compare",
            &compare,
            "/prices",
            named(&json!(1)),
        ),
        (
            "/api/v1/calculations/potential/batch",
            &json!({}),
            "/questions",
            vec![hat.clone(); 500].into(),
        ),
        (
            "/api/v1/calculations/potential/stopping",
            &stopping,
            "/weights",
            named(&json!(1)),
        ),
        (
            "/api/v1/calculations/flame",
            &flame,
            "/weights",
            named(&json!(1)),
        ),
        (
            "/api/v1/calculations/star-force",
            &stars,
            "/quantiles",
            numbers(),
        ),
        (
            "/api/v1/calculations/star-force",
            &stars,
            "/certain_stars",
            numbers(),
        ),
        (
            "/api/v1/calculations/star-force",
            &stars,
            "/safeguard",
            numbers(),
        ),
        (
            "/api/v1/calculations/plan",
            &json!({}),
            "/items",
            vec![json!({}); GIVEN].into(),
        ),
        (
            "/api/v1/calculations/upgrades",
            &upgrades,
            "/methods",
            texts(),
        ),
        (
            "/api/v1/calculations/upgrades",
            &upgrades,
            "/exclude_slots",
            texts(),
        ),
        (
            &format!("{character}/expectation"),
            &json!({}),
            "/prices",
            named(&json!(1)),
        ),
        (
            &format!("{character}/expectation"),
            &json!({}),
            "/starts",
            named(&json!({"stars": 99})),
        ),
        (
            &format!("{character}/expectation"),
            &json!({}),
            "/star_force/certain_stars",
            numbers(),
        ),
        (
            &format!("{character}/expectation"),
            &json!({}),
            "/star_force/spare_item_meso/by_slot",
            named(&json!(-1)),
        ),
        (
            &format!("{character}/expectation"),
            &json!({}),
            "/star_force/spare_item_meso/by_level",
            named(&json!(-1)),
        ),
        (
            &format!("{character}/completion"),
            &json!({"targets": {}}),
            "/targets/by_slot",
            named(&json!({"stars": 99})),
        ),
    ] {
        let body = with(question.clone(), pointer, list);
        let response = app.post(path, &body).send().await.unwrap();
        assert_eq!(response.status(), 422, "{path} {pointer}");
        let problem = problem(response).await;
        let errors = problem["errors"].as_array().unwrap();
        let there: Vec<_> = errors
            .iter()
            .filter(|error| {
                error["pointer"]
                    .as_str()
                    .is_some_and(|at| at.starts_with(pointer))
            })
            .collect();
        assert_eq!(there.len(), 1, "{path} {problem}");
        assert_eq!(there[0]["pointer"], pointer, "{path} {problem}");
        assert!(problem.to_string().len() < 2_000, "{path} {problem}");
    }
}
