//! Headers that every response carries, whatever the route, the listener and the status.

use reqwest::{RequestBuilder, Response};
use serde_json::Value;
use server::openapi;

use crate::app::TestApp;

/// Paths that no document describes, with the status of a GET.
const FURTHER: [(&str, u16); 10] = [
    ("/", 200),
    ("/rules", 200),
    ("/characters/아델", 200),
    ("/calculators/potential", 200),
    ("/docs/", 200),
    ("/docs", 308),
    ("/openapi.json", 200),
    ("/problems/bad-request", 200),
    ("/nothing", 404),
    ("/api/v1/nothing", 404),
];

/// The operations of a document, with a character and an id in their paths.
fn operations(document: &str) -> Vec<(String, String)> {
    let document: Value = serde_json::from_str(document).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let path = path
            .replace("{name}", "아델")
            .replace("{id}", &"0".repeat(32));
        let methods = item.as_object().unwrap().keys();
        methods.map(move |method| (method.to_uppercase(), path.clone()))
    });
    operations.collect()
}

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    let value = response.headers().get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

async fn check(request: RequestBuilder, what: &str) -> Response {
    let response = request
        .header("origin", "https://example.org")
        .send()
        .await
        .unwrap();
    let what = format!("{what} {}", response.status());
    assert_eq!(
        header(&response, "x-content-type-options"),
        "nosniff",
        "{what}"
    );
    assert_eq!(
        header(&response, "referrer-policy"),
        "no-referrer",
        "{what}"
    );
    let policy = header(&response, "content-security-policy");
    assert!(policy.contains("default-src 'none'"), "{what}: {policy}");
    assert!(
        policy.contains("frame-ancestors 'none'"),
        "{what}: {policy}"
    );
    assert!(!header(&response, "cache-control").is_empty(), "{what}");
    if response.status().is_client_error() || response.status().is_server_error() {
        assert_eq!(header(&response, "cache-control"), "no-store", "{what}");
    }
    assert!(!header(&response, "x-request-id").is_empty(), "{what}");
    assert!(
        !response
            .headers()
            .contains_key("access-control-allow-credentials"),
        "{what}"
    );
    response
}

#[tokio::test]
async fn each_response_of_the_public_listener_has_its_headers() {
    let app = TestApp::start().await;
    for (method, path) in operations(openapi::json()) {
        let what = format!("{method} {path}");
        let response = check(app.request(&method, &path), &what).await;
        let is_read = method == "GET";
        let is_open = path.starts_with("/api/v1/calculations/")
            || is_read && (path.starts_with("/api/v1/characters/") || path == "/api/v1/rules");
        let origin = header(&response, "access-control-allow-origin");
        assert_eq!(origin, if is_open { "*" } else { "" }, "{what}");
        // A method that the route does not take.
        check(app.request("PATCH", &path), &format!("PATCH {path}")).await;
    }
    for (path, status) in FURTHER {
        let response = check(app.get(path), path).await;
        assert_eq!(response.status(), status, "{path}");
    }
}

#[tokio::test]
async fn each_response_of_the_admin_listener_has_its_headers() {
    let app = TestApp::start().await;
    for (method, path) in operations(openapi::admin_json()) {
        let what = format!("{method} {path}");
        for request in [app.request_admin(&method, &path), app.admin(&method, &path)] {
            let response = check(request, &what).await;
            assert_eq!(header(&response, "cache-control"), "no-store", "{what}");
        }
    }
    for path in ["/metrics", "/health/live", "/health/ready", "/nothing"] {
        let response = check(app.get_admin(path), path).await;
        assert_eq!(header(&response, "cache-control"), "no-store", "{path}");
        assert_eq!(
            header(&response, "access-control-allow-origin"),
            "",
            "{path}"
        );
    }
}
