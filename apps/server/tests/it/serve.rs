//! The service as a process: it says where it is, answers, and ends when told to.

use std::process::Command;

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
