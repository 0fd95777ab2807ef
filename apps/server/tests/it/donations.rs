//! Points: granted by operators, given by members, each request once.

use std::time::Duration;

use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::app::{TestApp, problem};

const DONATIONS: &str = "/api/v1/donations";
const DEVELOPER: &str = "000000000000000000000000000000de";
const OTHER_DEVELOPER: &str = "000000000000000000000000000000df";

/// An application with two developers, and a member who has 500 points.
struct World {
    app: TestApp,
    member: String,
    token: String,
}

impl World {
    async fn start() -> Self {
        Self::configured(&[]).await
    }

    async fn configured(settings: &[(&str, &str)]) -> Self {
        let developers = format!("{DEVELOPER}=메이플, {OTHER_DEVELOPER}=Bob");
        let own = [("MAPLE__MEMBERS__DEVELOPERS", developers.as_str())];
        let app = TestApp::configured(&[&own, settings].concat()).await;
        let session = app.log_in("sandbox-member-1").await;
        let text = |name: &str| session[name].as_str().unwrap().to_owned();
        let (member, token) = (text("member_id"), text("access_token"));
        let world = Self { app, member, token };
        world.grant(500).await;
        world
    }

    async fn grant(&self, amount: u64) {
        let grant = json!({"to": self.member, "amount": amount, "by": "kim", "reason": "event"});
        let granted = self.app.admin("POST", "/api/v1/admin/points/grants");
        let granted = granted.json(&grant).send().await.unwrap();
        assert_eq!(granted.status(), 201);
    }

    fn give(&self, key: &str, body: &Value) -> RequestBuilder {
        self.app
            .post(DONATIONS, body)
            .bearer_auth(&self.token)
            .header("Idempotency-Key", key)
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.app.get(path).bearer_auth(&self.token)
    }

    async fn answer(&self, path: &str) -> Value {
        let response = self.get(path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.unwrap()
    }

    async fn account(&self) -> Value {
        let path = format!("/api/v1/admin/points/{}", self.member);
        let response = self.app.admin("GET", &path).send().await.unwrap();
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    }
}

fn coffee(amount: u64) -> Value {
    json!({"to": DEVELOPER, "amount": amount, "message": "고마워요"})
}

async fn refused(request: RequestBuilder, status: u16, kind: &str) -> Value {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), status);
    let problem = problem(response).await;
    assert_eq!(problem["type"], format!("/problems/{kind}"), "{problem}");
    problem
}

#[tokio::test]
async fn points_are_given_once_and_copies_get_the_first_answer() {
    let world = World::start().await;
    let first = world.give("k", &coffee(300)).send().await.unwrap();
    assert_eq!(first.status(), 201);
    assert!(!first.headers().contains_key("idempotency-replayed"));
    let place = first.headers()["location"].to_str().unwrap().to_owned();
    let first: Value = first.json().await.unwrap();
    assert_eq!(first["from"], world.member);
    assert_eq!(first["to"], DEVELOPER);
    assert_eq!(
        (first["amount"].as_u64(), first["message"].as_str()),
        (Some(300), Some("고마워요"))
    );
    assert_eq!(first["at"], "2026-11-22T12:00:00Z");

    let copy = world.give("k", &coffee(300)).send().await.unwrap();
    assert_eq!(copy.status(), 201);
    assert_eq!(copy.headers()["idempotency-replayed"], "true");
    assert_eq!(copy.json::<Value>().await.unwrap(), first);
    assert_eq!(world.answer(&place).await, first);

    let account = world.account().await;
    assert_eq!(account["balance"], 200);
    let postings = account["postings"].as_array().unwrap();
    assert_eq!(postings.len(), 2, "one grant and one donation");
    let delivered = r#"maple_outbox_deliveries_total{outcome="delivered"}"#;
    while world.app.metric(delivered).await < 1.0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let backlog = world.app.admin("GET", "/api/v1/admin/outbox");
    let backlog: Value = backlog.send().await.unwrap().json().await.unwrap();
    assert_eq!(backlog["pending"], 0, "one message, and it has arrived");
    let delivered = world.app.metric(delivered).await;
    assert!(
        (delivered - 1.0).abs() < f64::EPSILON,
        "{delivered} arrived"
    );
}

#[tokio::test]
async fn invalid_donation_is_refused_with_its_reason() {
    let world = World::start().await;
    let short = refused(world.give("a", &coffee(501)), 409, "short-balance").await;
    assert_eq!(
        (&short["balance"], &short["amount"]),
        (&json!(500), &json!(501))
    );

    let unknown = json!({"to": format!("{:032x}", 1), "amount": 1});
    refused(world.give("b", &unknown), 404, "unknown-developer").await;
    for (body, pointer) in [
        (json!({"to": world.member, "amount": 1}), "/to"),
        (coffee(0), "/amount"),
        (coffee(1_000_001), "/amount"),
        (
            json!({"to": DEVELOPER, "amount": 1, "message": ""}),
            "/message",
        ),
        (
            json!({"to": DEVELOPER, "amount": 1, "message": "가".repeat(201)}),
            "/message",
        ),
    ] {
        let problem = refused(world.give("c", &body), 422, "invalid-value").await;
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    for body in [
        json!({"to": "nobody", "amount": 1}),
        json!({"to": DEVELOPER, "amount": -1}),
        json!({"to": DEVELOPER}),
        json!({"to": DEVELOPER, "amount": 1, "colour": "red"}),
    ] {
        refused(world.give("d", &body), 400, "bad-request").await;
    }
    let account = world.account().await;
    assert_eq!(account["balance"], 500, "nothing has changed");
    assert_eq!(account["postings"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn request_has_a_name_and_the_name_one_meaning() {
    let world = World::start().await;
    let nameless = world
        .app
        .post(DONATIONS, &coffee(1))
        .bearer_auth(&world.token);
    let nameless = refused(nameless, 400, "bad-request").await;
    assert_eq!(nameless["errors"][0]["parameter"], "Idempotency-Key");
    let twice = world.give("a", &coffee(1)).header("Idempotency-Key", "b");
    refused(twice, 400, "bad-request").await;
    refused(world.give("two words", &coffee(1)), 400, "bad-request").await;
    refused(world.give(&"k".repeat(129), &coffee(1)), 400, "bad-request").await;

    // A refusal leaves the key free.
    refused(world.give("k", &coffee(600)), 409, "short-balance").await;
    let given = world.give("k", &coffee(100)).send().await.unwrap();
    assert_eq!(given.status(), 201);
    for other in [
        coffee(101),
        json!({"to": DEVELOPER, "amount": 100}),
        json!({"to": OTHER_DEVELOPER, "amount": 100, "message": "고마워요"}),
    ] {
        refused(world.give("k", &other), 422, "idempotency-key-reused").await;
    }
    assert_eq!(world.account().await["balance"], 400);
}

#[tokio::test]
async fn members_see_their_own_donations_in_pages_and_nobody_elses() {
    let world = World::start().await;
    let mut ids = Vec::new();
    for number in 0..5 {
        let given = world.give(&number.to_string(), &coffee(1 + number));
        let given: Value = given.send().await.unwrap().json().await.unwrap();
        ids.push(given["id"].clone());
    }
    ids.sort_by(|a, b| b.as_str().cmp(&a.as_str()));
    let mut seen = Vec::new();
    let mut path = format!("{DONATIONS}?limit=2");
    loop {
        let page = world.answer(&path).await;
        let donations = page["donations"].as_array().unwrap();
        seen.extend(donations.iter().map(|donation| donation["id"].clone()));
        match page["next"].as_str() {
            Some(next) => path = format!("{DONATIONS}?limit=2&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ids);
    let received = world.answer(&format!("{DONATIONS}?side=received")).await;
    assert_eq!(received, json!({"donations": []}));
    for (query, parameter) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("cursor=x", "cursor"),
        ("side=both", "side"),
    ] {
        let asked = world.get(&format!("{DONATIONS}?{query}"));
        let problem = refused(asked, 400, "bad-request").await;
        assert_eq!(problem["errors"][0]["parameter"], parameter, "{problem}");
    }

    let stranger = world.app.log_in("sandbox-member-2").await;
    let stranger = stranger["access_token"].as_str().unwrap();
    let own = format!("{DONATIONS}/{}", ids[0].as_str().unwrap());
    let other = |path: &str| world.app.get(path).bearer_auth(stranger);
    refused(other(&own), 404, "not-found").await;
    refused(world.get(&format!("{DONATIONS}/x")), 404, "not-found").await;
    let listed = other(DONATIONS).send().await.unwrap();
    assert_eq!(
        listed.json::<Value>().await.unwrap(),
        json!({"donations": []})
    );
    for path in [DONATIONS, &own] {
        refused(world.app.get(path), 401, "unauthorized").await;
    }
}

#[tokio::test]
async fn grant_says_who_and_why() {
    let world = World::start().await;
    let account = world.account().await;
    let posting = &account["postings"][0];
    assert_eq!(
        [&posting["from"], &posting["by"], &posting["reason"]],
        ["issued", "kim", "event"]
    );
    for (grant, pointer) in [
        (
            json!({"to": world.member, "amount": 0, "by": "kim", "reason": "event"}),
            "/amount",
        ),
        (
            json!({"to": world.member, "amount": 1, "by": " ", "reason": "event"}),
            "/reason",
        ),
        (
            json!({"to": world.member, "amount": 1, "by": "kim", "reason": ""}),
            "/reason",
        ),
    ] {
        let asked = world.app.admin("POST", "/api/v1/admin/points/grants");
        let problem = refused(asked.json(&grant), 422, "invalid-value").await;
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    let nobody = world.app.admin("GET", "/api/v1/admin/points/nobody");
    refused(nobody, 400, "bad-request").await;
    assert_eq!(world.account().await["balance"], 500);
}

#[tokio::test]
async fn outbox_has_no_dead_letters_to_begin_with() {
    let world = World::start().await;
    let letters = world.app.admin("GET", "/api/v1/admin/outbox/dead-letters");
    let letters: Value = letters.send().await.unwrap().json().await.unwrap();
    assert_eq!(letters, json!({"dead_letters": []}));
    let id = format!("{:032x}", 7);
    let path = format!("/api/v1/admin/outbox/dead-letters/{id}");
    refused(world.app.admin("GET", &path), 404, "not-found").await;
    for action in ["replay", "discard"] {
        let path = format!("/api/v1/admin/outbox/{action}");
        let ended = world.app.admin("POST", &path).json(&json!({"ids": [id]}));
        let ended: Value = ended.send().await.unwrap().json().await.unwrap();
        assert_eq!(ended, json!({"changed": [], "unchanged": [id]}));
        let none = world.app.admin("POST", &path).json(&json!({"ids": []}));
        refused(none, 422, "invalid-value").await;
    }
}

#[tokio::test]
async fn donations_sent_too_often_are_refused_with_retry_after_and_move_no_points() {
    let world = World::configured(&[("MAPLE__MEMBERS__DONATIONS_PER_MINUTE", "2")]).await;
    for (key, left) in [("a", 1), ("b", 0)] {
        let given = world.give(key, &coffee(100)).send().await.unwrap();
        assert_eq!(given.status(), 201);
        let told = given.headers()["ratelimit"].to_str().unwrap();
        assert!(
            told.starts_with(&format!(r#""donations";r={left};t="#)),
            "{told}"
        );
    }
    let refused = world.give("c", &coffee(100)).send().await.unwrap();
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));
    let refused = problem(refused).await;
    assert_eq!(refused["type"], "/problems/too-many-requests");
    assert_eq!(world.account().await["balance"], 300);
}
