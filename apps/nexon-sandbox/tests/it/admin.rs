//! The paths that steer the sandbox, and what Nexon's paths check, spoken in plain HTTP.

use std::io::{Read, Write};
use std::net::TcpStream;

use nexon_sandbox::{Endpoint, Fault, FaultRule, MEMBER_KEY_PREFIX, RequestCounts, Sandbox};
use serde_json::{Value, json};

const KEY: &str = "x-nxopen-api-key: any\r\n";

/// Sends a request and gives back the status and the body.
async fn send(sandbox: &Sandbox, request_line: &str, headers: &str, body: &str) -> (u16, String) {
    let address = sandbox.url().trim_start_matches("http://").to_owned();
    let request = format!(
        "{request_line} HTTP/1.1\r\nhost: sandbox\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    );
    tokio::task::spawn_blocking(move || exchange(&address, &request))
        .await
        .unwrap()
}

fn exchange(address: &str, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}

fn error(body: &str) -> String {
    let body: Value = serde_json::from_str(body).unwrap();
    body["error"]["name"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn invalid_requests_are_refused_as_by_nexon() {
    let sandbox = Sandbox::start_local().unwrap();
    for (request, headers, status, name) in [
        (
            "GET /maplestory/v1/id?character_name=a",
            "",
            400,
            "OPENAPI00005",
        ),
        (
            "GET /maplestory/v1/id?character_name=a",
            "x-nxopen-api-key:\r\n",
            400,
            "OPENAPI00005",
        ),
        ("GET /maplestory/v1/id", KEY, 400, "OPENAPI00004"),
        (
            "GET /maplestory/v1/id?character_name=",
            KEY,
            400,
            "OPENAPI00004",
        ),
        (
            "GET /maplestory/v1/id?character_name=thirteenchars",
            KEY,
            400,
            "OPENAPI00004",
        ),
        (
            "GET /maplestory/v1/id?character_name=%EC%97%86%EB%8A%94%EC%BA%90%EB%A6%AD%ED%84%B0",
            KEY,
            400,
            "OPENAPI00004",
        ),
        (
            "GET /maplestory/v1/character/basic",
            KEY,
            400,
            "OPENAPI00004",
        ),
        (
            "GET /maplestory/v1/character/basic?ocid=00ff",
            KEY,
            400,
            "OPENAPI00003",
        ),
        (
            "GET /maplestory/v1/character/item-equipment?ocid=",
            KEY,
            400,
            "OPENAPI00003",
        ),
        (
            "GET /maplestory/v1/character/pets?ocid=00ff",
            KEY,
            400,
            "OPENAPI00006",
        ),
        (
            "GET /maplestory/v1/character/list",
            KEY,
            400,
            "OPENAPI00005",
        ),
        ("GET /", "", 400, "OPENAPI00006"),
    ] {
        let (got, body) = send(&sandbox, request, headers, "").await;
        assert_eq!((got, error(&body).as_str()), (status, name), "{request}");
    }
}

#[tokio::test]
async fn faults_are_set_seen_and_cleared() {
    let sandbox = Sandbox::start_local().unwrap();
    let rules = json!([{"fault": "api_maintenance", "endpoint": "id", "times": 1}]).to_string();
    let typed = "content-type: application/json\r\n";
    let ask = async || {
        send(&sandbox, "GET /maplestory/v1/id?character_name=a", KEY, "")
            .await
            .0
    };

    assert_eq!(
        send(&sandbox, "PUT /sandbox/faults", typed, &rules).await.0,
        200
    );
    assert_eq!(ask().await, 503);
    assert_eq!(ask().await, 200);
    let (_, left) = send(&sandbox, "GET /sandbox/faults", "", "").await;
    let left: Vec<FaultRule> = serde_json::from_str(&left).unwrap();
    assert_eq!(left[0].times, Some(0));

    sandbox.set_faults(vec![FaultRule::always(Fault::InternalError)]);
    assert_eq!(ask().await, 500);
    assert_eq!(
        send(&sandbox, "DELETE /sandbox/faults", "", "").await.0,
        204
    );
    assert_eq!(ask().await, 200);
}

#[tokio::test]
async fn invalid_rules_change_nothing() {
    let sandbox = Sandbox::start_local().unwrap();
    let typed = "content-type: application/json\r\n";
    for rules in [r#"[{"fault":"gremlins"}]"#, r#"[{"falt":"hang"}]"#, "hang"] {
        assert_eq!(
            send(&sandbox, "PUT /sandbox/faults", typed, rules).await.0,
            400
        );
    }
    assert_eq!(send(&sandbox, "GET /sandbox/faults", "", "").await.1, "[]");
}

#[tokio::test]
async fn requests_are_counted_and_the_count_reset() {
    let sandbox = Sandbox::start_local().unwrap();
    let counted = async || {
        let (_, body) = send(&sandbox, "GET /sandbox/requests", "", "").await;
        serde_json::from_str::<Value>(&body).unwrap()
    };
    send(&sandbox, "GET /maplestory/v1/id?character_name=a", KEY, "").await;
    send(&sandbox, "GET /maplestory/v1/id", "", "").await;
    let expected = serde_json::to_value(RequestCounts {
        id: 2,
        ..RequestCounts::default()
    });
    assert_eq!(counted().await, expected.unwrap());
    assert_eq!(
        send(&sandbox, "DELETE /sandbox/requests", "", "").await.0,
        204
    );
    assert_eq!(counted().await["id"], 0);
}

#[tokio::test]
async fn member_key_lists_known_characters() {
    let sandbox = Sandbox::start_local().unwrap();
    let list = "GET /maplestory/v1/character/list";
    let key = format!("x-nxopen-api-key: {MEMBER_KEY_PREFIX}1\r\n");
    let (status, body) = send(&sandbox, list, &key, "").await;
    assert_eq!(status, 200);
    let body: Value = serde_json::from_str(&body).unwrap();
    let accounts = body["account_list"].as_array().unwrap();
    assert_eq!(accounts.len(), 1);
    let characters = accounts[0]["character_list"].as_array().unwrap();
    for listed in characters {
        let ocid = listed["ocid"].as_str().unwrap();
        let ask = format!("GET /maplestory/v1/character/basic?ocid={ocid}");
        let (status, basic) = send(&sandbox, &ask, KEY, "").await;
        assert_eq!(status, 200);
        let basic: Value = serde_json::from_str(&basic).unwrap();
        for field in [
            "character_name",
            "world_name",
            "character_class",
            "character_level",
        ] {
            assert_eq!(listed[field], basic[field]);
        }
    }
    sandbox.set_faults(vec![
        FaultRule::always(Fault::ApiMaintenance).on(Endpoint::CharacterList),
    ]);
    assert_eq!(send(&sandbox, list, &key, "").await.0, 503);
    assert_eq!(sandbox.counters().character_list, 2);
}
