//! Opening connections the way each engine needs it.

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::time::Duration;

use sea_orm::sqlx::mysql::MySqlConnectOptions;
use sea_orm::sqlx::pool::PoolOptions;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{
    self, AssertSqlSafe, Connection, Executor, MySql, MySqlConnection, Sqlite, SqliteConnection,
};
use sea_orm::{DatabaseConnection, SqlxMySqlConnector, SqlxSqliteConnector};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::{sleep, timeout};

use crate::Error;
use crate::nodelay::set_nodelay;

/// A connection that rested this long is tried before it is used again: firewalls and servers
/// drop idle ones silently. Trying each time would cost a round trip per statement.
const TRY_AFTER_IDLE: Duration = Duration::from_secs(30);

/// The longest that SQLite waits for another writer, however long a statement may run: who writes
/// holds the lock for milliseconds, so one that has it for longer is stuck.
const MAX_BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// Pause before another look at a new SQLite file that another process makes ready.
const BUSY_PAUSE: Duration = Duration::from_millis(10);

/// More than all statement texts this crate has. With a full cache every statement is prepared
/// and closed anew, which costs a round trip.
const STATEMENT_CACHE: usize = 512;

/// One kind of database and how to reach it. Holds the password, so it has no `Debug`.
#[derive(Clone)]
pub(crate) enum Engine {
    /// MariaDB or MySQL.
    MySql(Box<MySqlConnectOptions>),
    /// A file.
    Sqlite(Box<SqliteConnectOptions>),
}

/// Size and patience of a pool.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) max_connections: u32,
    pub(crate) acquire_timeout: Duration,
    /// `None`: as long as it takes.
    pub(crate) statement_timeout: Option<Duration>,
    /// Wait of SQLite for another writer.
    pub(crate) busy_timeout: Duration,
    /// After which a connection is replaced by a new one. `None`: never.
    pub(crate) max_lifetime: Option<Duration>,
}

impl Engine {
    pub(crate) fn parse(url: &SecretString) -> Result<Self, Error> {
        let url = url.expose_secret();
        let unusable = |reason| Error::Address { reason };
        if url.starts_with("mysql://") || url.starts_with("mariadb://") {
            let options = url.parse::<MySqlConnectOptions>().map_err(|_| {
                unusable("not of the form mysql://user:password@host:port/database")
            })?;
            if options.get_database().is_none_or(str::is_empty) {
                return Err(unusable("it names no database after the host"));
            }
            return Ok(Self::MySql(Box::new(options)));
        }
        if !url.starts_with("sqlite:") {
            return Err(unusable("it starts with none of sqlite:, mysql:, mariadb:"));
        }
        if url.contains(":memory:") || url.contains("mode=memory") {
            return Err(unusable("SQLite in memory forgets everything; name a file"));
        }
        url.parse()
            .map(|options| Self::Sqlite(Box::new(options)))
            .map_err(|_| unusable("not of the form sqlite://folder/file.db"))
    }

    /// Returns the path of the database's file; none on a server.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Self::MySql(_) => None,
            Self::Sqlite(options) => Some(options.get_filename()),
        }
    }

    /// Opens a connection and closes it, to learn why none can be opened.
    pub(crate) async fn try_connection(&self, shape: Shape) -> Result<(), Error> {
        match self {
            Self::MySql(options) => first_connection::<MySqlConnection>(options, shape).await,
            Self::Sqlite(options) => first_connection::<SqliteConnection>(options, shape).await,
        }
    }

    /// Opens a pool; fails at once, with the reason, when the first connection does.
    pub(crate) async fn connect(&self, shape: Shape) -> Result<DatabaseConnection, Error> {
        match self {
            Self::MySql(options) => {
                let options = options
                    .as_ref()
                    .clone()
                    .statement_cache_capacity(STATEMENT_CACHE);
                let pool = pool_options::<MySql>(shape, |connection| Box::pin(answers(connection)));
                let pool = prepare_sessions(pool, shape, options.get_port());
                first_connection::<MySqlConnection>(&options, shape).await?;
                let pool = pool.connect_lazy_with(options);
                Ok(SqlxMySqlConnector::from_sqlx_mysql_pool(pool))
            }
            Self::Sqlite(options) => {
                make_folder(options)?;
                make_private(options);
                let options = options
                    .as_ref()
                    .clone()
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Normal)
                    .busy_timeout(shape.busy_timeout.min(MAX_BUSY_TIMEOUT));
                let opened = first_connection::<SqliteConnection>(&options, shape).await;
                opened.map_err(|error| error.of_file(options.get_filename()))?;
                // A file that is deleted later is not made anew behind the others' backs.
                let options = options.create_if_missing(false);
                let pool =
                    pool_options::<Sqlite>(shape, |connection| Box::pin(is_settled(connection)));
                let pool = pool.connect_lazy_with(options);
                Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
            }
        }
    }
}

/// The pool itself retries a refused connection until its time is up and then has forgotten why;
/// so the first one is opened by hand. It also makes the SQLite file before many want to: of
/// several that give a new file its journal at once all but one are told that it is busy, whatever
/// their patience with a writer.
async fn first_connection<C: Connection>(options: &C::Options, shape: Shape) -> Result<(), Error> {
    let opened = async {
        loop {
            match C::connect_with(options).await {
                Err(error) if is_busy(&error) => sleep(BUSY_PAUSE).await,
                opened => return opened?.close().await,
            }
        }
    };
    match timeout(shape.acquire_timeout, opened).await {
        Ok(result) => result.map_err(Error::Connect),
        Err(_) => Err(Error::TimedOut {
            after: shape.acquire_timeout,
        }),
    }
}

/// Whether it is SQLite that says so: the codes of MariaDB and MySQL have five characters.
fn is_busy(error: &sqlx::Error) -> bool {
    let Some(error) = error.as_database_error() else {
        return false;
    };
    error.code().is_some_and(|code| code == "5")
}

/// Whether a connection may be used again; an error closes it, too.
type Judgement<'c> = Pin<Box<dyn Future<Output = sqlx::Result<bool>> + Send + 'c>>;

/// Whether the server still answers. It ends what a connection has left open when told to.
async fn answers(connection: &mut MySqlConnection) -> sqlx::Result<bool> {
    connection.ping().await.map(|()| true)
}

/// Whether no transaction is open on a connection, by SQLite's word and by sqlx's count.
///
/// SQLite ends a transaction by itself on a full disk or an I/O error, which sqlx does not notice:
/// on such a connection a later "commit" releases a savepoint in a transaction that never ends. A
/// rollback that failed leaves the same behind. `begin_with` fails in one way when sqlx counts a
/// transaction, in another when SQLite (`sqlite3_get_autocommit`) has none after the statement.
async fn is_settled(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    match connection.begin_with("SELECT 1").await {
        Err(sqlx::Error::BeginFailed) => return Ok(true),
        Ok(_) | Err(sqlx::Error::InvalidSavePointStatement) => {}
        Err(error) => return Err(error),
    }
    tracing::debug!("a connection with a transaction that did not end well is closed");
    Ok(false)
}

fn pool_options<DB: sqlx::Database>(
    shape: Shape,
    may_be_reused: for<'c> fn(&'c mut DB::Connection) -> Judgement<'c>,
) -> PoolOptions<DB> {
    PoolOptions::new()
        .max_connections(shape.max_connections)
        // One stays open through quiet times, so that the next request does not wait for TLS.
        .min_connections(1)
        .acquire_timeout(shape.acquire_timeout)
        .max_lifetime(shape.max_lifetime)
        .test_before_acquire(false)
        .before_acquire(|connection: &mut DB::Connection, meta| {
            Box::pin(async move {
                if meta.idle_for >= TRY_AFTER_IDLE {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        // What comes back is tried before anybody else uses it, after the rollback of whatever was
        // given up. The pool itself pings it and would wait for a silent server for ever,
        // keeping the place in the pool: after an outage none would be left. (Over TLS sqlx 0.9
        // also waits for the server's goodbye; there the place is free when TCP gives up.)
        .after_release(move |connection: &mut DB::Connection, _| {
            Box::pin(async move {
                match timeout(shape.acquire_timeout, may_be_reused(connection)).await {
                    Ok(judgement) => judgement,
                    Err(_) => Err(sqlx::Error::PoolTimedOut),
                }
            })
        })
}

/// Isolation in which a statement that waited for a lock reads what its holder committed, and in
/// which a range that was read is not locked against inserts: a donation does not wait for the
/// relay that looks for due messages.
const READ_COMMITTED: &str = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";

/// Has the server itself end what takes too long, and the kernel send each message at once. The
/// comments are the engines' own way to tell MariaDB from MySQL; MySQL limits reading statements
/// only, and counts milliseconds.
fn prepare_sessions(pool: PoolOptions<MySql>, shape: Shape, port: u16) -> PoolOptions<MySql> {
    let limit = shape.statement_timeout.unwrap_or_default();
    let sql = format!(
        "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES'), \
         innodb_lock_wait_timeout = {lock_seconds} \
         /*M!100000 , max_statement_time = {seconds} */ \
         /*!80000 , max_execution_time = {millis} */",
        lock_seconds = shape.busy_timeout.as_secs().max(1),
        seconds = limit.as_secs_f64(),
        millis = limit.as_millis(),
    );
    pool.after_connect(move |connection, _| {
        let sql = AssertSqlSafe(sql.clone());
        Box::pin(async move {
            set_nodelay(port);
            connection.execute(READ_COMMITTED).await?;
            connection.execute(sql).await.map(|_| ())
        })
    })
}

/// Makes the file with read and write access for its owner alone, and takes access from others to
/// one that is there. SQLite gives its journals the access of the file.
#[cfg(unix)]
fn make_private(options: &SqliteConnectOptions) {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};

    const OWNER: u32 = 0o600;
    const OTHERS: u32 = 0o007;
    let path = options.get_filename();
    let mut new = std::fs::OpenOptions::new();
    new.write(true).create_new(true).mode(OWNER);
    let made = new.open(path);
    let is_there = made.is_err_and(|error| error.kind() == std::io::ErrorKind::AlreadyExists);
    // Of a file that cannot be made, SQLite tells the reason.
    let Some(mut permissions) = is_there
        .then(|| path.metadata().ok())
        .flatten()
        .map(|found| found.permissions())
    else {
        return;
    };
    let mode = permissions.mode();
    if mode & OTHERS == 0 {
        return;
    }
    permissions.set_mode(mode & !OTHERS);
    if let Err(error) = std::fs::set_permissions(path, permissions) {
        tracing::warn!(
            error = kernel::chain(&error),
            "others can read the database file"
        );
    }
}

#[cfg(not(unix))]
fn make_private(_: &SqliteConnectOptions) {}

fn make_folder(options: &SqliteConnectOptions) -> Result<(), Error> {
    let Some(folder) = options.get_filename().parent().map(PathBuf::from) else {
        return Ok(());
    };
    std::fs::create_dir_all(&folder).map_err(|source| Error::Folder { folder, source })
}
