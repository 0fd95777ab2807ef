//! The database: a pool of connections and the schema behind it.

use std::fmt::{self, Debug};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use kernel::{Ids, LocalLock, Lock};
use sea_orm::{ConnAcquireErr, DatabaseConnection, DbErr};
use tokio::time::timeout;
use tracing::{Instrument, Span, field, info_span};

use crate::connect::{Engine, Shape};
use crate::lock::DatabaseLock;
use crate::transaction::Transaction;
use crate::{
    Error, FenceTokens, JobRuns, Ledger, Likes, Migrated, Outbox, OutboxLane, Sessions, Settings,
    Snapshots, fences, migrate,
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

    /// Whether the database takes writes now: a row is written, committed and confirmed. A database
    /// that is read-only, or has no room, may well answer [`Database::ping`].
    ///
    /// # Errors
    ///
    /// [`Error::Statement`] or [`Error::TimedOut`] when it does not.
    pub async fn probe_write(&self) -> Result<(), Error> {
        self.write(fences::probe).await
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

    /// Does work in a transaction that writes, and commits it when the work succeeds. The whole of
    /// it may take as long as one call.
    pub(crate) async fn write<T>(
        &self,
        work: impl AsyncFnOnce(&Transaction) -> Result<T, DbErr>,
    ) -> Result<T, Error> {
        let begun = Transaction::writing(&self.connection);
        self.call("write", complete(begun, work)).await
    }

    /// Does work in a transaction that reads what stood at one instant.
    pub(crate) async fn read<T>(
        &self,
        work: impl AsyncFnOnce(&Transaction) -> Result<T, DbErr>,
    ) -> Result<T, Error> {
        let begun = Transaction::reading(&self.connection);
        self.call("read", complete(begun, work)).await
    }

    /// Lets a call take its time and no more: the server's own limits do not help when it hangs
    /// or the network does.
    pub(crate) async fn within<T>(
        &self,
        call: impl Future<Output = Result<T, DbErr>>,
    ) -> Result<T, Error> {
        self.call("statement", call).await
    }

    /// A call, with a span by the semantic conventions for databases.
    async fn call<T>(
        &self,
        unit: &'static str,
        call: impl Future<Output = Result<T, DbErr>>,
    ) -> Result<T, Error> {
        let span = self.span(unit);
        let after = self.settings.call_timeout();
        let _under_way = Call::begin(&self.calls);
        let result = match timeout(after, call).instrument(span.clone()).await {
            Ok(Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))) => Err(Error::TimedOut {
                after: self.settings.acquire_timeout,
            }),
            Ok(result) => result.map_err(Error::from),
            Err(_) => Err(Error::TimedOut { after }),
        };
        if result.is_err() {
            let is_late = matches!(result, Err(Error::TimedOut { .. }));
            span.record("error.type", if is_late { "timeout" } else { "_OTHER" });
            span.record("otel.status_code", "ERROR");
        }
        result
    }

    fn span(&self, unit: &'static str) -> Span {
        let system = match self.engine {
            Engine::MySql(_) => "mysql",
            Engine::Sqlite(_) => "sqlite",
        };
        info_span!(
            "database call",
            otel.name = %format_args!("{system} {unit}"),
            otel.kind = "client",
            otel.status_code = field::Empty,
            error.type = field::Empty,
            db.system.name = system,
            db.operation.name = unit,
        )
    }
}

/// Commits what the work has done; rolls it back when the work fails.
async fn complete<T>(
    begun: impl Future<Output = Result<Transaction, DbErr>>,
    work: impl AsyncFnOnce(&Transaction) -> Result<T, DbErr>,
) -> Result<T, DbErr> {
    let transaction = begun.await?;
    let done = work(&transaction).await?;
    transaction.commit().await?;
    Ok(done)
}

impl Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("settings", &self.settings)
            .field("pool", &self.pool_status())
            .finish_non_exhaustive()
    }
}
