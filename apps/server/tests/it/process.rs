//! The program as a process with a data folder of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};

use tempfile::TempDir;

/// A running service, killed when the test ends early.
pub(crate) struct Process {
    pub(crate) child: Child,
    stdout: BufReader<ChildStdout>,
    _folder: TempDir,
}

impl Process {
    pub(crate) fn start() -> Self {
        Self::start_with(&[], Stdio::null())
    }

    /// A service with these variables, whose log goes there.
    pub(crate) fn start_with(variables: &[(&str, &str)], log: Stdio) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_maple-expectation"))
            .envs(variables.iter().copied())
            .env("MAPLE__DATA_DIR", folder.path())
            .env("MAPLE__HTTP__BIND", "127.0.0.1:0")
            .env("MAPLE__ADMIN__BIND", "127.0.0.1:0")
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self {
            child,
            stdout,
            _folder: folder,
        }
    }

    /// Its output when it is ready, up to the line that contains `end`.
    pub(crate) fn welcome(&mut self, end: &str) -> String {
        let mut text = String::new();
        while !text.contains(end) {
            let read = self.stdout.read_line(&mut text).unwrap();
            assert_ne!(read, 0, "it ended after saying\n{text}");
        }
        text
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _already_ended = self.child.kill();
        let _status = self.child.wait();
    }
}

/// The address in the first URL of a welcome.
pub(crate) fn address_in(welcome: &str) -> String {
    let url = welcome.split("http://").nth(1).unwrap();
    url.chars().take_while(|c| !c.is_whitespace()).collect()
}

/// The response to a request of these header lines, each ended by CRLF, and this body.
pub(crate) fn exchange(address: &str, line: &str, headers: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "{line} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\r\n"
    )
    .unwrap();
    stream.write_all(body).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response
}
