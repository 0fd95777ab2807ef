//! Commands of operators on the database at hand: points, the ledger, the outbox, likes, members.
//!
//! The service may run meanwhile: each command is one transaction like any other's.

mod ledger;
mod likes;
mod members;
mod outbox;
mod points;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ::outbox::DeadLetters;
use anyhow::Context;
use comfy_table::Table;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use donation::{Developers, Donations};
use kernel::{SystemClock, TimeOrderedIds};
use serde::Serialize;
use storage_sql::{Database, Error as StorageError, SchemaState, Settings};
use tokio::sync::Notify;

use super::{failure::Failure, stdout};
use crate::config::Config;

pub(super) use ledger::LedgerCommand;
pub(super) use likes::LikesCommand;
pub(super) use members::MembersCommand;
pub(super) use outbox::OutboxCommand;
pub(super) use points::PointsCommand;

/// Checks read whole tables.
const PATIENCE: Duration = Duration::from_mins(10);

/// A command of an operator.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Grant points, and see how they came and went.
    #[command(subcommand)]
    Points(PointsCommand),
    /// Check the ledger.
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// See what waits for delivery, and end what was given up.
    #[command(subcommand)]
    Outbox(OutboxCommand),
    /// Check the counts of likes.
    #[command(subcommand)]
    Likes(LikesCommand),
    /// Tell who members are, and end their sessions.
    #[command(subcommand)]
    Members(MembersCommand),
}

/// Form in which a command prints its result.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Form {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Runs a command on the configured database.
pub(super) async fn run(config: &Config, command: &Command) -> Result<(), Failure> {
    if let Command::Members(command) = command
        && members::run_without_database(config, command)?
    {
        return Ok(());
    }
    let database = open(config).await?;
    let done = match command {
        Command::Points(command) => points::run(&donations(&database), command).await,
        Command::Ledger(command) => ledger::run(&donations(&database), command).await,
        Command::Outbox(command) => outbox::run(&dead_letters(&database), command).await,
        Command::Likes(command) => likes::run(&database.likes(), command).await,
        Command::Members(command) => members::run(config, &database.sessions(), command).await,
    };
    database.close().await.map_err(anyhow::Error::from)?;
    done
}

/// Donations without developers, whom no command of an operator concerns.
fn donations(database: &Database) -> Donations {
    let clock = Arc::new(SystemClock);
    Donations::new(
        Arc::new(database.ledger()),
        Developers::new(),
        clock.clone(),
        Arc::new(TimeOrderedIds::new(clock)),
        Arc::new(Notify::new()),
    )
    .granting_to(Arc::new(database.sessions()))
}

/// Dead letters whose replay wakes nobody here: the relay of a server finds them.
fn dead_letters(database: &Database) -> DeadLetters {
    let store = Arc::new(database.outbox());
    DeadLetters::new(store, Arc::new(SystemClock), Arc::new(Notify::new()))
}

async fn open(config: &Config) -> Result<Database, Failure> {
    let settings = Settings {
        max_connections: 2,
        statement_timeout: PATIENCE,
        ..Settings::new(config.database_url.clone())
    };
    let opened = Database::open_existing(&settings).await;
    let database = opened.map_err(|error| match error {
        StorageError::NoFile { file } => no_file(&file),
        error => anyhow::Error::new(error).context("cannot open the database (database.url)"),
    })?;
    let schema = database.schema().await;
    let schema = schema.context("cannot read the state of the database")?;
    if schema == SchemaState::Never {
        database.close().await.map_err(anyhow::Error::from)?;
        return Err(Failure::Other(anyhow::anyhow!(
            "the database was never migrated, so there is nothing in it: run `maple-expectation \
             migrate`, or start the service once"
        )));
    }
    Ok(database)
}

/// An operator's command makes no database: an empty one would hide that the right one is elsewhere.
fn no_file(file: &Path) -> anyhow::Error {
    anyhow::anyhow!(
        "there is no database at {}: set MAPLE__DATA_DIR or MAPLE__DATABASE__URL to what the \
         service uses, or start the service once",
        file.display()
    )
}

/// Prints an answer: as JSON, or what `text` makes of it.
fn print<A: Serialize>(
    form: Form,
    answer: &A,
    text: impl FnOnce(&A) -> String,
) -> Result<(), Failure> {
    if form.json {
        stdout::json(answer)
    } else {
        stdout::line(text(answer))
    }
}

/// A table with these columns.
fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED).set_header(header);
    table
}
