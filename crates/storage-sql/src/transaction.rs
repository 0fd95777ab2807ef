//! Transactions: the one place where they begin and where they are committed.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    ExecResult, IsolationLevel, QueryResult, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait,
};

use crate::newest::is_duplicate;

const UNCERTAIN: &str = "an earlier statement of the transaction failed or was cut off";

/// A transaction that is rolled back unless [`Transaction::commit`] succeeds.
///
/// SQLite rolls a transaction back by itself on a full disk, an I/O error, an interrupt or for want
/// of memory, and the statements after that would each be a transaction of its own. So a statement
/// that fails or is cut off is the last one: those after it, and the commit, are refused. Only a
/// duplicate key leaves the transaction as it was. Statements run one after another.
#[derive(Debug)]
pub(crate) struct Transaction {
    inner: DatabaseTransaction,
    /// Whether a statement is under way, was cut off or has failed.
    is_uncertain: AtomicBool,
}

impl Transaction {
    /// Begins a transaction that writes. On SQLite it has the file's write lock from the beginning:
    /// one that reads first and then wants to write fails when another wrote in between, however
    /// long it is willing to wait.
    pub(crate) async fn writing(connection: &DatabaseConnection) -> Result<Self, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        connection.begin_with_options(options).await.map(Self::new)
    }

    /// Begins a transaction that reads what stood at one instant.
    pub(crate) async fn reading(connection: &DatabaseConnection) -> Result<Self, DbErr> {
        let (isolation, access) = match connection.get_database_backend() {
            // Every transaction of SQLite does.
            DbBackend::Sqlite => (None, None),
            _ => (
                Some(IsolationLevel::RepeatableRead),
                Some(AccessMode::ReadOnly),
            ),
        };
        let begun = connection.begin_with_config(isolation, access).await;
        begun.map(Self::new)
    }

    fn new(inner: DatabaseTransaction) -> Self {
        Self {
            inner,
            is_uncertain: AtomicBool::new(false),
        }
    }

    /// Commits, and confirms that what was written is durable against the end of this process.
    ///
    /// On SQLite the commit is the text `COMMIT`, which fails where no transaction is active, not
    /// sqlx's own, which releases a savepoint when its count of transactions is out of step. The
    /// text `BEGIN` fails inside a transaction; so once it succeeds nothing is left open around
    /// what was committed.
    ///
    /// # Errors
    ///
    /// [`DbErr`]; then it is not known whether the transaction was committed, unless an earlier
    /// statement had failed: then it was not.
    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        if self.inner.get_database_backend() != DbBackend::Sqlite {
            self.run(async { Ok(()) }).await?;
            return self.inner.commit().await;
        }
        self.execute_unprepared("COMMIT").await?;
        self.execute_unprepared("BEGIN").await?;
        // What was committed stands however this ends; the pool tries the connection.
        if let Err(error) = self.inner.rollback().await {
            tracing::debug!(
                error = kernel::chain(&error),
                "an empty transaction was not rolled back"
            );
        }
        Ok(())
    }

    /// The transaction as the migrator takes it, which gives up at its first error.
    pub(crate) fn for_migrations(&self) -> &DatabaseTransaction {
        &self.inner
    }

    /// Runs a statement, unless an earlier one failed or was cut off. On SQLite one that fails is
    /// rolled back at once, so that others can write; sqlx does not count that, by which the pool
    /// knows that the connection is to be closed.
    async fn run<T>(&self, statement: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        if self.is_uncertain.swap(true, Ordering::Relaxed) {
            return Err(DbErr::Custom(UNCERTAIN.to_owned()));
        }
        let result = statement.await;
        if result.as_ref().err().is_none_or(is_duplicate) {
            self.is_uncertain.store(false, Ordering::Relaxed);
        } else if self.inner.get_database_backend() == DbBackend::Sqlite {
            // Fails when SQLite has rolled it back by itself.
            let _ = self.inner.execute_unprepared("ROLLBACK").await;
        }
        result
    }
}

#[async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.run(self.inner.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.run(self.inner.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.run(self.inner.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.run(self.inner.query_all_raw(statement)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Database, Error, Settings};

    /// A file with an empty table of one column.
    async fn open() -> (tempfile::TempDir, Database) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/maple.db", folder.path().display());
        let settings = Settings {
            max_connections: 1,
            ..Settings::new(url)
        };
        let database = Database::open(&settings).await.unwrap();
        write(
            &database,
            &["CREATE TABLE kept (n INTEGER NOT NULL UNIQUE)"],
        )
        .await
        .unwrap();
        (folder, database)
    }

    /// Runs statements in a transaction as if those that fail did not matter.
    async fn write(database: &Database, statements: &[&str]) -> Result<usize, Error> {
        let work = async |transaction: &Transaction| {
            let mut failures = 0;
            for statement in statements {
                let ran = transaction.execute_unprepared(statement).await;
                failures += usize::from(ran.is_err());
            }
            Ok(failures)
        };
        database.write(work).await
    }

    async fn count(database: &Database) -> i64 {
        let sql = "SELECT COUNT(*) FROM kept";
        let statement = Statement::from_string(DbBackend::Sqlite, sql);
        let row = database.connection().query_one_raw(statement).await;
        row.unwrap().unwrap().try_get_by_index(0).unwrap()
    }

    #[tokio::test]
    async fn statements_after_a_failure_are_refused_with_the_commit() {
        let (_folder, database) = open().await;
        // The first fails; without the refusal the second would be committed by itself.
        let rolled_back = ["INSERT OR ROLLBACK INTO kept VALUES (NULL)"];
        let after = ["INSERT INTO kept VALUES (2)"];
        let both = [rolled_back, after].concat();
        assert!(write(&database, &both).await.is_err());
        assert_eq!(count(&database).await, 0);
        assert_eq!(write(&database, &after).await.unwrap(), 0);
        assert_eq!(count(&database).await, 1);
    }

    #[tokio::test]
    async fn duplicate_key_leaves_the_transaction_as_it_was() {
        let (_folder, database) = open().await;
        let statements = ["INSERT INTO kept VALUES (1)"; 2];
        assert_eq!(write(&database, &statements).await.unwrap(), 1);
        assert_eq!(count(&database).await, 1);
    }

    #[tokio::test]
    async fn transaction_left_open_by_hand_is_not_handed_on() {
        let (_folder, database) = open().await;
        let begin = database.connection().execute_unprepared("BEGIN").await;
        begin.unwrap();
        let after = ["INSERT INTO kept VALUES (1)"];
        assert_eq!(write(&database, &after).await.unwrap(), 0);
        assert_eq!(count(&database).await, 1);
    }
}
