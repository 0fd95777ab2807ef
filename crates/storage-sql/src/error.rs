//! Why the database did not do what was asked.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sea_orm::sqlx::mysql::MySqlDatabaseError;
use sea_orm::{DbErr, RuntimeErr, sqlx};

/// Why the database did not do what was asked. No variant shows the database's address, which
/// may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address is not one of a database this service can use.
    #[error("the database address cannot be used: {reason}")]
    Address {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The folder of the database file cannot be made.
    #[error("cannot make the folder {}", .folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the file system says.
        source: io::Error,
    },
    /// The file cannot be used as a SQLite database.
    #[error("the file {} {problem}", .file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What is wrong with it, and what helps.
        problem: &'static str,
        /// What SQLite says.
        source: sqlx::Error,
    },
    /// The database cannot be reached or does not let us in.
    #[error("cannot connect to the database")]
    Connect(#[source] sqlx::Error),
    /// The database did not answer in time, or no connection was free.
    #[error("no answer from the database within {} ms", .after.as_millis())]
    TimedOut {
        /// How long was waited.
        after: Duration,
    },
    /// The database refused a statement or broke off.
    #[error("the database failed")]
    Statement(#[source] DbErr),
    /// A row holds what this version does not write.
    #[error("a row of {table} cannot be read: {problem}")]
    Row {
        /// The table.
        table: &'static str,
        /// What cannot be read.
        problem: String,
    },
    /// Another server has been migrating for too long.
    #[error("another server still migrates the database after {} s", .after.as_secs())]
    MigrationLocked {
        /// How long was waited.
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

    /// Whether the statement gave way to another writer, or waited for one in vain: its transaction
    /// changes nothing and may be tried again.
    pub(crate) fn is_contention(&self) -> bool {
        let Self::Statement(
            DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)),
        ) = self
        else {
            return false;
        };
        let Some(error) = error.as_database_error() else {
            return false;
        };
        match error.try_downcast_ref::<MySqlDatabaseError>() {
            // Lock wait timeout, deadlock; and the statement's own time, which runs while it waits
            // for a lock (MariaDB, MySQL).
            Some(error) => matches!(error.number(), 1205 | 1213 | 1969 | 3024),
            // The low byte of SQLite's code is the kind of error: busy, or locked.
            None => error
                .code()
                .and_then(|code| code.parse::<u32>().ok())
                .is_some_and(|code| matches!(code & 0xFF, 5 | 6)),
        }
    }
}
