//! Contracts of the ports, as functions that panic where one is broken.

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use kernel::CharacterName;

use crate::{
    Character, CharacterDirectory, CharacterRecord, Document, EquipmentSource, Ocid, STAT_SOURCES,
    Snapshot, SnapshotStore, StatReadings, StatsSource,
};

/// The contract of [`CharacterDirectory`].
///
/// The directory knows a character called `known`, nobody called `stranger`, and nobody by the
/// identifier `nobody`.
pub async fn character_directory_contract(
    directory: &dyn CharacterDirectory,
    known: &CharacterName,
    stranger: &CharacterName,
    nobody: &Ocid,
) {
    let resolve = async |name| directory.resolve(name).await.expect("resolves a name");
    let describe = async |ocid| directory.describe(ocid).await.expect("describes");

    let ocid = resolve(known).await.expect("the character is known");
    assert_eq!(resolve(known).await.as_ref(), Some(&ocid), "same answer");
    let character = describe(&ocid).await.expect("a resolved name is described");
    assert_eq!(character.ocid, ocid);
    assert_eq!(&character.name, known);
    assert!((1..=300).contains(&character.level), "{}", character.level);
    assert!(!character.world.is_empty() && !character.class.is_empty());

    assert_eq!(resolve(stranger).await, None, "a stranger is not an error");
    assert_eq!(describe(nobody).await, None, "nobody is not an error");
}

/// The contract of [`EquipmentSource`].
///
/// The source knows what `known` wears, and nobody by the identifier `nobody`.
pub async fn equipment_source_contract(source: &dyn EquipmentSource, known: &Ocid, nobody: &Ocid) {
    let fetch = async |ocid| source.fetch(ocid).await.expect("fetches");
    assert!(!source.name().is_empty());

    let document = fetch(known).await.expect("the character is known");
    let equipment = source.read(&document).expect("what it gave is readable");
    assert_eq!(source.read(&document), Ok(equipment), "reading is pure");

    for broken in [&document[..0], &document[..document.len() / 2]] {
        let error = source.read(broken).expect_err("half a document is invalid");
        assert!(!error.path.is_empty() && !error.problem.is_empty());
    }
    assert_eq!(fetch(nobody).await, None, "nobody is not an error");
}

/// The contract of [`StatsSource`].
///
/// The source knows the stats of `known`, and nobody by the identifier `nobody`.
pub async fn stats_source_contract(source: &dyn StatsSource, known: &Ocid, nobody: &Ocid) {
    let recorded = async |ocid| source.recorded(ocid).await.expect("asks for final stats");
    let stats = recorded(known).await.expect("the character is known");
    let again = recorded(known).await.expect("the character is known");
    let shown = |stats| StatReadings::quick(stats).to_document();
    assert_eq!(shown(stats), shown(again), "same answer");
    assert!(recorded(nobody).await.is_none(), "nobody is not an error");
    for one in STAT_SOURCES {
        let given = async |ocid| source.given(ocid, one).await.expect("asks for a source");
        assert!(
            given(known).await.is_some(),
            "{one}: the character is known"
        );
        assert!(
            given(nobody).await.is_none(),
            "{one}: nobody is not an error"
        );
    }
}

/// The contract of [`SnapshotStore`], on a store that holds nothing yet.
///
/// Times are compared to the microsecond.
pub async fn snapshot_store_contract(store: &dyn SnapshotStore) {
    characters_are_kept_by_name(store).await;
    an_older_record_replaces_nothing(store).await;
    a_name_follows_the_later_record(store).await;
    names_differ_by_every_byte(store).await;
    a_snapshot_comes_back_as_it_was(store).await;
    an_equal_document_moves_only_the_time(store).await;
    an_older_snapshot_replaces_nothing(store).await;
    identifiers_differ_by_every_byte(store).await;
    of_many_writers_the_latest_wins(store).await;
    the_latest_characters_come_first(store).await;
    the_oldest_snapshots_go_first_and_no_others(store).await;
}

async fn characters_are_kept_by_name(store: &dyn SnapshotStore) {
    assert_eq!(character(store, "아무도").await, None);
    let record = record("아델", "a1", at(0));
    save_character(store, &record).await;
    assert_eq!(character(store, "아델").await.as_ref(), Some(&record));
    save_character(store, &record).await;
    assert_eq!(character(store, "아델").await, Some(record), "saved twice");
}

async fn an_older_record_replaces_nothing(store: &dyn SnapshotStore) {
    let mut later = record("레벨업", "b1", at(60));
    later.character.level = 286;
    save_character(store, &later).await;
    save_character(store, &record("레벨업", "b1", at(59))).await;
    assert_eq!(character(store, "레벨업").await, Some(later));
}

async fn a_name_follows_the_later_record(store: &dyn SnapshotStore) {
    save_character(store, &record("이사", "c1", at(0))).await;
    save_character(store, &record("이사", "c2", at(1))).await;
    let found = character(store, "이사").await.expect("was saved");
    assert_eq!(found.character.ocid, Ocid::new("c2"), "moved worlds");

    save_character(store, &record("새이름", "c2", at(2))).await;
    let found = character(store, "새이름").await.expect("was saved");
    assert_eq!(found.character.ocid, Ocid::new("c2"), "renamed");
    let former = character(store, "이사").await;
    let former = former.expect("a name keeps what was last known by it");
    assert_eq!(former.fetched_at, at(1));
}

async fn names_differ_by_every_byte(store: &dyn SnapshotStore) {
    save_character(store, &record("Maple", "d1", at(0))).await;
    for other in ["maple", "MAPLE", "Mapl3"] {
        assert_eq!(character(store, other).await, None, "{other} is not Maple");
    }
    save_character(store, &record("maple", "d2", at(0))).await;
    let found = character(store, "Maple").await.expect("was saved");
    assert_eq!(found.character.ocid, Ocid::new("d1"));
}

async fn a_snapshot_comes_back_as_it_was(store: &dyn SnapshotStore) {
    assert_eq!(latest(store, "e0").await, None);
    let saved = snapshot("e1", at(0), b"{\"class\":\"\xEC\x97\x90\xEB\xB0\x98\"}");
    save(store, &saved).await;
    let found = latest(store, "e1").await.expect("was saved");
    assert_eq!(found, saved);
    let plain = found.document.decompress().expect("is not damaged");
    assert_eq!(plain, "{\"class\":\"에반\"}".as_bytes());
}

async fn an_equal_document_moves_only_the_time(store: &dyn SnapshotStore) {
    save(store, &snapshot("f1", at(0), b"same")).await;
    save(store, &snapshot("f1", at(900), b"same")).await;
    assert_eq!(
        latest(store, "f1").await,
        Some(snapshot("f1", at(900), b"same"))
    );
    save(store, &snapshot("f1", at(901), b"other")).await;
    save(store, &snapshot("f1", at(902), b"same")).await;
    assert_eq!(
        latest(store, "f1").await,
        Some(snapshot("f1", at(902), b"same")),
        "a document that was worn before is the newest again"
    );
}

async fn an_older_snapshot_replaces_nothing(store: &dyn SnapshotStore) {
    let newest = snapshot("g1", at(60), b"newest");
    save(store, &newest).await;
    save(store, &snapshot("g1", at(59), b"older")).await;
    save(store, &snapshot("g1", at(58), b"newest")).await;
    assert_eq!(latest(store, "g1").await, Some(newest));
}

async fn identifiers_differ_by_every_byte(store: &dyn SnapshotStore) {
    save(store, &snapshot("abc1", at(0), b"lower")).await;
    assert_eq!(latest(store, "ABC1").await, None);
    save(store, &snapshot("ABC1", at(0), b"upper")).await;
    assert_eq!(
        latest(store, "abc1").await,
        Some(snapshot("abc1", at(0), b"lower"))
    );
}

async fn of_many_writers_the_latest_wins(store: &dyn SnapshotStore) {
    const DOCUMENTS: [&[u8]; 4] = [b"0", b"1", b"2", b"3"];
    let order = [3, 9, 0, 11, 6, 1, 10, 4, 8, 2, 7, 5];
    let snapshots = order.map(|i| snapshot("h1", at(i), DOCUMENTS[i.unsigned_abs() as usize % 4]));
    join_all(snapshots.iter().map(|snapshot| save(store, snapshot))).await;
    assert_eq!(
        latest(store, "h1").await,
        Some(snapshot("h1", at(11), b"3"))
    );

    let records = order.map(|i| record("여럿이", "h1", at(i)));
    join_all(records.iter().map(|record| save_character(store, record))).await;
    let found = character(store, "여럿이").await.expect("was saved");
    assert_eq!(found.fetched_at, at(11));
}

async fn the_latest_characters_come_first(store: &dyn SnapshotStore) {
    for (name, seconds) in [("셋째", 5_000), ("첫째", 5_002), ("둘째", 5_001)] {
        save_character(store, &record(name, "i1", at(seconds))).await;
    }
    let recent = async |limit| store.recent(limit).await.expect("reads");
    assert_eq!(recent(0).await, []);
    assert_eq!(recent(2).await, ["첫째", "둘째"].map(name_of));
    let all = recent(1_000).await;
    assert!(all.len() > 3 && all[2] == name_of("셋째"), "{all:?}");
}

async fn the_oldest_snapshots_go_first_and_no_others(store: &dyn SnapshotStore) {
    let kept = [("j4", -5_000), ("j5", -4_000)];
    for (ocid, seconds) in [("j3", -6_000), ("j1", -8_000), ("j2", -7_000)]
        .iter()
        .chain(&kept)
    {
        save(store, &snapshot(ocid, at(*seconds), b"old")).await;
    }
    save_character(store, &record("오래전", "j1", at(-8_000))).await;
    let purge = async |limit| store.purge(at(-5_000), limit).await.expect("purges");
    assert_eq!(purge(2).await, 2);
    assert_eq!(latest(store, "j1").await, None);
    assert!(
        latest(store, "j3").await.is_some(),
        "the youngest of them is left"
    );
    assert_eq!(purge(2).await, 1);
    assert_eq!(purge(2).await, 0);
    for (ocid, _) in kept {
        assert!(latest(store, ocid).await.is_some(), "{ocid} is not too old");
    }
    assert!(character(store, "오래전").await.is_some());
}

async fn character(store: &dyn SnapshotStore, name: &str) -> Option<CharacterRecord> {
    store.character(&name_of(name)).await.expect("reads")
}

async fn save_character(store: &dyn SnapshotStore, record: &CharacterRecord) {
    store.save_character(record).await.expect("saves");
}

async fn latest(store: &dyn SnapshotStore, ocid: &str) -> Option<Snapshot> {
    store.latest(&Ocid::new(ocid)).await.expect("reads")
}

async fn save(store: &dyn SnapshotStore, snapshot: &Snapshot) {
    store.save(snapshot).await.expect("saves");
}

/// `seconds` after a time with a fraction, so that a store which keeps whole seconds is found out.
fn at(seconds: i32) -> Timestamp {
    let start = Timestamp::new(1_760_000_000, 123_456_000).expect("is in range");
    start + SignedDuration::from_secs(i64::from(seconds))
}

fn name_of(text: &str) -> CharacterName {
    text.parse().expect("the contract uses valid names")
}

fn record(name: &str, ocid: &str, fetched_at: Timestamp) -> CharacterRecord {
    CharacterRecord {
        character: Character {
            ocid: Ocid::new(ocid),
            name: name_of(name),
            world: "스카니아".to_owned(),
            class: "아크메이지(불,독)".to_owned(),
            level: 285,
        },
        fetched_at,
    }
}

fn snapshot(ocid: &str, fetched_at: Timestamp, document: &[u8]) -> Snapshot {
    Snapshot {
        ocid: Ocid::new(ocid),
        fetched_at,
        document: Document::compress(document).expect("is small"),
    }
}
