//! H5: from the start of the process to the first right answer, embedded; the memory of a process
//! that nobody asks anything; and both with a million characters in the store.

use std::path::Path;
use std::time::Duration;

use anyhow::ensure;
use secrecy::SecretString;
use storage_sql::testkit::execute;
use tokio::time::{Instant, sleep};

use super::cached::EXPECTATION;
use super::{Scale, metric};
use crate::expected::{Coding, PATIENCE, ask, get};
use crate::figures::{mebibytes, median, millis, print};
use crate::process::ServerProcess;

/// Characters that a process takes into memory when it starts, and somewhat more.
const WARM: usize = 250;

/// Characters beside them that the large store has: names, and documents that are never read.
const MILLION: &str = "WITH RECURSIVE n(i) AS \
     (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) ";

const RUNS_OF_WARM_UP: &str = r#"maple_job_runs_total{job="warm_up",outcome="done"}"#;

/// Starts with one kind of store.
struct StartRow {
    store: &'static str,
    /// To the first right answer, in seconds.
    first_answer: Vec<f64>,
    /// To the end of the warm-up, in seconds.
    warm: Vec<f64>,
    /// Resident bytes once it is warm.
    idle: Vec<u64>,
}

pub(crate) async fn run(scale: Scale) -> anyhow::Result<()> {
    let empty = StartRow::measure("an empty store (aim 150 ms, 40 MiB)", scale, None).await?;
    let folder = tempfile::tempdir()?;
    fill(folder.path()).await?;
    let some = StartRow::measure("250 characters", scale, Some(folder.path())).await?;
    add_a_million(folder.path()).await?;
    let million =
        StartRow::measure("a million characters more", scale, Some(folder.path())).await?;
    let rows = [empty, some, million].map(StartRow::cells);
    print(
        &format!(
            "H5: start of a process, embedded; medians of {} starts",
            scale.blocks
        ),
        &[
            "with",
            "first right answer",
            "fastest",
            "warm after",
            "resident when idle",
        ],
        rows.into(),
    );
    Ok(())
}

impl StartRow {
    async fn measure(
        store: &'static str,
        scale: Scale,
        folder: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let mut row = Self {
            store,
            first_answer: Vec::new(),
            warm: Vec::new(),
            idle: Vec::new(),
        };
        for _ in 0..scale.blocks {
            row.first_answer.push(first_answer(folder).await?);
            let (warm, idle) = warm(folder).await?;
            row.warm.push(warm);
            row.idle.push(idle);
        }
        Ok(row)
    }

    fn cells(mut self) -> Vec<String> {
        let fastest = self.first_answer.iter().copied();
        let fastest = fastest.fold(f64::INFINITY, f64::min);
        let time = |seconds| millis(Duration::from_secs_f64(seconds));
        self.idle.sort_unstable();
        vec![
            self.store.to_owned(),
            time(median(self.first_answer)),
            time(fastest),
            time(median(self.warm)),
            mebibytes(self.idle[self.idle.len() / 2]),
        ]
    }
}

/// Starts a process on the files of this folder, or on an empty one.
fn start(folder: Option<&Path>) -> anyhow::Result<ServerProcess> {
    let folder = folder.map(|folder| ("MAPLE__DATA_DIR", folder.display().to_string()));
    ServerProcess::service(folder.as_slice())
}

/// Returns the seconds from the start to the first answer, which is checked.
async fn first_answer(folder: Option<&Path>) -> anyhow::Result<f64> {
    let begin = Instant::now();
    let service = start(folder)?;
    let answer = ask(service.address, get(EXPECTATION, Coding::Identity)).await?;
    let seconds = begin.elapsed().as_secs_f64();
    ensure!(
        answer.status == 200,
        "the first answer is {}",
        answer.status
    );
    let body: serde_json::Value = serde_json::from_slice(&answer.body)?;
    ensure!(
        body["character"]["name"] == "아델" && body["presets"][0]["total"].is_object(),
        "another answer"
    );
    Ok(seconds)
}

/// Returns the seconds from the start to the end of the warm-up, and the bytes that are resident
/// after it.
async fn warm(folder: Option<&Path>) -> anyhow::Result<(f64, u64)> {
    let begin = Instant::now();
    let service = start(folder)?;
    while metric(&service, RUNS_OF_WARM_UP).await? == 0 {
        ensure!(begin.elapsed() < PATIENCE, "it does not get warm");
        sleep(Duration::from_millis(2)).await;
    }
    let seconds = begin.elapsed().as_secs_f64();
    // What is free goes back to the system a moment later.
    sleep(Duration::from_secs(2)).await;
    Ok((seconds, service.memory()?))
}

/// Lets a process store characters in this folder.
async fn fill(folder: &Path) -> anyhow::Result<()> {
    let service = start(Some(folder))?;
    for number in 0..WARM {
        let path = format!("/api/v1/characters/Warm{number}/expectation");
        let answer = ask(service.address, get(&path, Coding::Zstd)).await?;
        ensure!(answer.status == 200, "{path} is {}", answer.status);
    }
    Ok(())
}

/// Adds a million characters that were fetched before those that are there.
async fn add_a_million(folder: &Path) -> anyhow::Result<()> {
    let url = format!("sqlite://{}", folder.join("sandbox.sqlite").display());
    let oldest = "(SELECT MIN(fetched_at_us) FROM game_character)";
    let characters = format!(
        "{MILLION} INSERT INTO game_character \
         SELECT 'Cold' || i, 'cold-' || i, '스카니아', '에반', 285, {oldest} - i FROM n"
    );
    let oldest = "(SELECT MIN(fetched_at_us) FROM equipment_snapshot)";
    let snapshots = format!(
        "{MILLION} INSERT INTO equipment_snapshot \
         SELECT 'cold-' || i, {oldest} - i, randomblob(32), 'zstd', NULL, randomblob(400) FROM n"
    );
    execute(&SecretString::from(url), &[&characters, &snapshots]).await?;
    Ok(())
}
