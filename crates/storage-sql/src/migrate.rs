//! Bringing the schema up to date, once, however many servers start.

use std::collections::BTreeSet;
use std::time::Duration;

use migrations::Migrator;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};
use sea_orm_migration::{IntoSchemaManagerConnection, MigratorTrait};

use crate::Error;
use crate::connect::{Engine, Shape};
use crate::transaction::Transaction;

/// Wait for another server's migration. One that takes longer is an operator's affair: run
/// `migrate` by hand before the servers.
const LOCK_TIMEOUT: Duration = Duration::from_mins(1);

/// One lock per database of a server. Lock names end at 64 characters; this one has 46. (`MD5` is
/// gone from MySQL 9.)
const TAKE_LOCK: &str =
    "SELECT GET_LOCK(CONCAT('maple-migrate-', LEFT(SHA2(DATABASE(), 256), 32)), ?)";
const FREE_LOCK: &str =
    "SELECT RELEASE_LOCK(CONCAT('maple-migrate-', LEFT(SHA2(DATABASE(), 256), 32)))";

/// Result of [`crate::Database::migrate`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// The migrations applied now, oldest first; empty when the schema was up to date.
    pub applied: Vec<String>,
    /// Migrations in the database that this server does not know: a newer one has been here.
    pub unknown: Vec<String>,
}

/// Applies what is pending, over a connection of its own: the lock belongs to it, so neither can
/// outlive the other, and no lock leaks into the pool.
pub(crate) async fn up(engine: &Engine) -> Result<Migrated, Error> {
    let connection = engine
        .connect(Shape {
            max_connections: 1,
            acquire_timeout: Duration::from_secs(10),
            statement_timeout: None,
            busy_timeout: LOCK_TIMEOUT,
            // Another connection would not hold the lock.
            max_lifetime: None,
        })
        .await?;
    let migrated = match connection.get_database_backend() {
        DbBackend::MySql => up_under_named_lock(&connection).await,
        _ => up_in_transaction(&connection).await,
    };
    // Closing frees the lock in any case, also when the migration failed.
    connection.close().await?;
    migrated
}

/// MariaDB and MySQL commit every change of the schema at once, so a named lock stands around
/// them all.
async fn up_under_named_lock(connection: &DatabaseConnection) -> Result<Migrated, Error> {
    take_lock(connection).await?;
    let migrated = apply_pending(connection).await.map_err(Error::Migrate)?;
    connection.execute_unprepared(FREE_LOCK).await?;
    Ok(migrated)
}

/// Keeps other servers from migrating. The server frees the lock when the connection ends.
pub(crate) async fn take_lock(connection: &DatabaseConnection) -> Result<(), Error> {
    let take = Statement::from_sql_and_values(
        DbBackend::MySql,
        TAKE_LOCK,
        [LOCK_TIMEOUT.as_secs().into()],
    );
    let row = connection.query_one_raw(take).await?;
    let taken = row
        .map(|row| row.try_get_by_index::<Option<i64>>(0))
        .transpose()?;
    if taken.flatten() == Some(1) {
        return Ok(());
    }
    Err(Error::MigrationLocked {
        after: LOCK_TIMEOUT,
    })
}

/// SQLite changes the schema in a transaction like anything else, so all of it happens or none,
/// and the write lock of the file keeps others out.
async fn up_in_transaction(connection: &DatabaseConnection) -> Result<Migrated, Error> {
    let transaction = Transaction::writing(connection).await?;
    let migrated = apply_pending(transaction.for_migrations()).await;
    let migrated = migrated.map_err(Error::Migrate)?;
    transaction.commit().await?;
    Ok(migrated)
}

async fn apply_pending<'c, C>(connection: &'c C) -> Result<Migrated, DbErr>
where
    C: ConnectionTrait,
    &'c C: IntoSchemaManagerConnection<'c>,
{
    let present: BTreeSet<String> = Migrator::get_migration_models(connection)
        .await?
        .into_iter()
        .map(|model| model.version)
        .collect();
    let known: Vec<String> = Migrator::migrations()
        .iter()
        .map(|migration| migration.name().to_owned())
        .collect();
    let migrated = Migrated {
        applied: known
            .iter()
            .filter(|name| !present.contains(*name))
            .cloned()
            .collect(),
        unknown: present
            .into_iter()
            .filter(|name| !known.contains(name))
            .collect(),
    };
    // The migrator refuses to look at a schema that is ahead of it, even with nothing to do.
    if !migrated.applied.is_empty() {
        Migrator::up(connection, None).await?;
    }
    Ok(migrated)
}
