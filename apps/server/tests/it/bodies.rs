//! Bodies that come in: compressed or not, and never too much of them.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::Response;
use serde_json::{Value, json};

use crate::app::{TestApp, problem};

const POTENTIAL: &str = "/api/v1/calculations/potential";

fn question() -> Value {
    json!({
        "method": "red", "part": "hat", "item_level": 250, "from": {"grade": "rare"},
        "goal": "cooldown_seconds >= 4",
    })
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn zstd(plain: &[u8]) -> Vec<u8> {
    zstd::encode_all(plain, 3).unwrap()
}

async fn post(app: &TestApp, coding: &str, body: Vec<u8>) -> Response {
    let request = app.request("POST", POTENTIAL);
    let request = request.header("content-type", "application/json");
    let request = request.header("content-encoding", coding).body(body);
    request.send().await.unwrap()
}

#[tokio::test]
async fn body_may_be_compressed() {
    let app = TestApp::start().await;
    let plain = question().to_string();
    let expected = app.post(POTENTIAL, &question()).send().await.unwrap();
    let expected: Value = expected.json().await.unwrap();
    for (coding, body) in [
        ("gzip", gzip(plain.as_bytes())),
        ("x-gzip", gzip(plain.as_bytes())),
        ("zstd", zstd(plain.as_bytes())),
        ("identity", plain.clone().into_bytes()),
    ] {
        let response = post(&app, coding, body).await;
        assert_eq!(response.status(), 200, "{coding}");
        assert_eq!(response.json::<Value>().await.unwrap(), expected);
    }
}

#[tokio::test]
async fn coding_that_is_not_known_is_refused_with_those_that_are() {
    let app = TestApp::start().await;
    for coding in ["br", "deflate", "gzip, zstd", "nonsense"] {
        let response = post(&app, coding, question().to_string().into_bytes()).await;
        assert_eq!(response.status(), 415, "{coding}");
        assert_eq!(response.headers()["accept-encoding"], "gzip, zstd");
        let problem = problem(response).await;
        assert_eq!(problem["type"], "/problems/unsupported-media-type");
    }
}

#[tokio::test]
async fn body_that_is_not_in_its_coding_is_refused() {
    let app = TestApp::start().await;
    for coding in ["gzip", "zstd"] {
        let response = post(&app, coding, question().to_string().into_bytes()).await;
        assert_eq!(response.status(), 400, "{coding}");
        let detail = format!("the body is not {coding}");
        assert_eq!(problem(response).await["detail"], detail);
    }
}

#[tokio::test]
async fn body_is_bounded_once_it_is_decoded() {
    let app = TestApp::start().await;
    let padded = |blanks| format!("{}{}", question(), " ".repeat(blanks));
    let room = 64 * 1024 - question().to_string().len();
    for (blanks, status) in [(room, 200), (room + 1, 413), (10_000_000, 413)] {
        let plain = padded(blanks);
        for (coding, body) in [
            ("gzip", gzip(plain.as_bytes())),
            ("zstd", zstd(plain.as_bytes())),
        ] {
            let response = post(&app, coding, body).await;
            assert_eq!(response.status(), status, "{coding}, {blanks} blanks");
            if status == 413 {
                let problem = problem(response).await;
                assert_eq!(problem["type"], "/problems/body-too-large");
            }
        }
    }
    let plain = post(&app, "identity", padded(room + 1).into_bytes()).await;
    assert_eq!(plain.status(), 413);
}
