//! The service as a process: it says where it is, answers, and ends when told to.

use std::process::Command;

use serde_json::Value;

use crate::process::{Process, address_in, exchange};

fn signal(process: &Process, name: &str) {
    let id = process.child.id().to_string();
    let sent = Command::new("kill").args(["-s", name, &id]).status();
    assert!(sent.unwrap().success());
}

#[test]
fn server_prints_its_addresses_and_ends_cleanly_on_a_signal() {
    for signal in ["TERM", "INT"] {
        let mut process = Process::start();
        let welcome = process.welcome("\"goal\"");
        let address = address_in(&welcome);
        assert!(welcome.contains("embedded"), "{welcome}");
        assert_eq!(welcome.matches("\n  curl ").count(), 3, "{welcome}");
        let line = "GET /api/v1/characters/%EC%95%84%EB%8D%B8/expectation";
        let tried = exchange(&address, line, "", b"");
        assert!(tried.starts_with("HTTP/1.1 200 OK"), "{tried}");
        self::signal(&process, signal);
        let status = process.child.wait().unwrap();
        assert_eq!(status.code(), Some(0), "after {signal}");
    }
}

#[test]
fn access_log_has_a_line_for_each_request_and_no_name() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let file = std::fs::File::create(&log).unwrap();
    let variables = [("MAPLE__LOG_ACCESS", "true"), ("MAPLE__LOG_FORMAT", "json")];
    let mut process = Process::start_with(&variables, file.into());
    let address = address_in(&process.welcome("metrics      "));
    let name = "%EC%95%84%EB%8D%B8";
    let found = format!("GET /api/v1/characters/{name}/expectation");
    assert!(exchange(&address, &found, "", b"").starts_with("HTTP/1.1 200"));
    assert!(exchange(&address, "POST /api/v1/nothing", "", b"").starts_with("HTTP/1.1 404"));
    signal(&process, "TERM");
    assert!(process.child.wait().unwrap().success());
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(!text.contains(name) && !text.contains("아델"), "{text}");
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let access: Vec<Value> = lines.filter(|line| line["target"] == "access").collect();
    let told = |line: &Value| {
        let status = line["status"].as_u64().unwrap();
        let word = |field: &str| line[field].as_str().unwrap().to_owned();
        (word("method"), word("route"), status, word("client"))
    };
    let told: Vec<_> = access.iter().map(told).collect();
    let line = |method: &str, route: &str, status| {
        (
            method.to_owned(),
            route.to_owned(),
            status,
            "127.0.0.1".to_owned(),
        )
    };
    assert_eq!(
        told,
        [
            line("GET", "/api/v1/characters/{name}/expectation", 200),
            line("POST", "unmatched", 404),
        ]
    );
    assert!(access.iter().all(|line| line["request_id"].is_string()));
}

#[test]
fn taken_address_is_named() {
    let mut first = Process::start();
    let welcome = first.welcome("metrics      ");
    let address = address_in(&welcome);
    let folder = tempfile::tempdir().unwrap();
    let second = Command::new(env!("CARGO_BIN_EXE_maple-expectation"))
        .env("MAPLE__DATA_DIR", folder.path())
        .env("MAPLE__HTTP__BIND", &address)
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(1));
    let message = String::from_utf8(second.stderr).unwrap();
    assert!(
        message.contains(&format!("cannot listen on {address} (http.bind)")),
        "{message}"
    );
}
