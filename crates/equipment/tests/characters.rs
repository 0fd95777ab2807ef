//! The use case `Characters` over fakes: what is asked, what is stored, what is answered when.

use std::sync::Arc;
use std::time::Duration;

use equipment::testkit::{FakeUpstream, MemoryStore};
use equipment::{
    Character, Characters, CharactersError, Document, Equipment, FRESH_FOR, Freshness, Known, Ocid,
    Preset, Refresh, Snapshot, SnapshotStore, Trouble, UpstreamError, Wearer,
};
use jiff::Timestamp;
use kernel::{CharacterName, Clock, ManualClock};

const FIRST: &[u8] = b"{\"preset_no\":1}";
const SECOND: &[u8] = b"{\"preset_no\":2}";
const ALMOST_STALE: Duration = Duration::from_secs(15 * 60 - 1);

struct World {
    upstream: Arc<FakeUpstream>,
    store: Arc<MemoryStore>,
    clock: Arc<ManualClock>,
    characters: Characters,
}

impl World {
    /// 아델 exists, wears `FIRST`, and nothing is stored.
    fn new() -> Self {
        let upstream = Arc::new(FakeUpstream::default());
        let store = Arc::new(MemoryStore::default());
        let clock = Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH));
        upstream.put_character(character("ocid-1"));
        upstream.put_equipment(&Ocid::new("ocid-1"), FIRST, wearing(1));
        let characters = Characters::new(
            upstream.clone(),
            upstream.clone(),
            store.clone(),
            clock.clone(),
        );
        Self {
            upstream,
            store,
            clock,
            characters,
        }
    }

    async fn equipment(&self) -> Result<Known<Wearer>, CharactersError> {
        self.characters
            .equipment(&adele(), Refresh::WhenStale)
            .await
    }

    async fn refreshed(&self) -> Result<Known<Wearer>, CharactersError> {
        self.characters.equipment(&adele(), Refresh::Now).await
    }

    fn upstream_fails(&self) {
        self.upstream.set_failure(Some(UpstreamError::TimedOut {
            after: Duration::from_millis(800),
        }));
    }
}

fn adele() -> CharacterName {
    "아델".parse().unwrap()
}

fn character(ocid: &str) -> Character {
    Character {
        ocid: Ocid::new(ocid),
        name: adele(),
        world: "스카니아".to_owned(),
        class: "아델".to_owned(),
        level: 295,
    }
}

fn wearing(preset: u8) -> Equipment {
    Equipment {
        class: Some("아델".to_owned()),
        presets: vec![Preset {
            number: preset,
            active: true,
            items: Vec::new(),
        }],
    }
}

#[tokio::test]
async fn a_first_answer_comes_from_the_upstream_and_is_stored() {
    let world = World::new();
    let known = world.equipment().await.unwrap();
    assert_eq!(known.value.equipment, wearing(1));
    assert_eq!(known.value.source, "fake");
    assert_eq!(known.freshness, Freshness::Fresh);
    assert_eq!(known.age, Duration::ZERO);
    assert!(known.troubles.is_empty());
    let stored = world.store.latest(&Ocid::new("ocid-1")).await.unwrap();
    assert_eq!(stored, Some(known.value.snapshot));
}

#[tokio::test]
async fn what_is_fresh_needs_no_upstream() {
    let world = World::new();
    world.equipment().await.unwrap();
    world.upstream_fails();
    world.clock.advance(ALMOST_STALE);
    let known = world.equipment().await.unwrap();
    assert_eq!(known.freshness, Freshness::Fresh);
    assert_eq!(known.age, ALMOST_STALE);
    assert!(known.troubles.is_empty());
}

#[tokio::test]
async fn what_is_stale_is_fetched_again() {
    let world = World::new();
    world.equipment().await.unwrap();
    world
        .upstream
        .put_equipment(&Ocid::new("ocid-1"), SECOND, wearing(2));
    assert_eq!(world.equipment().await.unwrap().value.equipment, wearing(1));
    world.clock.advance(FRESH_FOR);
    let known = world.equipment().await.unwrap();
    assert_eq!(known.value.equipment, wearing(2));
    assert_eq!(known.age, Duration::ZERO);
}

#[tokio::test]
async fn a_refresh_does_not_wait_for_staleness() {
    let world = World::new();
    world.equipment().await.unwrap();
    world
        .upstream
        .put_equipment(&Ocid::new("ocid-1"), SECOND, wearing(2));
    let known = world.refreshed().await.unwrap();
    assert_eq!(known.value.equipment, wearing(2));
}

#[tokio::test]
async fn an_outage_serves_the_last_snapshot_with_its_age() {
    let world = World::new();
    world.equipment().await.unwrap();
    world.upstream_fails();
    world.clock.advance(FRESH_FOR);
    let known = world.equipment().await.unwrap();
    assert_eq!(known.value.equipment, wearing(1));
    assert_eq!(known.freshness, Freshness::Stale);
    assert_eq!(known.age, FRESH_FOR);
    let [Trouble::Upstream(error)] = &known.troubles[..] else {
        panic!("one trouble, not {:?}", known.troubles);
    };
    assert!(matches!(error, UpstreamError::TimedOut { .. }));
}

#[tokio::test]
async fn a_failed_refresh_keeps_a_fresh_answer_fresh() {
    let world = World::new();
    world.equipment().await.unwrap();
    world.upstream_fails();
    let known = world.refreshed().await.unwrap();
    assert_eq!(known.freshness, Freshness::Fresh);
    assert_eq!(known.troubles.len(), 1);
}

#[tokio::test]
async fn an_outage_with_nothing_stored_is_an_error() {
    let world = World::new();
    world.upstream_fails();
    let error = world.equipment().await.unwrap_err();
    assert!(matches!(
        error,
        CharactersError::Unavailable(UpstreamError::TimedOut { .. })
    ));
}

#[tokio::test]
async fn an_outage_after_the_name_alone_was_known_is_an_error() {
    let world = World::new();
    world
        .characters
        .who(&adele(), Refresh::WhenStale)
        .await
        .unwrap();
    world.upstream_fails();
    world.clock.advance(FRESH_FOR);
    let error = world.equipment().await.unwrap_err();
    assert!(
        matches!(error, CharactersError::Unavailable(_)),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_stranger_is_unknown() {
    let world = World::new();
    let stranger: CharacterName = "없는캐릭터".parse().unwrap();
    let error = world
        .characters
        .who(&stranger, Refresh::WhenStale)
        .await
        .unwrap_err();
    assert!(matches!(error, CharactersError::UnknownCharacter(name) if name == stranger));
}

#[tokio::test]
async fn a_character_that_is_gone_becomes_unknown() {
    let world = World::new();
    world.equipment().await.unwrap();
    world.upstream.forget(&Ocid::new("ocid-1"));
    world.clock.advance(FRESH_FOR);
    let error = world.equipment().await.unwrap_err();
    assert!(matches!(error, CharactersError::UnknownCharacter(_)));
}

#[tokio::test]
async fn a_changed_identifier_is_found_by_name() {
    let world = World::new();
    world.equipment().await.unwrap();
    world.upstream.forget(&Ocid::new("ocid-1"));
    world.upstream.put_character(character("ocid-2"));
    world
        .upstream
        .put_equipment(&Ocid::new("ocid-2"), SECOND, wearing(2));
    world.clock.advance(FRESH_FOR);
    let known = world.equipment().await.unwrap();
    assert_eq!(known.value.character.ocid, Ocid::new("ocid-2"));
    assert_eq!(known.value.equipment, wearing(2));
}

#[tokio::test]
async fn an_identifier_lost_between_two_calls_is_found_by_name() {
    let world = World::new();
    world
        .characters
        .who(&adele(), Refresh::WhenStale)
        .await
        .unwrap();
    world.upstream.forget(&Ocid::new("ocid-1"));
    world.upstream.put_character(character("ocid-2"));
    world
        .upstream
        .put_equipment(&Ocid::new("ocid-2"), SECOND, wearing(2));
    let known = world.equipment().await.unwrap();
    assert_eq!(known.value.character.ocid, Ocid::new("ocid-2"));
    let kept = world.store.character(&adele()).await.unwrap().unwrap();
    assert_eq!(kept.character.ocid, Ocid::new("ocid-2"));
}

#[tokio::test]
async fn an_upstream_that_contradicts_itself_has_failed() {
    let world = World::new();
    world.upstream.forget(&Ocid::new("ocid-1"));
    world.upstream.put_character(character("ocid-3"));
    let error = world.equipment().await.unwrap_err();
    assert!(matches!(
        error,
        CharactersError::Unavailable(UpstreamError::Failed { .. })
    ));
}

#[tokio::test]
async fn an_invalid_document_is_an_error_and_replaces_nothing() {
    let world = World::new();
    let before = world.equipment().await.unwrap().value.snapshot;
    world
        .upstream
        .put_unreadable(&Ocid::new("ocid-1"), b"{\"preset_no");
    world.clock.advance(FRESH_FOR);
    let error = world.equipment().await.unwrap_err();
    assert!(matches!(error, CharactersError::UpstreamInvalid(_)));
    let stored = world.store.latest(&before.ocid).await.unwrap();
    assert_eq!(stored, Some(before));
}

#[tokio::test]
async fn a_failing_store_does_not_prevent_an_answer() {
    let world = World::new();
    world.store.set_failing(true);
    let known = world.equipment().await.unwrap();
    assert_eq!(known.value.equipment, wearing(1));
    assert!(!known.troubles.is_empty());
    assert!(
        known
            .troubles
            .iter()
            .all(|t| matches!(t, Trouble::Store(_)))
    );
}

#[tokio::test]
async fn a_damaged_stored_document_is_fetched_again() {
    let world = World::new();
    let good = world.equipment().await.unwrap().value.snapshot;
    let damaged = Snapshot {
        document: Document::from_stored(
            Document::compress(SECOND).unwrap().hash(),
            good.document.compressed().clone(),
        ),
        ..good
    };
    world.store.save(&damaged).await.unwrap();
    let known = world.equipment().await.unwrap();
    assert_eq!(known.value.equipment, wearing(1));
    assert!(matches!(known.troubles[..], [Trouble::StoredDocument(_)]));
}

#[tokio::test]
async fn a_stored_time_ahead_of_our_clock_has_no_age() {
    let world = World::new();
    let ahead = Snapshot {
        ocid: Ocid::new("ocid-1"),
        fetched_at: world.clock.now() + jiff::SignedDuration::from_secs(30),
        document: Document::compress(FIRST).unwrap(),
    };
    world.store.save(&ahead).await.unwrap();
    let known = world.equipment().await.unwrap();
    assert_eq!(known.age, Duration::ZERO);
    assert_eq!(known.freshness, Freshness::Fresh);
}
