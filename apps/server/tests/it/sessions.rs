//! Logging in, staying logged in and logging out, over real sockets.

use std::time::Duration;

use nexon_sandbox::{Endpoint, Fault, FaultRule};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::app::{TestApp, problem};

const SESSIONS: &str = "/api/v1/sessions";
const REFRESH: &str = "/api/v1/sessions/refresh";
const CURRENT: &str = "/api/v1/sessions/current";
const ME: &str = "/api/v1/me";

fn refresh(app: &TestApp, session: &Value) -> RequestBuilder {
    app.post(REFRESH, &json!({"refresh_token": session["refresh_token"]}))
}

fn me(app: &TestApp, session: &Value) -> RequestBuilder {
    app.get(ME)
        .bearer_auth(session["access_token"].as_str().unwrap())
}

async fn body(request: RequestBuilder, status: u16) -> Value {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), status);
    response.json().await.unwrap()
}

/// Checks that a request is refused with this kind of problem; gives its `Retry-After`.
async fn refused(request: RequestBuilder, status: u16, kind: &str) -> Option<u64> {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), status);
    let header = |name: &str| {
        let value = response.headers().get(name);
        value.map(|value| value.to_str().unwrap().to_owned())
    };
    let challenge = (status == 401).then(|| "Bearer realm=\"maple-expectation\"".to_owned());
    assert_eq!(header("www-authenticate"), challenge);
    let retry_after = header("retry-after").map(|seconds| seconds.parse().unwrap());
    let problem = problem(response).await;
    assert_eq!(problem["type"], format!("/problems/{kind}"), "{problem}");
    retry_after
}

#[tokio::test]
async fn key_opens_a_session_that_knows_its_characters() {
    let app = TestApp::start().await;
    let opened = app.try_log_in("sandbox-member-1").send().await.unwrap();
    assert_eq!(opened.status(), 201);
    assert_eq!(opened.headers()["cache-control"], "no-store");
    let session: Value = opened.json().await.unwrap();
    assert_eq!(session["access_expires_at"], "2026-11-22T12:15:00Z");
    assert_eq!(session["refresh_expires_at"], "2026-11-29T12:00:00Z");
    let me = body(me(&app, &session), 200).await;
    assert_eq!(me["member_id"], session["member_id"]);
    assert_eq!(me["roles"], json!(["member"]));
    for character in me["characters"].as_array().unwrap() {
        let name = character["name"].as_str().unwrap();
        let known = app.answer(&format!("/api/v1/characters/{name}")).await;
        for field in ["name", "world", "class", "level"] {
            assert_eq!(character[field], known[field]);
        }
    }
    let other = app.log_in("sandbox-member-2").await;
    assert_ne!(other["member_id"], session["member_id"]);
}

#[tokio::test]
async fn invalid_key_opens_no_session() {
    let app = TestApp::start().await;
    refused(app.try_log_in("unknown"), 401, "wrong-key").await;
    refused(app.try_log_in("two words"), 422, "invalid-value").await;
    refused(app.try_log_in(""), 422, "invalid-value").await;
    for (fault, status, kind) in [
        (Fault::RefusedKey, 401, "wrong-key"),
        (
            Fault::QuotaExceeded {
                retry_after_seconds: Some(7),
            },
            429,
            "quota-exceeded",
        ),
        (Fault::InternalError, 503, "upstream-unavailable"),
        (Fault::BadJson, 503, "upstream-unavailable"),
        (Fault::ApiMaintenance, 503, "upstream-unavailable"),
    ] {
        app.break_upstream(FaultRule::always(fault).on(Endpoint::CharacterList));
        let wait = refused(app.try_log_in("sandbox-member-1"), status, kind).await;
        assert_eq!(wait.is_some(), status != 401, "{fault:?}");
    }
}

#[tokio::test]
async fn broken_body_is_not_echoed() {
    let app = TestApp::start().await;
    for canary in [
        json!("canary"),
        json!({"canary": "canary"}),
        json!({"nexon_api_key": ["canary"]}),
        json!({"nexon_api_key": "canary", "more": "canary"}),
    ] {
        for path in [SESSIONS, REFRESH] {
            let response = app.post(path, &canary).send().await.unwrap();
            assert_eq!(response.status(), 400);
            let problem = problem(response).await.to_string();
            assert!(!problem.contains("canary"), "{problem}");
            assert!(problem.contains("the body is not {"), "{problem}");
        }
    }
}

#[tokio::test]
async fn too_many_attempts_are_told_when_to_come_again() {
    let app = TestApp::configured(&[("MAPLE__SESSIONS__ATTEMPTS_PER_MINUTE", "2")]).await;
    app.log_in("sandbox-member-1").await;
    refused(app.try_log_in("unknown"), 401, "wrong-key").await;
    let third = app.try_log_in("sandbox-member-1");
    let wait = refused(third, 429, "too-many-attempts").await;
    assert!((1..=30).contains(&wait.unwrap()), "{wait:?}");
    // Without a proxy of ours in front, anybody may write this.
    let forged = app
        .try_log_in("sandbox-member-1")
        .header("x-forwarded-for", "1.2.3.4");
    refused(forged, 429, "too-many-attempts").await;
    let metrics = app.metrics().await;
    for line in [
        r#"maple_log_ins_total{outcome="opened"} 1"#,
        r#"maple_log_ins_total{outcome="key_refused"} 1"#,
        r#"maple_log_ins_total{outcome="too_many"} 2"#,
    ] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }
}

#[tokio::test]
async fn behind_a_proxy_each_client_has_its_own_attempts() {
    let app = TestApp::configured(&[
        ("MAPLE__SESSIONS__ATTEMPTS_PER_MINUTE", "1"),
        ("MAPLE__HTTP__TRUSTED_PROXIES", "1"),
    ])
    .await;
    for (forwarded, status) in [
        ("1.1.1.1", 201),
        ("9.9.9.9, 1.1.1.1", 429),
        ("1.1.1.1, 2.2.2.2", 201),
    ] {
        let attempt = app
            .try_log_in("sandbox-member-1")
            .header("x-forwarded-for", forwarded);
        assert_eq!(attempt.send().await.unwrap().status(), status);
    }
}

#[tokio::test]
async fn tokens_are_needed_good_and_of_their_kind() {
    let app = TestApp::start().await;
    let session = app.log_in("sandbox-member-1").await;
    refused(app.get(ME), 401, "unauthorized").await;
    refused(app.get(ME).bearer_auth("maple_at_x"), 401, "unauthorized").await;
    let refresh_token = session["refresh_token"].as_str().unwrap();
    refused(app.get(ME).bearer_auth(refresh_token), 401, "unauthorized").await;
    let access_token = session["access_token"].as_str().unwrap();
    let in_query = app.get(&format!("{ME}?access_token={access_token}"));
    refused(in_query, 401, "unauthorized").await;
    app.wait(Duration::from_mins(15));
    refused(me(&app, &session), 401, "unauthorized").await;
}

#[tokio::test]
async fn refresh_token_is_good_once() {
    let app = TestApp::start().await;
    let first = app.log_in("sandbox-member-1").await;
    let second = body(refresh(&app, &first), 200).await;
    assert_eq!(second["member_id"], first["member_id"]);
    refused(me(&app, &first), 401, "unauthorized").await;
    body(me(&app, &second), 200).await;
    refused(refresh(&app, &first), 401, "unauthorized").await;
    refused(me(&app, &second), 401, "unauthorized").await;
    refused(refresh(&app, &second), 401, "unauthorized").await;
}

#[tokio::test]
async fn logging_out_ends_this_session_and_no_other() {
    let app = TestApp::start().await;
    let (one, two) = (
        app.log_in("sandbox-member-1").await,
        app.log_in("sandbox-member-1").await,
    );
    let token = one["access_token"].as_str().unwrap();
    let log_out = app.request("DELETE", CURRENT).bearer_auth(token);
    assert_eq!(log_out.send().await.unwrap().status(), 204);
    refused(me(&app, &one), 401, "unauthorized").await;
    refused(refresh(&app, &one), 401, "unauthorized").await;
    body(me(&app, &two), 200).await;
}

#[tokio::test]
async fn configured_members_are_developers() {
    let app = TestApp::start().await;
    let id = app.log_in("sandbox-member-1").await["member_id"].clone();
    // The secret is in the data folder, so the same account has another id in another one.
    let folder = app.into_folder().await;
    let developers = format!("{}=메이플", id.as_str().unwrap());
    let app = TestApp::in_folder(folder, &[("MAPLE__MEMBERS__DEVELOPERS", &developers)]).await;
    let developer = app.log_in("sandbox-member-1").await;
    assert_eq!(developer["member_id"], id);
    let me = body(me(&app, &developer), 200).await;
    assert_eq!(me["roles"], json!(["member", "developer"]));
}

#[tokio::test]
async fn operators_end_the_sessions_of_a_member() {
    let app = TestApp::start().await;
    let (one, two) = (
        app.log_in("sandbox-member-1").await,
        app.log_in("sandbox-member-2").await,
    );
    let path = |id: &str| format!("/api/v1/admin/members/{id}/sessions");
    let end = app.admin("DELETE", &path(one["member_id"].as_str().unwrap()));
    assert_eq!(body(end, 200).await, json!({"ended": 1}));
    refused(me(&app, &one), 401, "unauthorized").await;
    body(me(&app, &two), 200).await;
    refused(app.admin("DELETE", &path("nobody")), 400, "bad-request").await;
}
