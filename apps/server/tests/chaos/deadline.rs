//! The deadline of a request holds on every route that depends on the database, though the database
//! says nothing: its own timeouts here are far longer.

use reqwest::{Method, RequestBuilder};
use secrecy::ExposeSecret;
use serde_json::json;
use testkit::{Server, TestDatabase};
use tokio::task::block_in_place;

use crate::instance::{Instance, client};
use crate::people::{DEVELOPER, DEVELOPERS, Member};

const LIKE: &str = "/api/v1/characters/liked/like";

/// Requests that depend on the database, with their bodies.
fn requests(instance: &Instance, member: &Member) -> Vec<(&'static str, RequestBuilder)> {
    let ask = |method, path| {
        let url = format!("http://{}{path}", instance.public);
        client().request(method, url).bearer_auth(&member.token)
    };
    let key = json!({"nexon_api_key": "sandbox-member-new"});
    let refresh = json!({"refresh_token": "unknown"});
    let gift = json!({"to": DEVELOPER, "amount": 1});
    let give = ask(Method::POST, "/api/v1/donations").header("idempotency-key", "gift-0001");
    vec![
        ("log-in", ask(Method::POST, "/api/v1/sessions").json(&key)),
        (
            "refresh",
            ask(Method::POST, "/api/v1/sessions/refresh").json(&refresh),
        ),
        ("me", ask(Method::GET, "/api/v1/me")),
        ("like", ask(Method::PUT, LIKE)),
        ("unlike", ask(Method::DELETE, LIKE)),
        ("donations", ask(Method::GET, "/api/v1/donations")),
        ("donation", give.json(&gift)),
        ("log-out", ask(Method::DELETE, "/api/v1/sessions/current")),
    ]
}

/// The client here waits for half a minute, and the timeouts of the database are longer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_end_at_their_deadline_though_the_database_says_nothing() {
    let mut server = Server::mariadb().unwrap();
    let database = TestDatabase::on(&server.url()).await;
    let instance = Instance::start(&[
        ("MAPLE__DATABASE__URL", database.url().expose_secret()),
        ("MAPLE__DATABASE__ACQUIRE_TIMEOUT_MS", "120000"),
        ("MAPLE__DATABASE__STATEMENT_TIMEOUT_MS", "120000"),
        ("MAPLE__MEMBERS__DEVELOPERS", DEVELOPERS),
        ("MAPLE__REQUEST__DEADLINE_MS", "1000"),
    ])
    .await;
    let member = Member::log_in(&instance, "sandbox-member-1").await;
    instance.answer("/api/v1/characters/liked").await;
    block_in_place(|| server.freeze());
    for (name, request) in requests(&instance, &member) {
        let answer = request.send().await;
        let answer = answer.unwrap_or_else(|error| panic!("{name}: {error}"));
        let status = answer.status().as_u16();
        // Members that were seen before are known without the database.
        assert!([200, 401, 503].contains(&status), "{name}: {status}");
        if name == "log-in" || name == "donation" {
            assert_eq!(status, 503, "{name}");
            assert!(answer.headers().contains_key("retry-after"), "{name}");
        }
    }
    let known = instance.get("/api/v1/characters/liked").await.unwrap();
    assert_eq!(known.status(), 200);
    block_in_place(|| server.thaw());
}
