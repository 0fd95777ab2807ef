//! Properties of a database in a file.

use std::path::Path;

use equipment::{Document, Ocid, Snapshot, SnapshotStore};
use jiff::Timestamp;
use secrecy::SecretString;
use storage_sql::{Database, Error, Settings};

fn settings(file: &Path) -> Settings {
    Settings::new(format!("sqlite://{}", file.display()))
}

fn snapshot() -> Snapshot {
    Snapshot {
        ocid: Ocid::new("1f"),
        fetched_at: Timestamp::from_microsecond(1_760_000_000_123_456).unwrap(),
        document: Document::compress(b"{}").unwrap(),
    }
}

#[tokio::test]
async fn file_and_its_folder_are_made_and_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(&folder.path().join("a/b/maple.db"));
    let database = Database::open(&settings).await.unwrap();
    let migrated = database.migrate().await.unwrap();
    assert!(!migrated.applied.is_empty());
    database.snapshots().save(&snapshot()).await.unwrap();
    database.close().await.unwrap();
    assert!(database.ping().await.is_err(), "closed is closed");

    let database = Database::open(&settings).await.unwrap();
    let migrated = database.migrate().await.unwrap();
    assert!(migrated.applied.is_empty() && migrated.unknown.is_empty());
    database.ping().await.unwrap();
    let found = database.snapshots().latest(&snapshot().ocid).await.unwrap();
    assert_eq!(found, Some(snapshot()));
}

#[cfg(unix)]
#[tokio::test]
async fn file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("maple.db");
    let mode = |file: &Path| file.metadata().unwrap().permissions().mode() & 0o777;
    let database = Database::open(&settings(&file)).await.unwrap();
    database.migrate().await.unwrap();
    database.probe_write().await.unwrap();
    for name in ["maple.db", "maple.db-wal", "maple.db-shm"] {
        assert_eq!(mode(&folder.path().join(name)), 0o600, "{name}");
    }
    database.close().await.unwrap();
    // One that others could read is closed to them; its group keeps what it has.
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o664)).unwrap();
    Database::open(&settings(&file)).await.unwrap();
    assert_eq!(mode(&file), 0o660);
}

#[tokio::test]
async fn folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "in the way").unwrap();
    let error = Database::open(&settings(&file.join("maple.db"))).await;
    assert!(matches!(error, Err(Error::Folder { folder, .. }) if folder == file));
}

#[tokio::test]
async fn file_that_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("maple.db");
    std::fs::write(
        &file,
        "no database, but long enough to be taken for one".repeat(30),
    )
    .unwrap();
    let error = Database::open(&settings(&file)).await.unwrap_err();
    assert!(
        matches!(&error, Error::File { file: named, .. } if *named == file),
        "{error:?}"
    );
}

#[tokio::test]
async fn other_addresses_are_refused_without_showing_them() {
    for url in [
        "",
        "postgres://maple:canary@localhost/maple",
        "mysql://maple:canary@localhost",
        "mysql://maple:canary@localhost:no-port/maple",
        "sqlite::memory:?canary",
        "sqlite://maple.db?canary=1",
    ] {
        let settings = Settings::new(SecretString::from(url));
        let error = Database::open(&settings).await.unwrap_err();
        assert!(matches!(error, Error::Address { .. }), "{url}: {error}");
        let shown = format!("{error} {error:?} {settings:?}");
        assert!(!shown.contains("canary"), "{shown}");
    }
}
