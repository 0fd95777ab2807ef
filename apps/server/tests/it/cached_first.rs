//! Cached responses wait neither for calculations nor for the upstream: they are sent while every
//! place for other work is taken by work that cannot end.

use std::time::Duration;

use fail::FailScenario;
use nexon_sandbox::{Fault, FaultRule};
use reqwest::{Response, StatusCode};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::app::{TestApp, problem};

/// Place at which an item of a stream is about to be worked out.
const ITEM: &str = "expectation::item";

const STREAM: &str = "/api/v1/characters/긱델/expectation/stream";

/// Calculations that may wait for a processor.
const WAITING: usize = 2;

/// Requests beyond those that may wait.
const BEYOND: usize = 3;

/// Requests for characters that only the upstream knows.
const STRANGERS: usize = 8;

/// Requests that are answered from the cache once they were answered.
const CACHED: [&str; 6] = [
    "/api/v1/characters/아델",
    "/api/v1/characters/아델/equipment",
    "/api/v1/characters/아델/equipment/raw",
    "/api/v1/characters/아델/expectation",
    "/api/v1/characters/아델/expectation?detail=full&distribution=true",
    "/characters/아델",
];

/// Paths to a cached response: before the routes, and through them.
const WAYS: [&[(&str, &str)]; 3] = [
    &[],
    &[("accept-encoding", "gzip")],
    &[(
        "traceparent",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
    )],
];

type Answers = JoinSet<reqwest::Result<Response>>;

async fn ask(
    app: &TestApp,
    path: &str,
    address: &str,
    headers: &[(&str, &str)],
) -> reqwest::Result<Response> {
    let request = app.get(path).header("x-forwarded-for", address);
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    request.send().await
}

/// Streams that have all processors and do not go on.
async fn take_processors(app: &TestApp) -> Vec<Response> {
    fail::cfg(ITEM, "pause").unwrap();
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let mut running = Vec::new();
    for client in 1..=processors {
        let address = format!("192.0.2.{client}");
        let stream = ask(app, STREAM, &address, &[]).await.unwrap();
        assert_eq!(stream.status(), StatusCode::OK);
        running.push(stream);
    }
    running
}

/// Calculations that wait for a processor, as many as may: all others are refused.
async fn take_waiting_places(app: &TestApp) -> Answers {
    let mut asked = JoinSet::new();
    for number in 0..WAITING + BEYOND {
        let question = serde_json::json!({
            "method": "red", "part": "hat", "item_level": 250,
            "from": {"grade": "legendary"}, "goal": format!("int_pct >= {}", 20 + number),
        });
        let request = app.post("/api/v1/calculations/potential", &question);
        let address = format!("198.51.100.{number}");
        asked.spawn(request.header("x-forwarded-for", address).send());
    }
    for _ in 0..BEYOND {
        let refused = asked.join_next().await.unwrap().unwrap().unwrap();
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(problem(refused).await["type"], "/problems/overloaded");
    }
    asked
}

/// Requests that wait for an upstream that says nothing.
async fn ask_for_strangers(app: &TestApp) -> Answers {
    app.break_upstream(FaultRule::always(Fault::Hang));
    let before = app.sandbox().counters().total();
    let mut asked = JoinSet::new();
    for number in 0..STRANGERS {
        let request = app.get(&format!("/api/v1/characters/Cold{number}/expectation"));
        let address = format!("203.0.113.{number}");
        asked.spawn(request.header("x-forwarded-for", address).send());
    }
    while app.sandbox().counters().total() == before {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    asked
}

#[tokio::test]
async fn cached_responses_are_sent_while_all_other_work_is_stuck() {
    let scenario = FailScenario::setup();
    let app = TestApp::configured(&[
        ("MAPLE__HTTP__TRUSTED_PROXIES", "1"),
        (
            "MAPLE__HTTP__MAX_WAITING_CALCULATIONS",
            &WAITING.to_string(),
        ),
        ("MAPLE__REQUEST__DEADLINE_MS", "60000"),
        ("MAPLE__NEXON__TIMEOUT_MS", "50000"),
    ])
    .await;
    app.answer("/api/v1/characters/긱델/equipment").await;
    for path in CACHED {
        for headers in WAYS {
            let first = ask(&app, path, "192.0.2.100", headers).await.unwrap();
            assert_eq!(first.status(), StatusCode::OK, "{path}");
        }
    }
    let running = take_processors(&app).await;
    let mut waiting = take_waiting_places(&app).await;
    let mut strangers = ask_for_strangers(&app).await;
    // A client whose own work is stuck is answered, too.
    for address in ["192.0.2.1", "198.51.100.0", "203.0.113.0", "192.0.2.101"] {
        app.wait(Duration::from_mins(1));
        for path in CACHED {
            for headers in WAYS {
                let cached = ask(&app, path, address, headers).await.unwrap();
                assert_eq!(cached.status(), StatusCode::OK, "{path} {headers:?}");
                cached.bytes().await.unwrap();
            }
        }
    }
    assert!(waiting.try_join_next().is_none(), "a calculation ended");
    assert!(strangers.try_join_next().is_none(), "the upstream answered");
    strangers.shutdown().await;
    fail::cfg(ITEM, "off").unwrap();
    for stream in running {
        let text = stream.text().await.unwrap();
        let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
        assert_eq!(last["kind"], "summary");
    }
    while let Some(answer) = waiting.join_next().await {
        assert_eq!(answer.unwrap().unwrap().status(), StatusCode::OK);
    }
    scenario.teardown();
}
