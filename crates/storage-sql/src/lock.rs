//! Locks of the database server itself, for when Redis is away.

use std::error::Error as StdError;
use std::fmt::{self, Debug};
use std::time::Duration;

use async_trait::async_trait;
use kernel::{Correlation, Lease, Lock, LockError};
use sea_orm::sqlx::mysql::MySqlConnectOptions;
use sea_orm::sqlx::{self, Connection, MySqlConnection};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::nodelay::set_nodelay;

/// Pause between two looks of a waiter.
const POLL: Duration = Duration::from_millis(200);

/// Pause between two checks of a holder that it still has its lock, and its wait for an answer.
const WATCH: Duration = Duration::from_secs(1);

/// Stands for "for ever" where an instant further away cannot be told.
const FAR_AWAY: Duration = Duration::from_hours(30 * 365 * 24);

/// One lock per database of a server and name. The server's own names end at 64 characters and do
/// not tell upper case from lower, so each is a hash, of 38 characters with what it begins with.
const TAKE: &str =
    "SELECT GET_LOCK(CONCAT('maple-', LEFT(SHA2(CONCAT(DATABASE(), ' ', ?), 256), 32)), 0)";
const IS_MINE: &str = "SELECT IS_USED_LOCK(CONCAT('maple-', \
     LEFT(SHA2(CONCAT(DATABASE(), ' ', ?), 256), 32))) = CONNECTION_ID()";

/// Locks of a MariaDB or MySQL (`GET_LOCK`).
///
/// Each lease has a connection of its own, outside of the pool, since such a lock belongs to its
/// connection: it ends when that does, and a connection that went back to the pool would take it
/// along. A lease is lost when its connection is, which is noticed within two seconds.
#[derive(Clone)]
pub(crate) struct DatabaseLock {
    options: Box<MySqlConnectOptions>,
    patience: Duration,
}

impl DatabaseLock {
    /// Locks of this server, each question to which may take `patience`.
    pub(crate) fn new(options: Box<MySqlConnectOptions>, patience: Duration) -> Self {
        Self { options, patience }
    }

    async fn in_time<T>(
        &self,
        call: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, LockError> {
        let answer = timeout(self.patience, call).await.map_err(unreachable)?;
        answer.map_err(unreachable)
    }
}

#[async_trait]
impl Lock for DatabaseLock {
    async fn acquire(&self, name: &str, patience: Duration) -> Result<Lease, LockError> {
        let deadline = Instant::now() + patience.min(FAR_AWAY);
        let connect = MySqlConnection::connect_with(&self.options);
        let mut connection = self.in_time(connect).await?;
        set_nodelay(self.options.get_port());
        while !self.in_time(ask(&mut connection, TAKE, name)).await? {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let name = name.to_owned();
                return Err(LockError::Held { name, patience });
            }
            sleep(POLL.min(left)).await;
        }
        Ok(hold(connection, name.to_owned()))
    }
}

impl Debug for DatabaseLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseLock").finish_non_exhaustive()
    }
}

/// Keeps the connection until the lease is dropped or lost.
fn hold(mut connection: MySqlConnection, name: String) -> Lease {
    let (lost, done) = (CancellationToken::new(), CancellationToken::new());
    let (tell, is_done) = (lost.clone(), done.clone());
    // Nobody waits for it: it ends with the lease.
    let request = Correlation::current();
    TaskTracker::new().spawn(request.scope(async move {
        let until_lost = is_done.run_until_cancelled(until_lost(&mut connection, &name));
        if until_lost.await.is_some() {
            tracing::warn!(
                lock = name,
                "a lock of the database was lost while it was held"
            );
            tell.cancel();
        }
        // The server frees the lock when the connection ends, also when it cannot be told.
        let _ = timeout(WATCH, connection.close()).await;
    }));
    Lease::new(lost, move || done.cancel())
}

async fn until_lost(connection: &mut MySqlConnection, name: &str) {
    loop {
        sleep(WATCH).await;
        match timeout(WATCH, ask(connection, IS_MINE, name)).await {
            Ok(Ok(true)) => {}
            _ => return,
        }
    }
}

/// Asks a question about a lock that is answered with 1 for yes; 0 and NULL are no.
async fn ask(
    connection: &mut MySqlConnection,
    question: &'static str,
    name: &str,
) -> Result<bool, sqlx::Error> {
    let answer = sqlx::query_scalar::<_, Option<i64>>(question).bind(name);
    Ok(answer.fetch_one(connection).await? == Some(1))
}

fn unreachable(error: impl StdError + Send + Sync + 'static) -> LockError {
    LockError::Unreachable(Box::new(error))
}
