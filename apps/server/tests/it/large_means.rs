//! Means past 64 bits: null, as quantiles are, with the reason.

use serde_json::{Value, json};

use crate::app::TestApp;

async fn answer(app: &TestApp, path: &str, question: &Value) -> Value {
    let response = app.post(path, question).send().await.unwrap();
    let status = response.status();
    let answer: Value = response.json().await.unwrap();
    assert_eq!(status, 200, "{path} {answer}");
    answer
}

fn explains(answer: &Value) -> bool {
    let warnings = answer["warnings"].as_array().unwrap().iter();
    let codes: Vec<_> = warnings.map(|warning| warning["code"].clone()).collect();
    codes.contains(&json!("mean-too-large")) || codes.contains(&json!("not-countable"))
}

/// Spare items at the highest price: 30 stars of an item of level 250 are past 64 bits.
fn stars() -> Value {
    json!({
        "item_level": 250, "from": 0, "to": 30, "spare_item_meso": 1_000_000_000_000_000_u64,
        "restore": {"mode": "basic"}, "budget_meso": 1_000_000_000_000_u64,
    })
}

#[tokio::test]
async fn means_past_64_bits_are_null_with_the_reason() {
    let app = TestApp::start().await;
    let told = answer(&app, "/api/v1/calculations/star-force", &stars()).await;
    assert_eq!(told["cost_meso"]["mean"], Value::Null, "{told}");
    assert!(explains(&told), "{told}");
    let terms = json!({
        "spare_item_meso": {"default": 1_000_000_000_000_000_u64},
        "restore": {"mode": "basic"},
    });
    let asked = json!({"targets": {"default": {"stars": 30}}, "star_force": terms});
    let told = answer(&app, "/api/v1/characters/아델/completion", &asked).await;
    let total = &told["presets"][0]["total"];
    assert_eq!(total["mean_meso"], Value::Null, "{total}");
    assert!(explains(&told), "{told}");
}

#[tokio::test]
async fn plan_that_overflows_says_so() {
    let app = TestApp::start().await;
    let plan = json!({
        "items": [{"star_force": stars()}, {"star_force": stars()}],
        "budget_meso": 1_000_000_000_000_u64,
    });
    let told = answer(&app, "/api/v1/calculations/plan", &plan).await;
    assert_eq!(told["cost_meso"], Value::Null, "{told}");
    assert!(told.get("within_budget").is_none(), "{told}");
    assert_eq!(told["warnings"][0]["code"], "no-total", "{told}");
}
