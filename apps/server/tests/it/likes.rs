//! Liking characters, over real sockets.

use nexon_sandbox::{Fault, FaultRule};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::app::{TestApp, problem};

const LIKE: &str = "/api/v1/characters/아델/like";
const LIKES: &str = "/api/v1/characters/아델/likes";

fn ask(app: &TestApp, method: &str, path: &str, session: &Value) -> RequestBuilder {
    let token = session["access_token"].as_str().unwrap();
    app.request(method, path).bearer_auth(token)
}

async fn refused(request: RequestBuilder, status: u16, kind: &str) {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), status);
    let problem = problem(response).await;
    assert_eq!(problem["type"], format!("/problems/{kind}"), "{problem}");
}

#[tokio::test]
async fn each_member_likes_a_character_once() {
    let app = TestApp::start().await;
    let sessions = [
        app.log_in("sandbox-member-1").await,
        app.log_in("sandbox-member-2").await,
    ];
    for (method, member, liked, count) in [
        ("DELETE", 0, false, 0),
        ("PUT", 0, true, 1),
        ("PUT", 0, true, 1),
        ("PUT", 1, true, 2),
        ("DELETE", 0, false, 1),
        ("DELETE", 0, false, 1),
    ] {
        let response = ask(&app, method, LIKE, &sessions[member]).send().await;
        let response = response.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["cache-control"], "no-store");
        let standing: Value = response.json().await.unwrap();
        assert_eq!(standing, json!({"liked": liked, "count": count}));
        assert_eq!(
            app.answer(LIKES).await,
            json!({"count": count, "age_seconds": 0})
        );
        let character = app.answer("/api/v1/characters/아델").await;
        assert_eq!(character["likes"], count);
    }
}

#[tokio::test]
async fn ones_own_characters_are_not_liked() {
    let app = TestApp::start().await;
    let session = app.log_in("sandbox-member-1").await;
    let me = ask(&app, "GET", "/api/v1/me", &session).send().await;
    let me: Value = me.unwrap().json().await.unwrap();
    for character in me["characters"].as_array().unwrap() {
        let name = character["name"].as_str().unwrap();
        let path = format!("/api/v1/characters/{name}/like");
        refused(ask(&app, "PUT", &path, &session), 403, "forbidden").await;
        let likes = app.answer(&format!("{path}s")).await;
        assert_eq!(likes, json!({"count": 0, "age_seconds": 0}));
        // Another member may.
        let other = app.log_in("sandbox-member-2").await;
        let liked = ask(&app, "PUT", &path, &other).send().await.unwrap();
        assert_eq!(liked.status(), 200);
    }
}

#[tokio::test]
async fn refused_like_gives_its_reason() {
    let app = TestApp::start().await;
    let session = app.log_in("sandbox-member-1").await;
    for method in ["PUT", "DELETE"] {
        let ask = |path| ask(&app, method, path, &session);
        let nobody = "/api/v1/characters/없는캐릭터/like";
        refused(ask(nobody), 404, "unknown-character").await;
        let long = "/api/v1/characters/thirteenchars/like";
        refused(ask(long), 400, "bad-request").await;
        refused(app.request(method, LIKE), 401, "unauthorized").await;
    }
    let nobodys = "/api/v1/characters/없는캐릭터/likes";
    refused(app.get(nobodys), 404, "unknown-character").await;
    app.break_upstream(FaultRule::always(Fault::ApiMaintenance));
    refused(
        ask(&app, "PUT", LIKE, &session),
        503,
        "upstream-unavailable",
    )
    .await;
}

#[tokio::test]
async fn likes_sent_too_often_are_refused_with_retry_after_and_those_of_others_are_not() {
    let app = TestApp::configured(&[("MAPLE__MEMBERS__LIKES_PER_MINUTE", "3")]).await;
    let eager = app.log_in("sandbox-member-1").await;
    for (method, left) in [("PUT", 2), ("DELETE", 1), ("PUT", 0)] {
        let response = ask(&app, method, LIKE, &eager).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(
            response.headers()["ratelimit-policy"],
            r#""likes";q=3;w=60"#
        );
        let told = response.headers()["ratelimit"].to_str().unwrap();
        assert!(
            told.starts_with(&format!(r#""likes";r={left};t="#)),
            "{told}"
        );
    }
    let refused = ask(&app, "DELETE", LIKE, &eager).send().await.unwrap();
    assert_eq!(refused.status(), 429);
    let wait: u32 = refused.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    assert_eq!(refused.headers()["ratelimit"], r#""likes";r=0;t=60"#);
    let refused = problem(refused).await;
    assert_eq!(refused["type"], "/problems/too-many-requests");

    let other = app.log_in("sandbox-member-2").await;
    let liked = ask(&app, "PUT", LIKE, &other).send().await.unwrap();
    assert_eq!(liked.status(), 200);
    assert_eq!(
        app.answer(LIKES).await,
        json!({"count": 2, "age_seconds": 0}),
        "nothing was undone"
    );
}
