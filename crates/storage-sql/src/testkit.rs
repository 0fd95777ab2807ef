//! Databases that come and go with a test.

use async_trait::async_trait;
use outbox::NewMessage;
use outbox::testkit::OutboxUnderTest;
use sea_orm::{ConnectionTrait, Statement};
use secrecy::SecretString;

use crate::connect::{Engine, Shape};
use crate::{Database, Error, Outbox, Settings};

/// Runs statements one after another over a connection of their own, such as
/// `CREATE DATABASE` on a server, or what a test wants to find in a table.
///
/// # Errors
///
/// Those of [`crate::Database::open`], and [`Error::Statement`].
pub async fn execute(url: &SecretString, statements: &[&str]) -> Result<(), Error> {
    let settings = Settings::new(url.clone());
    let connection = Engine::parse(url)?
        .connect(Shape {
            max_connections: 1,
            acquire_timeout: settings.acquire_timeout,
            statement_timeout: None,
            busy_timeout: settings.statement_timeout,
            max_lifetime: None,
        })
        .await?;
    for statement in statements {
        connection.execute_unprepared(statement).await?;
    }
    Ok(connection.close().await?)
}

/// What a query says in the first column of its first row, as a text, over a connection of the
/// pool; `None` when there is no row.
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
    let written = async {
        let transaction = database.begin().await?;
        for message in messages {
            crate::outbox::insert(&transaction, message).await?;
        }
        transaction.commit().await
    };
    database.within(written).await
}

#[async_trait]
impl OutboxUnderTest for Outbox {
    async fn insert(&self, message: NewMessage) {
        let written = crate::outbox::insert(self.database().connection(), &message);
        written.await.expect("the database works");
    }
}
