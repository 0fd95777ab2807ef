//! Databases that come and go with a test.

use std::time::Duration;

use async_trait::async_trait;
use outbox::NewMessage;
use outbox::testkit::OutboxUnderTest;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use secrecy::SecretString;

use crate::connect::{Engine, Shape};
use crate::{Database, Error, Outbox, migrate};

/// Runs statements one after another over a connection of their own, such as
/// `CREATE DATABASE` on a server, or what a test wants to find in a table.
///
/// # Errors
///
/// Those of [`crate::Database::open`], and [`Error::Statement`].
pub async fn execute(url: &SecretString, statements: &[&str]) -> Result<(), Error> {
    let connection = connect(url).await?;
    for statement in statements {
        connection.execute_unprepared(statement).await?;
    }
    Ok(connection.close().await?)
}

/// Duplicates of the connections over TCP that this process has to a port, to read their options;
/// none where the system is not Linux.
pub fn connections_to(port: u16) -> Vec<std::net::TcpStream> {
    crate::nodelay::connections_to(port)
}

/// A server's version, and the statements that make the tables of its database again and say which
/// migrations that has had.
///
/// # Errors
///
/// Those of [`crate::Database::open`], and [`Error::Statement`].
pub async fn schema(url: &SecretString) -> Result<(String, Vec<String>), Error> {
    let connection = connect(url).await?;
    let mut statements = Vec::new();
    for table in column(&connection, TABLES, 0).await? {
        let show = format!("SHOW CREATE TABLE {table}");
        statements.extend(column(&connection, &show, 1).await?);
    }
    let migrations = "SELECT version FROM seaql_migrations ORDER BY version";
    let migrations = column(&connection, migrations, 0).await?;
    let rows: Vec<_> = migrations.iter().map(|it| format!("('{it}', 0)")).collect();
    let rows = rows.join(", ");
    let record = format!("INSERT INTO seaql_migrations (version, applied_at) VALUES {rows}");
    statements.push(record);
    let version = version(&connection).await?;
    connection.close().await?;
    Ok((version, statements))
}

/// Runs the statements of a [`schema`] in a server's database that has no table yet, while no server
/// of ours migrates it. Whether it had none. `template` gives them for a server of this version.
///
/// # Errors
///
/// Those of [`crate::Database::migrate`].
pub async fn make_schema(
    url: &SecretString,
    template: impl FnOnce(&str) -> Vec<String>,
) -> Result<bool, Error> {
    let connection = connect(url).await?;
    // The lock ends with the connection.
    migrate::take_lock(&connection).await?;
    let is_empty = column(&connection, TABLES, 0).await?.is_empty();
    if is_empty {
        for statement in template(&version(&connection).await?) {
            connection.execute_unprepared(&statement).await?;
        }
    }
    connection.close().await?;
    Ok(is_empty)
}

const TABLES: &str = "SELECT table_name FROM information_schema.tables \
     WHERE table_schema = DATABASE()";

/// Longer than a busy machine takes to let somebody in.
const PATIENCE: Duration = Duration::from_secs(30);

/// A single connection without the pool's limits.
///
/// # Errors
///
/// Those of [`crate::Database::open`].
pub async fn connect(url: &SecretString) -> Result<DatabaseConnection, Error> {
    Engine::parse(url)?
        .connect(Shape {
            max_connections: 1,
            acquire_timeout: PATIENCE,
            statement_timeout: None,
            busy_timeout: PATIENCE,
            max_lifetime: None,
        })
        .await
}

async fn version(connection: &DatabaseConnection) -> Result<String, Error> {
    Ok(column(connection, "SELECT VERSION()", 0).await?.concat())
}

async fn column(
    connection: &DatabaseConnection,
    sql: &str,
    index: usize,
) -> Result<Vec<String>, Error> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let rows = connection.query_all_raw(statement).await?;
    let column = rows.iter().map(|row| row.try_get_by_index(index));
    Ok(column.collect::<Result<_, _>>()?)
}

/// Returns the first column of a query's first row, as a text, over a connection of the pool;
/// `None` when there is no row.
///
/// # Errors
///
/// [`Error::Statement`] or [`Error::TimedOut`].
pub async fn text(database: &Database, sql: &str) -> Result<Option<String>, Error> {
    let connection = database.connection();
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let row = database.within(connection.query_one_raw(statement)).await?;
    let text = row.map(|row| row.try_get_by_index::<String>(0));
    Ok(text.transpose()?)
}

/// Writes messages, all in one transaction.
///
/// # Errors
///
/// [`Error::Statement`] or [`Error::TimedOut`]; then none of them is written.
pub async fn enqueue(database: &Database, messages: &[NewMessage]) -> Result<(), Error> {
    let written = database.write(async |tx| {
        for message in messages {
            crate::outbox::insert(tx, message).await?;
        }
        Ok(())
    });
    written.await
}

#[async_trait]
impl OutboxUnderTest for Outbox {
    async fn insert(&self, message: NewMessage) {
        let written = crate::outbox::insert(self.database().connection(), &message);
        written.await.expect("the database works");
    }
}
