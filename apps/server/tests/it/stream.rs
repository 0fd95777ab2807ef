//! The expectation line by line: sent once it is known, and evaluated only while a client reads it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fail::FailScenario;
use nexon_sandbox::{Endpoint, Fault, FaultRule};
use reqwest::Response;
use serde_json::Value;

use crate::app::{TestApp, problem};

const EXPECTATION: &str = "/api/v1/characters/아델/expectation";
const STREAM: &str = "/api/v1/characters/아델/expectation/stream";

/// Place at which an item is about to be evaluated.
const ITEM: &str = "expectation::item";

fn lines(text: &str) -> Vec<Value> {
    assert!(text.ends_with('\n'), "{text}");
    let lines = text.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().unwrap()
}

async fn start(app: &TestApp) -> Response {
    let response = app.get(STREAM).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/x-ndjson");
    response
}

#[tokio::test]
async fn lines_are_the_items_of_the_response_and_the_last_one_is_the_rest() {
    let scenario = FailScenario::setup();
    let app = TestApp::start().await;
    for query in ["", "?preset=all&from=current_grade"] {
        let mut whole = app.answer(&format!("{EXPECTATION}{query}")).await;
        let streamed = app.get(&format!("{STREAM}{query}")).send().await.unwrap();
        let mut lines = lines(&streamed.text().await.unwrap());
        let mut summary = lines.pop().unwrap();
        let mut items = Vec::new();
        for preset in whole["presets"].as_array_mut().unwrap() {
            let number = preset["number"].clone();
            let own = preset.as_object_mut().unwrap().remove("items").unwrap();
            for item in own.as_array().unwrap() {
                items.push(serde_json::json!({"kind": "item", "preset": number, "item": item}));
            }
        }
        assert_eq!(lines, items, "{query}");
        assert_eq!(
            summary.as_object_mut().unwrap().remove("kind").unwrap(),
            "summary"
        );
        // A stream is made for one request, and says the age that the kept body leaves to `Age`.
        let data = summary["data"].as_object_mut().unwrap();
        assert!(data.remove("age_seconds").unwrap().is_number());
        assert_eq!(summary, whole, "{query}");
    }
    scenario.teardown();
}

#[tokio::test]
async fn first_line_is_there_before_the_second_item_is_worked_out() {
    let scenario = FailScenario::setup();
    fail::cfg(ITEM, "1*off->pause").unwrap();
    let app = TestApp::start().await;
    let mut response = start(&app).await;
    let first = response.chunk().await.unwrap().unwrap();
    let first = lines(std::str::from_utf8(&first).unwrap());
    assert_eq!(first.len(), 1, "the thread waits at the second item");
    assert_eq!(first[0]["kind"], "item");
    fail::cfg(ITEM, "off").unwrap();
    let rest = response.text().await.unwrap();
    assert_eq!(lines(&rest).last().unwrap()["kind"], "summary");
    scenario.teardown();
}

#[tokio::test]
async fn evaluation_ends_when_the_client_has_left() {
    let scenario = FailScenario::setup();
    let (go_on, permits) = channel::<()>();
    let (go_on, reached): (Sender<()>, _) = (go_on, Arc::new(AtomicUsize::new(0)));
    let (permits, items) = (Mutex::new(permits), Arc::clone(&reached));
    fail::cfg_callback(ITEM, move || {
        if items.fetch_add(1, Ordering::SeqCst) == 1 {
            permits.lock().unwrap().recv().unwrap();
        }
    })
    .unwrap();
    let app = TestApp::start().await;
    let mut response = start(&app).await;
    response.chunk().await.unwrap().unwrap();
    assert!((app.metric("maple_expectation_streams").await - 1.0).abs() < f64::EPSILON);
    drop(response);
    while app.metric("maple_expectation_streams").await > 0.0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // The client has left while the thread was at its second item; now it may go on.
    go_on.send(()).unwrap();
    app.stop_and_wait_for_tasks().await;
    assert_eq!(reached.load(Ordering::SeqCst), 2, "items were begun");
    scenario.teardown();
}

#[tokio::test]
async fn answer_that_breaks_off_ends_with_an_error_line() {
    let scenario = FailScenario::setup();
    fail::cfg(ITEM, "2*off->panic(on purpose)").unwrap();
    let app = TestApp::start().await;
    let text = start(&app).await.text().await.unwrap();
    let lines = lines(&text);
    let kinds: Vec<_> = lines.iter().map(|line| line["kind"].clone()).collect();
    assert_eq!(kinds, ["item", "item", "error"]);
    assert_eq!(lines[2]["type"], "/problems/internal");
    fail::cfg(ITEM, "off").unwrap();
    let text = start(&app).await.text().await.unwrap();
    assert!(
        text.contains(r#""kind":"summary""#),
        "the next one is whole"
    );
    scenario.teardown();
}

#[tokio::test]
async fn partial_response_is_one_line() {
    let scenario = FailScenario::setup();
    let app = TestApp::start().await;
    let broken = FaultRule::always(Fault::InternalError).on(Endpoint::ItemEquipment);
    app.break_upstream(broken);
    let lines = lines(&start(&app).await.text().await.unwrap());
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0]["kind"], "summary");
    assert_eq!(lines[0]["status"], "partial");
    assert_eq!(lines[0]["warnings"][0]["code"], "equipment-missing");
    scenario.teardown();
}

#[tokio::test]
async fn failure_before_the_first_line_is_a_problem() {
    let app = TestApp::start().await;
    let unknown = "/api/v1/characters/없는캐릭터/expectation/stream";
    for (path, status, kind) in [
        (unknown.to_owned(), 404, "unknown-character"),
        (format!("{STREAM}?preset=4"), 400, "bad-request"),
        (format!("{STREAM}?rules=gms"), 422, "invalid-value"),
    ] {
        let response = app.get(&path).send().await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        let problem = problem(response).await;
        assert_eq!(problem["type"], format!("/problems/{kind}"));
    }
}
