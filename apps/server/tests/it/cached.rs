//! Cached responses: what is sent before a route is looked for is what the route would send.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use equipment::FRESH_FOR;
use nexon_sandbox::{Fault, FaultRule};
use reqwest::Response;

use crate::app::{TestApp, problem};

const EXPECTATION: &str = "/api/v1/characters/아델/expectation";
const PAGE: &str = "/characters/아델";
const MINUTE: Duration = Duration::from_mins(1);

/// A trace that is not recorded; a request in a trace goes to its route.
const TRACE: (&str, &str) = (
    "traceparent",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
);

/// All of a response that does not differ from request to request.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    status: u16,
    headers: BTreeMap<String, Vec<String>>,
    body: Bytes,
}

async fn told(response: Response) -> Told {
    let mut headers = BTreeMap::<String, Vec<String>>::new();
    for (name, value) in response.headers() {
        if !["date", "x-request-id"].contains(&name.as_str()) {
            let values = headers.entry(name.to_string()).or_default();
            values.push(value.to_str().unwrap().to_owned());
        }
    }
    Told {
        status: response.status().as_u16(),
        headers,
        body: response.bytes().await.unwrap(),
    }
}

impl TestApp {
    async fn asked(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let request = self.get(path);
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, *value)
        });
        request.send().await.unwrap()
    }

    /// The answer of the route.
    async fn routed(&self, path: &str, headers: &[(&str, &str)]) -> Told {
        told(self.asked(path, &[headers, &[TRACE]].concat()).await).await
    }

    /// The answer, and whether no route was asked for it: routes look characters up.
    async fn sent(&self, path: &str, headers: &[(&str, &str)]) -> (Told, bool) {
        let before = self.characters_looked_up().await;
        let answer = told(self.asked(path, headers).await).await;
        (answer, self.characters_looked_up().await <= before)
    }

    async fn characters_looked_up(&self) -> f64 {
        let of = |outcome: &str| {
            format!(
                r#"maple_cache_lookups_total{{cache="character",outcome="{outcome}",tier="memory"}}"#
            )
        };
        self.metric(&of("hit")).await + self.metric(&of("miss")).await
    }
}

#[tokio::test]
async fn response_sent_before_the_routes_is_theirs() {
    let app = TestApp::start().await;
    for path in [
        EXPECTATION,
        "/api/v1/characters/아델/expectation?preset=1&budget_meso=5",
        "/api/v1/characters/아델/expectation?detail=full&distribution=true",
        "/api/v1/characters/아델/equipment",
        PAGE,
        "/characters/아델?lang=en",
        "/characters/아델/completion",
    ] {
        app.routed(path, &[]).await;
        for coding in [
            "zstd",
            "gzip",
            "identity",
            "gzip;q=0.5, zstd;q=0.1",
            "br",
            "",
        ] {
            app.wait(Duration::from_secs(7));
            let coding = ("accept-encoding", coding);
            let routed = app.routed(path, &[coding]).await;
            let (sent, is_early) = app.sent(path, &[coding]).await;
            assert!(is_early, "{path} {coding:?}");
            assert_eq!(sent, routed, "{path} {coding:?}");
            assert_eq!(sent.status, 200);
            let tag = sent.headers["etag"][0].clone();
            for known in [
                &*tag,
                &format!("W/{tag}"),
                &format!("\"other\", {tag}"),
                "*",
            ] {
                let headers = [coding, ("if-none-match", known)];
                let routed = app.routed(path, &headers).await;
                let (sent, is_early) = app.sent(path, &headers).await;
                assert!(is_early, "{path} {headers:?}");
                assert_eq!(sent, routed, "{path} {headers:?}");
                assert_eq!((sent.status, sent.body.len()), (304, 0));
            }
            let other = [coding, ("if-none-match", "\"other\"")];
            assert_eq!(
                app.sent(path, &other).await.0,
                app.routed(path, &other).await
            );
        }
    }
}

#[tokio::test]
async fn page_sent_before_the_routes_has_the_language_of_the_request() {
    let app = TestApp::start().await;
    let languages = ["ko", "en", "en;q=0.1, ko;q=0.2", "de", ""];
    for language in languages {
        app.routed(PAGE, &[("accept-language", language)]).await;
    }
    for language in languages {
        let headers = [("accept-language", language)];
        let routed = app.routed(PAGE, &headers).await;
        let (sent, is_early) = app.sent(PAGE, &headers).await;
        assert!(is_early, "{language}");
        assert_eq!(sent, routed, "{language}");
        let lang = if language == "en" { "en" } else { "ko" };
        let page = String::from_utf8(sent.body.to_vec()).unwrap();
        assert!(
            page.contains(&format!("<html lang=\"{lang}\"")),
            "{language}"
        );
        assert!(sent.headers["content-security-policy"][0].contains("script-src"));
    }
}

#[tokio::test]
async fn requests_that_are_not_plain_go_to_their_routes() {
    let app = TestApp::start().await;
    app.routed(EXPECTATION, &[]).await;
    assert!(app.sent(EXPECTATION, &[]).await.1);
    let (traced, is_early) = app.sent(EXPECTATION, &[TRACE]).await;
    assert!(!is_early && traced.status == 200);
    let (refused, _) = app.sent(EXPECTATION, &[("accept-encoding", "*;q=0")]).await;
    assert_eq!(refused.status, 406);
    let head = app.request("HEAD", EXPECTATION).send().await.unwrap();
    assert_eq!(
        head.headers()["content-length"],
        traced.headers["content-length"][0]
    );
    let body = app.get(EXPECTATION).body("{}").send().await.unwrap();
    assert_eq!(body.status(), 200);
    let posted = app
        .request("POST", EXPECTATION)
        .json(&serde_json::json!({}));
    assert_eq!(
        posted.send().await.unwrap().headers()["cache-control"],
        "no-store"
    );
    for (path, status) in [
        ("/api/v1/characters/아델/expectation?preset=4", 400),
        ("/api/v1/characters/아델/expectation/", 404),
    ] {
        assert_eq!(app.sent(path, &[]).await.0.status, status, "{path}");
    }
}

#[tokio::test]
async fn age_is_that_of_the_moment_and_ids_are_the_requests_own() {
    let app = TestApp::start().await;
    app.routed(EXPECTATION, &[]).await;
    let mut ids = Vec::new();
    for minutes in 0..5 {
        let (sent, is_early) = app.sent(EXPECTATION, &[]).await;
        assert!(is_early);
        assert_eq!(sent.headers["age"], [(60 * minutes).to_string()]);
        let answer = app.asked(EXPECTATION, &[]).await;
        ids.push(answer.headers()["x-request-id"].clone());
        app.wait(MINUTE);
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 5);
    let given = app
        .asked(EXPECTATION, &[("x-request-id", "my-own-id-1")])
        .await;
    assert_eq!(given.headers()["x-request-id"], "my-own-id-1");
}

#[tokio::test]
async fn data_that_are_no_longer_fresh_are_never_sent_as_fresh() {
    let app = TestApp::start().await;
    app.routed(EXPECTATION, &[]).await;
    assert!(app.sent(EXPECTATION, &[]).await.1);
    app.break_upstream(FaultRule::always(Fault::InternalError));
    app.wait(FRESH_FOR);
    for _ in 0..2 {
        let (stale, is_early) = app
            .sent(EXPECTATION, &[("accept-encoding", "identity")])
            .await;
        assert!(!is_early);
        assert_eq!(
            stale.headers["cache-status"].len(),
            1,
            "{:?}",
            stale.headers
        );
        let body: serde_json::Value = serde_json::from_slice(&stale.body).unwrap();
        assert_eq!(body["data"]["freshness"], "stale");
    }
}

#[tokio::test]
async fn refresh_by_one_client_is_seen_by_all_at_once() {
    let app = TestApp::start().await;
    app.routed(EXPECTATION, &[]).await;
    let (before, is_early) = app.sent(EXPECTATION, &[]).await;
    assert!(is_early);
    app.wait(3 * MINUTE);
    app.answer(&format!("{EXPECTATION}?refresh=true")).await;
    let (after, _) = app.sent(EXPECTATION, &[]).await;
    assert_eq!(after.headers["age"], ["0"]);
    assert_ne!(
        after.headers["etag"], before.headers["etag"],
        "it was fetched at another time"
    );
    let (again, is_early) = app.sent(EXPECTATION, &[]).await;
    assert!(is_early);
    assert_eq!(again, after);
}

#[tokio::test]
async fn bound_on_requests_holds_for_cached_responses() {
    let settings = [
        ("MAPLE__HTTP__MAX_REQUESTS", "1"),
        ("MAPLE__REQUEST__DEADLINE_MS", "60000"),
    ];
    let app = TestApp::configured(&settings).await;
    app.routed(EXPECTATION, &[]).await;
    assert!(app.sent(EXPECTATION, &[]).await.1);
    app.break_upstream(FaultRule::always(Fault::Hang));
    let asked = app.sandbox().counters().total();
    let stranger = app.get("/api/v1/characters/Cold0/expectation").send();
    let waiting = tokio_util::task::TaskTracker::new().spawn(stranger);
    while app.sandbox().counters().total() == asked {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let refused = app.asked(EXPECTATION, &[]).await;
    assert_eq!(refused.status(), 503);
    assert_eq!(problem(refused).await["type"], "/problems/overloaded");
    waiting.abort();
}

#[tokio::test]
async fn cached_responses_are_counted_as_their_routes() {
    let app = TestApp::start().await;
    app.routed(EXPECTATION, &[]).await;
    let route = "/api/v1/characters/{name}/expectation";
    let requests = format!(r#"maple_http_requests_total{{route="{route}",status="200"}}"#);
    let seconds = format!(r#"maple_http_request_duration_seconds_count{{route="{route}"}}"#);
    let before = (app.metric(&requests).await, app.metric(&seconds).await);
    for _ in 0..3 {
        assert!(app.sent(EXPECTATION, &[]).await.1);
    }
    let after = (app.metric(&requests).await, app.metric(&seconds).await);
    assert_eq!(after, (before.0 + 3.0, before.1 + 3.0));
}
