//! More is asked than can be answered, or than the upstream answers: what can be is.

use std::time::Duration;

use nexon_sandbox::{Fault, FaultRule};
use reqwest::Response;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinHandle;

use crate::app::{TestApp, problem};

const KNOWN: &str = "/api/v1/characters/아델/expectation";
const RULES: &str = "/api/v1/rules";

fn stranger(number: usize) -> String {
    format!("/api/v1/characters/Cold{number}/expectation")
}

/// Asks for a character nobody knows yet, and waits until the upstream is asked for it.
async fn ask_upstream(app: &TestApp) -> JoinHandle<reqwest::Result<Response>> {
    let before = app.sandbox().counters().total();
    let request = app.get(&stranger(0)).send();
    let asking = tokio_util::task::TaskTracker::new().spawn(request);
    while app.sandbox().counters().total() == before {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    asking
}

/// Asks for the rules until the answer has this status.
async fn rules_until(app: &TestApp, status: u16) -> Response {
    loop {
        let response = app.get(RULES).send().await.unwrap();
        if response.status() == status {
            return response;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// R18 in small.
#[tokio::test]
async fn requests_beyond_the_limit_are_refused_at_once_and_health_is_not() {
    let settings = [
        ("MAPLE__HTTP__MAX_REQUESTS", "1"),
        ("MAPLE__REQUEST__DEADLINE_MS", "60000"),
    ];
    let app = TestApp::configured(&settings).await;
    // A request that waits for the upstream takes the only place.
    app.break_upstream(FaultRule::always(Fault::Hang));
    let waiting = ask_upstream(&app).await;
    let refused = rules_until(&app, 503).await;
    assert_eq!(refused.headers()["retry-after"], "1");
    assert_eq!(problem(refused).await["type"], "/problems/overloaded");
    app.answer("/health/live").await;
    let metrics = app.get_admin("/metrics").send().await.unwrap();
    let metrics = metrics.text().await.unwrap();
    let refusals = r#"maple_http_overload_refusals_total{of="requests"} 1"#;
    assert!(metrics.contains(refusals), "{metrics}");
    waiting.abort();
    rules_until(&app, 200).await;
}

/// Clients that send a head and no body hold connections, and no places.
#[tokio::test]
async fn stalled_bodies_hold_no_places_and_end_with_408() {
    let app = TestApp::configured(&[("MAPLE__HTTP__MAX_REQUESTS", "1")]).await;
    let head = "POST /api/v1/calculations/potential HTTP/1.1\r\nhost: a\r\n\
                content-type: application/json\r\ncontent-length: 100\r\n\r\n{";
    let mut stalled = Vec::new();
    for _ in 0..20 {
        let mut stream = tokio::net::TcpStream::connect(app.public).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        stalled.push(stream);
    }
    for _ in 0..20 {
        app.answer(RULES).await;
    }
    let mut answer = Vec::new();
    let first = &mut stalled[0];
    first.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("/problems/request-timeout"), "{answer}");
}

/// R14 in small.
#[tokio::test]
async fn hanging_upstream_keeps_no_other_request_waiting() {
    let app = TestApp::start().await;
    let known = app.answer(KNOWN).await;
    app.break_upstream(FaultRule::always(Fault::Hang));
    let waiting = ask_upstream(&app).await;
    assert_eq!(app.answer(KNOWN).await["presets"], known["presets"]);
    app.answer(RULES).await;
    let waited = waiting.await.unwrap().unwrap();
    assert_eq!(waited.status(), 503);
}

/// R13 in small.
#[tokio::test]
async fn suspended_upstream_is_not_called_and_every_response_says_so() {
    let app = TestApp::start().await;
    app.break_upstream(FaultRule::always(Fault::InternalError));
    let refused = async |number| {
        let before = app.sandbox().counters().total();
        let response = app.get(&stranger(number)).send().await.unwrap();
        assert_eq!(response.status(), 503);
        assert!(response.headers().contains_key("retry-after"));
        let problem = problem(response).await;
        assert_eq!(problem["type"], "/problems/upstream-unavailable");
        app.sandbox().counters().total() == before
    };
    let mut number = 0;
    while !refused(number).await {
        number += 1;
        assert!(number < 1_000, "the upstream is asked for ever");
    }
    let asked = app.sandbox().counters().total();
    for number in number..number + 20 {
        assert!(refused(number).await);
    }
    assert_eq!(app.sandbox().counters().total(), asked);
}
