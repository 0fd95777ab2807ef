//! A small answer that inflates to gigabytes: given up early, and without taking memory for it.

use std::io::Write;
use std::process::Command;

use equipment::{EquipmentSource, Ocid, UpstreamError};

use crate::support::{Reply, Upstream};
use flate2::Compression;
use flate2::write::DeflateEncoder;

/// Upper bound on the growth of the process at its peak: the limit of 2 MiB, twice for a buffer that doubles,
/// and some for the connection.
const MAX_GROWTH_KIB: u64 = 8 * 1024;

/// Memory is measured of a whole process, so that it runs in one that no other test shares.
#[test]
fn bomb_is_given_up_early() {
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "bomb::bomb_alone_in_its_process", "--ignored"])
        .status();
    assert!(status.unwrap().success(), "see its output above");
}

#[tokio::test]
#[ignore = "started by bomb_is_given_up_early"]
async fn bomb_alone_in_its_process() {
    for (coding, bomb, place) in [
        ("gzip", gzip_bomb(), "byte 2097152"),
        // The client does not ask for zstd; a body that comes in it nevertheless is not inflated.
        ("zstd", zstd_bomb(), "byte 1"),
    ] {
        assert!(bomb.len() < 2 << 20, "{} bytes are no bomb", bomb.len());
        let encoding = format!("content-encoding: {coding}");
        let reply = Reply::response("200 OK", &[encoding.as_str()], &bomb);
        let upstream = Upstream::answering(reply).await;
        let client = upstream.client();

        let before = peak_kib();
        let error = client.fetch(&Ocid::new("00ff")).await.unwrap_err();
        let grown = peak_kib() - before;

        let (UpstreamError::Invalid(answer) | UpstreamError::Unusable(answer)) = error else {
            panic!("{error}");
        };
        assert_eq!(answer.path, place, "{coding}");
        assert!(grown < MAX_GROWTH_KIB, "{coding}: grew by {grown} KiB");
    }
}

/// A zstd frame of a gibibyte of blanks: blocks of 128 KiB, each told as one byte to be repeated.
fn zstd_bomb() -> Vec<u8> {
    // The magic number, no content size, a window of 128 KiB.
    let header = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38];
    // Not the last one, of the kind that repeats, 128 KiB.
    let block = [0b010, 0x00, 0x10, b' '];
    [&header[..], &block.repeat(8 * 1_024)].concat()
}

/// A gzip file of one gibibyte of blanks, all but its checksum, which nobody lives to see.
fn gzip_bomb() -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&vec![b' '; 1 << 20]).unwrap();
    // A flush ends the block at a whole byte, so that the same block can follow itself.
    encoder.flush().unwrap();
    let header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    [&header[..], &encoder.get_ref().repeat(1_024)].concat()
}

/// The most memory this process has ever had resident.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
