//! Fairness: requests of one client cost no other its turn.

use fail::FailScenario;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::app::TestApp;

/// Place at which an item of a stream is about to be worked out.
const ITEM: &str = "expectation::item";

const STREAM: &str = "/api/v1/characters/아델/expectation/stream";

/// Calculations of one client that run at once: on half of the processors.
fn turns() -> usize {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    (processors / 2).max(1)
}

fn from(request: RequestBuilder, address: &str) -> RequestBuilder {
    request.header("x-forwarded-for", address)
}

fn hat() -> Value {
    json!({"method": "red", "part": "hat", "item_level": 250, "from": {"grade": "legendary"}, "goal": "int_pct >= 30"})
}

/// Everything that takes a processor waits for the client's turn, and is refused at the deadline
/// with a response of its own.
#[tokio::test]
async fn each_calculation_waits_for_its_clients_turn() {
    let scenario = FailScenario::setup();
    let settings = [
        ("MAPLE__HTTP__TRUSTED_PROXIES", "1"),
        ("MAPLE__REQUEST__DEADLINE_MS", "1000"),
    ];
    let app = TestApp::configured(&settings).await;
    for name in ["아델", "긱델"] {
        app.answer(&format!("/api/v1/characters/{name}/equipment"))
            .await;
    }
    fail::cfg(ITEM, "pause").unwrap();
    let mut running = Vec::new();
    for _ in 0..turns() {
        let stream = from(app.get(STREAM), "192.0.2.1").send().await.unwrap();
        assert_eq!(stream.status(), 200);
        running.push(stream);
    }
    let questions = || {
        [
            app.post("/api/v1/calculations/potential", &hat()),
            app.get("/api/v1/characters/긱델/expectation"),
            app.get("/characters/긱델"),
        ]
    };
    for question in questions().into_iter().chain([app.get(STREAM)]) {
        let refused = from(question, "192.0.2.1").send().await.unwrap();
        let status = refused.status();
        let is_refusal = matches!(
            status,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS
        );
        assert!(is_refusal, "{} {status}", refused.url());
        assert!(refused.headers().contains_key("retry-after"));
    }
    for question in questions() {
        let answered = from(question, "192.0.2.2").send().await.unwrap();
        assert_eq!(answered.status(), 200, "{}", answered.url());
    }
    fail::cfg(ITEM, "off").unwrap();
    for stream in running {
        let text = stream.text().await.unwrap();
        let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
        assert_eq!(last["kind"], "summary");
    }
    scenario.teardown();
}
