//! The database server, asked over one connection.

use anyhow::Context;
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, Statement, TransactionTrait,
};
use tokio::time::Instant;

/// A connection to one database of the server.
pub(crate) struct Server(DatabaseConnection);

/// Outcome of a statement.
pub(crate) struct Outcome {
    /// Seconds.
    pub(crate) took: f64,
    /// Rows found or deleted.
    pub(crate) rows: usize,
}

impl Server {
    /// Connects to a database, which is made if it is not there. `url` names the server only.
    pub(crate) async fn open(url: &str, database: &str) -> anyhow::Result<Self> {
        let anywhere = Self::connect(&format!("{url}/information_schema")).await?;
        let make = format!("CREATE DATABASE IF NOT EXISTS {database}");
        anywhere.run(&make).await?;
        Self::connect(&format!("{url}/{database}")).await
    }

    async fn connect(url: &str) -> anyhow::Result<Self> {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        let connection = sea_orm::Database::connect(options).await;
        let server = Self(connection.context("the server cannot be reached")?);
        // As the service's own connections are.
        let isolation = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";
        server.run(isolation).await?;
        Ok(server)
    }

    /// Runs a statement that gives no rows.
    pub(crate) async fn run(&self, sql: &str) -> anyhow::Result<()> {
        let ran = self.0.execute_unprepared(sql).await;
        ran.with_context(|| format!("the server refuses {sql}"))?;
        Ok(())
    }

    /// Runs statements in one transaction.
    pub(crate) async fn run_all(&self, statements: &[&str]) -> anyhow::Result<()> {
        let transaction = self.0.begin().await?;
        for sql in statements {
            let ran = transaction.execute_unprepared(sql).await;
            ran.with_context(|| format!("the server refuses {sql}"))?;
        }
        Ok(transaction.commit().await?)
    }

    /// The first column of each row that a query gives.
    pub(crate) async fn texts(&self, sql: &str) -> anyhow::Result<Vec<String>> {
        let rows = self.0.query_all_raw(statement(sql)).await;
        let rows = rows.with_context(|| format!("the server refuses {sql}"))?;
        let texts = rows.iter().map(|row| row.try_get_by_index(0));
        Ok(texts.collect::<Result<_, _>>()?)
    }

    /// Runs a query, or a deletion that is taken back, and says how long it took.
    pub(crate) async fn time(&self, sql: &str) -> anyhow::Result<Outcome> {
        let transaction = self.0.begin().await?;
        let start = Instant::now();
        let rows = if sql.starts_with("DELETE") {
            let deleted = transaction.execute_raw(statement(sql)).await?;
            usize::try_from(deleted.rows_affected())?
        } else {
            transaction.query_all_raw(statement(sql)).await?.len()
        };
        let took = start.elapsed().as_secs_f64();
        transaction.rollback().await?;
        Ok(Outcome { took, rows })
    }
}

fn statement(sql: &str) -> Statement {
    Statement::from_string(DbBackend::MySql, sql)
}
