//! H5: from the start of the process to the first right answer, embedded, on an empty disk.

use std::time::Duration;

use anyhow::ensure;
use tokio::time::Instant;

use super::Scale;
use super::cached::EXPECTATION;
use crate::expected::{Coding, ask, get};
use crate::figures::{median, millis, print};
use crate::process::ServerProcess;

pub(crate) async fn run(scale: Scale) -> anyhow::Result<()> {
    let mut presets: Option<serde_json::Value> = None;
    let mut seconds = Vec::new();
    for _ in 0..scale.blocks {
        let start = Instant::now();
        let service = ServerProcess::service(&[])?;
        let answer = ask(service.address, get(EXPECTATION, Coding::Identity)).await?;
        seconds.push(start.elapsed().as_secs_f64());
        ensure!(
            answer.status == 200,
            "the first answer is {}",
            answer.status
        );
        // A process's characters are always the same, but for when they were fetched.
        let mut body: serde_json::Value = serde_json::from_slice(&answer.body)?;
        let found = body["presets"].take();
        let expected = presets.get_or_insert_with(|| found.clone());
        ensure!(
            found == *expected && found[0]["total"].is_object(),
            "another answer"
        );
    }
    let fastest = seconds.iter().copied().fold(f64::INFINITY, f64::min);
    let time = |seconds| millis(Duration::from_secs_f64(seconds));
    print(
        &format!("H5: start to first right answer, {} starts", scale.blocks),
        &["", "median", "fastest"],
        vec![vec![
            "embedded, empty disk (aim 150 ms)".to_owned(),
            time(median(seconds)),
            time(fastest),
        ]],
    );
    Ok(())
}
