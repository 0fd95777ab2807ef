//! Requests at the border of the contract: refused with a reason, bounded, and never with a 5xx.

use reqwest::Response;
use serde_json::{Value, json};

use crate::app::{TestApp, problem};

const POTENTIAL: &str = "/api/v1/calculations/potential";
const STAR_FORCE: &str = "/api/v1/calculations/star-force";

async fn raw(app: &TestApp, path: &str, body: &str) -> Response {
    let request = app
        .request("POST", path)
        .header("content-type", "application/json");
    request.body(body.to_owned()).send().await.unwrap()
}

#[tokio::test]
async fn arrays_in_place_of_objects_are_refused() {
    let app = TestApp::start().await;
    for (path, body) in [
        ("/api/v1/sessions", r#"["sandbox-member-1"]"#),
        (STAR_FORCE, "[200,0,22]"),
        (
            POTENTIAL,
            r#"{"method":"red","part":"hat","item_level":200,"from":["rare"],"goal":"int_pct >= 12"}"#,
        ),
    ] {
        let response = raw(&app, path, body).await;
        assert_eq!(response.status(), 400, "{path} {body}");
        problem(response).await;
    }
}

#[tokio::test]
async fn whole_floats_are_integers_and_messages_name_no_types() {
    let app = TestApp::start().await;
    let priced = raw(
        &app,
        STAR_FORCE,
        r#"{"item_level":200.0,"from":0,"to":17.0}"#,
    )
    .await;
    assert_eq!(priced.status(), 200);
    let refused = raw(&app, STAR_FORCE, r#"{"item_level":"x","from":0,"to":17}"#).await;
    assert_eq!(refused.status(), 400);
    let problem = problem(refused).await;
    let error = &problem["errors"][0];
    assert_eq!(error["pointer"], "/item_level");
    let detail = error["detail"].as_str().unwrap();
    assert!(detail.contains("expected a whole number"), "{detail}");
    assert!(
        !detail.contains("u16") && !detail.contains("i64"),
        "{detail}"
    );
}

#[tokio::test]
async fn listed_faults_are_bounded() {
    let app = TestApp::start().await;
    let quantiles = vec![2.0; 10_000];
    let body = json!({"item_level": 200, "from": 0, "to": 17, "quantiles": quantiles});
    let response = app.post(STAR_FORCE, &body).send().await.unwrap();
    assert_eq!(response.status(), 422);
    let problem = problem(response).await;
    let errors = problem["errors"].as_array().map_or(0, Vec::len);
    assert!((1..=20).contains(&errors), "{errors} faults are listed");
}

#[tokio::test]
async fn answers_carry_security_headers() {
    let app = TestApp::start().await;
    for path in [
        "/api/v1/rules",
        "/health/live",
        "/api/v1/nothing",
        "/openapi.json",
    ] {
        let response = app.get(path).send().await.unwrap();
        let header = |name: &str| {
            let value = response.headers().get(name);
            value.map_or("", |value| value.to_str().unwrap()).to_owned()
        };
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert!(
            header("content-security-policy").contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert_ne!(header("cache-control"), "", "{path}");
    }
}

#[tokio::test]
async fn paths_that_are_not_utf8_are_bad_requests() {
    let app = TestApp::start().await;
    for path in [
        "/api/v1/characters/%ff%fe/expectation",
        "/api/v1/characters/%c3%28",
    ] {
        let response = app.get(path).send().await.unwrap();
        assert_eq!(response.status(), 400, "{path}");
        assert_eq!(problem(response).await["type"], "/problems/bad-request");
    }
}

#[tokio::test]
async fn quoted_idempotency_keys_are_the_bare_ones() {
    let developer = "000000000000000000000000000000de";
    let settings = [("MAPLE__MEMBERS__DEVELOPERS", &*format!("{developer}=Bob"))];
    let app = TestApp::configured(&settings).await;
    let session = app.log_in("sandbox-member-1").await;
    let grant = json!({"to": session["member_id"], "amount": 100, "by": "kim", "reason": "event"});
    let granted = app
        .admin("POST", "/api/v1/admin/points/grants")
        .json(&grant);
    assert!(
        granted
            .header("idempotency-key", "grant")
            .send()
            .await
            .unwrap()
            .status()
            .is_success()
    );
    let mut ids = Vec::new();
    for key in ["gift-1", "\"gift-1\""] {
        let gift = json!({"to": developer, "amount": 30});
        let request = app
            .post("/api/v1/donations", &gift)
            .bearer_auth(session["access_token"].as_str().unwrap())
            .header("idempotency-key", key);
        let response = request.send().await.unwrap();
        assert!(
            response.status().is_success(),
            "{key}: {}",
            response.status()
        );
        ids.push(response.json::<Value>().await.unwrap()["id"].clone());
    }
    assert_eq!(ids[0], ids[1]);
}
