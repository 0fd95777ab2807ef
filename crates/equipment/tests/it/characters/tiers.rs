//! The tiers of memory over fakes: what is answered without asking, and for how long.

use std::pin::pin;
use std::time::Duration;

use equipment::testkit::Asked;
use equipment::{Character, CharactersError, FRESH_FOR, Freshness, Ocid, Refresh};
use futures_util::FutureExt;
use futures_util::future::join_all;
use kernel::{CharacterName, Lock};
use tokio_util::sync::CancellationToken;

use super::world::{SECOND, World, adele, character, wearing};

async fn who(world: &World, name: &str, refresh: Refresh) -> Result<Character, CharactersError> {
    let name: CharacterName = name.parse().unwrap();
    let known = world.characters.who(&name, refresh).await?;
    Ok(known.value)
}

#[tokio::test]
async fn answers_from_memory_need_no_store() {
    let world = World::new();
    world.equipment().await.unwrap();
    world.store.set_failing(true);
    let known = world.equipment().await.unwrap();
    assert!(known.degradations.is_empty());
}

#[tokio::test]
async fn unknown_name_is_asked_for_once_a_minute() {
    let world = World::new();
    for _ in 0..3 {
        let answer = who(&world, "없는캐릭터", Refresh::WhenStale).await;
        assert!(matches!(answer, Err(CharactersError::UnknownCharacter(_))));
    }
    assert_eq!(world.upstream.asked().resolve, 1);
    world.clock.advance(Duration::from_mins(1));
    who(&world, "없는캐릭터", Refresh::WhenStale)
        .await
        .unwrap_err();
    assert_eq!(world.upstream.asked().resolve, 2);
}

#[tokio::test]
async fn name_that_appears_is_found_when_the_answer_that_nobody_has_it_is_over() {
    let world = World::new();
    let name = "새캐릭터";
    who(&world, name, Refresh::WhenStale).await.unwrap_err();
    world.upstream.put_character(Character {
        name: name.parse().unwrap(),
        ..character("ocid-9")
    });
    who(&world, name, Refresh::WhenStale).await.unwrap_err();
    who(&world, name, Refresh::Now).await.unwrap_err();
    assert_eq!(world.upstream.asked().resolve, 1, "a refresh asks nothing");
    world.clock.advance(Duration::from_mins(1));
    who(&world, name, Refresh::WhenStale).await.unwrap();
}

#[tokio::test]
async fn character_renamed_frees_its_old_name_and_takes_its_new_one() {
    let world = World::new();
    world.equipment().await.unwrap();
    who(&world, "새이름", Refresh::WhenStale).await.unwrap_err();
    world.upstream.put_character(Character {
        name: "새이름".parse().unwrap(),
        ..character("ocid-1")
    });
    world.clock.advance(Duration::from_mins(2));
    who(&world, "아델", Refresh::Now).await.unwrap_err();
    let renamed = who(&world, "새이름", Refresh::WhenStale).await.unwrap();
    assert_eq!(renamed.ocid, Ocid::new("ocid-1"));
}

#[tokio::test]
async fn another_instances_fetch_is_found_before_the_upstream_is_asked() {
    let world = World::sharing();
    let other = world.restarted();
    world.equipment().await.unwrap();
    other.equipment().await.unwrap();
    world.clock.advance(FRESH_FOR);
    world.refreshed().await.unwrap();
    let asked = world.upstream.asked();
    assert_eq!(other.equipment().await.unwrap().freshness, Freshness::Stale);
    other.quiet().await;
    assert_eq!(other.equipment().await.unwrap().freshness, Freshness::Fresh);
    assert_eq!(world.upstream.asked(), asked);
}

/// The asked, once each: one fetch set.
const ONCE: Asked = Asked {
    resolve: 1,
    describe: 1,
    fetch: 1,
    stats: 0,
    given: 0,
};

#[tokio::test(start_paused = true)]
async fn thousand_cold_requests_over_three_instances_make_one_fetch() {
    let one = World::sharing();
    let instances = [&one, &one.restarted(), &one.restarted()];
    one.upstream.hold();
    let crowd = instances.iter().cycle().take(1_000);
    let mut crowd = join_all(crowd.map(|instance| instance.equipment()));
    assert!((&mut crowd).now_or_never().is_none(), "all of them wait");
    one.upstream.release();
    for known in crowd.await {
        assert_eq!(*known.unwrap().value.equipment().unwrap(), wearing(1));
    }
    assert_eq!(one.upstream.asked(), ONCE);
}

#[tokio::test(start_paused = true)]
async fn instance_that_dies_while_it_fetches_frees_the_others() {
    let one = World::sharing();
    let dead = one
        .fetch_locks
        .acquire("fetch:equipment:아델", Duration::MAX)
        .await;
    let mut waiting = pin!(one.equipment());
    assert!((&mut waiting).now_or_never().is_none());
    // What its lease's end does.
    one.fetch_locks.forget_all();
    drop(dead);
    assert_eq!(
        *waiting.await.unwrap().value.equipment().unwrap(),
        wearing(1)
    );
}

#[tokio::test(start_paused = true)]
async fn fetch_goes_on_when_the_locks_are_not_available() {
    let one = World::sharing();
    one.fetch_locks.set_away(true);
    assert_eq!(
        *one.equipment().await.unwrap().value.equipment().unwrap(),
        wearing(1)
    );
}

#[tokio::test]
async fn shared_cache_helps_out_for_the_store_and_the_other_way_round() {
    let world = World::sharing();
    world.equipment().await.unwrap();
    for (shared_fails, store_fails) in [(true, false), (false, true)] {
        let restarted = world.restarted();
        restarted
            .characters
            .who(&adele(), Refresh::WhenStale)
            .await
            .unwrap();
        world.shared.as_ref().unwrap().set_failing(shared_fails);
        world.store.set_failing(store_fails);
        let known = restarted.equipment().await.unwrap();
        assert_eq!(*known.value.equipment().unwrap(), wearing(1));
        assert_eq!(
            known.degradations.is_empty(),
            store_fails,
            "of the shared cache"
        );
        world.store.set_failing(false);
    }
    assert_eq!(world.upstream.asked(), ONCE);
}

#[tokio::test]
async fn change_elsewhere_replaces_what_memory_holds() {
    let world = World::sharing();
    world.equipment().await.unwrap();
    let stop = CancellationToken::new();
    let (characters, stopped) = (world.characters.clone(), stop.clone());
    let following = world
        .tasks
        .spawn(async move { characters.follow_changes(stopped).await });
    tokio::task::yield_now().await;

    let ocid = Ocid::new("ocid-1");
    world.upstream.put_equipment(&ocid, SECOND, wearing(2));
    world.fetched_elsewhere(SECOND).await;
    let known = world.equipment().await.unwrap();
    assert_eq!(*known.value.equipment().unwrap(), wearing(2));
    assert_eq!(known.age, Duration::ZERO);

    world.fetched_elsewhere(SECOND).await;
    world.store.set_failing(true);
    world.shared.as_ref().unwrap().set_failing(true);
    let known = world.equipment().await.unwrap();
    assert_eq!(
        known.age,
        Duration::ZERO,
        "an equal copy only grows younger"
    );
    assert!(known.degradations.is_empty());
    stop.cancel();
    following.await.unwrap();
}
