//! Stat sheets of characters, and expectations by them.

use nexon_sandbox::{Endpoint, Fault, FaultRule};
use serde_json::{Value, json};

use crate::app::{TestApp, problem};

const SHEET: &str = "/api/v1/characters/루시/stat-sheet";
const EXPECTATION: &str = "/api/v1/characters/루시/expectation";

fn without(endpoint: Endpoint) -> FaultRule {
    FaultRule::always(Fault::InternalError).on(endpoint)
}

fn codes(answer: &Value) -> Vec<&str> {
    let warnings = answer["warnings"].as_array().unwrap();
    warnings
        .iter()
        .map(|w| w["code"].as_str().unwrap())
        .collect()
}

/// The meanings of every priced potential.
fn meanings(answer: &Value) -> Vec<&str> {
    let presets = answer["presets"].as_array().unwrap();
    let items = presets.iter().flat_map(|p| p["items"].as_array().unwrap());
    items
        .flat_map(|item| [&item["potential"], &item["additional_potential"]])
        .filter(|potential| potential["status"] == "priced")
        .map(|potential| potential["meaning"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn quick_sheet_has_bounds_and_full_sheet_has_none() {
    let app = TestApp::start().await;
    let quick = app.answer(SHEET).await;
    assert_eq!(quick["detail"], "quick");
    let counters = app.sandbox().counters();
    assert_eq!((counters.stat, counters.hyper_stat), (1, 0));
    let full = app.answer(&format!("{SHEET}?detail=full")).await;
    assert_eq!(full["detail"], "full");
    assert_eq!(full["unknown"], json!([]), "the sandbox is consistent");
    assert_eq!(full["rest"], json!([]));
    for field in ["main", "sub", "main_final", "attack_final", "ied_pct"] {
        assert_eq!(quick["sheet"][field], full["sheet"][field], "{field}");
    }
    assert_eq!(
        quick["recorded_combat_power"],
        full["recorded_combat_power"]
    );
    assert!(full["recorded_combat_power"].as_u64().unwrap() > 0);
    for unknown in quick["unknown"].as_array().unwrap() {
        let known = full["sheet"][unknown["field"].as_str().unwrap()]
            .as_f64()
            .unwrap();
        let (lower, upper) = (&unknown["lower"], &unknown["upper"]);
        assert!(lower.as_f64().unwrap() <= known + 1.0, "{unknown} {known}");
        assert!(upper.as_f64().unwrap() >= known - 1.0, "{unknown} {known}");
    }
    assert!(!quick["unknown"].as_array().unwrap().is_empty());
    let total = app.sandbox().counters().total();
    app.answer(&format!("{SHEET}?detail=full")).await;
    app.answer(SHEET).await;
    assert_eq!(app.sandbox().counters().total(), total, "both are kept");
}

#[tokio::test]
async fn expectation_is_as_strong_by_the_characters_own_sheet() {
    let app = TestApp::start().await;
    let by_default = app.answer(EXPECTATION).await;
    assert_eq!(by_default["detail"], "quick");
    let named = meanings(&by_default);
    assert!(named.len() > 10 && named.iter().all(|meaning| *meaning == "as_strong"));
    let same = app.answer(&format!("{EXPECTATION}?goal=same_lines")).await;
    assert!(
        meanings(&same)
            .iter()
            .all(|meaning| *meaning == "same_lines")
    );
    let full = app.answer(&format!("{EXPECTATION}?detail=full")).await;
    assert_eq!(full["detail"], "full");

    // The sheet that was shown gives the same figures when it is sent back.
    let sheet = app.answer(SHEET).await["sheet"].clone();
    let sent = app.post(EXPECTATION, &json!({"stat_sheet": sheet}));
    let sent: Value = sent.send().await.unwrap().json().await.unwrap();
    assert_eq!(sent["detail"], "given");
    let total = |answer: &Value| answer["presets"][0]["total"]["mean_meso"].as_f64().unwrap();
    assert!((total(&sent) / total(&by_default) - 1.0).abs() < 1e-6);
    assert!(total(&by_default) <= total(&same) * (1.0 + 1e-9));
}

#[tokio::test]
async fn same_document_and_sheet_are_the_same_bytes_and_etag() {
    let app = TestApp::start().await;
    let first = app.get(EXPECTATION).send().await.unwrap();
    let etag = first.headers()["etag"].clone();
    let bytes = first.bytes().await.unwrap();
    // Another's question for every source changes nothing about a quick answer.
    app.answer(&format!("{SHEET}?detail=full")).await;
    let made = app.metric("maple_finished_responses_made_total").await;
    let again = app.get(EXPECTATION).send().await.unwrap();
    assert_eq!(again.headers()["etag"], etag);
    assert_eq!(again.bytes().await.unwrap(), bytes);
    let now = app.metric("maple_finished_responses_made_total").await;
    assert!((now - made).abs() < 0.5, "it was kept");
}

#[tokio::test]
async fn sheet_that_cannot_be_read_costs_its_figures_and_never_the_answer() {
    for fault in [
        Fault::InternalError,
        Fault::BadJson,
        Fault::UnknownIdentifier,
        Fault::ApiMaintenance,
        Fault::QuotaExceeded {
            retry_after_seconds: None,
        },
    ] {
        let app = TestApp::start().await;
        // The gear is known before the fault, as one breaker stands before both.
        app.answer("/api/v1/characters/루시/equipment").await;
        app.break_upstream(FaultRule::always(fault).on(Endpoint::Stat));
        let answer = app.answer(EXPECTATION).await;
        assert_eq!(answer["detail"], Value::Null, "{fault:?}");
        assert!(codes(&answer).contains(&"no-stat-sheet"), "{fault:?}");
        let named = meanings(&answer);
        assert!(named.len() > 10 && named.iter().all(|meaning| *meaning == "same_lines"));
        let refused = app.get(SHEET).send().await.unwrap();
        assert!(refused.status().is_client_error() || refused.status().is_server_error());
        problem(refused).await;
    }
}

#[tokio::test]
async fn source_that_fails_is_named_and_its_part_estimated() {
    let app = TestApp::start().await;
    app.break_upstream(without(Endpoint::LinkSkill));
    let answer = app.answer(&format!("{SHEET}?detail=full")).await;
    assert_eq!(answer["detail"], "quick");
    assert!(codes(&answer).contains(&"stat-source-missing"));
    assert!(!answer["unknown"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn upgrades_need_no_sheet_in_the_question() {
    let app = TestApp::start().await;
    let path = "/api/v1/characters/루시/upgrades";
    let question = json!({"budget_meso": 5_000_000_000_u64, "minimum_gain": 0.02});
    let response = app.post(path, &question).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let answer: Value = response.json().await.unwrap();
    assert_eq!(answer["detail"], "full");
    assert!(!answer["actions"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn questions_that_make_no_sheet_are_problems() {
    let app = TestApp::start().await;
    let odd = app
        .get(&format!("{SHEET}?detail=all"))
        .send()
        .await
        .unwrap();
    assert_eq!(odd.status(), 400);
    let stranger = app
        .get("/api/v1/characters/없는캐릭터/stat-sheet")
        .send()
        .await
        .unwrap();
    assert_eq!(stranger.status(), 404);
}
