//! Databases of a test's own.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use storage_sql::{Database, Settings};
use tempfile::TempDir;
use tokio::time::timeout;

use crate::schema::{TemplateCopy, Templates};
use crate::{programs, servers, unique};

/// An empty database that goes when this is dropped.
#[derive(Debug)]
pub struct TestDatabase {
    url: SecretString,
    location: Location,
    /// Whether the database has been opened.
    is_opened: AtomicBool,
}

#[derive(Debug)]
enum Location {
    /// With the file in it.
    Folder {
        folder: TempDir,
    },
    Server {
        url: SecretString,
        name: String,
    },
}

/// Timeout of dropping a database: a frozen server never answers.
const PATIENCE: Duration = Duration::from_secs(5);

/// The file in its folder.
const FILE: &str = "maple.db";

impl TestDatabase {
    /// A SQLite file.
    ///
    /// # Panics
    ///
    /// When the folder cannot be made.
    pub fn sqlite() -> Self {
        let folder = programs::scratch().expect("a temporary folder can be made");
        let file = folder.path().join(FILE);
        Self {
            url: format!("sqlite://{}", file.display()).into(),
            location: Location::Folder { folder },
            is_opened: AtomicBool::default(),
        }
    }

    /// A database on the MariaDB or MySQL that tests share.
    ///
    /// # Panics
    ///
    /// When there is no server or it makes no database.
    pub async fn mysql() -> Self {
        Self::on(servers::mysql_url()).await
    }

    /// A database on a server, such as `mysql://root@127.0.0.1:20001`.
    ///
    /// # Panics
    ///
    /// When the server makes no database.
    pub async fn on(server: &str) -> Self {
        let name = format!("maple_test_{:016x}", unique::number());
        let server = server.trim_end_matches('/');
        // Every server has this database, and the address must name one.
        let url = SecretString::from(format!("{server}/information_schema"));
        storage_sql::testkit::execute(&url, &[&format!("CREATE DATABASE {name}")])
            .await
            .expect("the server makes a database");
        Self {
            url: format!("{server}/{name}").into(),
            location: Location::Server { url, name },
            is_opened: AtomicBool::default(),
        }
    }

    /// The address for clients.
    pub fn url(&self) -> &SecretString {
        &self.url
    }

    /// Settings for a pool in a test: small, and patient while the machine is busy.
    pub fn settings(&self) -> Settings {
        Settings {
            max_connections: 4,
            acquire_timeout: Duration::from_secs(10),
            statement_timeout: Duration::from_secs(10),
            ..Settings::new(self.url.expose_secret())
        }
    }

    /// A pool, with the schema up to date.
    ///
    /// # Panics
    ///
    /// When the database cannot be opened or migrated.
    pub async fn open(&self) -> Database {
        let is_new = !self.is_opened.swap(true, Ordering::Relaxed);
        let templates = Templates::of_this_program().filter(|_| is_new);
        let found = match &templates {
            Some(templates) => self.copy_schema(templates).await,
            None => TemplateCopy::Used,
        };
        let database = Database::open(&self.settings()).await;
        let database = database.expect("the database opens");
        database.migrate().await.expect("the schema is made");
        if let Some(templates) = templates.filter(|_| found == TemplateCopy::Empty) {
            self.keep_schema(&templates).await;
        }
        database
    }

    async fn copy_schema(&self, templates: &Templates) -> TemplateCopy {
        match &self.location {
            Location::Folder { folder } => templates.fill_file(&folder.path().join(FILE)),
            Location::Server { .. } => templates.fill_server(&self.url).await,
        }
    }

    async fn keep_schema(&self, templates: &Templates) {
        match &self.location {
            Location::Folder { .. } => templates.keep_file(&self.url).await,
            Location::Server { .. } => templates.keep_server(&self.url).await,
        }
    }
}

impl Drop for TestDatabase {
    /// A server's database is dropped over a connection of its own, which needs a runtime of its
    /// own: the test's is busy with this very drop.
    fn drop(&mut self) {
        let Location::Server { url, name } = &self.location else {
            return;
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let drop = format!("DROP DATABASE IF EXISTS {name}");
        // A failed test can leave a transaction open, which would be waited for.
        let statements = ["SET SESSION lock_wait_timeout = 1", &drop];
        let dropped = storage_sql::testkit::execute(url, &statements);
        std::thread::scope(|scope| {
            // A server that a test has killed or frozen needs no cleaning.
            let _ = scope
                .spawn(|| runtime.map(|it| it.block_on(async { timeout(PATIENCE, dropped).await })))
                .join();
        });
    }
}
