//! The database: a pool of connections and the schema behind it.

use std::fmt::{self, Debug};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use kernel::{Ids, LocalLock, Lock};
use sea_orm::{
    AccessMode, ConnAcquireErr, DatabaseConnection, DatabaseTransaction, DbErr, IsolationLevel,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use tokio::time::timeout;

use crate::connect::{Engine, Shape};
use crate::lock::DatabaseLock;
use crate::{
    Error, FenceTokens, JobRuns, Ledger, Likes, Migrated, Outbox, OutboxLane, Sessions, Settings,
    Snapshots, migrate,
};

/// Connections are renewed now and then, so that all of them follow when an address moves to
/// another server.
const MAX_LIFETIME: Duration = Duration::from_mins(30);

/// A database: a pool of connections and the schema behind it. Clones share the pool.
#[derive(Clone)]
pub struct Database {
    connection: DatabaseConnection,
    engine: Engine,
    settings: Settings,
    calls: Arc<AtomicU32>,
    /// For an engine that has one process only.
    local_lock: LocalLock,
}

/// The pool at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolStatus {
    /// Connections open now.
    pub size: u32,
    /// Open connections that nobody uses now.
    pub idle: u32,
    /// The most connections there may be.
    pub max: u32,
    /// Calls that wait for a connection: those under way beyond the connections in use. A
    /// transaction between two of its statements is in use without a call, and so hides one.
    pub waiters: u32,
}

/// A call under way.
struct Call<'c>(&'c AtomicU32);

impl<'c> Call<'c> {
    fn begin(calls: &'c AtomicU32) -> Self {
        calls.fetch_add(1, Ordering::Relaxed);
        Self(calls)
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Database {
    /// Connects. The schema is left as it is: see [`Database::migrate`].
    ///
    /// # Errors
    ///
    /// [`Error::Address`], [`Error::Folder`], [`Error::Connect`], [`Error::TimedOut`].
    pub async fn open(settings: &Settings) -> Result<Self, Error> {
        let engine = Engine::parse(&settings.url)?;
        let shape = Shape {
            max_connections: settings.max_connections,
            acquire_timeout: settings.acquire_timeout,
            statement_timeout: Some(settings.statement_timeout),
            busy_timeout: settings.statement_timeout,
            max_lifetime: Some(MAX_LIFETIME),
        };
        Ok(Self {
            connection: engine.connect(shape).await?,
            engine,
            settings: settings.clone(),
            calls: Arc::default(),
            local_lock: LocalLock::default(),
        })
    }

    /// Brings the schema up to date. Of many servers starting at once one migrates; the others
    /// wait for it. A schema that is ahead of this server (it was started again during an
    /// upgrade) is left alone.
    ///
    /// # Errors
    ///
    /// [`Error::MigrationLocked`] ([`Error::Statement`] on SQLite), [`Error::Migrate`], and those
    /// of [`Database::open`].
    pub async fn migrate(&self) -> Result<Migrated, Error> {
        migrate::up(&self.engine).await
    }

    /// Whether the database answers now.
    ///
    /// # Errors
    ///
    /// [`Error::Statement`] or [`Error::TimedOut`] when it does not.
    pub async fn ping(&self) -> Result<(), Error> {
        self.within(self.connection.ping()).await
    }

    /// Characters and their equipment in this database.
    pub fn snapshots(&self) -> Snapshots {
        Snapshots::new(self.clone())
    }

    /// The books of donations in this database.
    pub fn ledger(&self) -> Ledger {
        Ledger::new(self.clone())
    }

    /// The outbox in this database.
    pub fn outbox(&self) -> Outbox {
        Outbox::new(self.clone())
    }

    /// The lane of this name to a receiver of the outbox. `ids` name the turns.
    pub fn outbox_lane(&self, name: &'static str, ids: Arc<dyn Ids>) -> OutboxLane {
        OutboxLane::new(self.clone(), name, ids)
    }

    /// Who likes which character, in this database.
    pub fn likes(&self) -> Likes {
        Likes::new(self.clone())
    }

    /// Members and their sessions in this database.
    pub fn sessions(&self) -> Sessions {
        Sessions::new(self.clone())
    }

    /// The latest run of each scheduled job in this database.
    pub fn job_runs(&self) -> JobRuns {
        JobRuns::new(self.clone())
    }

    /// Which holders of locks may still write to this database.
    pub fn fences(&self) -> FenceTokens {
        FenceTokens::new(self.clone())
    }

    /// Locks over all who use this database: of the server, and on SQLite of this process, clones
    /// of this value included.
    pub fn lock(&self) -> Arc<dyn Lock> {
        match &self.engine {
            Engine::MySql(options) => {
                let patience = self.settings.call_timeout();
                Arc::new(DatabaseLock::new(options.clone(), patience))
            }
            Engine::Sqlite(_) => Arc::new(self.local_lock.clone()),
        }
    }

    /// The pool at this moment, for metrics.
    pub fn pool_status(&self) -> PoolStatus {
        let (size, idle) = match self.engine {
            Engine::MySql(_) => {
                let pool = self.connection.get_mysql_connection_pool();
                (pool.size(), pool.num_idle())
            }
            Engine::Sqlite(_) => {
                let pool = self.connection.get_sqlite_connection_pool();
                (pool.size(), pool.num_idle())
            }
        };
        let idle = u32::try_from(idle).expect("no more are idle than are open");
        // The two were not read in the same moment.
        let in_use = size.saturating_sub(idle);
        PoolStatus {
            size,
            idle,
            max: self.settings.max_connections,
            waiters: self.calls.load(Ordering::Relaxed).saturating_sub(in_use),
        }
    }

    /// Waits for the calls under way and closes every connection; later calls fail.
    ///
    /// # Errors
    ///
    /// [`Error::Statement`] when the pool cannot be closed.
    pub async fn close(&self) -> Result<(), Error> {
        Ok(self.connection.close_by_ref().await?)
    }

    pub(crate) fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// A transaction that writes. On SQLite it has the file's write lock from the beginning: one
    /// that reads first and then wants to write fails when another wrote in between, however long
    /// it is willing to wait.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        self.connection
            .begin_with_options(TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            })
            .await
    }

    /// A transaction that reads what stood at one instant.
    pub(crate) async fn begin_reading(&self) -> Result<DatabaseTransaction, DbErr> {
        let (isolation, access) = match self.engine {
            Engine::MySql(_) => (
                Some(IsolationLevel::RepeatableRead),
                Some(AccessMode::ReadOnly),
            ),
            // Every transaction of SQLite does.
            Engine::Sqlite(_) => (None, None),
        };
        self.connection.begin_with_config(isolation, access).await
    }

    /// Lets a call take its time and no more: the server's own limits do not help when it hangs
    /// or the network does.
    pub(crate) async fn within<T>(
        &self,
        call: impl Future<Output = Result<T, DbErr>>,
    ) -> Result<T, Error> {
        let after = self.settings.call_timeout();
        let _under_way = Call::begin(&self.calls);
        match timeout(after, call).await {
            Ok(Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))) => Err(Error::TimedOut {
                after: self.settings.acquire_timeout,
            }),
            Ok(result) => Ok(result?),
            Err(_) => Err(Error::TimedOut { after }),
        }
    }
}

impl Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("settings", &self.settings)
            .field("pool", &self.pool_status())
            .finish_non_exhaustive()
    }
}
