//! Access control: every actor on every route of both listeners, taken from the documents that
//! describe them. A route that is not classified here fails the test.

use std::collections::BTreeMap;

use reqwest::{RequestBuilder, StatusCode};
use serde_json::Value;
use server::openapi;

use crate::app::{ADMIN_TOKEN, TestApp};

/// Actors that a route is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum For {
    /// Anybody.
    Everybody,
    /// Members who are logged in, for their own objects.
    Members,
    /// Operators, on their own listener.
    Operators,
}

/// Actors that each operation is for.
const ROUTES: &[(&str, &str, For)] = &[
    ("post", "/api/v1/calculations/potential", For::Everybody),
    ("post", "/api/v1/calculations/star-force", For::Everybody),
    ("post", "/api/v1/calculations/plan", For::Everybody),
    ("post", "/api/v1/calculations/flame", For::Everybody),
    (
        "post",
        "/api/v1/calculations/potential/batch",
        For::Everybody,
    ),
    (
        "get",
        "/api/v1/calculations/potential/chart.svg",
        For::Everybody,
    ),
    (
        "post",
        "/api/v1/calculations/potential/compare",
        For::Everybody,
    ),
    (
        "post",
        "/api/v1/calculations/potential/simulations",
        For::Everybody,
    ),
    (
        "post",
        "/api/v1/calculations/potential/stopping",
        For::Everybody,
    ),
    ("post", "/api/v1/calculations/upgrades", For::Everybody),
    (
        "get",
        "/api/v1/characters/{name}/stat-sheet",
        For::Everybody,
    ),
    (
        "get",
        "/api/v1/characters/{name}/completion",
        For::Everybody,
    ),
    (
        "post",
        "/api/v1/characters/{name}/completion",
        For::Everybody,
    ),
    (
        "post",
        "/api/v1/characters/{name}/expectation",
        For::Everybody,
    ),
    ("post", "/api/v1/characters/{name}/upgrades", For::Everybody),
    ("get", "/api/v1/characters/{name}", For::Everybody),
    ("get", "/api/v1/characters/{name}/equipment", For::Everybody),
    (
        "get",
        "/api/v1/characters/{name}/equipment/raw",
        For::Everybody,
    ),
    (
        "get",
        "/api/v1/characters/{name}/expectation",
        For::Everybody,
    ),
    (
        "get",
        "/api/v1/characters/{name}/expectation/stream",
        For::Everybody,
    ),
    ("get", "/api/v1/characters/{name}/likes", For::Everybody),
    ("put", "/api/v1/characters/{name}/like", For::Members),
    ("delete", "/api/v1/characters/{name}/like", For::Members),
    ("get", "/api/v1/rules", For::Everybody),
    ("post", "/api/v1/luck-reports", For::Everybody),
    ("post", "/api/v1/sessions", For::Everybody),
    ("post", "/api/v1/sessions/refresh", For::Everybody),
    ("delete", "/api/v1/sessions/current", For::Members),
    ("delete", "/api/v1/sessions", For::Members),
    ("get", "/api/v1/me", For::Members),
    ("post", "/api/v1/donations", For::Members),
    ("get", "/api/v1/donations", For::Members),
    ("get", "/api/v1/donations/{id}", For::Members),
    ("get", "/health/live", For::Everybody),
    ("get", "/health/ready", For::Everybody),
    (
        "delete",
        "/api/v1/admin/members/{id}/sessions",
        For::Operators,
    ),
    ("get", "/api/v1/admin/jobs", For::Operators),
    ("post", "/api/v1/admin/points/grants", For::Operators),
    ("get", "/api/v1/admin/points/{id}", For::Operators),
    ("get", "/api/v1/admin/outbox", For::Operators),
    ("get", "/api/v1/admin/outbox/dead-letters", For::Operators),
    (
        "get",
        "/api/v1/admin/outbox/dead-letters/{id}",
        For::Operators,
    ),
    ("post", "/api/v1/admin/outbox/replay", For::Operators),
    ("post", "/api/v1/admin/outbox/discard", For::Operators),
];

/// Client with the credentials that it presents.
struct Actor {
    name: &'static str,
    token: Option<String>,
    is_member: bool,
}

/// The operations of a document, such as `get /api/v1/me`.
fn operations(document: &str) -> Vec<(String, String)> {
    let document: Value = serde_json::from_str(document).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().keys();
        methods.map(move |method| (method.clone(), path.clone()))
    });
    operations.collect()
}

fn described() -> BTreeMap<(String, String), bool> {
    let public = operations(openapi::json()).into_iter();
    let admin = operations(openapi::admin_json()).into_iter();
    let public = public.map(|operation| (operation, false));
    public
        .chain(admin.map(|operation| (operation, true)))
        .collect()
}

#[test]
fn every_route_is_classified() {
    let classified: BTreeMap<_, _> = ROUTES
        .iter()
        .map(|&(method, path, whose)| {
            let operation = (method.to_owned(), path.to_owned());
            (operation, whose == For::Operators)
        })
        .collect();
    assert_eq!(classified, described());
}

/// A route that no document describes would be missing above.
#[test]
fn every_path_in_the_sources_is_described() {
    let described: Vec<_> = described().into_keys().map(|(_, path)| path).collect();
    let undescribed = [
        "/openapi.json",
        "/docs/{file:.*}",
        "/problems/{kind}",
        "/metrics",
    ];
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/routes");
    let mut found = 0;
    for source in sources(folder.as_ref()) {
        let text = std::fs::read_to_string(&source).unwrap();
        let constants = text.split("const ").skip(1);
        let paths = constants.filter_map(|rest| {
            let (_, value) = rest.split(';').next()?.split_once(": &str = \"")?;
            value.strip_suffix('"').filter(|path| path.starts_with('/'))
        });
        // Pages are for people; what they show is described where the API answers it.
        let is_page = source.components().any(|part| part.as_os_str() == "pages");
        for path in paths.filter(|_| !is_page) {
            let is_known = described.iter().any(|known| known == path)
                || undescribed.contains(&path)
                || path == "/api/v1/admin";
            assert!(is_known, "{path} in {} is not described", source.display());
            found += 1;
        }
    }
    assert!(found >= described.len(), "{found} paths are found");
}

fn sources(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                sources(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// Each actor on each route of each listener.
#[tokio::test]
async fn each_route_answers_those_it_is_for() {
    let app = TestApp::start().await;
    let [a, b] = ["sandbox-member-1", "sandbox-member-2"].map(async |key| app.log_in(key).await);
    let (a, b) = (a.await, b.await);
    let token = |session: &Value| session["access_token"].as_str().unwrap().to_owned();
    let other_token = a["refresh_token"].as_str().unwrap().to_owned();
    let actors = [
        actor("anonymous", None, false),
        actor("member A", Some(token(&a)), true),
        actor("member B", Some(token(&b)), true),
        actor("a refresh token", Some(other_token), false),
        actor("operator", Some(ADMIN_TOKEN.to_owned()), false),
        actor("almost an operator", Some(format!("{ADMIN_TOKEN}x")), false),
    ];
    for ((method, path), is_admin) in described() {
        // Logging out ends the session, which the next actor needs: see below.
        if method == "delete" && path.starts_with("/api/v1/sessions") {
            continue;
        }
        let whose = whose(&method, &path);
        let path = path
            .replace("{name}", "아델")
            .replace("{id}", &"0".repeat(32));
        for actor in &actors {
            let public = actor.ask(app.request(&method.to_uppercase(), &path)).await;
            let admin = actor
                .ask(app.request_admin(&method.to_uppercase(), &path))
                .await;
            let what = format!("{} on {method} {path}: {public}, {admin}", actor.name);
            match whose {
                For::Everybody => assert!(!is_refusal(public), "{what}"),
                For::Members => assert_eq!(is_refusal(public), !actor.is_member, "{what}"),
                For::Operators => assert_eq!(public, 404, "{what}"),
            }
            if is_admin && actor.name == "operator" {
                assert!(!is_refusal(admin) && !admin.is_server_error(), "{what}");
                continue;
            }
            let expected = if is_admin {
                401
            } else if path.starts_with("/health/") {
                // Health is on both.
                public.as_u16()
            } else {
                404
            };
            assert_eq!(admin, expected, "{what}");
        }
    }
}

#[tokio::test]
async fn sessions_are_seen_and_ended_by_their_member_only() {
    let app = TestApp::start().await;
    let (a, b) = (
        app.log_in("sandbox-member-1").await,
        app.log_in("sandbox-member-2").await,
    );
    let ask = async |method: &str, path: &str, session: &Value| {
        let token = session["access_token"].as_str().unwrap();
        let response = app.request(method, path).bearer_auth(token).send().await;
        response.unwrap()
    };
    for session in [&a, &b] {
        let me: Value = ask("GET", "/api/v1/me", session)
            .await
            .json()
            .await
            .unwrap();
        assert_eq!(me["member_id"], session["member_id"]);
    }
    let ended = ask("DELETE", "/api/v1/sessions/current", &a).await;
    assert_eq!(ended.status(), 204);
    assert_eq!(ask("GET", "/api/v1/me", &a).await.status(), 401);
    assert_eq!(
        ask("DELETE", "/api/v1/sessions/current", &a).await.status(),
        401
    );
    assert_eq!(ask("GET", "/api/v1/me", &b).await.status(), 200);
    let anonymous = app.request("DELETE", "/api/v1/sessions/current");
    assert_eq!(anonymous.send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn without_an_admin_token_nobody_is_an_operator() {
    let app = TestApp::configured(&[("MAPLE__ADMIN__TOKEN", "")]).await;
    for path in ["/api/v1/admin/members/1/sessions", "/api/v1/admin/nothing"] {
        for token in [ADMIN_TOKEN, "", " "] {
            let request = app.request_admin("DELETE", path).bearer_auth(token);
            assert_eq!(request.send().await.unwrap().status(), 403, "{path}");
        }
    }
    // What watches the service has no token.
    for path in ["/metrics", "/health/live", "/health/ready"] {
        let answer = app.get_admin(path).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
    }
}

#[tokio::test]
async fn missing_objects_of_operators_are_not_revealed_to_others() {
    let app = TestApp::start().await;
    let nothing = "/api/v1/admin/nothing";
    let stranger = app.request_admin("GET", nothing).send().await.unwrap();
    assert_eq!(stranger.status(), 401);
    let operator = app.admin("GET", nothing).send().await.unwrap();
    assert_eq!(operator.status(), 404);
}

fn actor(name: &'static str, token: Option<String>, is_member: bool) -> Actor {
    Actor {
        name,
        token,
        is_member,
    }
}

impl Actor {
    async fn ask(&self, request: RequestBuilder) -> StatusCode {
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        request.send().await.unwrap().status()
    }
}

fn whose(method: &str, path: &str) -> For {
    let found = ROUTES
        .iter()
        .find(|(its_method, its_path, _)| *its_method == method && *its_path == path);
    found.expect("the route is classified").2
}

/// Whether it is the actor that is refused, rather than what the actor sent.
fn is_refusal(status: StatusCode) -> bool {
    matches!(status.as_u16(), 401 | 403)
}
