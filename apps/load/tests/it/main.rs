//! The load generator's own promises.

use std::process::Command;

/// Upper bound on the instructions of a cached answer beyond those of a bare handler with the same
/// bytes and headers, as the tests build both: without optimisation. With it the aim is 10,000, and
/// `cargo xtask bench instructions` counts.
const BEYOND_BARE: &str = "60000";

/// Upper bound on the instructions of a cached page as a multiple of those of a cached answer.
const PAGE_TIMES: &str = "2";

#[test]
fn cached_answers_and_pages_take_little_more_than_a_bare_handler() {
    let output = Command::new(env!("CARGO_BIN_EXE_load"))
        .args(["instructions", "--requests", "50"])
        .args(["--beyond-bare", BEYOND_BARE])
        .args(["--page-times", PAGE_TIMES])
        .output()
        .unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    // Shown where nothing could be counted, too.
    println!("{out}{err}");
    assert!(output.status.success(), "{out}{err}");
}
