//! Ownership of objects: every member on the objects of every other.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::app::TestApp;

const DONATIONS: &str = "/api/v1/donations";

/// A and B gave points to a developer; somebody else did nothing.
struct World {
    app: TestApp,
    /// Access tokens by name.
    tokens: BTreeMap<&'static str, String>,
    /// The donations of A and B.
    donations: BTreeMap<&'static str, String>,
}

/// The actors, and their keys.
const MEMBERS: [(&str, &str); 4] = [
    ("A", "sandbox-member-a"),
    ("B", "sandbox-member-b"),
    ("developer", "sandbox-member-d"),
    ("stranger", "sandbox-member-s"),
];

impl World {
    async fn start() -> Self {
        // Who the developer is depends on the secret of the data folder.
        let app = TestApp::start().await;
        let developer = app.log_in("sandbox-member-d").await["member_id"].clone();
        let folder = app.into_folder().await;
        let setting = format!("{}=메이플", developer.as_str().unwrap());
        let app = TestApp::in_folder(folder, &[("MAPLE__MEMBERS__DEVELOPERS", &setting)]).await;
        let mut world = Self {
            app,
            tokens: BTreeMap::new(),
            donations: BTreeMap::new(),
        };
        for (name, key) in MEMBERS {
            world.log_in(name, key).await;
        }
        for giver in ["A", "B"] {
            world.give(giver, &developer).await;
        }
        world
    }

    async fn log_in(&mut self, name: &'static str, key: &str) {
        let session = self.app.log_in(key).await;
        let token = session["access_token"].as_str().unwrap();
        self.tokens.insert(name, token.to_owned());
        let grant =
            json!({"to": session["member_id"], "amount": 10, "by": "kim", "reason": "test"});
        let granted = self.app.admin("POST", "/api/v1/admin/points/grants");
        let granted = granted.json(&grant).send().await.unwrap();
        assert_eq!(granted.status(), 201);
    }

    async fn give(&mut self, giver: &'static str, to: &Value) {
        let body = json!({"to": to, "amount": 1, "message": format!("from {giver}")});
        let request = self.app.post(DONATIONS, &body);
        // The same key: it is each giver's own.
        let request = request.header("Idempotency-Key", "the-same-key");
        let given = request.bearer_auth(&self.tokens[giver]).send().await;
        let given = given.unwrap();
        assert_eq!(given.status(), 201);
        assert!(!given.headers().contains_key("idempotency-replayed"));
        let id = given.json::<Value>().await.unwrap()["id"].clone();
        self.donations
            .insert(giver, id.as_str().unwrap().to_owned());
    }

    /// Response to a GET of a member; of nobody in particular without a name.
    async fn get(&self, name: Option<&str>, path: &str) -> (u16, Value) {
        let request = self.app.get(path);
        let request = match name {
            Some(name) => request.bearer_auth(&self.tokens[name]),
            None => request,
        };
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }
}

#[tokio::test]
async fn donation_is_there_for_its_two_sides_only() {
    let world = World::start().await;
    for (giver, id) in &world.donations {
        let path = format!("{DONATIONS}/{id}");
        for (name, _) in MEMBERS {
            let (status, body) = world.get(Some(name), &path).await;
            let is_side = name == *giver || name == "developer";
            assert_eq!(status, if is_side { 200 } else { 404 }, "{name}, {giver}");
            assert_eq!(body.to_string().contains("from "), is_side, "{body}");
        }
        assert_eq!(world.get(None, &path).await.0, 401);
        let operator = world.app.admin("GET", &path).send().await.unwrap();
        assert_eq!(operator.status(), 404, "it is not on that listener");
    }
}

#[tokio::test]
async fn lists_hold_ones_own_only() {
    let world = World::start().await;
    for (name, side, expected) in [
        ("A", "given", &["A"][..]),
        ("B", "given", &["B"]),
        ("developer", "given", &[]),
        ("stranger", "given", &[]),
        ("A", "received", &[]),
        ("developer", "received", &["A", "B"]),
        ("stranger", "received", &[]),
    ] {
        let path = format!("{DONATIONS}?side={side}");
        let (status, page) = world.get(Some(name), &path).await;
        assert_eq!(status, 200);
        let ids = page["donations"].as_array().unwrap().iter();
        let mut ids: Vec<_> = ids.map(|one| one["id"].as_str().unwrap()).collect();
        let mut own: Vec<_> = expected
            .iter()
            .map(|giver| world.donations[giver].as_str())
            .collect();
        ids.sort_unstable();
        own.sort_unstable();
        assert_eq!(ids, own, "{name} {side}");
    }
    // The place of somebody else's donation is only a place in one's own list.
    let cursor = &world.donations["B"];
    let path = format!("{DONATIONS}?cursor={cursor}");
    let (_, page) = world.get(Some("A"), &path).await;
    assert!(!page.to_string().contains("from B"), "{page}");
}

#[tokio::test]
async fn everybody_is_told_of_themselves() {
    let world = World::start().await;
    let mut seen = Vec::new();
    for (name, points) in [("A", 9), ("B", 9), ("developer", 12), ("stranger", 10)] {
        let (_, me) = world.get(Some(name), "/api/v1/me").await;
        assert_eq!(me["points"], points, "{name}");
        let roles = match name {
            "developer" => json!(["member", "developer"]),
            _ => json!(["member"]),
        };
        assert_eq!(me["roles"], roles);
        seen.push(me["member_id"].to_string());
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 4);
}
