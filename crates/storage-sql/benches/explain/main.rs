//! Shows what the indexes are worth: the plan and the time of each hot query with and without its
//! index, on as many rows as asked for and on a tenth of them. `cargo xtask explain` runs it.
//!
//! The statements are those that the code sends: each port is called once while the server logs
//! what it is asked.

mod cases;
mod fill;
mod measure;
mod sent;
mod server;
mod tables;

use anyhow::ensure;
use clap::Parser;
use storage_sql::{Database, Settings};

use crate::cases::CASES;
use crate::measure::{Measured, Servers};
use crate::server::Server;
use crate::tables::FEWEST_ROWS;

/// The plan and the time of each hot query with and without its index, on MariaDB.
#[derive(Debug, Parser)]
struct Options {
    /// The rows of each table.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(10 * FEWEST_ROWS..))]
    rows: u64,
    /// Seed of the rows.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A MariaDB of an account that may do everything, such as `mysql://root@127.0.0.1:3306`: keeps
    /// the rows in databases of its own, so that another run finds them, or goes on where this one
    /// was stopped. Without it, a private server for this run.
    #[arg(long)]
    url: Option<String>,
    /// Argument that `cargo bench` passes.
    #[arg(long, hide = true)]
    bench: bool,
}

/// A private server has memory enough for the largest table, as a server in production should.
const ROOM: [&str; 2] = [
    "SET GLOBAL innodb_buffer_pool_size = 1073741824",
    "SET GLOBAL innodb_log_file_size = 268435456",
];

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let (url, _server) = if let Some(url) = &options.url {
        (url.trim_end_matches('/').to_owned(), None)
    } else {
        let server = testkit::Server::mariadb_on_disk()?;
        let anywhere = Server::open(&server.url(), "mysql").await?;
        for setting in ROOM {
            anywhere.run(setting).await?;
        }
        (server.url(), Some(server))
    };
    let sent = sent::by_the_code(&url).await?;
    let servers = Servers {
        tenth: filled(&url, options.rows / 10, options.seed).await?,
        whole: filled(&url, options.rows, options.seed).await?,
    };
    let mut all = Vec::new();
    for (case, sql) in CASES.iter().zip(&sent) {
        eprintln!("measuring {}", case.name);
        all.push(measure::case(&servers, case, sql).await?);
    }
    report(options.rows, &all);
    for (case, measured) in CASES.iter().zip(&all) {
        let (name, index) = (case.name, case.indexes[0]);
        ensure!(measured.uses_index, "{name}: the plan does not use {index}");
    }
    Ok(())
}

/// A database whose tables have so many rows.
async fn filled(url: &str, rows: u64, seed: u64) -> anyhow::Result<Server> {
    let name = format!("maple_explain_{rows}_{seed}");
    let server = Server::open(url, &name).await?;
    let database = Database::open(&Settings::new(format!("{url}/{name}"))).await?;
    database.migrate().await?;
    database.close().await?;
    fill::to(&server, rows, seed).await?;
    Ok(server)
}

fn report(rows: u64, all: &[Measured]) {
    println!("| query | index | with it | without it | ratio | ten times the rows | plan |");
    println!("|---|---|---|---|---|---|---|");
    for (case, measured) in CASES.iter().zip(all) {
        println!(
            "| {} | `{}` | {} | {} | {:.0}× | {:.2}× | {} |",
            case.name,
            case.indexes.join("`, without also `"),
            in_words(measured.with),
            in_words(measured.without),
            measured.without / measured.with,
            measured.with / measured.tenth,
            measured.plan,
        );
    }
    println!("(medians of {} rounds on {rows} rows)", measure::ROUNDS);
}

fn in_words(seconds: f64) -> String {
    format!("{:.2} ms", seconds * 1_000.0)
}
