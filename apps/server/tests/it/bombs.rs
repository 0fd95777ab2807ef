//! Small bodies that inflate to gigabytes, sent to the service as a process: refused, and without
//! taking memory for them.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;

use crate::process::{Process, address_in, exchange};

/// Growth that the process may have at its peak.
const MAX_GROWTH_KIB: u64 = 8 * 1024;

/// The most that a body may have as it comes.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// The head of the response to this body.
fn post(address: &str, coding: &str, body: &[u8]) -> String {
    let headers = format!(
        "Content-Type: application/json\r\nContent-Encoding: {coding}\r\nContent-Length: {}\r\n",
        body.len()
    );
    let line = "POST /api/v1/calculations/potential";
    exchange(address, line, &headers, body)
}

/// The most memory the process has ever had resident.
fn peak_kib(process: &Process) -> u64 {
    let status = format!("/proc/{}/status", process.child.id());
    let status = std::fs::read_to_string(status).unwrap();
    let mut lines = status.lines();
    let line = lines.find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
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
fn bomb_is_refused_without_taking_memory_for_it() {
    let mut service = Process::start();
    let address = address_in(&service.welcome("http://"));
    let small = b"{\"method\":\"red\"}";
    // What the first request of all takes is not the bomb's.
    assert!(post(&address, "identity", small).starts_with("HTTP/1.1 400"));
    for (coding, bomb) in [("gzip", gzip_bomb()), ("zstd", zstd_bomb())] {
        assert!(bomb.len() <= MAX_BODY_BYTES, "{coding}: {}", bomb.len());
        let before = peak_kib(&service);
        let answer = post(&address, coding, &bomb);
        let grown = peak_kib(&service) - before;
        assert!(answer.starts_with("HTTP/1.1 413"), "{coding}: {answer}");
        assert!(answer.contains("/problems/body-too-large"), "{answer}");
        assert!(grown < MAX_GROWTH_KIB, "{coding}: grew by {grown} KiB");
        println!("{coding}: {} bytes, grew by {grown} KiB", bomb.len());
    }
}
