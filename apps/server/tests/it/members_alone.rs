//! Operations on members: end all sessions, grant to those that exist, say something that can be
//! seen.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::app::{TestApp, problem};

const GRANTS: &str = "/api/v1/admin/points/grants";

async fn me(app: &TestApp, session: &Value) -> StatusCode {
    let token = session["access_token"].as_str().unwrap();
    let response = app.get("/api/v1/me").bearer_auth(token).send().await;
    response.unwrap().status()
}

#[tokio::test]
async fn member_ends_all_sessions_and_no_other_members() {
    let app = TestApp::start().await;
    let (first, second) = (
        app.log_in("sandbox-member-1").await,
        app.log_in("sandbox-member-1").await,
    );
    let other = app.log_in("sandbox-member-2").await;
    // Both are in the cache of this instance.
    for session in [&first, &second, &other] {
        assert_eq!(me(&app, session).await, 200);
    }
    let token = second["access_token"].as_str().unwrap();
    let ended = app.request("DELETE", "/api/v1/sessions").bearer_auth(token);
    assert_eq!(ended.send().await.unwrap().status(), 204);
    assert_eq!(me(&app, &first).await, 401);
    assert_eq!(me(&app, &second).await, 401);
    assert_eq!(me(&app, &other).await, 200);
    let refresh = json!({"refresh_token": first["refresh_token"]});
    let refreshed = app.post("/api/v1/sessions/refresh", &refresh).send().await;
    assert_eq!(refreshed.unwrap().status(), 401);
}

#[tokio::test]
async fn points_are_granted_to_members_that_exist() {
    let app = TestApp::start().await;
    let grant = |to: &Value| json!({"to": to, "amount": 10, "by": "kim", "reason": "event"});
    let nobody = json!("0".repeat(31) + "1");
    let refused = app.admin("POST", GRANTS).json(&grant(&nobody)).send().await;
    let refused = refused.unwrap();
    assert_eq!(refused.status(), 404);
    assert_eq!(problem(refused).await["type"], "/problems/unknown-member");
    let session = app.log_in("sandbox-member-1").await;
    let granted = app
        .admin("POST", GRANTS)
        .json(&grant(&session["member_id"]));
    assert_eq!(granted.send().await.unwrap().status(), 201);
}

#[tokio::test]
async fn messages_that_show_nothing_are_refused() {
    let developer = "000000000000000000000000000000de";
    let settings = [("MAPLE__MEMBERS__DEVELOPERS", &*format!("{developer}=Bob"))];
    let app = TestApp::configured(&settings).await;
    let session = app.log_in("sandbox-member-1").await;
    for (number, message) in [" ", "\n", "\u{3000}", "\u{200b}", "\u{3164}"]
        .iter()
        .enumerate()
    {
        let gift = json!({"to": developer, "amount": 1, "message": message});
        let asked = app.post("/api/v1/donations", &gift);
        let asked = asked.header("idempotency-key", format!("k{number}"));
        let token = session["access_token"].as_str().unwrap();
        let refused = asked.bearer_auth(token).send().await.unwrap();
        assert_eq!(refused.status(), 422, "{message:?}");
        let problem = problem(refused).await;
        assert_eq!(problem["errors"][0]["pointer"], "/message", "{problem}");
    }
}
