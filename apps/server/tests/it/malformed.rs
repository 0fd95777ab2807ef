//! Bytes that are no request of HTTP: problem details, a counter, and the end of the connection.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::app::TestApp;

/// Bytes, and the status and the kind of problem that they are refused with.
const REFUSED: [(&str, u16, &str); 8] = [
    ("BROKEN\r\n\r\n", 400, "bad-request"),
    ("\u{0}\u{1}\u{2}\u{3}\r\n\r\n", 400, "bad-request"),
    ("GET / HTTP/9.9\r\nhost: a\r\n\r\n", 400, "bad-request"),
    ("GET /a b HTTP/1.1\r\nhost: a\r\n\r\n", 400, "bad-request"),
    ("GET / HTTP/1.1\r\nho st: a\r\n\r\n", 400, "bad-request"),
    (
        "POST / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        400,
        "bad-request",
    ),
    (
        "POST / HTTP/1.1\r\ntransfer-encoding: gzip\r\n\r\n",
        400,
        "bad-request",
    ),
    ("GET /", 408, "request-timeout"),
];

const LIVE: &str = "GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n";

/// Everything that the server says to these bytes, until it closes the connection.
async fn said(to: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(to).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut said = Vec::new();
    stream.read_to_end(&mut said).await.unwrap();
    String::from_utf8(said).unwrap()
}

/// The problem that this response is, with its head checked.
fn problem(response: &str, status: u16) -> Value {
    assert!(
        response.starts_with(&format!("HTTP/1.1 {status} ")),
        "{response}"
    );
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    let problem: Value = serde_json::from_str(body).unwrap();
    for field in [
        "connection: close".to_owned(),
        "content-type: application/problem+json".to_owned(),
        format!("content-length: {}", body.len()),
        format!("x-request-id: {}", problem["request_id"].as_str().unwrap()),
        "x-content-type-options: nosniff".to_owned(),
        "cache-control: no-store".to_owned(),
    ] {
        assert!(head.lines().any(|line| line == field), "{field}: {head}");
    }
    assert!(head.contains("\r\ndate: "), "{head}");
    assert_eq!(problem["status"], status);
    problem
}

async fn counted(app: &TestApp, status: u16) -> f64 {
    app.metric(&format!(
        "maple_http_malformed_requests_total{{status=\"{status}\"}}"
    ))
    .await
}

#[tokio::test]
async fn malformed_requests_are_answered_with_problem_details_and_counted() {
    let app = TestApp::start().await;
    for listener in [app.public, app.admin] {
        let asked = REFUSED.map(async |(bytes, status, kind)| {
            let response = said(listener, bytes.as_bytes()).await;
            let problem = problem(&response, status);
            assert_eq!(problem["type"], format!("/problems/{kind}"), "{bytes:?}");
        });
        futures_util::future::join_all(asked).await;
    }
    let large = format!("GET / HTTP/1.1\r\nhost: a\r\nx: {}", "x".repeat(200 * 1024));
    let response = said(app.public, large.as_bytes()).await;
    assert_eq!(problem(&response, 431)["type"], "/problems/head-too-large");
    for (status, expected) in [(400, 14.0), (408, 2.0), (431, 1.0)] {
        let counted = counted(&app, status).await;
        assert!((counted - expected).abs() < 0.5, "{status}: {counted}");
    }
}

#[tokio::test]
async fn requests_before_malformed_bytes_are_answered_in_order() {
    let app = TestApp::start().await;
    let bytes = format!("{LIVE}{LIVE}BROKEN\r\n\r\n");
    let said = said(app.public, bytes.as_bytes()).await;
    assert_eq!(said.matches("HTTP/1.1 200 OK\r\n").count(), 2, "{said}");
    let refusal = said.rfind("HTTP/1.1 ").unwrap();
    problem(&said[refusal..], 400);
}
