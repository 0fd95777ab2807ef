//! One query: what the code sends, its plan, and its time with and without its index.

use anyhow::{Context, ensure};
use secrecy::SecretString;
use storage_sql::Database;
use storage_sql::testkit::{execute, text};
use tokio::time::Instant;

use crate::cases::Case;

/// How often each statement is run; the median counts.
pub(crate) const RUNS: usize = 15;

/// What was measured of a query.
pub(crate) struct Measured {
    /// Seconds.
    pub(crate) with: f64,
    /// Seconds.
    pub(crate) without: f64,
    pub(crate) uses_index: bool,
    /// The table's line of the plan, in short.
    pub(crate) plan: String,
}

pub(crate) async fn case(
    database: &Database,
    url: &SecretString,
    case: &Case,
) -> anyhow::Result<Measured> {
    let sql = sent(database, url, case).await?;
    let table = format!("`{}`", case.table);
    let ignoring = format!("{table} IGNORE INDEX (`{}`)", case.index);
    let slow = sql.replacen(&format!("FROM {table}"), &format!("FROM {ignoring}"), 1);
    ensure!(slow != sql, "{}: no table to find in {sql}", case.name);
    let plan = text(database, &format!("EXPLAIN FORMAT=JSON {sql}"))
        .await?
        .context("a plan has a row")?;
    Ok(Measured {
        with: median(database, &sql).await?,
        without: median(database, &slow).await?,
        uses_index: plan.contains(&format!("\"key\": \"{}\"", case.index)),
        plan: in_short(&plan),
    })
}

/// The statement that the code sends, with its values.
async fn sent(database: &Database, url: &SecretString, case: &Case) -> anyhow::Result<String> {
    let log = [
        "SET GLOBAL log_output = 'TABLE'",
        "TRUNCATE mysql.general_log",
        "SET GLOBAL general_log = 'ON'",
    ];
    execute(url, &log).await?;
    let asked = (case.ask)(database).await;
    execute(url, &["SET GLOBAL general_log = 'OFF'"]).await?;
    asked.with_context(|| format!("{} failed", case.name))?;
    let sql = format!(
        "SELECT CONVERT(argument USING utf8mb4) FROM mysql.general_log \
         WHERE command_type = 'Execute' AND argument LIKE 'SELECT%FROM `{}`%' LIMIT 1",
        case.table
    );
    let sent = text(database, &sql).await?;
    sent.with_context(|| format!("{}: the server was not asked", case.name))
}

/// The median time of a statement, as an inner query of which only a count comes back.
async fn median(database: &Database, sql: &str) -> anyhow::Result<f64> {
    let counted = format!("SELECT CAST(COUNT(*) AS CHAR) FROM ({sql}) AS counted");
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let start = Instant::now();
        text(database, &counted).await?;
        times.push(start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    Ok(times[RUNS / 2])
}

/// How the table is read, by which key, and how many rows are expected.
fn in_short(plan: &str) -> String {
    let value = |name: &str| {
        let (_, rest) = plan.split_once(&format!("\"{name}\": "))?;
        let (value, _) = rest.split_once([',', '\n'])?;
        Some(value.trim_matches('"').to_owned())
    };
    let parts = ["access_type", "key", "rows"].map(|name| value(name).unwrap_or("none".to_owned()));
    format!("{}, {}, {} rows", parts[0], parts[1], parts[2])
}
