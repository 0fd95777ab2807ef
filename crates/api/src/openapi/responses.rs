//! Responses that follow from what an operation is: its problems by status, its headers, and
//! whether it needs a token.

use std::collections::BTreeMap;

use crate::problem::{PROBLEM_JSON, ProblemKind};
use serde_json::{Map, Value, json};

use ProblemKind as Kind;

/// Methods that an object of a path may describe.
const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// Problems of everything that may find a character for the first time.
const OF_CHARACTERS: [Kind; 4] = [
    Kind::UnknownCharacter,
    Kind::QuotaExceeded,
    Kind::UpstreamInvalid,
    Kind::UpstreamUnavailable,
];

/// Problems of everything that takes processor time.
const OF_CALCULATIONS: [Kind; 3] = [Kind::InvalidValue, Kind::TooManyRequests, Kind::Overloaded];

/// Problems of requests with a body.
const OF_BODIES: [Kind; 5] = [
    Kind::BadRequest,
    Kind::RequestTimeout,
    Kind::BodyTooLarge,
    Kind::UnsupportedMediaType,
    Kind::InvalidValue,
];

/// Completes every operation of a document.
pub(super) fn complete(document: &mut Value) {
    let paths = document["paths"].as_object_mut();
    for (path, item) in paths.expect("a document has paths") {
        for method in METHODS {
            if let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) {
                complete_operation(method, path, operation);
            }
        }
    }
    document["components"]["headers"] = headers();
}

fn complete_operation(method: &str, path: &str, operation: &mut Map<String, Value>) {
    let mut by_status: BTreeMap<u16, Vec<Kind>> = BTreeMap::new();
    for kind in problems(method, path, operation) {
        let kinds = by_status.entry(kind.status()).or_default();
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    // Public operations need nothing, and say so.
    operation.entry("security").or_insert_with(|| json!([]));
    let is_health = path.starts_with("/health/");
    let responses = operation["responses"].as_object_mut();
    let responses = responses.expect("an operation has responses");
    for (status, kinds) in by_status {
        let problem = problem(&kinds);
        responses.entry(status.to_string()).or_insert(problem);
    }
    for (status, response) in responses {
        let names = header_names(method, path, status, is_health);
        let documented = response["headers"].as_object().cloned();
        let mut documented = documented.unwrap_or_default();
        for name in names {
            let header = json!({"$ref": format!("#/components/headers/{name}")});
            documented.insert(name.to_owned(), header);
        }
        response["headers"] = documented.into();
    }
}

/// Kinds of problem that an operation answers with.
fn problems(method: &str, path: &str, operation: &Map<String, Value>) -> Vec<Kind> {
    if path.starts_with("/health/") {
        return Vec::new();
    }
    let is_admin = path.starts_with("/api/v1/admin/");
    let mut kinds = vec![Kind::Internal];
    if !is_admin {
        kinds.push(Kind::Overloaded);
    }
    let parameters = operation.get("parameters").and_then(Value::as_array);
    if parameters.is_some_and(|parameters| !parameters.is_empty()) {
        kinds.push(Kind::BadRequest);
    }
    if operation.contains_key("requestBody") {
        kinds.extend(OF_BODIES);
    }
    if operation.contains_key("security") {
        kinds.extend([Kind::Unauthorized, Kind::StoreUnavailable]);
    }
    if path.starts_with("/api/v1/calculations/") {
        kinds.extend(OF_CALCULATIONS);
    }
    if path.starts_with("/api/v1/characters/") {
        kinds.extend(OF_CHARACTERS);
    }
    if takes_goal(path) {
        kinds.push(Kind::InvalidGoal);
    }
    kinds.extend_from_slice(own(method, path));
    kinds
}

/// Returns whether a question of this path has text in the goal language.
fn takes_goal(path: &str) -> bool {
    let with_goal = [
        "potential",
        "batch",
        "compare",
        "simulations",
        "chart.svg",
        "plan",
    ];
    path.starts_with("/api/v1/calculations/")
        && with_goal
            .iter()
            .any(|last| path.ends_with(&format!("/{last}")))
        || path.ends_with("/completion")
}

/// Kinds of problem that only this operation has.
fn own(method: &str, path: &str) -> &'static [Kind] {
    match (method, path) {
        (_, "/api/v1/characters/{name}/likes") => &[Kind::StoreUnavailable],
        ("put", "/api/v1/characters/{name}/like") => &[Kind::Forbidden, Kind::TooManyRequests],
        ("delete", "/api/v1/characters/{name}/like") => &[Kind::TooManyRequests],
        (_, "/api/v1/characters/{name}") => &[Kind::NotAcceptable],
        (_, path) if path.starts_with("/api/v1/characters/") => &[
            Kind::NotAcceptable,
            Kind::InvalidValue,
            Kind::TooManyRequests,
        ],
        (_, "/api/v1/rules") => &[Kind::NotAcceptable],
        ("post", "/api/v1/sessions") => &[
            Kind::WrongKey,
            Kind::TooManyAttempts,
            Kind::QuotaExceeded,
            Kind::UpstreamUnavailable,
            Kind::StoreUnavailable,
        ],
        ("post", "/api/v1/luck-reports") => &[
            Kind::WrongKey,
            Kind::KeyWithoutRight,
            Kind::QuotaExceeded,
            Kind::TooManyRequests,
            Kind::UpstreamInvalid,
            Kind::UpstreamUnavailable,
        ],
        (_, "/api/v1/sessions/refresh") => &[Kind::Unauthorized, Kind::StoreUnavailable],
        ("post", "/api/v1/donations") => &[
            Kind::UnknownDeveloper,
            Kind::ShortBalance,
            Kind::InFlight,
            Kind::KeyReused,
            Kind::TooManyRequests,
            Kind::Busy,
        ],
        (_, "/api/v1/donations/{id}" | "/api/v1/admin/outbox/dead-letters/{id}") => {
            &[Kind::NotFound]
        }
        ("post", "/api/v1/admin/points/grants") => {
            &[Kind::Forbidden, Kind::UnknownMember, Kind::Busy]
        }
        (_, path) if path.starts_with("/api/v1/admin/") => &[Kind::Forbidden],
        _ => &[],
    }
}

fn problem(kinds: &[Kind]) -> Value {
    let meanings: Vec<_> = kinds
        .iter()
        .map(|kind| format!("`{}`: {}", kind.uri(), kind.meaning()))
        .collect();
    json!({
        "description": meanings.join("\n\n"),
        "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    })
}

/// Headers of a response, by the names of their components.
fn header_names(method: &str, path: &str, status: &str, is_health: bool) -> Vec<&'static str> {
    let mut names = vec!["X-Request-Id", "Cache-Control"];
    let is_conditional = method == "get"
        && status == "200"
        && (path.starts_with("/api/v1/characters/") || path == "/api/v1/rules")
        && !path.ends_with("/likes")
        && !path.ends_with("/stream");
    if is_conditional {
        names.extend(["ETag", "Vary"]);
        if path != "/api/v1/rules" {
            names.extend(["Age", "Cache-Status"]);
        }
    }
    match status {
        "401" => names.push("WWW-Authenticate"),
        "415" => names.push("Accept-Encoding"),
        "429" => names.extend(["Retry-After", "RateLimit", "RateLimit-Policy"]),
        "503" if !is_health => names.push("Retry-After"),
        _ => {}
    }
    names
}

fn headers() -> Value {
    let text = |description: &str, pattern: &str| json!({"description": description, "schema": {"type": "string", "pattern": pattern}});
    let seconds = |description: &str| json!({"description": description, "schema": {"type": "integer", "minimum": 0}});
    json!({
        "X-Request-Id": text(
            "The id of the request, which the log names too: the client's own where it sent one",
            "^[A-Za-z0-9._-]{8,64}$",
        ),
        "Cache-Control": text("How long the response may be kept (RFC 9111)", "^[a-z0-9=, -]+$"),
        "ETag": text("Strong validator for If-None-Match (RFC 9110)", "^\"[0-9a-z-]+\"$"),
        "Vary": text("Request headers that the response depends on", "^[a-zA-Z, -]+$"),
        "Age": seconds("Seconds since the data were read from the upstream (RFC 9111)"),
        "Cache-Status": text("How the response was found, where it is stale (RFC 9211)", "^.+$"),
        "WWW-Authenticate": text("How to authenticate (RFC 6750)", "^Bearer "),
        "Accept-Encoding": text("Codings that a body may have", "^[a-z, ]+$"),
        "Retry-After": seconds("Seconds until another try is worthwhile"),
        "RateLimit": text("Requests that are left, and seconds until all are", "^\".+\";r=[0-9]+;t=[0-9]+$"),
        "RateLimit-Policy": text("The limit and its window in seconds", "^\".+\";q=[0-9]+;w=[0-9]+$"),
    })
}
