//! Delivery of responses: coded, tagged, aged, and made once.

use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use nexon_sandbox::{Fault, FaultRule};
use reqwest::Response;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use crate::app::{TestApp, gunzip, problem};

const WHO: &str = "/api/v1/characters/아델";
const EQUIPMENT: &str = "/api/v1/characters/아델/equipment";
const RAW: &str = "/api/v1/characters/아델/equipment/raw";
const EXPECTATION: &str = "/api/v1/characters/아델/expectation";

/// Paths that are read and may be kept.
const KEPT: [&str; 6] = [
    WHO,
    EQUIPMENT,
    RAW,
    EXPECTATION,
    "/api/v1/rules",
    "/openapi.json",
];

async fn get(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = app.get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

fn decoded(coding: &str, body: &Bytes) -> Vec<u8> {
    match coding {
        "zstd" => zstd::decode_all(&body[..]).unwrap(),
        "gzip" => gunzip(body),
        _ => body.to_vec(),
    }
}

#[tokio::test]
async fn every_answer_comes_in_the_coding_that_is_wanted() {
    let app = TestApp::start().await;
    for path in KEPT {
        let plain = get(&app, path, &[]).await.bytes().await.unwrap();
        let mut tags = Vec::new();
        for coding in ["zstd", "gzip", "identity"] {
            let response = get(&app, path, &[("accept-encoding", coding)]).await;
            assert_eq!(response.status(), 200, "{path}");
            let headers = response.headers().clone();
            let said = text(&headers, "content-encoding");
            assert_eq!(said, if coding == "identity" { "" } else { coding });
            assert_eq!(text(&headers, "vary"), "accept-encoding", "{path}");
            tags.push(text(&headers, "etag").to_owned());
            let body = response.bytes().await.unwrap();
            assert_eq!(decoded(coding, &body), plain, "{path} in {coding}");
            // Compression has nothing to gain from a body as small as who somebody is.
            if coding != "identity" && path != WHO {
                assert!(body.len() < plain.len(), "{path} in {coding}");
            }
        }
        for tag in &tags {
            assert!(tag.starts_with('"') && tag.ends_with('"'), "{path}: {tag}");
        }
        assert_ne!(tags[0], tags[1], "{path}");
        assert_ne!(tags[1], tags[2], "{path}");
        assert_ne!(tags[0], tags[2], "{path}");
    }
}

#[tokio::test]
async fn client_that_has_the_representation_gets_a_304() {
    let app = TestApp::start().await;
    for path in KEPT {
        let gzip = ("accept-encoding", "gzip");
        let first = get(&app, path, &[gzip]).await.headers().clone();
        let tag = text(&first, "etag");
        let list = format!(r#""other", W/{tag}"#);
        for known in [tag, &list, "*"] {
            let again = get(&app, path, &[gzip, ("if-none-match", known)]).await;
            assert_eq!(again.status(), 304, "{path} {known}");
            for name in ["etag", "vary", "cache-control", "age"] {
                assert_eq!(text(again.headers(), name), text(&first, name), "{path}");
            }
            assert!(again.bytes().await.unwrap().is_empty(), "{path}");
        }
        for unknown in [r#""other""#, "nonsense"] {
            let again = get(&app, path, &[gzip, ("if-none-match", unknown)]).await;
            assert_eq!(again.status(), 200, "{path} {unknown}");
        }
        let other_coding = [("accept-encoding", "zstd"), ("if-none-match", tag)];
        assert_eq!(get(&app, path, &other_coding).await.status(), 200, "{path}");
    }
}

#[tokio::test]
async fn head_is_get_without_the_body_everywhere() {
    let app = TestApp::start().await;
    let document = app.answer("/openapi.json").await;
    let paths = document["paths"].as_object().unwrap();
    let documented = paths
        .iter()
        .filter(|(_, methods)| methods["get"].is_object());
    let documented = documented.map(|(path, _)| path.replace("{name}", "아델"));
    let others = [
        "/openapi.json",
        "/problems/not-found",
        "/docs",
        "/docs/",
        "/docs/swagger-ui.css",
        "/docs/none",
    ];
    let others = others.map(str::to_owned);
    for path in documented.chain(others) {
        for coding in ["zstd", "gzip", "identity"] {
            let get = get(&app, &path, &[("accept-encoding", coding)]).await;
            let head = app.request("HEAD", &path);
            let head = head.header("accept-encoding", coding).send().await.unwrap();
            assert_eq!(head.status(), get.status(), "{path}");
            for name in ["content-type", "content-length", "content-encoding", "etag"] {
                let both = (text(head.headers(), name), text(get.headers(), name));
                assert_eq!(both.0, both.1, "{name} of {path}");
            }
            assert!(head.bytes().await.unwrap().is_empty(), "{path}");
        }
    }
}

#[tokio::test]
async fn client_that_refuses_every_coding_gets_a_406_with_the_codings() {
    let app = TestApp::start().await;
    for path in KEPT {
        let refused = get(&app, path, &[("accept-encoding", "br, *;q=0")]).await;
        assert_eq!(refused.status(), 406, "{path}");
        assert_eq!(problem(refused).await["type"], "/problems/not-acceptable");
    }
}

#[tokio::test]
async fn answer_keeps_its_bytes_and_tag_while_its_age_grows() {
    let app = TestApp::start().await;
    for path in [WHO, EQUIPMENT, EXPECTATION] {
        let first = get(&app, path, &[]).await;
        assert_eq!(text(first.headers(), "age"), "0", "{path}");
        let tag = text(first.headers(), "etag").to_owned();
        let body = first.bytes().await.unwrap();
        app.wait(Duration::from_secs(59));
        let later = get(&app, path, &[]).await;
        assert_eq!(text(later.headers(), "age"), "59", "{path}");
        assert_eq!(text(later.headers(), "etag"), tag, "{path}");
        let cache_policy = text(later.headers(), "cache-control");
        let expected = match path {
            // Its likes change at any time.
            WHO => "no-cache",
            _ => "max-age=900, stale-while-revalidate=60, stale-if-error=604800",
        };
        assert_eq!(cache_policy, expected, "{path}");
        assert_eq!(later.headers().get("cache-status"), None);
        assert_eq!(later.bytes().await.unwrap(), body, "{path}");
        app.wait(Duration::from_secs(761));
        let older = get(&app, path, &[]).await;
        assert_eq!(text(older.headers(), "age"), "820", "{path}");
        assert_eq!(text(older.headers(), "etag"), tag, "{path}");
        let older = older.bytes().await.unwrap();
        assert_eq!(older, body, "{path}");
        let older: Value = serde_json::from_slice(&older).unwrap();
        assert_eq!(older["data"].get("age_seconds"), None, "{path}");
        let anew = get(&app, &format!("{path}?refresh=true"), &[]).await;
        assert_eq!(text(anew.headers(), "cache-control"), "no-cache", "{path}");
        assert_eq!(text(anew.headers(), "age"), "0", "{path}");
        assert_ne!(text(anew.headers(), "etag"), tag, "{path}: it is newer");
    }
}

#[tokio::test]
async fn responses_kept_as_fresh_are_not_sent_as_fresh_once_stale() {
    for path in [WHO, EQUIPMENT, EXPECTATION] {
        let app = TestApp::start().await;
        let fresh = app.answer(path).await;
        assert_eq!(fresh["data"]["freshness"], "fresh");
        app.break_upstream(FaultRule::always(Fault::InternalError));
        app.wait(Duration::from_mins(15));
        for age in [900, 1_000] {
            let response = get(&app, path, &[]).await;
            let headers = response.headers().clone();
            assert_eq!(text(&headers, "age"), age.to_string(), "{path}");
            let status = format!("maple-expectation; hit; ttl=-{}; detail=stale", age - 900);
            assert_eq!(text(&headers, "cache-status"), status, "{path}");
            let stale: Value = response.json().await.unwrap();
            assert_eq!(stale["data"]["freshness"], "stale", "{path}");
            assert_eq!(stale["data"]["fetched_at"], fresh["data"]["fetched_at"]);
            assert_eq!(stale["warnings"][0]["code"], "stale", "{path}");
            app.wait(Duration::from_secs(100));
        }
    }
}

#[tokio::test]
async fn cold_requests_at_once_are_worked_out_once() {
    let app = TestApp::start().await;
    let path = format!("{EXPECTATION}?preset=all");
    let answers = (0..100).map(|_| get(&app, &path, &[("accept-encoding", "zstd")]));
    let mut bodies = Vec::new();
    for answer in join_all(answers).await {
        assert_eq!(answer.status(), 200);
        bodies.push(answer.bytes().await.unwrap());
    }
    let warnings = |body: &Bytes| {
        let answer: Value = serde_json::from_slice(&decoded("zstd", body)).unwrap();
        answer["warnings"].clone()
    };
    for body in &bodies {
        assert!(*body == bodies[0], "{}", warnings(body));
    }
    assert_eq!(app.sandbox().counters().total(), 4, "one fetch set");
    let made = "maple_finished_responses_made_total";
    assert!(
        (app.metric(made).await - 1.0).abs() < f64::EPSILON,
        "worked out once"
    );
}

#[tokio::test]
async fn finished_answer_is_kept_for_its_question_only() {
    let app = TestApp::start().await;
    let mut bodies = Vec::new();
    for query in [
        "",
        "?preset=2",
        "?preset=all",
        "?from=current_grade",
        "?potential_method=red",
        "?additional_method=additional",
    ] {
        let path = format!("{EXPECTATION}{query}");
        let first = app.answer(&path).await;
        assert_eq!(app.answer(&path).await, first, "{query}");
        bodies.push(first);
    }
    bodies.push(app.answer("/api/v1/characters/별빛/expectation").await);
    for (n, body) in bodies.iter().enumerate() {
        assert!(!bodies[..n].contains(body), "{n}");
    }
    let made = app.metric("maple_finished_responses_made_total").await;
    assert!((made - 7.0).abs() < f64::EPSILON, "{made}");
    let by_name = format!("{EXPECTATION}?rules=kms-2026-10");
    assert_eq!(app.answer(&by_name).await, bodies[0]);
    let made_after = app.metric("maple_finished_responses_made_total").await;
    assert!(
        (made_after - made).abs() < f64::EPSILON,
        "the current rules by name"
    );
    assert!(app.metric("maple_finished_responses_bytes").await > 0.0);
}

#[tokio::test]
async fn calculations_and_problems_come_in_the_coding_that_is_wanted() {
    let app = TestApp::start().await;
    let questions = [
        (
            "/api/v1/calculations/potential/compare",
            json!({"part": "hat", "item_level": 250, "from": {"grade": "rare"}, "goal": "int_pct >= 30"}),
            200,
        ),
        (
            "/api/v1/calculations/plan",
            json!({"items": vec![json!({}); 20]}),
            422,
        ),
    ];
    for (path, question, status) in questions {
        let ask = async |coding: &str| {
            let request = app.post(path, &question);
            let response = request.header("accept-encoding", coding).send().await;
            let response = response.unwrap();
            assert_eq!(response.status(), status, "{path}");
            let said = text(response.headers(), "content-encoding").to_owned();
            (said, response.bytes().await.unwrap())
        };
        let body = |coding: &str, body: &Bytes| {
            let mut body: Value = serde_json::from_slice(&decoded(coding, body)).unwrap();
            // Each request has its own.
            body.as_object_mut().unwrap().remove("request_id");
            body
        };
        let (said, plain) = ask("identity").await;
        assert_eq!(said, "");
        for coding in ["zstd", "gzip"] {
            let (said, coded) = ask(coding).await;
            assert_eq!(said, coding, "{path}");
            assert!(coded.len() < plain.len() / 2, "{path} in {coding}");
            assert_eq!(body(coding, &coded), body("identity", &plain));
        }
    }
}
