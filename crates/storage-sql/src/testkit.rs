//! Databases that come and go with a test.

use sea_orm::ConnectionTrait;
use secrecy::SecretString;

use crate::connect::{Engine, Shape};
use crate::{Error, Settings};

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
        })
        .await?;
    for statement in statements {
        connection.execute_unprepared(statement).await?;
    }
    Ok(connection.close().await?)
}
