//! The service as a process: it says where it is, answers, and ends when told to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};

use tempfile::TempDir;

/// A running service, killed when the test ends early.
struct Process {
    child: Child,
    stdout: BufReader<ChildStdout>,
    _folder: TempDir,
}

impl Process {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_maple-expectation"))
            .env("MAPLE__DATA_DIR", folder.path())
            .env("MAPLE__HTTP__BIND", "127.0.0.1:0")
            .env("MAPLE__ADMIN__BIND", "127.0.0.1:0")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self {
            child,
            stdout,
            _folder: folder,
        }
    }

    /// What it says when it is ready, up to the line that contains `end`.
    fn welcome(&mut self, end: &str) -> String {
        let mut text = String::new();
        while !text.contains(end) {
            let read = self.stdout.read_line(&mut text).unwrap();
            assert_ne!(read, 0, "it ended after saying\n{text}");
        }
        text
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill")
            .args(["-s", name, &id])
            .status()
            .unwrap();
        assert!(sent.success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _already_ended = self.child.kill();
        let _status = self.child.wait();
    }
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response
}

#[test]
fn it_says_where_it_is_and_what_to_try_and_ends_well_on_a_signal() {
    for signal in ["TERM", "INT"] {
        let mut process = Process::start();
        let welcome = process.welcome("\"goal\"");
        let url = welcome.split("http://").nth(1).unwrap();
        let address: String = url.chars().take_while(|c| !c.is_whitespace()).collect();
        assert!(welcome.contains("embedded"), "{welcome}");
        assert_eq!(welcome.matches("\n  curl ").count(), 3, "{welcome}");
        let tried = get(
            &address,
            "/api/v1/characters/%EC%95%84%EB%8D%B8/expectation",
        );
        assert!(tried.starts_with("HTTP/1.1 200 OK"), "{tried}");
        process.signal(signal);
        let status = process.child.wait().unwrap();
        assert_eq!(status.code(), Some(0), "after {signal}");
    }
}

#[test]
fn a_taken_address_is_named() {
    let mut first = Process::start();
    let welcome = first.welcome("metrics      ");
    let address = welcome.split("http://").nth(1).unwrap();
    let address: String = address.chars().take_while(|c| !c.is_whitespace()).collect();
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
