//! Fetches from the upstream on behalf of one client.

use nexon_sandbox::Sandbox;
use reqwest::Response;
use serde_json::Value;

use crate::app::TestApp;

/// A service that calls this upstream with a key, and fetches two characters a minute for a client.
async fn app(sandbox: &Sandbox) -> TestApp {
    TestApp::configured(&[
        ("MAPLE__NEXON__API_KEY", "any"),
        ("MAPLE__NEXON__BASE_URL", sandbox.url()),
        ("MAPLE__NEXON__QUOTA_PER_SECOND", "1000"),
        ("MAPLE__NEXON__FETCHES_PER_CLIENT_PER_MINUTE", "2"),
        ("MAPLE__CACHE__REFRESH_AFTER_SECONDS", "0"),
        ("MAPLE__HTTP__TRUSTED_PROXIES", "1"),
    ])
    .await
}

async fn ask(app: &TestApp, client: &str, path: &str) -> Response {
    let path = format!("/api/v1/characters/{path}");
    let request = app.get(&path).header("X-Forwarded-For", client);
    request.send().await.unwrap()
}

#[tokio::test]
async fn fetches_of_one_client_are_bounded_and_cost_no_other_client() {
    let sandbox = Sandbox::start_local().unwrap();
    let app = app(&sandbox).await;
    for stranger in ["one/equipment", "two/expectation"] {
        assert_eq!(ask(&app, "1.1.1.1", stranger).await.status(), 200);
    }
    let calls = sandbox.counters().total();

    for route in [
        "",
        "/equipment",
        "/equipment/raw",
        "/expectation",
        "/expectation/stream",
    ] {
        let refused = ask(&app, "1.1.1.1", &format!("three{route}")).await;
        assert_eq!(refused.status(), 429, "{route}");
        let header = |name: &str| refused.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("RateLimit-Policy"), r#""fetches";q=2;w=60"#);
        let wait: u64 = header("Retry-After").parse().unwrap();
        assert!(
            (1..=30).contains(&wait),
            "a fetch comes back every 30 s: {wait}"
        );
        let problem: Value = refused.json().await.unwrap();
        assert_eq!(problem["type"], "/problems/too-many-requests", "{problem}");
    }
    assert_eq!(
        sandbox.counters().total(),
        calls,
        "nobody asked the upstream"
    );

    // Another client has its own fetches, and finds the stored character without one.
    assert_eq!(ask(&app, "2.2.2.2", "three/equipment").await.status(), 200);
    assert_eq!(ask(&app, "1.1.1.1", "three/equipment").await.status(), 200);
}

#[tokio::test]
async fn refresh_beyond_the_limit_is_answered_from_what_is_stored() {
    let sandbox = Sandbox::start_local().unwrap();
    let app = app(&sandbox).await;
    let refresh = "one/expectation?refresh=true";
    for _ in 0..2 {
        assert_eq!(ask(&app, "1.1.1.1", refresh).await.status(), 200);
    }
    let calls = sandbox.counters().total();
    let stored: Value = ask(&app, "1.1.1.1", refresh).await.json().await.unwrap();
    assert_eq!(
        stored["warnings"][0]["code"], "too-many-requests",
        "{stored}"
    );
    assert_eq!(sandbox.counters().total(), calls);
}

/// Whatever a client asks for, most of the day's calls are left to the others.
#[tokio::test]
async fn one_client_cannot_use_up_the_day() {
    const FETCHES: usize = 10;
    let sandbox = Sandbox::start_local().unwrap();
    let app = TestApp::configured(&[
        ("MAPLE__NEXON__API_KEY", "any"),
        ("MAPLE__NEXON__BASE_URL", sandbox.url()),
        ("MAPLE__NEXON__QUOTA_PER_SECOND", "1000"),
        ("MAPLE__NEXON__QUOTA_PER_DAY", "200"),
        ("MAPLE__NEXON__FETCHES_PER_CLIENT_PER_MINUTE", "1000"),
        ("MAPLE__HTTP__TRUSTED_PROXIES", "1"),
    ])
    .await;
    for number in 0..4 * FETCHES {
        let answer = ask(&app, "1.1.1.1", &format!("far{number}/expectation")).await;
        if number < FETCHES {
            assert_eq!(answer.status(), 200, "{number}");
            continue;
        }
        assert_eq!(answer.status(), 429, "{number}");
        let policy = answer.headers()["RateLimit-Policy"].to_str().unwrap();
        assert_eq!(policy, r#""fetches-of-a-day";q=10;w=86400"#);
    }
    let calls = sandbox.counters().total();
    assert!(calls <= 200 / 5, "{calls} calls of 200");
    assert_eq!(ask(&app, "2.2.2.2", "near/expectation").await.status(), 200);
}
