//! Characters that are known while their equipment is not: scenario C.

use nexon_sandbox::{Endpoint, Fault, FaultRule};

use crate::app::{TestApp, problem};

const CHARACTER: &str = "/api/v1/characters/아델";

fn without_equipment(fault: Fault) -> FaultRule {
    FaultRule::always(fault).on(Endpoint::ItemEquipment)
}

#[tokio::test]
async fn known_part_is_answered_and_labelled_partial() {
    for fault in [
        Fault::InternalError,
        Fault::ApiMaintenance,
        Fault::BadJson,
        Fault::QuotaExceeded {
            retry_after_seconds: None,
        },
    ] {
        let app = TestApp::start().await;
        app.break_upstream(without_equipment(fault));
        let who = app.answer(CHARACTER).await;
        for path in ["equipment", "expectation", "expectation?preset=all"] {
            let path = format!("{CHARACTER}/{path}");
            let response = app.get(&path).send().await.unwrap();
            assert_eq!(response.status(), 200, "{fault:?} {path}");
            assert_eq!(response.headers()["cache-control"], "no-store");
            let partial: serde_json::Value = response.json().await.unwrap();
            assert_eq!(partial["status"], "partial", "{fault:?} {path}");
            assert_eq!(partial["character"]["name"], who["name"]);
            assert_eq!(partial["character"]["class"], who["class"]);
            assert_eq!(partial["data"]["fetched_at"], who["data"]["fetched_at"]);
            assert_eq!(partial["data"]["age_seconds"], 0, "made for one request");
            assert_eq!(partial["presets"], serde_json::json!([]), "no number");
            let warning = &partial["warnings"][0];
            assert_eq!(warning["code"], "equipment-missing", "{fault:?} {path}");
            let reason = warning["detail"].as_str().unwrap();
            assert!(
                reason.starts_with("what the character wears is not known: the upstream "),
                "{reason}"
            );
        }
    }
}

#[tokio::test]
async fn partial_answer_becomes_whole_when_the_upstream_answers() {
    let app = TestApp::start().await;
    app.break_upstream(without_equipment(Fault::BadJson).times(1));
    let path = format!("{CHARACTER}/expectation");
    assert_eq!(app.answer(&path).await["status"], "partial");
    app.wait(std::time::Duration::from_secs(10));
    let whole = app.answer(&path).await;
    assert_ne!(whole["presets"], serde_json::json!([]));
}

#[tokio::test]
async fn raw_document_has_no_partial_form() {
    let app = TestApp::start().await;
    app.break_upstream(without_equipment(Fault::InternalError));
    let path = format!("{CHARACTER}/equipment/raw");
    let response = app.get(&path).send().await.unwrap();
    assert_eq!(response.status(), 503);
    assert!(response.headers().contains_key("retry-after"));
    assert_eq!(
        problem(response).await["type"],
        "/problems/upstream-unavailable"
    );
}
