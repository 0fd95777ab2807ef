//! Failures of the machine's making, each with a message that names what to do, and without loss.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::instance::{Instance, PROGRAM, client};
use crate::people::{ADMIN_TOKEN, DEVELOPERS, Member};

/// Starts the service, which must not come up: its exit code and what it says.
fn refused(environment: &[(&str, &str)]) -> (Option<i32>, String) {
    let output = Command::new(PROGRAM)
        .env_clear()
        .env("MAPLE__HTTP__BIND", "127.0.0.1:0")
        .env("MAPLE__ADMIN__BIND", "127.0.0.1:0")
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), said)
}

fn url(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

#[test]
fn damaged_file_is_named_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("maple.sqlite");
    let damaged = b"what once was a database ".repeat(400);
    fs::write(&file, &damaged).unwrap();
    let (code, said) = refused(&[("MAPLE__DATABASE__URL", &url(&file))]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains(file.to_str().unwrap()), "{said}");
    assert!(said.contains("restore it from a backup"), "{said}");
    assert_eq!(fs::read(&file).unwrap(), damaged);
}

#[test]
fn folder_that_cannot_be_written_is_named() {
    // The test may run as root, whom only a file system without files refuses.
    for folder in ["/proc/maple", "/dev/null/maple"] {
        let (code, said) = refused(&[("MAPLE__DATA_DIR", folder)]);
        assert_eq!(code, Some(1), "{said}");
        assert!(
            said.contains(&format!("cannot make the folder {folder}")),
            "{said}"
        );
    }
}

/// Stored data are served, no write is acknowledged that is not stored, and readiness gives the
/// reason.
#[tokio::test]
async fn read_only_database_is_said_by_readiness_and_by_every_write() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("maple.sqlite");
    let writable = url(&file);
    let mut before = Instance::start(&[("MAPLE__DATABASE__URL", &writable)]).await;
    let path = "/api/v1/characters/아델/expectation";
    before.answer(path).await;
    before.service.terminate();
    assert_eq!(before.service.ended().await, 0);

    let read_only = format!("{writable}?mode=ro");
    let instance = Instance::start(&[("MAPLE__DATABASE__URL", &read_only)]).await;
    instance.answer(path).await;
    let ready = instance.get("/health/ready").await.unwrap();
    assert_eq!(ready.status(), 503);
    let log_in = client().post(format!("http://{}/api/v1/sessions", instance.public));
    let log_in = log_in.json(&json!({"nexon_api_key": "sandbox-member-a"}));
    assert_eq!(log_in.send().await.unwrap().status(), 503);
    assert!(instance.metric("maple_database_failing").await > 0.0);
    let log = instance.service.log();
    assert!(log.contains("readonly database"), "{log}");
}

/// Both write, and the ledger adds up; the second says that it is not alone.
#[tokio::test]
async fn second_process_on_a_sqlite_file_says_so_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = url(&folder.path().join("maple.sqlite"));
    let environment = [
        ("MAPLE__DATABASE__URL", file.as_str()),
        ("MAPLE__ADMIN__TOKEN", ADMIN_TOKEN),
        ("MAPLE__MEMBERS__DEVELOPERS", DEVELOPERS),
    ];
    let first = Instance::start(&environment).await;
    let second = Instance::start(&environment).await;
    let warning = "another process uses";
    assert!(!first.service.log().contains(warning));
    assert!(
        second.service.log().contains(warning),
        "{}",
        second.service.log()
    );

    let giver = Member::log_in(&first, "sandbox-member-a").await;
    giver.is_granted(&second, 100).await;
    let client = client();
    let mut given = Vec::new();
    for number in 0..40 {
        let server = if number % 2 == 0 { &first } else { &second };
        let key = format!("a-gift-of-two-processes-{number}");
        given.push(
            giver
                .give(&client, server.public, &key, 1)
                .await
                .unwrap()
                .status(),
        );
    }
    assert!(given.iter().all(|status| *status == 201), "{given:?}");
    let points = format!("http://{}/api/v1/admin/points/{}", first.admin, giver.id);
    let points = client
        .get(points)
        .bearer_auth(ADMIN_TOKEN)
        .send()
        .await
        .unwrap();
    let points: serde_json::Value = points.json().await.unwrap();
    assert_eq!(points["balance"], 60, "{points}");
    let audit = Command::new(PROGRAM)
        .args(["ledger", "check"])
        .envs(environment)
        .output()
        .unwrap();
    assert!(audit.status.success(), "{audit:?}");
}
