//! Fills the tables, from where an earlier run has stopped.

use indicatif::ProgressBar;

use crate::server::Server;
use crate::tables::{TABLES, Table, in_numbers};

/// Rows of one transaction.
const CHUNK: u64 = 20_000;

/// Rows of each table so far; written with the rows.
const PROGRESS: &str = "CREATE TABLE IF NOT EXISTS explain_progress \
     (name VARCHAR(64) PRIMARY KEY, made BIGINT NOT NULL)";

/// Makes rows until each table has this many.
pub(crate) async fn to(server: &Server, rows: u64, seed: u64) -> anyhow::Result<()> {
    server.run(PROGRESS).await?;
    for table in &TABLES {
        eprintln!("filling {} with {rows} rows", table.name);
        let bar = ProgressBar::new(rows);
        let mut there = made(server, table).await?;
        bar.set_position(there);
        while there < rows {
            let last = rows.min(there + CHUNK);
            let insert = insert(table, there + 1, last, rows, seed);
            let name = table.name;
            let progress = format!("REPLACE INTO explain_progress VALUES ('{name}', {last})");
            server.run_all(&[&insert, &progress]).await?;
            there = last;
            bar.set_position(there);
        }
        bar.finish_and_clear();
        server
            .texts(&format!("ANALYZE TABLE {}", table.name))
            .await?;
    }
    Ok(())
}

async fn made(server: &Server, table: &Table) -> anyhow::Result<u64> {
    let name = table.name;
    let sql = format!("SELECT CAST(made AS CHAR) FROM explain_progress WHERE name = '{name}'");
    let made = server.texts(&sql).await?;
    Ok(made.first().map_or(Ok(0), |made| made.parse())?)
}

/// Rows from MariaDB's own sequences; whatever is random follows from the seed.
fn insert(table: &Table, first: u64, last: u64, rows: u64, seed: u64) -> String {
    let names: Vec<_> = table.columns.iter().map(|(name, _)| *name).collect();
    let values = table
        .columns
        .iter()
        .map(|(_, value)| in_numbers(value, rows));
    let values: Vec<_> = values.collect();
    format!(
        "INSERT INTO {} ({}) SELECT {} FROM \
         (SELECT seq, CRC32(CONCAT({seed}, ':', seq)) AS dice FROM seq_{first}_to_{last}) AS s",
        table.name,
        names.join(", "),
        values.join(", "),
    )
}
