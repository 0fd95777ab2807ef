//! The files of /docs, and the documents that describe the API.

use reqwest::Response;
use serde_json::Value;
use server::openapi;

use crate::app::{TestApp, gunzip};

const BUNDLE: &str = "/docs/swagger-ui-bundle.js";

async fn bundle(app: &TestApp, headers: &[(&str, &str)]) -> Response {
    let mut request = app.get(BUNDLE);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

#[tokio::test]
async fn files_of_the_docs_are_compressed_tagged_and_kept() {
    let app = TestApp::start().await;
    let plain = bundle(&app, &[]).await;
    assert_eq!(plain.status(), 200);
    assert_eq!(plain.headers()["cache-control"], "max-age=3600");
    assert_eq!(plain.headers()["vary"], "accept-encoding");
    assert!(!plain.headers().contains_key("content-encoding"));
    let tag = plain.headers()["etag"].clone();
    let plain = plain.bytes().await.unwrap();

    let compressed = bundle(&app, &[("accept-encoding", "gzip")]).await;
    assert_eq!(compressed.headers()["content-encoding"], "gzip");
    assert_ne!(compressed.headers()["etag"], tag);
    let compressed = compressed.bytes().await.unwrap();
    assert!(compressed.len() * 2 < plain.len());
    assert_eq!(gunzip(&compressed), plain);

    let known = bundle(&app, &[("if-none-match", tag.to_str().unwrap())]).await;
    assert_eq!(known.status(), 304);
    assert!(known.bytes().await.unwrap().is_empty());
    let missing = app.get("/docs/nothing.js").send().await.unwrap();
    assert_eq!(missing.status(), 404);
}

#[tokio::test]
async fn page_of_the_docs_may_load_its_own_files_and_nothing_else() {
    let app = TestApp::start().await;
    let page = app.get("/docs/").send().await.unwrap();
    assert_eq!(page.status(), 200);
    let policy = page.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    let html = page.text().await.unwrap();
    assert!(html.contains("swagger-ui-bundle.js"), "{html}");
    assert!(!html.contains("https://"), "{html}");
}

#[tokio::test]
async fn each_listener_serves_its_own_document() {
    let app = TestApp::start().await;
    let public = app.get("/openapi.json").send().await.unwrap();
    assert_eq!(public.text().await.unwrap(), openapi::json());
    let admin = app.get_admin("/openapi.json").send().await.unwrap();
    assert_eq!(admin.text().await.unwrap(), openapi::admin_json());
}

/// The operations of both documents: method, path, and what is said of it.
fn operations() -> Vec<(String, String, Value)> {
    let documents = [openapi::json(), openapi::admin_json()];
    let documents = documents.map(|text| serde_json::from_str::<Value>(text).unwrap());
    let paths = documents
        .iter()
        .flat_map(|document| document["paths"].as_object().unwrap());
    let operations = paths.flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (method.clone(), path.clone(), operation.clone()))
    });
    operations.collect()
}

#[test]
fn operations_are_named_by_a_verb_and_a_noun() {
    let mut names = Vec::new();
    for (method, path, operation) in operations() {
        let name = operation["operationId"].as_str().unwrap().to_owned();
        assert!(
            name.contains('_') && !names.contains(&name),
            "{method} {path}: {name}"
        );
        names.push(name);
    }
}

#[test]
fn responses_are_documented_one_by_one() {
    for (method, path, operation) in operations() {
        let what = format!("{method} {path}");
        assert!(operation["security"].is_array(), "{what} says who may ask");
        let is_public = operation["security"].as_array().unwrap().is_empty();
        let responses = operation["responses"].as_object().unwrap();
        assert!(!responses.contains_key("default"), "{what}");
        assert_eq!(
            responses.contains_key("401"),
            !is_public || path.contains("/sessions") || path.ends_with("/luck-reports"),
            "{what}"
        );
        let is_health = path.starts_with("/health/");
        assert_eq!(responses.contains_key("500"), !is_health, "{what}");
        for (status, response) in responses {
            assert!(
                response["description"]
                    .as_str()
                    .is_some_and(|text| !text.is_empty())
            );
            let headers = response["headers"].as_object().unwrap();
            assert!(headers.contains_key("X-Request-Id"), "{what} {status}");
            let is_problem = status.as_str() >= "400" && !is_health;
            let content = &response["content"]["application/problem+json"];
            assert_eq!(content.is_object(), is_problem, "{what} {status}");
            if is_problem && ["429", "503"].contains(&status.as_str()) {
                assert!(headers.contains_key("Retry-After"), "{what} {status}");
            }
        }
    }
}

/// Requests that the service refuses are outside of their schemas.
#[test]
fn schemas_are_as_strict_as_the_service() {
    let document: Value = serde_json::from_str(openapi::json()).unwrap();
    let is_valid = |name: &str, body: &Value| {
        let schema = serde_json::json!({
            "$ref": format!("#/components/schemas/{name}"), "components": document["components"],
        });
        jsonschema::validator_for(&schema).unwrap().is_valid(body)
    };
    let hat = serde_json::json!({
        "method": "red", "part": "hat", "item_level": 250, "from": {"grade": "rare"},
        "goal": "int_pct >= 9",
    });
    let stars = serde_json::json!({"item_level": 200, "from": 0, "to": 22});
    for (name, valid, changes) in [
        (
            "PotentialRequest",
            &hat,
            r#"[{"goal": null}, {"goal": ""}, {"item_level": 301}, {"method": "blue"},
                {"quantiles": [1]}, {"prices": {"blue": 1}}, {"prices": {"red": -1}},
                {"budget_meso": 9223372036854775807}, {"rules": "none"}, {"x": 1},
                {"from": {"grade": "rare", "failures": -1}}]"#,
        ),
        (
            "StarForceRequest",
            &stars,
            r#"[{"to": 31}, {"rules": "kms-2026-10"}, {"kind": "odd"}, {"safeguard": "always"},
                {"certain_stars": [31]}, {"discount": 1}, {"restore": {"mode": "custom"}},
                {"restore": {"mode": "full", "copies": 2}}, {"membership": {"mvp": "bronze"}}]"#,
        ),
    ] {
        assert!(is_valid(name, valid), "{name}");
        let changes: Vec<Value> = serde_json::from_str(changes).unwrap();
        for change in changes {
            let mut body = valid.clone();
            let fields = change.as_object().unwrap().clone();
            body.as_object_mut().unwrap().extend(fields);
            assert!(!is_valid(name, &body), "{name} {change}");
        }
    }
}
