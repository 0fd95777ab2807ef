//! Fills the tables, from where an earlier run has stopped.

use anyhow::Context;
use indicatif::ProgressBar;
use secrecy::SecretString;
use storage_sql::Database;
use storage_sql::testkit::{execute, text};

use crate::cases::{TABLES, Table};

/// Rows of one statement.
const CHUNK: u64 = 20_000;

/// Makes rows until each table has this many; how many the fullest has then.
pub(crate) async fn to(
    database: &Database,
    url: &SecretString,
    rows: u64,
    seed: u64,
) -> anyhow::Result<u64> {
    let mut most = 0;
    for table in &TABLES {
        let bar = ProgressBar::new(rows).with_message(table.name);
        let mut there = count(database, table).await?;
        bar.set_position(there);
        while there < rows {
            let last = rows.min(there + CHUNK);
            execute(url, &[&insert(table, there + 1, last, seed)]).await?;
            there = last;
            bar.set_position(there);
        }
        bar.finish_and_clear();
        execute(url, &[&format!("ANALYZE TABLE {}", table.name)]).await?;
        most = most.max(there);
    }
    Ok(most)
}

async fn count(database: &Database, table: &Table) -> anyhow::Result<u64> {
    let sql = format!("SELECT CAST(COUNT(*) AS CHAR) FROM {}", table.name);
    let count = text(database, &sql).await?.context("a count has a row")?;
    Ok(count.parse()?)
}

/// Rows from MariaDB's own sequences; whatever is random follows from the seed.
fn insert(table: &Table, first: u64, last: u64, seed: u64) -> String {
    let names: Vec<_> = table.columns.iter().map(|(name, _)| *name).collect();
    let values: Vec<_> = table.columns.iter().map(|(_, value)| *value).collect();
    format!(
        "INSERT INTO {} ({}) SELECT {} FROM \
         (SELECT seq, CRC32(CONCAT({seed}, ':', seq)) AS dice FROM seq_{first}_to_{last}) AS s",
        table.name,
        names.join(", "),
        values.join(", "),
    )
}
