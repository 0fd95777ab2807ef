//! The database as configured.

use anyhow::Context;
use storage_sql::{Database, Settings};

use crate::config::Config;

/// Opens the database without migrating it.
///
/// # Errors
///
/// An error of the database, with its key of the configuration, when it cannot be opened.
pub async fn open_database(config: &Config) -> anyhow::Result<Database> {
    Database::open(&database_settings(config))
        .await
        .context("cannot open the database (database.url)")
}

/// Opens the database without migrating it, and without making a file that is not there.
pub(crate) async fn open_existing_database(
    config: &Config,
) -> Result<Database, storage_sql::Error> {
    Database::open_existing(&database_settings(config)).await
}

fn database_settings(config: &Config) -> Settings {
    Settings {
        url: config.database_url.clone(),
        max_connections: config.database_connections.get(),
        acquire_timeout: config.database_acquire_timeout,
        statement_timeout: config.database_statement_timeout,
    }
}
