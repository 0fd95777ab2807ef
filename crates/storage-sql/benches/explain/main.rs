//! Shows what the composite indexes are worth: the plan and the time of each hot query with and
//! without its index, on as many rows as asked for and on a tenth of them. `cargo xtask explain`
//! runs it.
//!
//! The statements are those that the code sends: each port is called once while the server logs
//! what it is asked.

mod cases;
mod fill;
mod measure;

use anyhow::{Context, ensure};
use clap::Parser;
use secrecy::SecretString;
use storage_sql::testkit::execute;
use storage_sql::{Database, Settings};
use testkit::Server;

use crate::cases::CASES;
use crate::measure::Measured;

/// The plan and the time of each hot query with and without its index, on MariaDB.
#[derive(Debug, Parser)]
struct Options {
    /// The rows of each table.
    #[arg(long, default_value_t = 1_000_000)]
    rows: u64,
    /// What the rows are made from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A MariaDB of an account that may do everything, such as `mysql://root@127.0.0.1:3306`: keeps
    /// the rows in its database `maple_explain`, so that another run finds them. Without it, a
    /// private server for this run.
    #[arg(long)]
    url: Option<String>,
    /// What `cargo bench` passes.
    #[arg(long, hide = true)]
    bench: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let (url, _server) = if let Some(url) = &options.url {
        (url.clone(), None)
    } else {
        let server = Server::mariadb()?;
        (server.url(), Some(server))
    };
    let url = url.trim_end_matches('/');
    let anywhere = SecretString::from(format!("{url}/information_schema"));
    execute(&anywhere, &["CREATE DATABASE IF NOT EXISTS maple_explain"])
        .await
        .context("the database cannot be made")?;
    let url = SecretString::from(format!("{url}/maple_explain"));
    let database = Database::open(&Settings {
        max_connections: 2,
        statement_timeout: std::time::Duration::from_mins(10),
        ..Settings::new(url.clone())
    })
    .await?;
    database.migrate().await?;

    let mut small = Vec::new();
    let mut large = Vec::new();
    for (rows, measured) in [(options.rows / 10, &mut small), (options.rows, &mut large)] {
        let there = fill::to(&database, &url, rows, options.seed).await?;
        ensure!(
            there == rows,
            "the database has {there} rows already, which is more than {rows}: drop maple_explain"
        );
        for case in &CASES {
            measured.push(measure::case(&database, &url, case).await?);
        }
    }
    report(options.rows, &small, &large);
    for (case, measured) in CASES.iter().zip(&large) {
        ensure!(
            measured.uses_index,
            "{}: the plan does not use {}",
            case.name,
            case.index
        );
    }
    Ok(())
}

fn report(rows: u64, small: &[Measured], large: &[Measured]) {
    println!("| query | index | with it | without it | ratio | ten times the rows | plan |");
    println!("|---|---|---|---|---|---|---|");
    for ((case, small), large) in CASES.iter().zip(small).zip(large) {
        println!(
            "| {} | `{}` | {} | {} | {:.0}× | {:.2}× | {} |",
            case.name,
            case.index,
            in_words(large.with),
            in_words(large.without),
            large.without / large.with,
            large.with / small.with,
            large.plan,
        );
    }
    println!("(medians of {} runs on {rows} rows)", measure::RUNS);
}

fn in_words(seconds: f64) -> String {
    format!("{:.2} ms", seconds * 1_000.0)
}
