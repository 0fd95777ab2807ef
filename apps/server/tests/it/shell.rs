//! Properties of every route: ids, problems, metrics, health, documents, the end.

use std::error::Error;

use async_trait::async_trait;
use server::HealthCheck;

use crate::app::{TestApp, problem};

#[derive(Debug)]
struct Broken;

#[async_trait]
impl HealthCheck for Broken {
    fn name(&self) -> &'static str {
        "moon"
    }

    async fn check(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        Err("gone".into())
    }
}

#[tokio::test]
async fn unknown_path_is_a_problem() {
    let app = TestApp::start().await;
    let response = app.get("/api/v1/nothing").send().await.unwrap();
    assert_eq!(response.status(), 404);
    assert_eq!(problem(response).await["type"], "/problems/not-found");
}

#[tokio::test]
async fn another_method_is_a_problem_that_names_those_allowed() {
    let app = TestApp::start().await;
    let response = app.request("DELETE", "/health/live").send().await.unwrap();
    assert_eq!(response.status(), 405);
    assert_eq!(response.headers()["allow"], "GET, HEAD");
    assert_eq!(
        problem(response).await["type"],
        "/problems/method-not-allowed"
    );
}

#[tokio::test]
async fn every_problem_is_explained_at_its_uri() {
    let app = TestApp::start().await;
    let missing = app.get("/nowhere").send().await.unwrap();
    let uri = problem(missing).await["type"].as_str().unwrap().to_owned();
    let page = app.get(&uri).send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(
        page.text()
            .await
            .unwrap()
            .contains("No resource has this path")
    );
    let unknown = app.get("/problems/none").send().await.unwrap();
    assert_eq!(unknown.status(), 404);
}

#[tokio::test]
async fn request_keeps_its_id_or_gets_one() {
    let app = TestApp::start().await;
    let own = app
        .get("/health/live")
        .header("X-Request-Id", "my-own.id_1");
    assert_eq!(
        own.send().await.unwrap().headers()["x-request-id"],
        "my-own.id_1"
    );
    let made = app.get("/health/live").header("X-Request-Id", "<bad>");
    let made = made.send().await.unwrap().headers()["x-request-id"].clone();
    assert_eq!(made.len(), 8, "{made:?}");
}

#[tokio::test]
async fn live_process_says_so() {
    let app = TestApp::with_dependencies(vec![Box::new(Broken)]).await;
    let live = app.get("/health/live").send().await.unwrap();
    assert_eq!(live.status(), 200);
    assert_eq!(live.text().await.unwrap(), r#"{"status":"alive"}"#);
    let head = app.request("HEAD", "/health/live").send().await.unwrap();
    assert_eq!(head.status(), 200);
}

#[tokio::test]
async fn service_that_lacks_nothing_is_ready() {
    let app = TestApp::start().await;
    let ready = app.answer("/health/ready").await;
    assert_eq!(ready["ready"], true);
    assert_eq!(ready["dependencies"]["database"], "ok");
}

#[tokio::test]
async fn readiness_names_what_fails() {
    let app = TestApp::with_dependencies(vec![Box::new(Broken)]).await;
    let ready = app.get("/health/ready").send().await.unwrap();
    assert_eq!(ready.status(), 503);
    assert_eq!(
        ready.text().await.unwrap(),
        r#"{"ready":false,"dependencies":{"database":"ok","moon":"failed"},"stopping":false}"#
    );
}

#[tokio::test]
async fn requests_are_counted_by_route_and_status() {
    let app = TestApp::start().await;
    app.get("/health/live").send().await.unwrap();
    app.get("/one").send().await.unwrap();
    app.get("/two").send().await.unwrap();
    let metrics = app
        .get_admin("/metrics")
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    for line in [
        r#"maple_http_requests_total{route="/health/live",status="200"} 1"#,
        r#"maple_http_requests_total{route="/health/ready",status="503"} 0"#,
        r#"maple_http_requests_total{route="unmatched",status="404"} 2"#,
        r#"maple_http_request_duration_seconds_count{route="unmatched"} 2"#,
    ] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }
}

#[tokio::test]
async fn metrics_are_for_operators_only() {
    let app = TestApp::start().await;
    let response = app.get("/metrics").send().await.unwrap();
    assert_eq!(response.status(), 404);
}

#[tokio::test]
async fn api_describes_itself_offline() {
    let app = TestApp::start().await;
    let document: serde_json::Value = app
        .get("/openapi.json")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let docs = app.get("/docs").send().await.unwrap();
    assert_eq!(docs.headers()["location"], "/docs/");
    let page = app
        .get("/docs/")
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(page.contains("swagger"), "{page}");
    assert!(!page.contains("https://"), "{page}");
}

#[tokio::test]
async fn stopping_ends_both_servers() {
    let app = TestApp::start().await;
    app.get("/health/live").send().await.unwrap();
    app.stop().await.unwrap();
}
