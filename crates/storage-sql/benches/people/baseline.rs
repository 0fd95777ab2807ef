//! Baseline of the measurement of likes: a transaction for each.

use kernel::Ocid;
use likes::Change;
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, ExecResult,
    Statement, TransactionTrait, Value,
};
use secrecy::ExposeSecret;
use testkit::TestDatabase;

use crate::CONNECTIONS;

/// Likes, each in a transaction of its own, over as many connections as ours have.
#[derive(Debug)]
pub(crate) struct Baseline(DatabaseConnection);

impl Baseline {
    pub(crate) async fn connect(database: &TestDatabase) -> Self {
        let mut options = ConnectOptions::new(database.url().expose_secret());
        options
            .max_connections(CONNECTIONS)
            .min_connections(CONNECTIONS)
            .acquire_timeout(std::time::Duration::from_mins(2))
            // A ping for each like would cost it a round trip that ours do not pay.
            .test_before_acquire(false)
            .sqlx_logging(false);
        let pool = sea_orm::Database::connect(options).await;
        Self(pool.expect("the database opens"))
    }

    /// Makes the count of a character, which is zero.
    pub(crate) async fn open(&self, character: &Ocid) {
        let text = "INSERT INTO like_count (ocid, likes) VALUES (?, 0) \
             ON DUPLICATE KEY UPDATE ocid = ocid";
        let opened = run(&self.0, text, [character.as_str().into()]).await;
        opened.expect("the database works");
    }

    /// Locks the count, reads it, writes the relation and the count that follows.
    pub(crate) async fn lock_read_write(&self, like: Change) {
        let write = async {
            let transaction = self.0.begin().await?;
            let text = "SELECT likes FROM like_count WHERE ocid = ? FOR UPDATE";
            let lock = statement(&transaction, text, [ocid(&like)]);
            let row = transaction.query_one_raw(lock).await?;
            let row = row.ok_or_else(|| DbErr::RecordNotFound("the count".to_owned()))?;
            let likes: i64 = row.try_get_by_index(0)?;
            relate(&transaction, &like).await?;
            let text = "UPDATE like_count SET likes = ? WHERE ocid = ?";
            run(&transaction, text, [(likes + 1).into(), ocid(&like)]).await?;
            transaction.commit().await
        };
        write.await.expect("the database works");
    }

    /// Writes the relation and adds one to the count.
    pub(crate) async fn one_commit(&self, like: Change) {
        let write = async {
            let transaction = self.0.begin().await?;
            relate(&transaction, &like).await?;
            let text = "UPDATE like_count SET likes = likes + 1 WHERE ocid = ?";
            run(&transaction, text, [ocid(&like)]).await?;
            transaction.commit().await
        };
        write.await.expect("the database works");
    }
}

async fn relate(transaction: &DatabaseTransaction, like: &Change) -> Result<ExecResult, DbErr> {
    let liker = like.member.bits().to_be_bytes().to_vec().into();
    let text = "INSERT INTO character_like (ocid, liker) VALUES (?, ?)";
    run(transaction, text, [ocid(like), liker]).await
}

fn ocid(like: &Change) -> Value {
    like.character.as_str().into()
}

async fn run<const N: usize>(
    connection: &impl ConnectionTrait,
    text: &str,
    values: [Value; N],
) -> Result<ExecResult, DbErr> {
    connection
        .execute_raw(statement(connection, text, values))
        .await
}

fn statement<const N: usize>(
    connection: &impl ConnectionTrait,
    text: &str,
    values: [Value; N],
) -> Statement {
    Statement::from_sql_and_values(connection.get_database_backend(), text, values)
}
