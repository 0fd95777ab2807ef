//! Errors of the database.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::SignedDuration;
use sea_orm::sqlx::mysql::MySqlDatabaseError;
use sea_orm::{DbErr, RuntimeErr, sqlx};

/// Error of the database. No variant shows the database's address, which may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address is not one of a database this service can use.
    #[error("the database address cannot be used: {reason}")]
    Address {
        /// Fault of the address.
        reason: &'static str,
    },
    /// The folder of the database file cannot be made.
    #[error("cannot make the folder {}", .folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Error of the file system.
        source: io::Error,
    },
    /// The file cannot be used as a SQLite database.
    #[error("the file {} {problem}", .file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Fault of it, and its remedy.
        problem: &'static str,
        /// Error of SQLite.
        source: sqlx::Error,
    },
    /// The database cannot be reached or does not let us in.
    #[error("cannot connect to the database")]
    Connect(#[source] sqlx::Error),
    /// There is no database file, and none is to be made.
    #[error("there is no database file {}", .file.display())]
    NoFile {
        /// The file that the address names.
        file: PathBuf,
    },
    /// The database file was deleted or replaced: what is written goes to one that nobody finds.
    #[error("the database file {} was deleted or replaced; restart after it is back", .file.display())]
    FileGone {
        /// The file that the address names.
        file: PathBuf,
    },
    /// This machine's clock is far from the database's, so nothing is begun by its time.
    #[error("this machine's clock is {} s {} the database's", .offset.abs().as_secs(), if .offset.is_negative() { "behind" } else { "ahead of" })]
    ClockOff {
        /// Time by which it is ahead; negative when it is behind.
        offset: SignedDuration,
    },
    /// The database did not answer in time, or no connection was free.
    #[error("no answer from the database within {} ms", .after.as_millis())]
    TimedOut {
        /// Time waited.
        after: Duration,
    },
    /// It is not asked now, because it was away for several calls.
    #[error("the database is away; it is tried again every second")]
    Suspended {
        /// Earliest time of a retry.
        retry_after: Duration,
    },
    /// The database refused a statement or broke off.
    #[error("the database failed")]
    Statement(#[source] DbErr),
    /// A row holds what this version does not write.
    #[error("a row of {table} cannot be read: {problem}")]
    Row {
        /// The table.
        table: &'static str,
        /// Value that cannot be read.
        problem: String,
    },
    /// Another server has been migrating for too long.
    #[error("another server still migrates the database after {} s", .after.as_secs())]
    MigrationLocked {
        /// Time waited.
        after: Duration,
    },
    /// The schema could not be brought up to date.
    #[error("cannot migrate the database")]
    Migrate(#[source] DbErr),
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        Self::Statement(error)
    }
}

impl Error {
    /// Returns the cause in words, with the operator's next step, where the engine's own code says
    /// enough.
    pub fn advice(&self) -> Option<&'static str> {
        let code = match self {
            Self::Connect(error) => code_of(error)?,
            Self::Statement(error) | Self::Migrate(error) => code_of(sqlx_error(error)?)?,
            _ => return None,
        };
        Some(match code {
            // Missing table (SQLite has no code of its own for it: see `code_of`).
            Code::MySql(1146) | Code::MissingTable => NOT_MIGRATED,
            // Access denied for a user, to a database, to a table, to a column, for want of a
            // privilege.
            Code::MySql(1044 | 1045 | 1142 | 1143 | 1227) => {
                "the database's user lacks a permission: see deploy/sql/mysql.sql"
            }
            // --read-only of MariaDB and MySQL, a read-only transaction, read-only mode.
            Code::MySql(1290 | 1792 | 1836) | Code::Sqlite(8) => {
                "the database is read-only: it may be a replica, or the file's permissions forbid writing"
            }
            // Too many connections, of the server and of the user.
            Code::MySql(1040 | 1203 | 1226) => {
                "the server has no connection free: raise its max_connections or lower database.max_connections"
            }
            // Table or disk full.
            Code::MySql(1021 | 1114) | Code::Sqlite(13) => "the database has no room on its disk",
            // Unknown database.
            Code::MySql(1049) => "the database named in the address does not exist: make it first",
            Code::MySql(_) | Code::Sqlite(_) => return None,
        })
    }

    /// Whether the database could not be reached, rather than refused something.
    pub(crate) fn is_away(&self) -> bool {
        match self {
            Self::TimedOut { .. }
            | Self::Connect(_)
            | Self::Statement(DbErr::ConnectionAcquire(_) | DbErr::Conn(_)) => true,
            Self::Statement(error) => matches!(
                sqlx_error(error),
                Some(sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::PoolTimedOut)
            ),
            _ => false,
        }
    }

    /// The same, with the file named where SQLite says that it is the file's fault. The low byte of
    /// the code is the kind of error (<https://www.sqlite.org/rescode.html>).
    pub(crate) fn of_file(self, file: &Path) -> Self {
        let Self::Connect(source) = self else {
            return self;
        };
        let code = source
            .as_database_error()
            .and_then(sea_orm::sqlx::error::DatabaseError::code);
        let code = code.and_then(|code| code.parse::<u32>().ok());
        let problem = match code.map(|code| code & 0xFF) {
            Some(8) => "is read-only: give the service the right to write it",
            Some(11) => "is damaged: restore it from a backup",
            Some(14) => "cannot be opened: give the service the right to read and write it",
            Some(26) => "is no SQLite database, or damaged: restore it from a backup",
            _ => return Self::Connect(source),
        };
        let file = file.to_owned();
        Self::File {
            file,
            problem,
            source,
        }
    }

    /// Whether the statement gave way to another writer, or timed out behind one: its transaction
    /// changes nothing and may be tried again.
    pub(crate) fn is_contention(&self) -> bool {
        let Self::Statement(error) = self else {
            return false;
        };
        matches!(
            sqlx_error(error).and_then(code_of),
            // Lock wait timeout, deadlock; and the statement's own time, which runs while it waits
            // for a lock (MariaDB, MySQL). SQLite: busy, or locked.
            Some(Code::MySql(1205 | 1213 | 1969 | 3024) | Code::Sqlite(5 | 6))
        )
    }
}

/// Advice for a database without tables.
pub(crate) const NOT_MIGRATED: &str =
    "the database was never migrated: run `maple-expectation migrate`, or start the service once";

/// Code of an engine for an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Code {
    /// Number of an error of MariaDB or MySQL.
    MySql(u16),
    /// Kind of an error of SQLite: the low byte of its code.
    Sqlite(u32),
    /// A table of SQLite that does not exist.
    MissingTable,
}

/// Whether a statement named a table that does not exist.
pub(crate) fn is_missing_table(error: &DbErr) -> bool {
    matches!(
        sqlx_error(error).and_then(code_of),
        Some(Code::MySql(1146) | Code::MissingTable)
    )
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error))
        | DbErr::Conn(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

fn code_of(error: &sqlx::Error) -> Option<Code> {
    let error = error.as_database_error()?;
    if let Some(error) = error.try_downcast_ref::<MySqlDatabaseError>() {
        return Some(Code::MySql(error.number()));
    }
    // `SQLITE_ERROR`, 1, stands for every fault of a statement.
    let code = error.code()?.parse::<u32>().ok()? & 0xFF;
    if code == 1 && error.message().starts_with("no such table") {
        return Some(Code::MissingTable);
    }
    Some(Code::Sqlite(code))
}
