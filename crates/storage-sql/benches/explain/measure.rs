//! One query: its plan, and its time with and without its index.

use anyhow::{Context, ensure};

use crate::cases::Case;
use crate::server::Server;

/// In how many rounds each statement is run.
pub(crate) const ROUNDS: usize = 11;

/// Runs in each round, where it has its index; the median of all runs counts.
const OFTEN: usize = 9;

/// The tables with all rows, and with a tenth of them.
pub(crate) struct Servers {
    pub(crate) whole: Server,
    pub(crate) tenth: Server,
}

/// Remark of a planner that has looked for a row by its primary key and found none.
const NO_SUCH_ROW: &str = "Impossible WHERE noticed after reading const tables";

/// Measurement of a query: medians, in seconds.
pub(crate) struct Measured {
    pub(crate) with: f64,
    pub(crate) without: f64,
    /// With the index, on a tenth of the rows.
    pub(crate) tenth: f64,
    pub(crate) uses_index: bool,
    /// Access to the tables by the plan, in short.
    pub(crate) plan: String,
}

/// The three take turns, so that a machine that is busy with other things is so for all of them.
pub(crate) async fn case(servers: &Servers, case: &Case, sql: &str) -> anyhow::Result<Measured> {
    let slow = without_indexes(case, sql)?;
    let plan = explain(&servers.whole, sql).await?;
    let slow_plan = explain(&servers.whole, &slow).await?;
    for index in case.indexes {
        let name = case.name;
        ensure!(
            !uses(&slow_plan, index),
            "{name}: {slow} still uses {index}"
        );
    }
    let (mut with, mut without, mut tenth) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        for _ in 0..OFTEN {
            tenth.push(time(&servers.tenth, case, sql).await?);
            with.push(time(&servers.whole, case, sql).await?);
        }
        without.push(time(&servers.whole, case, &slow).await?);
    }
    Ok(Measured {
        with: median(with),
        without: median(without),
        tenth: median(tenth),
        uses_index: uses(&plan, case.indexes[0]),
        plan: in_short(&plan),
    })
}

/// Whether a plan reads a table by an index. The planner itself looks for a single row by its
/// primary key; when there is none, no table is left in the plan.
fn uses(plan: &str, index: &str) -> bool {
    plan.contains(&format!("\"key\": \"{index}\""))
        || index == "PRIMARY" && plan.contains(NO_SUCH_ROW)
}

/// Measures the time of a statement that finds what it should.
async fn time(server: &Server, case: &Case, sql: &str) -> anyhow::Result<f64> {
    let outcome = server.time(sql).await;
    let outcome = outcome.with_context(|| format!("{} failed: {sql}", case.name))?;
    let (name, rows, expected) = (case.name, outcome.rows, case.finds);
    ensure!(
        rows == expected,
        "{name}: {rows} rows, not {expected}: {sql}"
    );
    Ok(outcome.took)
}

/// The same statement, kept from the indexes it would use.
fn without_indexes(case: &Case, sql: &str) -> anyhow::Result<String> {
    let indexes = case.indexes.join(", ");
    let mut slow = sql.to_owned();
    for table in case.tables {
        let before = slow.clone();
        for word in ["FROM", "JOIN"] {
            let reads = format!("{word} {table} ");
            let ignoring = format!("{word} {table} IGNORE INDEX ({indexes}) ");
            slow = slow.replace(&reads, &ignoring);
        }
        let name = case.name;
        ensure!(slow != before, "{name}: {table} is not read in {sql}");
        // The form in which a deletion may say by what index.
        if let Some(rest) = slow.strip_prefix("DELETE FROM") {
            slow = format!("DELETE {table} FROM{rest}");
        }
    }
    Ok(slow)
}

async fn explain(server: &Server, sql: &str) -> anyhow::Result<String> {
    let plan = server.texts(&format!("EXPLAIN FORMAT=JSON {sql}")).await?;
    plan.into_iter().next().context("a plan has a row")
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// For each table in the plan, how it is read, by which key, and how many rows are expected.
fn in_short(plan: &str) -> String {
    if plan.contains(NO_SUCH_ROW) {
        return "const PRIMARY 0".to_owned();
    }
    let tables = plan.split("\"table_name\": ").skip(1).map(|table| {
        let value = |name: &str| {
            let (_, rest) = table.split_once(&format!("\"{name}\": "))?;
            let (value, _) = rest.split_once([',', '\n'])?;
            Some(value.trim_matches('"'))
        };
        let [access, key, rows] =
            ["access_type", "key", "rows"].map(|name| value(name).unwrap_or("none"));
        format!("{access} {key} {rows}")
    });
    tables.collect::<Vec<_>>().join("; ")
}
