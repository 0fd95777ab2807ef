//! Every answer and every problem is what the OpenAPI document says.

use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::{ask, upgrades};

/// The schema that the document gives for a response, with everything it refers to.
fn schema(document: &Value, path: &str, method: &str, status: &str, media_type: &str) -> Value {
    let response = &document["paths"][path][method]["responses"][status];
    let schema = &response["content"][media_type]["schema"];
    assert!(schema.is_object(), "{method} {path} {status} has no schema");
    json!({"allOf": [schema], "components": document["components"]})
}

fn check(schema: &Value, body: &Value, what: &str) {
    let validator = jsonschema::validator_for(schema).unwrap();
    let faults: Vec<_> = validator
        .iter_errors(body)
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{what}: {faults:#?}");
}

async fn body(request: RequestBuilder, status: u16) -> Value {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), status);
    response.json().await.unwrap()
}

#[tokio::test]
async fn answers_to_reads_are_as_documented() {
    let app = TestApp::start().await;
    let document = app.answer("/openapi.json").await;
    for (path, query) in [
        ("/api/v1/characters/{name}", ""),
        ("/api/v1/characters/{name}/equipment", ""),
        ("/api/v1/characters/{name}/expectation", "?preset=all"),
        (
            "/api/v1/characters/{name}/completion",
            "?template=finished&budget_meso=1",
        ),
        ("/api/v1/rules", ""),
        ("/health/live", ""),
        ("/health/ready", ""),
    ] {
        let asked = format!("{}{query}", path.replace("{name}", "아델"));
        let schema = schema(&document, path, "get", "200", "application/json");
        check(&schema, &app.answer(&asked).await, &asked);
    }
}

#[tokio::test]
async fn answers_to_calculations_are_as_documented() {
    let app = TestApp::start().await;
    let document = app.answer("/openapi.json").await;
    let hat = |goal: &str, method: &str| {
        json!({
            "method": method, "part": "hat", "item_level": 250, "from": {"grade": "rare"},
            "goal": goal, "exact": true, "budget_meso": 1_000_000_000,
        })
    };
    let stars = json!({"item_level": 200, "from": 0, "to": 22});
    let rich = json!({"item_level": 200, "from": 0, "to": 22, "budget_meso": 1_000_000_000});
    for (calculation, question) in [
        ("potential", hat("cooldown_seconds >= 4", "meso_potential")),
        ("potential", hat("cooldown_seconds >= 40", "meso_potential")),
        ("potential", hat("int_pct >= 0", "meso_potential")),
        ("potential", hat("int_pct >= 9", "meister")),
        ("potential", hat("int_pct >= 9", "occult")),
        ("potential", ask::as_strong()),
        ("potential/compare", ask::compare()),
        ("potential/simulations", ask::simulation()),
        ("potential/stopping", ask::stopping()),
        ("flame", ask::flame()),
        ("upgrades", upgrades::gear()),
        ("star-force", stars.clone()),
        ("star-force", rich),
        (
            "plan",
            json!({"items": [{"star_force": stars}], "budget_meso": 1}),
        ),
        (
            "plan",
            json!({"items": [{"potential": hat("int_pct >= 90", "black")}]}),
        ),
    ] {
        let path = format!("/api/v1/calculations/{calculation}");
        let answer = body(app.post(&path, &question), 200).await;
        let schema = schema(&document, &path, "post", "200", "application/json");
        check(&schema, &answer, &question.to_string());
    }
}

#[tokio::test]
async fn answers_to_members_are_as_documented() {
    let app = TestApp::start().await;
    let document = app.answer("/openapi.json").await;
    let (sessions, refresh) = ("/api/v1/sessions", "/api/v1/sessions/refresh");
    let (me, like) = ("/api/v1/me", "/api/v1/characters/{name}/like");
    let likes = "/api/v1/characters/{name}/likes";
    let opened = body(app.try_log_in("sandbox-member-1"), 201).await;
    let token = json!({"refresh_token": opened["refresh_token"]});
    let renewed = body(app.post(refresh, &token), 200).await;
    let ask = |method: &str, path: &str| {
        let token = renewed["access_token"].as_str().unwrap();
        let path = path.replace("{name}", "아델");
        app.request(method, &path).bearer_auth(token)
    };
    for (path, method, status, answer) in [
        (sessions, "post", "201", &opened),
        (refresh, "post", "200", &renewed),
        (me, "get", "200", &body(ask("GET", me), 200).await),
        (like, "put", "200", &body(ask("PUT", like), 200).await),
        (like, "delete", "200", &body(ask("DELETE", like), 200).await),
        (likes, "get", "200", &body(ask("GET", likes), 200).await),
    ] {
        let schema = schema(&document, path, method, status, "application/json");
        check(&schema, answer, path);
    }
}

#[tokio::test]
async fn problems_are_as_documented() {
    let app = TestApp::start().await;
    let document = app.answer("/openapi.json").await;
    let potential = "/api/v1/calculations/potential";
    let character = "/api/v1/characters/{name}";
    let typo = json!({
        "method": "red", "part": "hat", "item_level": 250, "from": {"grade": "rare"},
        "goal": "int_pct > 3",
    });
    for (path, method, request, status) in [
        (potential, "post", app.post(potential, &json!({})), 400),
        (potential, "post", app.post(potential, &typo), 422),
        (
            character,
            "get",
            app.get("/api/v1/characters/thirteenchars"),
            400,
        ),
        (
            character,
            "get",
            app.get("/api/v1/characters/없는캐릭터"),
            404,
        ),
    ] {
        let schema = schema(
            &document,
            path,
            method,
            &status.to_string(),
            "application/problem+json",
        );
        let problem = body(request, status).await;
        check(&schema, &problem, path);
    }
}
