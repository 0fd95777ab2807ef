//! Small bodies that inflate to gigabytes, sent to the service as a process: refused, and without
//! taking memory for them.
#![cfg(target_os = "linux")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};

use flate2::Compression;
use flate2::write::DeflateEncoder;
use tempfile::TempDir;

/// What the process may grow by at its peak.
const MAX_GROWTH_KIB: u64 = 8 * 1024;

/// The most that a body may have as it comes.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// A running service, killed when the test ends early.
struct Service {
    child: Child,
    address: String,
    /// Held open, since it may still have something to say.
    _stdout: BufReader<ChildStdout>,
    _folder: TempDir,
}

impl Service {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_maple-expectation"))
            .env("MAPLE__DATA_DIR", folder.path())
            .env("MAPLE__HTTP__BIND", "127.0.0.1:0")
            .env("MAPLE__ADMIN__BIND", "127.0.0.1:0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut lines = stdout.by_ref().lines().map(Result::unwrap);
        let line = lines.find(|line| line.contains("http://")).unwrap();
        let address = line.split("http://").nth(1).unwrap();
        let address = address.split_whitespace().next().unwrap().to_owned();
        Self {
            child,
            address,
            _stdout: stdout,
            _folder: folder,
        }
    }

    /// The head of the answer to this body.
    fn post(&self, coding: &str, body: &[u8]) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "POST /api/v1/calculations/potential HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Encoding: {coding}\r\n\
             Content-Length: {}\r\n\r\n",
            self.address,
            body.len()
        )
        .unwrap();
        stream.write_all(body).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        response
    }

    /// The most memory the process has ever had resident.
    fn peak_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let mut lines = status.lines();
        let line = lines.find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _already_ended = self.child.kill();
        let _status = self.child.wait();
    }
}

/// A gzip file of blanks, as many as 64 KiB can tell of, all but its checksum.
fn gzip_bomb() -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![b' '; 1 << 20]).unwrap();
    // A flush ends the block at a whole byte, so that the same block can follow itself.
    encoder.flush().unwrap();
    let header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let block = encoder.get_ref();
    let times = (MAX_BODY_BYTES - header.len()) / block.len();
    [&header[..], &block.repeat(times)].concat()
}

/// A zstd frame of two gibibytes of blanks: blocks of 128 KiB, each told as one byte to be
/// repeated. It asks for as large a window as it may.
fn zstd_bomb() -> Vec<u8> {
    // The magic number, no content size, a window of 8 MiB.
    let header = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x68];
    // Not the last one, of the kind that repeats, 128 KiB.
    let block = [0b010, 0x00, 0x10, b' '];
    let times = (MAX_BODY_BYTES - header.len()) / block.len();
    [&header[..], &block.repeat(times)].concat()
}

#[test]
fn a_bomb_is_refused_without_taking_memory_for_it() {
    let service = Service::start();
    let small = b"{\"method\":\"red\"}";
    // What the first request of all takes is not the bomb's.
    assert!(service.post("identity", small).starts_with("HTTP/1.1 400"));
    for (coding, bomb) in [("gzip", gzip_bomb()), ("zstd", zstd_bomb())] {
        assert!(bomb.len() <= MAX_BODY_BYTES, "{coding}: {}", bomb.len());
        let before = service.peak_kib();
        let answer = service.post(coding, &bomb);
        let grown = service.peak_kib() - before;
        assert!(answer.starts_with("HTTP/1.1 413"), "{coding}: {answer}");
        assert!(answer.contains("/problems/body-too-large"), "{answer}");
        assert!(grown < MAX_GROWTH_KIB, "{coding}: grew by {grown} KiB");
        println!("{coding}: {} bytes, grew by {grown} KiB", bomb.len());
    }
}
