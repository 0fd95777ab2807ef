//! Address of the database, and the share of it that this server may take.

use std::time::Duration;

use secrecy::SecretString;

/// Address of the database, and the share of it that this server may take.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `sqlite://folder/file.db`, `mysql://user:password@host:port/database` or the same with
    /// `mariadb://`. A SQLite file and its folder are made when they are missing.
    pub url: SecretString,
    /// The most connections open at once. All instances together must stay under the server's
    /// `max_connections`.
    pub max_connections: u32,
    /// Longest wait of a call for a free connection.
    pub acquire_timeout: Duration,
    /// Longest time of one statement, waits for locks included. Migrations are exempt.
    pub statement_timeout: Duration,
}

impl Settings {
    /// Settings for one server of the service on a small machine: 10 connections, one second
    /// to get one, two seconds for a statement.
    pub fn new(url: impl Into<SecretString>) -> Self {
        Self {
            url: url.into(),
            max_connections: 10,
            acquire_timeout: Duration::from_secs(1),
            statement_timeout: Duration::from_secs(2),
        }
    }

    /// Longest time of any one call: the wait for a connection, then the statement.
    pub(crate) fn call_timeout(&self) -> Duration {
        self.acquire_timeout + self.statement_timeout
    }
}
