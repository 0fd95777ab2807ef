//! Availability of the database for writes, by name of the fault, and reports of the state of its
//! schema and its clock.

use std::time::Duration;

use jiff::SignedDuration;
use kernel::{Clock, Fence, Fences, SystemClock};
use resilience::Jitter;
use schedule::{TickStore, TickStoreError};
use secrecy::ExposeSecret;
use storage_sql::testkit::execute;
use storage_sql::{Database, Error, SchemaState, Settings};
use testkit::{Server, TestDatabase};

on_each_engine!(
    schema_state_is_read_without_changing_it,
    time_of_the_database_is_the_present,
);

/// Settings that run out soon.
fn impatient(url: impl Into<String>) -> Settings {
    Settings {
        max_connections: 2,
        acquire_timeout: Duration::from_millis(500),
        statement_timeout: Duration::from_secs(1),
        ..Settings::new(url.into())
    }
}

async fn schema_state_is_read_without_changing_it(database: TestDatabase) {
    let open = Database::open(&database.settings()).await.unwrap();
    for _ in 0..2 {
        assert_eq!(open.schema().await.unwrap(), SchemaState::Never);
    }
    let error = open.snapshots();
    let error = equipment::SnapshotStore::recent(&error, 1)
        .await
        .unwrap_err();
    let source: &Error = error.source.downcast_ref().unwrap();
    assert!(
        source.advice().unwrap().contains("never migrated"),
        "{source:?}"
    );
    open.migrate().await.unwrap();
    assert_eq!(open.schema().await.unwrap(), SchemaState::Ready);
    let last = "DELETE FROM seaql_migrations ORDER BY version DESC LIMIT 1";
    if execute(database.url(), &[last]).await.is_ok() {
        let state = open.schema().await.unwrap();
        assert!(
            matches!(&state, SchemaState::Behind(one) if one.len() == 1),
            "{state:?}"
        );
    }
}

async fn time_of_the_database_is_the_present(database: TestDatabase) {
    let open = database.open().await;
    let before = SystemClock.now();
    let now = open.now().await.unwrap();
    // The server is on this machine; SQLite knows milliseconds.
    let apart = now.duration_since(before);
    assert!(apart.abs() < SignedDuration::from_mins(1), "{apart:?}");
}

#[tokio::test]
async fn write_probe_names_a_deleted_file() {
    let database = TestDatabase::sqlite();
    let open = database.open().await;
    open.probe_write().await.unwrap();
    let url = database.url().expose_secret();
    let file = url.strip_prefix("sqlite://").unwrap();
    std::fs::remove_file(file).unwrap();
    let error = open.probe_write().await.unwrap_err();
    assert!(matches!(error, Error::FileGone { .. }), "{error:?}");
    assert!(error.to_string().contains(file), "{error}");
    // Another file in its place is not it.
    std::fs::write(file, "").unwrap();
    let error = open.probe_write().await.unwrap_err();
    assert!(matches!(error, Error::FileGone { .. }), "{error:?}");
}

#[tokio::test]
async fn opening_an_existing_database_makes_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("maple.db");
    let settings = Settings::new(format!("sqlite://{}", file.display()));
    let error = Database::open_existing(&settings).await.unwrap_err();
    assert!(matches!(error, Error::NoFile { .. }), "{error:?}");
    assert!(!file.exists());
    Database::open(&settings).await.unwrap();
    Database::open_existing(&settings).await.unwrap();
}

/// Makes a user of this name with these rights on the database of a test.
async fn user(database: &TestDatabase, name: &str, rights: &str) -> String {
    let url = database.url().expose_secret();
    let (server, schema) = url.rsplit_once('/').unwrap();
    let statements = [
        format!("CREATE OR REPLACE USER '{name}'@'127.0.0.1'"),
        format!("GRANT {rights} ON {schema}.* TO '{name}'@'127.0.0.1'"),
    ];
    let statements = statements.each_ref().map(String::as_str);
    execute(database.url(), &statements).await.unwrap();
    let (_, host) = server.rsplit_once('@').unwrap();
    format!("mysql://{name}@{host}/{schema}")
}

#[tokio::test]
async fn write_probe_names_a_read_only_server_and_a_user_who_may_not_write() {
    let server = Server::mariadb().unwrap();
    let database = TestDatabase::on(&server.url()).await;
    drop(database.open().await);
    let reader = user(&database, "reader", "SELECT").await;
    let reader = Database::open(&impatient(reader)).await.unwrap();
    reader.ping().await.unwrap();
    let error = reader.probe_write().await.unwrap_err();
    assert!(
        error.advice().unwrap().contains("lacks a permission"),
        "{error:?}"
    );

    let writer = user(&database, "writer", "SELECT, INSERT, UPDATE, DELETE").await;
    let writer = Database::open(&impatient(writer)).await.unwrap();
    writer.probe_write().await.unwrap();
    execute(database.url(), &["SET GLOBAL read_only = 1"])
        .await
        .unwrap();
    writer.ping().await.unwrap();
    let error = writer.probe_write().await.unwrap_err();
    assert!(error.advice().unwrap().contains("read-only"), "{error:?}");
    execute(database.url(), &["SET GLOBAL read_only = 0"])
        .await
        .unwrap();
    writer.probe_write().await.unwrap();
}

#[tokio::test]
async fn write_probe_names_exhausted_connections() {
    let server = Server::mariadb().unwrap();
    let database = TestDatabase::on(&server.url()).await;
    drop(database.open().await);
    let writer = user(&database, "writer", "SELECT, INSERT, UPDATE, DELETE").await;
    let limit = "ALTER USER 'writer'@'127.0.0.1' WITH MAX_USER_CONNECTIONS 1";
    let open = Database::open(&impatient(writer.as_str())).await.unwrap();
    execute(database.url(), &[limit]).await.unwrap();
    let _other = sea_orm::Database::connect(&writer).await.unwrap();
    let error = open.probe_write().await.unwrap_err();
    assert!(
        error.advice().unwrap().contains("no connection free"),
        "{error:?}"
    );
}

#[tokio::test]
async fn calls_fail_at_once_while_the_database_is_away_until_a_probe_finds_it() {
    let mut server = Server::mariadb().unwrap();
    let database = TestDatabase::on(&server.url()).await;
    drop(database.open().await);
    let open = Database::open(&impatient(database.url().expose_secret())).await;
    let open = open.unwrap().with_breaker(Jitter::from_seed(1));
    open.probe_write().await.unwrap();
    server.kill();
    for _ in 0..3 {
        open.ping().await.unwrap_err();
    }
    open.lost().await;
    let error = open.ping().await.unwrap_err();
    assert!(matches!(error, Error::Suspended { .. }), "{error:?}");
    server.restart().unwrap();
    let found = async {
        while open.probe_write().await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        while open.ping().await.is_err() {
            open.probe_write().await.unwrap();
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let found = tokio::time::timeout(Duration::from_mins(1), found).await;
    found.expect("it is found again");
}

#[tokio::test]
async fn crowd_that_waits_for_connections_does_not_open_the_breaker() {
    let database = TestDatabase::mysql().await;
    drop(database.open().await);
    let open = Database::open(&impatient(database.url().expose_secret())).await;
    let open = open.unwrap().with_breaker(Jitter::from_seed(1));
    let blocker = sea_orm::Database::connect(database.url().expose_secret()).await;
    let blocker = blocker.unwrap();
    let held = sea_orm::TransactionTrait::begin(&blocker).await.unwrap();
    let lock = "INSERT INTO fence (name, token) VALUES ('busy', 1)";
    sea_orm::ConnectionTrait::execute_unprepared(&held, lock)
        .await
        .unwrap();
    let fences = open.fences();
    // Two wait for the lock, and so all others for a connection.
    let crowd = (0..12).map(async |_| fences.raise("busy").await.is_err());
    let crowd = futures_util::future::join_all(crowd).await;
    assert!(crowd.iter().all(|failed| *failed));
    held.rollback().await.unwrap();
    open.ping().await.expect("the breaker is closed");
}

/// Fence of a new holder of the lock of a job.
async fn fence(database: &Database) -> Fence {
    let name = "job:purge".to_owned();
    let token = database.fences().raise(&name).await.unwrap();
    Fence { name, token }
}

#[tokio::test]
async fn ticks_are_refused_to_a_clock_that_is_far_from_the_databases() {
    let test = TestDatabase::mysql().await;
    let database = test.open().await;
    let far = SignedDuration::from_hours(1);
    let runs = database.job_runs();
    let careful = runs.clone().within_skew(SignedDuration::from_secs(10));
    let fence = fence(&database).await;
    let now = database.now().await.unwrap();
    for wrong in [now + far, now - far] {
        let refused = careful.begin("purge", 9, "a", wrong, &fence).await;
        let Err(TickStoreError::Failed(error)) = refused else {
            panic!("{refused:?}");
        };
        let error = error.downcast_ref();
        assert!(matches!(error, Some(Error::ClockOff { .. })), "{error:?}");
    }
    assert!(careful.begin("purge", 1, "a", now, &fence).await.unwrap());
    // One that was taken in the future by an instance that did not look does not stop the job.
    assert!(
        runs.begin("purge", 61, "b", now + far, &fence)
            .await
            .unwrap()
    );
    assert!(careful.begin("purge", 2, "a", now, &fence).await.unwrap());
    assert!(!careful.begin("purge", 2, "c", now, &fence).await.unwrap());
}
