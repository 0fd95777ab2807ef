//! Characters and their equipment, on each engine.

use std::error::Error;

use equipment::testkit::snapshot_store_contract;
use equipment::{
    Character, CharacterRecord, Compression, ContentHash, Dictionary, Document, Ocid, Snapshot,
    SnapshotStore, StoreError,
};
use jiff::Timestamp;
use storage_sql::testkit::execute;
use testkit::TestDatabase;

on_each_engine!(
    the_contract_is_kept,
    a_large_document_comes_back_whole,
    documents_of_every_dictionary_come_back,
    the_first_of_many_writers_is_not_an_error,
    what_this_version_does_not_write_it_does_not_read,
    a_store_without_tables_fails_with_the_reason,
);

async fn the_contract_is_kept(database: TestDatabase) {
    snapshot_store_contract(&database.open().await.snapshots()).await;
}

async fn a_large_document_comes_back_whole(database: TestDatabase) {
    let store = database.open().await.snapshots();
    // More than a MiB that hardly compresses: the digests of the numbers.
    let numbers = (0..40_000_u32).map(|n| ContentHash::of(&n.to_le_bytes()));
    let plain: Vec<u8> = numbers.flat_map(|hash| *hash.as_bytes()).collect();
    let saved = snapshot("large", 0, &plain);
    assert!(saved.document.compressed().len() > 1024 * 1024);
    store.save(&saved).await.unwrap();
    assert_eq!(store.latest(&saved.ocid).await.unwrap(), Some(saved));
}

async fn documents_of_every_dictionary_come_back(database: TestDatabase) {
    let store = database.open().await.snapshots();
    for version in 0..=Dictionary::all().len() {
        let compression = Compression::default().with_dictionary(version).unwrap();
        let mut saved = snapshot(&format!("version {version}"), 0, b"{}");
        saved.document = Document::compress_with(b"{\"class\":1}", compression).unwrap();
        store.save(&saved).await.unwrap();
        let found = store.latest(&saved.ocid).await.unwrap().unwrap();
        assert_eq!(found, saved);
        assert_eq!(found.document.decompress().unwrap(), b"{\"class\":1}");
    }
}

async fn the_first_of_many_writers_is_not_an_error(database: TestDatabase) {
    let store = database.open().await.snapshots();
    for round in 0..10 {
        let ocid = format!("{round}");
        let snapshots: Vec<_> = (0..8).map(|at| snapshot(&ocid, at, &[b'0' + at])).collect();
        let saved = futures_util::future::join_all(snapshots.iter().map(|one| store.save(one)));
        saved.await.into_iter().for_each(Result::unwrap);
        let found = store.latest(&snapshots[7].ocid).await.unwrap();
        assert_eq!(found.as_ref(), Some(&snapshots[7]));
    }
}

async fn what_this_version_does_not_write_it_does_not_read(database: TestDatabase) {
    let store = database.open().await.snapshots();
    for (column, value, problem) in [
        ("encoding", "'brotli'", "its encoding is brotli"),
        ("dictionary_id", "7", "its dictionary is None, not Some(7)"),
        (
            "fetched_at_us",
            "9223372036854775807",
            "not in the required range",
        ),
    ] {
        let saved = snapshot(column, 0, b"{}");
        store.save(&saved).await.unwrap();
        let sql = format!("UPDATE equipment_snapshot SET {column} = {value}");
        execute(database.url(), &[&sql]).await.unwrap();
        let error = store.latest(&saved.ocid).await.unwrap_err();
        assert!(reasons(&error).contains(problem), "{}", reasons(&error));
    }
    let saved = record("아델");
    store.save_character(&saved).await.unwrap();
    let sql = "UPDATE game_character SET fetched_at_us = 9223372036854775807";
    execute(database.url(), &[sql]).await.unwrap();
    let error = store.character(&saved.character.name).await.unwrap_err();
    assert!(reasons(&error).contains("a row of game_character"));
}

async fn a_store_without_tables_fails_with_the_reason(database: TestDatabase) {
    let empty = storage_sql::Database::open(&database.settings())
        .await
        .unwrap();
    let store = empty.snapshots();
    let error = store.save(&snapshot("one", 0, b"{}")).await.unwrap_err();
    assert_eq!(error.to_string(), "the store failed to save a snapshot");
    assert!(reasons(&error).contains("equipment_snapshot"));
    assert!(store.latest(&Ocid::new("one")).await.is_err());
    assert!(store.save_character(&record("아델")).await.is_err());
    assert!(
        store
            .character(&record("아델").character.name)
            .await
            .is_err()
    );
}

/// MariaDB pads or refuses a hash of another length.
#[tokio::test]
async fn hash_of_another_length_is_refused() {
    let database = TestDatabase::sqlite();
    let store = database.open().await.snapshots();
    let saved = snapshot("one", 0, b"{}");
    store.save(&saved).await.unwrap();
    let sql = "UPDATE equipment_snapshot SET content_hash = x'0102'";
    execute(database.url(), &[sql]).await.unwrap();
    let error = store.latest(&saved.ocid).await.unwrap_err();
    assert!(reasons(&error).contains("its hash has 2 bytes"));
}

/// SQLite keeps a text of any length; the other engines must refuse rather than cut.
#[tokio::test]
async fn identifier_too_long_for_its_column_is_refused() {
    let database = TestDatabase::mysql().await;
    let store = database.open().await.snapshots();
    let saved = snapshot(&"x".repeat(129), 0, b"{}");
    let error = store.save(&saved).await.unwrap_err();
    assert!(reasons(&error).contains("too long"), "{}", reasons(&error));
    assert_eq!(store.latest(&saved.ocid).await.unwrap(), None);
}

/// An error and what is behind it, as a log would show them.
fn reasons(error: &StoreError) -> String {
    let chain = std::iter::successors(Some(error as &dyn Error), |&error| error.source());
    let texts: Vec<String> = chain.map(ToString::to_string).collect();
    texts.join(": ")
}

fn record(name: &str) -> CharacterRecord {
    CharacterRecord {
        character: Character {
            ocid: Ocid::new("1f"),
            name: name.parse().unwrap(),
            world: "스카니아".to_owned(),
            class: "에반".to_owned(),
            level: 285,
        },
        fetched_at: Timestamp::UNIX_EPOCH,
    }
}

fn snapshot(ocid: &str, seconds: u8, document: &[u8]) -> Snapshot {
    Snapshot {
        ocid: Ocid::new(ocid),
        fetched_at: Timestamp::from_second(1_760_000_000 + i64::from(seconds)).unwrap(),
        document: Document::compress(document).unwrap(),
    }
}
