//! Failures of the database.

use std::time::Duration;

use equipment::{Ocid, SnapshotStore, StoreError};
use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, TransactionTrait};
use secrecy::ExposeSecret;
use storage_sql::testkit::{execute, text};
use storage_sql::{Database, Error, Settings};
use testkit::{Fault, FaultProxy, Server, TestDatabase, connections_to, servers};

on_each_engine!(
    the_pool_tells_how_full_it_is,
    a_closed_database_answers_nothing,
    a_lock_held_by_another_ends_the_statement_in_time,
    calls_that_wait_for_a_connection_are_counted,
    a_database_that_takes_writes_says_so,
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

async fn the_pool_tells_how_full_it_is(database: TestDatabase) {
    let database = database.open().await;
    database.ping().await.unwrap();
    let status = database.pool_status();
    assert!((1..=4).contains(&status.size) && status.idle <= status.size);
    assert_eq!((status.max, status.waiters), (4, 0));
}

async fn a_closed_database_answers_nothing(database: TestDatabase) {
    let database = database.open().await;
    database.close().await.unwrap();
    assert!(database.ping().await.is_err());
    assert_eq!(database.pool_status().size, 0);
}

async fn a_lock_held_by_another_ends_the_statement_in_time(database: TestDatabase) {
    let url = database.url().expose_secret();
    let store = database.open().await.snapshots();
    store.save_character(&adele()).await.unwrap();
    let other = sea_orm::Database::connect(url).await.unwrap();
    let held = other.begin().await.unwrap();
    held.execute_unprepared("UPDATE game_character SET level = 1")
        .await
        .unwrap();

    let impatient = Database::open(&impatient(url)).await.unwrap().snapshots();
    let error = impatient.save_character(&adele()).await.unwrap_err();
    let source = error.source.downcast_ref();
    assert!(matches!(source, Some(Error::Statement(_))), "{source:?}");
    held.rollback().await.unwrap();
    impatient.save_character(&adele()).await.unwrap();
}

async fn a_database_that_takes_writes_says_so(database: TestDatabase) {
    let database = database.open().await;
    for _ in 0..2 {
        database.probe_write().await.unwrap();
    }
    database.close().await.unwrap();
    assert!(database.probe_write().await.is_err());
}

/// The file can be read, and so a ping is answered.
#[tokio::test]
async fn write_probe_fails_while_the_file_has_no_room() {
    let database = TestDatabase::sqlite();
    drop(database.open().await);
    let refuse = "CREATE TRIGGER full BEFORE UPDATE ON fence \
         BEGIN SELECT RAISE(ROLLBACK, 'no room'); END";
    execute(database.url(), &[refuse]).await.unwrap();
    let open = database.open().await;
    open.ping().await.unwrap();
    assert!(open.probe_write().await.is_err());
    execute(database.url(), &["DROP TRIGGER full"])
        .await
        .unwrap();
    open.probe_write().await.unwrap();
}

async fn calls_that_wait_for_a_connection_are_counted(database: TestDatabase) {
    let url = database.url().expose_secret();
    database
        .open()
        .await
        .snapshots()
        .save_character(&adele())
        .await
        .unwrap();
    let other = sea_orm::Database::connect(url).await.unwrap();
    let held = other.begin().await.unwrap();
    held.execute_unprepared("UPDATE game_character SET level = 1")
        .await
        .unwrap();

    let patient = Settings {
        acquire_timeout: Duration::from_secs(20),
        statement_timeout: Duration::from_secs(20),
        ..impatient(url)
    };
    let open = Database::open(&patient).await.unwrap();
    let store = open.snapshots();
    let adele = adele();
    let saves = join_all((0..5).map(|_| store.save_character(&adele)));
    let watch = async {
        // Two have the connections and wait for the lock, three wait for a connection.
        while open.pool_status().waiters != 3 || open.pool_status().idle > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        held.rollback().await.unwrap();
    };
    let (saved, ()) = tokio::join!(saves, watch);
    assert!(saved.iter().all(Result::is_ok), "{saved:?}");
    assert_eq!(open.pool_status().waiters, 0);
}

#[tokio::test]
async fn connections_are_set_up_as_sqlite_needs() {
    let database = TestDatabase::sqlite();
    let url = database.url().expose_secret();
    let of_an_operator = Settings {
        statement_timeout: Duration::from_mins(10),
        ..impatient(url)
    };
    let patience = "SELECT CAST(timeout AS TEXT) FROM pragma_busy_timeout";
    let open = Database::open(&of_an_operator).await.unwrap();
    let found = text(&open, patience).await.unwrap();
    assert_eq!(found.as_deref(), Some("30000"), "nobody waits for long");
    let database = Database::open(&impatient(url)).await.unwrap();
    for (sql, expected) in [
        ("SELECT journal_mode FROM pragma_journal_mode", "wal"),
        (
            "SELECT CAST(synchronous AS TEXT) FROM pragma_synchronous",
            "1",
        ),
        (
            "SELECT CAST(timeout AS TEXT) FROM pragma_busy_timeout",
            "1000",
        ),
    ] {
        assert_eq!(text(&database, sql).await.unwrap().unwrap(), expected);
    }
}

#[tokio::test]
async fn connections_are_set_up_as_mariadb_needs() {
    let database = TestDatabase::mysql().await;
    let database = Database::open(&impatient(database.url().expose_secret()))
        .await
        .unwrap();
    for (sql, expected) in [
        ("SELECT CAST(@@innodb_lock_wait_timeout AS CHAR)", "1"),
        ("SELECT @@sql_mode", "STRICT_ALL_TABLES"),
        ("SELECT @@character_set_connection", "utf8mb4"),
    ] {
        let found = text(&database, sql).await.unwrap().unwrap();
        assert!(found.contains(expected), "{sql}: {found}");
    }
}

#[tokio::test]
async fn statement_that_takes_too_long_is_ended_by_the_server() {
    let database = TestDatabase::mysql().await;
    let settings = Settings {
        // Else it is not the server that gives up first on a busy machine.
        acquire_timeout: Duration::from_secs(30),
        ..impatient(database.url().expose_secret())
    };
    let database = Database::open(&settings).await.unwrap();
    // SLEEP says 1 when it was cut short on MySQL; MariaDB fails the statement.
    match text(&database, "SELECT CAST(SLEEP(60) AS CHAR)").await {
        Ok(cut_short) => assert_eq!(cut_short.as_deref(), Some("1")),
        Err(error) => assert!(matches!(error, Error::Statement(_)), "{error}"),
    }
    database.ping().await.unwrap();
}

#[tokio::test]
async fn server_that_does_not_let_us_in_says_so_and_the_password_stays_secret() {
    let server = servers::mysql_url().rsplit('@').next().unwrap();
    for url in [
        format!("mysql://nobody:canary@{server}/maple"),
        "mysql://root:canary@127.0.0.1:1/maple".to_owned(),
    ] {
        let settings = impatient(url);
        let error = Database::open(&settings).await.unwrap_err();
        assert!(matches!(error, Error::Connect(_)), "{error:?}");
        assert!(!format!("{settings:?} {error} {error:?}").contains("canary"));
    }
    let database = TestDatabase::mysql().await;
    let url = database
        .url()
        .expose_secret()
        .replace("//root@", "//root:@");
    let open = Database::open(&impatient(url)).await.unwrap();
    assert!(!format!("{open:?}").contains("mysql://"));
}

#[tokio::test]
async fn killed_server_is_found_again() {
    let mut server = Server::mariadb().unwrap();
    let database = TestDatabase::on(&server.url()).await;
    database.open().await.close().await.unwrap();
    let open = Database::open(&impatient(database.url().expose_secret()))
        .await
        .unwrap();
    let store = open.snapshots();
    store.save_character(&adele()).await.unwrap();

    server.kill();
    let error = store.save_character(&adele()).await.unwrap_err();
    assert_eq!(error.to_string(), "the store failed to save a character");
    assert!(open.ping().await.is_err());

    server.restart().unwrap();
    // Each connection of the pool may fail once more before it is thrown away.
    let mut answers = Vec::new();
    for _ in 0..=open.pool_status().max {
        answers.push(store.character(&adele().character.name).await);
    }
    let last = answers.pop().unwrap().unwrap();
    assert_eq!(last, Some(adele()), "what was saved is still there");
}

#[tokio::test]
async fn frozen_server_costs_at_most_the_time_allowed() {
    let mut server = Server::mariadb().unwrap();
    let database = TestDatabase::on(&server.url()).await;
    database.open().await.close().await.unwrap();
    let open = Database::open(&impatient(database.url().expose_secret()))
        .await
        .unwrap();
    let store = open.snapshots();
    assert_eq!(store.latest(&Ocid::new("1f")).await.unwrap(), None);

    server.freeze();
    let ocids = ["1", "2", "3", "4"].map(Ocid::new);
    for result in join_all(ocids.iter().map(|ocid| store.latest(ocid))).await {
        let error = result.unwrap_err();
        assert!(reason(&error).contains("no answer from the database within"));
    }
    server.thaw();
    assert_eq!(store.latest(&Ocid::new("1f")).await.unwrap(), None);
}

/// A network that swallows everything leaves connections that will never answer; they must not
/// keep their places in the pool.
#[tokio::test]
async fn dead_connections_leave_the_pool() {
    let database = TestDatabase::mysql().await;
    database.open().await.close().await.unwrap();
    let (proxy, url) = through_proxy(&database).await;
    let open = Database::open(&impatient(url)).await.unwrap();
    open.ping().await.unwrap();

    proxy.set(Fault::Hang).await;
    assert!(matches!(open.ping().await, Err(Error::TimedOut { .. })));
    let emptied = async {
        while open.pool_status().size > 0 {
            assert!(open.ping().await.is_err());
        }
    };
    tokio::time::timeout(Duration::from_secs(20), emptied)
        .await
        .unwrap();
    proxy.set(Fault::None).await;
    open.ping().await.unwrap();
}

/// A network before a database, and the address through it.
async fn through_proxy(database: &TestDatabase) -> (FaultProxy, String) {
    let url = database.url().expose_secret();
    let (account, place) = url.rsplit_once('@').unwrap();
    let (address, name) = place.rsplit_once('/').unwrap();
    let proxy = FaultProxy::start(address.parse().unwrap()).await.unwrap();
    // Over TLS sqlx 0.9 waits for a goodbye that never comes; see `pool_options`.
    let url = format!("{account}@{}/{name}?ssl-mode=DISABLED", proxy.address());
    (proxy, url)
}

/// The kernel says so of each connection: those of the pool and that of a lock.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn connections_to_the_server_send_without_delay() {
    let database = TestDatabase::mysql().await;
    let (proxy, url) = through_proxy(&database).await;
    let settings = Settings {
        max_connections: 4,
        acquire_timeout: Duration::from_secs(10),
        ..Settings::new(url)
    };
    let open = Database::open(&settings).await.unwrap();
    let _lease = open
        .lock()
        .acquire("nodelay", Duration::ZERO)
        .await
        .unwrap();
    let pings = join_all((0..8).map(|_| open.ping())).await;
    assert!(pings.iter().all(Result::is_ok), "{pings:?}");
    let connections = connections_to(proxy.address().port());
    assert!(connections.len() > 1, "{connections:?}");
    for connection in connections {
        assert!(connection.nodelay().unwrap(), "{connection:?}");
    }
}

fn adele() -> equipment::CharacterRecord {
    equipment::CharacterRecord {
        character: equipment::Character {
            ocid: Ocid::new("1f"),
            name: "아델".parse().unwrap(),
            world: "스카니아".to_owned(),
            class: "아델".to_owned(),
            level: 295,
        },
        fetched_at: jiff::Timestamp::UNIX_EPOCH,
    }
}

/// Messages of the store's own error and of the one behind it.
fn reason(error: &StoreError) -> String {
    let source = error.source.source().map(ToString::to_string);
    format!("{}: {}", error.source, source.unwrap_or_default())
}
