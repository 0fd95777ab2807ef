//! The database: a pool of connections and the schema behind it.

use std::fmt::{self, Debug};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use kernel::{Ids, LocalLock, Lock};
use resilience::{BreakerState, CircuitBreaker, Jitter};
use sea_orm::{ConnAcquireErr, DatabaseConnection, DbErr};
use tokio::time::timeout;
use tracing::{Instrument, Span, field, info_span};

use crate::connect::{Engine, Shape};
use crate::lock::DatabaseLock;
use crate::transaction::Transaction;
use crate::{
    Error, FenceTokens, JobRuns, Ledger, Likes, Migrated, Outbox, OutboxLane, SchemaState,
    Sessions, Settings, Snapshots, breaker, fences, migrate, schema, server_clock,
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
    /// The file that was opened; none on a server.
    file: Option<FileIdentity>,
    /// Refuses calls while the database is away; none where each call is to be tried.
    breaker: Option<CircuitBreaker>,
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
    /// Connects. The schema is left unchanged: see [`Database::migrate`].
    ///
    /// # Errors
    ///
    /// [`Error::Address`], [`Error::Folder`], [`Error::Connect`], [`Error::TimedOut`].
    pub async fn open(settings: &Settings) -> Result<Self, Error> {
        let engine = Engine::parse(&settings.url)?;
        let connection = engine.connect(shape(settings)).await?;
        Ok(Self {
            connection,
            file: engine.file().and_then(FileIdentity::of),
            breaker: None,
            engine,
            settings: settings.clone(),
            calls: Arc::default(),
            local_lock: LocalLock::default(),
        })
    }

    /// Connects like [`Database::open`], without making a SQLite file that is not there.
    ///
    /// # Errors
    ///
    /// [`Error::NoFile`], and those of [`Database::open`].
    pub async fn open_existing(settings: &Settings) -> Result<Self, Error> {
        let engine = Engine::parse(&settings.url)?;
        if let Some(file) = engine.file().filter(|file| !file.exists()) {
            let file = file.to_owned();
            return Err(Error::NoFile { file });
        }
        Self::open(settings).await
    }

    /// Refuses every call at once while the database is away, until a
    /// [write probe](Database::probe_write) succeeds: one has to be made at an interval, and when
    /// [`Database::lost`] returns.
    #[must_use]
    pub fn with_breaker(self, jitter: Jitter) -> Self {
        Self {
            breaker: Some(breaker::breaker(jitter)),
            ..self
        }
    }

    /// Returns when calls are refused because the database is away; never without a breaker.
    pub async fn lost(&self) {
        let Some(breaker) = &self.breaker else {
            return std::future::pending().await;
        };
        let mut states = breaker.subscribe();
        let lost = states.wait_for(|status| status.state != BreakerState::Closed);
        if lost.await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Returns the state of the schema, and changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Statement`] or [`Error::TimedOut`] when it cannot be read.
    pub async fn schema(&self) -> Result<SchemaState, Error> {
        self.within(schema::state(&self.connection)).await
    }

    /// Whether the database has a clock of its own, which all instances share.
    pub fn has_own_clock(&self) -> bool {
        matches!(self.engine, Engine::MySql(_))
    }

    /// The present by the database's clock.
    ///
    /// # Errors
    ///
    /// [`Error::Statement`] or [`Error::TimedOut`] when it does not say.
    pub async fn now(&self) -> Result<Timestamp, Error> {
        self.within(server_clock::now(&self.connection)).await
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

    /// Checks that the database answers now.
    ///
    /// # Errors
    ///
    /// [`Error::Statement`] or [`Error::TimedOut`] when it does not.
    pub async fn ping(&self) -> Result<(), Error> {
        self.within(self.connection.ping()).await
    }

    /// Checks that the database takes writes now: a row is written, committed and confirmed. A
    /// database that is read-only, or has no room, may well answer [`Database::ping`], and SQLite
    /// writes on into a file that was deleted.
    ///
    /// # Errors
    ///
    /// [`Error::Statement`], [`Error::FileGone`], [`Error::TimedOut`], or [`Error::Connect`] with
    /// the reason for which no connection can be opened, when it does not.
    pub async fn probe_write(&self) -> Result<(), Error> {
        if let Some(file) = &self.file {
            file.check()?;
        }
        let Some(breaker) = &self.breaker else {
            return self.write_probe().await;
        };
        breaker::probe(breaker, self.write_probe()).await
    }

    /// Writes a row that means nothing, whatever the breaker says.
    async fn write_probe(&self) -> Result<(), Error> {
        let begun = Transaction::writing(&self.connection);
        match self.in_time("write", complete(begun, fences::probe)).await {
            Err(late @ Error::TimedOut { .. }) => {
                // The pool tries again until its time is up, and has forgotten why.
                let again = self.engine.try_connection(shape(&self.settings)).await;
                Err(again.err().unwrap_or(late))
            }
            written => written,
        }
    }

    /// Characters and their equipment in this database.
    pub fn snapshots(&self) -> Snapshots {
        Snapshots::new(self.clone())
    }

    /// The ledger of donations in this database.
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

    /// Likes of characters, in this database.
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

    /// Fences of this database: holders of locks that may still write to it.
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
        let idle = u32::try_from(idle).expect("at most those that are open are idle");
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
    pub(crate) fn write<T>(
        &self,
        work: impl AsyncFnOnce(&Transaction) -> Result<T, DbErr>,
    ) -> impl Future<Output = Result<T, Error>> {
        let begun = Transaction::writing(&self.connection);
        self.call("write", Box::pin(complete(begun, work)))
    }

    /// Does work in a transaction that reads what stood at one instant.
    pub(crate) fn read<T>(
        &self,
        work: impl AsyncFnOnce(&Transaction) -> Result<T, DbErr>,
    ) -> impl Future<Output = Result<T, Error>> {
        let begun = Transaction::reading(&self.connection);
        self.call("read", Box::pin(complete(begun, work)))
    }

    /// Bounds a call by its time: the server's own limits do not help when it hangs
    /// or the network does. The calls of a library are large futures, so they are boxed.
    pub(crate) fn within<T>(
        &self,
        call: impl Future<Output = Result<T, DbErr>>,
    ) -> impl Future<Output = Result<T, Error>> {
        self.call("statement", Box::pin(call))
    }

    /// A call, unless the database is known to be away.
    async fn call<T>(
        &self,
        unit: &'static str,
        call: impl Future<Output = Result<T, DbErr>>,
    ) -> Result<T, Error> {
        let Some(breaker) = &self.breaker else {
            return self.in_time(unit, call).await;
        };
        let is_away = |error: &Error| error.is_away() && !self.is_crowded(error);
        breaker::call(breaker, self.in_time(unit, call), is_away).await
    }

    /// Whether a call found no free connection because others have them all, which says nothing
    /// about the database.
    fn is_crowded(&self, error: &Error) -> bool {
        let patience = self.settings.acquire_timeout;
        matches!(error, Error::TimedOut { after } if *after == patience)
            && self.pool_status().size >= self.settings.max_connections
    }

    /// A call, with a span by the semantic conventions for databases.
    async fn in_time<T>(
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

fn shape(settings: &Settings) -> Shape {
    Shape {
        max_connections: settings.max_connections,
        acquire_timeout: settings.acquire_timeout,
        statement_timeout: Some(settings.statement_timeout),
        busy_timeout: settings.statement_timeout,
        max_lifetime: Some(MAX_LIFETIME),
    }
}

/// Identity of the database's file, by which one that was deleted or replaced is noticed.
#[derive(Debug, Clone)]
struct FileIdentity {
    path: PathBuf,
    number: u64,
}

impl FileIdentity {
    /// Of the file at this path; none where there is no such file.
    fn of(path: &Path) -> Option<Self> {
        let number = file_number(path)?;
        let path = path.to_owned();
        Some(Self { path, number })
    }

    /// Checks that the path still leads to the file.
    fn check(&self) -> Result<(), Error> {
        if file_number(&self.path) == Some(self.number) {
            return Ok(());
        }
        let file = self.path.clone();
        Err(Error::FileGone { file })
    }
}

/// Number of a file in its file system. Elsewhere than on Unix it only says that there is a file.
fn file_number(path: &Path) -> Option<u64> {
    let metadata = std::fs::metadata(path).ok()?;
    #[cfg(unix)]
    let number = std::os::unix::fs::MetadataExt::ino(&metadata);
    #[cfg(not(unix))]
    let number = u64::from(metadata.is_file());
    Some(number)
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
