//! Databases of a test's own.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use storage_sql::{Database, Settings};
use tempfile::TempDir;

use crate::{servers, unique};

/// An empty database that goes when this is dropped.
#[derive(Debug)]
pub struct TestDatabase {
    url: SecretString,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Folder {
        #[expect(dead_code, reason = "dropping it removes the file")]
        folder: TempDir,
    },
    Server {
        url: SecretString,
        name: String,
    },
}

impl TestDatabase {
    /// A SQLite file.
    ///
    /// # Panics
    ///
    /// When the folder cannot be made.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let file = folder.path().join("maple.db");
        Self {
            url: format!("sqlite://{}", file.display()).into(),
            place: Place::Folder { folder },
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
            place: Place::Server { url, name },
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
        let database = Database::open(&self.settings()).await;
        let database = database.expect("the database opens");
        database.migrate().await.expect("the schema is made");
        database
    }
}

impl Drop for TestDatabase {
    /// A server's database is dropped over a connection of its own, which needs a runtime of its
    /// own: the test's is busy with this very drop.
    fn drop(&mut self) {
        let Place::Server { url, name } = &self.place else {
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
                .spawn(|| runtime.map(|it| it.block_on(dropped)))
                .join();
        });
    }
}
