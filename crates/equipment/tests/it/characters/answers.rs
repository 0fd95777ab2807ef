//! Questions, what they keep, and what they answer.

use std::time::Duration;

use equipment::testkit::Asked;
use equipment::{
    CharactersError, Degradation, Document, FRESH_FOR, Freshness, Lookup, Ocid, Refresh, Snapshot,
    SnapshotStore, UpstreamError,
};
use kernel::{CharacterName, Clock};

use super::world::{FIRST, SECOND, World, adele, character, wearing};

/// The age below which a refresh is answered from the store, as the settings have it.
const REFRESH_AFTER: Duration = Duration::from_mins(2);
const ALMOST_TWO_MINUTES: Duration = Duration::from_secs(119);

const ALMOST_STALE: Duration = Duration::from_secs(15 * 60 - 1);

#[tokio::test]
async fn first_answer_comes_from_the_upstream_and_is_stored() {
    let world = World::new();
    let known = world.equipment().await.unwrap();
    assert_eq!(*known.value.equipment().unwrap(), wearing(1));
    assert_eq!(known.value.source, "fake");
    assert_eq!(known.freshness, Freshness::Fresh);
    assert_eq!(known.age, Duration::ZERO);
    assert!(known.degradations.is_empty());
    let stored = world.store.latest(&Ocid::new("ocid-1")).await.unwrap();
    assert_eq!(stored, Some(known.value.snapshot));
}

#[tokio::test]
async fn fresh_answers_need_no_upstream() {
    let world = World::new();
    world.equipment().await.unwrap();
    world.upstream_fails();
    world.clock.advance(ALMOST_STALE);
    let known = world.equipment().await.unwrap();
    assert_eq!(known.freshness, Freshness::Fresh);
    assert_eq!(known.age, ALMOST_STALE);
    assert!(known.degradations.is_empty());
}

#[tokio::test]
async fn refresh_too_soon_is_answered_from_the_store_with_a_warning() {
    let world = World::new();
    world.equipment().await.unwrap();
    world
        .upstream
        .put_equipment(&Ocid::new("ocid-1"), SECOND, wearing(2));
    let before = world.upstream.asked();
    for age in [Duration::ZERO, ALMOST_TWO_MINUTES] {
        world.clock.advance(age);
        let known = world.refreshed().await.unwrap();
        assert_eq!(*known.value.equipment().unwrap(), wearing(1));
        let [Degradation::RefreshTooSoon { refresh_after }] = known.degradations[..] else {
            panic!("{:?}", known.degradations);
        };
        assert_eq!(refresh_after, REFRESH_AFTER);
        assert_eq!(world.upstream.asked(), before);
    }
}

#[tokio::test]
async fn refresh_does_not_wait_for_staleness() {
    let world = World::new();
    world.equipment().await.unwrap();
    world.clock.advance(REFRESH_AFTER);
    world
        .upstream
        .put_equipment(&Ocid::new("ocid-1"), SECOND, wearing(2));
    let known = world.refreshed().await.unwrap();
    assert_eq!(*known.value.equipment().unwrap(), wearing(2));
}

#[tokio::test]
async fn failed_refresh_keeps_a_fresh_answer_fresh() {
    let world = World::new();
    world.equipment().await.unwrap();
    world.clock.advance(REFRESH_AFTER);
    world.upstream_fails();
    let known = world.refreshed().await.unwrap();
    assert_eq!(known.freshness, Freshness::Fresh);
    assert_eq!(known.degradations.len(), 1);
}

#[tokio::test]
async fn outage_with_nothing_stored_is_an_error() {
    let world = World::new();
    world.upstream_fails();
    let error = world.equipment().await.unwrap_err();
    assert!(matches!(
        error,
        CharactersError::Unavailable(UpstreamError::TimedOut { .. })
    ));
}

#[tokio::test]
async fn stranger_is_unknown() {
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
async fn identifier_lost_between_two_calls_is_found_by_name() {
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
async fn identifier_without_equipment_is_asked_for_once_and_is_no_outage() {
    let world = World::new();
    world.upstream.forget(&Ocid::new("ocid-1"));
    world.upstream.put_character(character("ocid-3"));
    for _ in 0..10 {
        let Lookup::Partial { character, missing } = world.lookup().await.unwrap() else {
            panic!("there is no equipment");
        };
        assert_eq!(character.value.ocid, Ocid::new("ocid-3"));
        assert!(matches!(missing, CharactersError::UpstreamInvalid(_)));
    }
    let one_round = Asked {
        resolve: 1,
        describe: 1,
        fetch: 1,
        stats: 0,
        given: 0,
    };
    assert_eq!(world.upstream.asked(), one_round);
    world.quiet().await;
    assert!(world.alerts.alerts().is_empty());
}

#[tokio::test]
async fn identifier_of_nobody_is_asked_for_once_and_is_no_outage() {
    let world = World::new();
    let name: CharacterName = "없는사람".parse().unwrap();
    let ocid = Ocid::new("ocid-of-nobody");
    world.upstream.put_name(&name, &ocid);
    for _ in 0..10 {
        let answer = world.characters.equipment(&name, Refresh::WhenStale).await;
        let error = answer.unwrap_err();
        assert!(matches!(error, CharactersError::UnknownCharacter(_)));
    }
    let one_round = Asked {
        resolve: 1,
        describe: 1,
        fetch: 0,
        stats: 0,
        given: 0,
    };
    assert_eq!(world.upstream.asked(), one_round);
    world.quiet().await;
    assert!(world.alerts.alerts().is_empty());
}

#[tokio::test]
async fn known_character_outlives_an_identifier_of_nobody() {
    let world = World::new();
    world.equipment().await.unwrap();
    world.upstream.forget(&Ocid::new("ocid-1"));
    world
        .upstream
        .put_name(&adele(), &Ocid::new("ocid-of-nobody"));
    world.clock.advance(REFRESH_AFTER);
    let known = world.refreshed().await.unwrap();
    assert_eq!(known.value.character.ocid, Ocid::new("ocid-1"));
    assert!(matches!(
        known.degradations[..],
        [Degradation::Upstream(UpstreamError::Unusable(_))]
    ));
}

#[tokio::test]
async fn answer_that_cannot_be_used_is_remembered() {
    let world = World::new();
    let ocid = Ocid::new("ocid-1");
    world.upstream.put_unreadable(&ocid, b"<html>");
    for _ in 0..5 {
        let error = world.equipment().await.unwrap_err();
        assert!(matches!(error, CharactersError::UpstreamInvalid(_)));
    }
    assert_eq!(world.upstream.asked().fetch, 1);
    world.upstream.put_equipment(&ocid, FIRST, wearing(1));
    world.clock.advance(Duration::from_secs(10));
    world.equipment().await.unwrap();
}

#[tokio::test]
async fn failing_store_does_not_prevent_an_answer() {
    let world = World::new();
    world.store.set_failing(true);
    let known = world.equipment().await.unwrap();
    assert_eq!(*known.value.equipment().unwrap(), wearing(1));
    assert!(!known.degradations.is_empty());
    assert!(
        known
            .degradations
            .iter()
            .all(|t| matches!(t, Degradation::Store(_)))
    );
}

#[tokio::test]
async fn stored_time_ahead_of_our_clock_has_no_age() {
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

#[tokio::test]
async fn character_that_is_gone_becomes_unknown() {
    let world = World::new();
    world.equipment().await.unwrap();
    world.upstream.forget(&Ocid::new("ocid-1"));
    world.clock.advance(REFRESH_AFTER);
    let error = world.refreshed().await.unwrap_err();
    assert!(matches!(error, CharactersError::UnknownCharacter(_)));
    world.clock.advance(FRESH_FOR);
    let error = world.equipment().await.unwrap_err();
    assert!(matches!(error, CharactersError::UnknownCharacter(_)));
}

#[tokio::test]
async fn changed_identifier_is_found_by_name() {
    let world = World::new();
    world.equipment().await.unwrap();
    world.upstream.forget(&Ocid::new("ocid-1"));
    world.upstream.put_character(character("ocid-2"));
    world
        .upstream
        .put_equipment(&Ocid::new("ocid-2"), SECOND, wearing(2));
    world.clock.advance(REFRESH_AFTER);
    let known = world.refreshed().await.unwrap();
    assert_eq!(known.value.character.ocid, Ocid::new("ocid-2"));
    assert_eq!(*known.value.equipment().unwrap(), wearing(2));
}

#[tokio::test]
async fn invalid_document_is_an_error_when_nothing_is_known() {
    let world = World::new();
    world
        .upstream
        .put_unreadable(&Ocid::new("ocid-1"), b"{\"preset_no");
    let error = world.equipment().await.unwrap_err();
    assert!(matches!(error, CharactersError::UpstreamInvalid(_)));
    let stored = world.store.latest(&Ocid::new("ocid-1")).await.unwrap();
    assert_eq!(stored, None);
}

#[tokio::test]
async fn invalid_document_replaces_nothing() {
    let world = World::new();
    let before = world.equipment().await.unwrap().value.snapshot;
    world.upstream.put_unreadable(&before.ocid, b"{\"preset_no");
    world.clock.advance(REFRESH_AFTER);
    let known = world.refreshed().await.unwrap();
    assert_eq!(known.value.snapshot, before);
    assert!(matches!(
        known.degradations[..],
        [Degradation::Upstream(UpstreamError::Invalid(_))]
    ));
    let stored = world.store.latest(&before.ocid).await.unwrap();
    assert_eq!(stored, Some(before));
}

#[tokio::test]
async fn damaged_stored_document_is_fetched_again() {
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
    let world = world.restarted();
    let known = world.equipment().await.unwrap();
    assert_eq!(*known.value.equipment().unwrap(), wearing(1));
    assert!(!known.degradations.is_empty());
    let unreadable =
        |degradation: &Degradation| matches!(degradation, Degradation::StoredDocument(_));
    assert!(known.degradations.iter().all(unreadable));
}
