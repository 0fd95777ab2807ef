//! Stats of characters: from the same tiers as equipment, and never in its way.

use std::time::Duration;

use equipment::{Detail, Lookup, Ocid, Refresh, UpstreamError};
use planning::{RecordedStats, StatSource};

use super::world::{World, adele};

fn world() -> World {
    let world = World::new();
    put(&world, "52000");
    world
}

fn put(world: &World, int: &str) {
    let stats = RecordedStats::from_named([("INT", int), ("마력", "7800")]);
    world.upstream.put_stats(&Ocid::new("ocid-1"), stats);
}

async fn stats(world: &World, detail: Detail) -> equipment::Aged<equipment::HashedReadings> {
    let name = adele();
    let known = world.characters.stats(&name, Refresh::WhenStale, detail);
    known.await.unwrap()
}

#[tokio::test]
async fn quick_stats_are_one_call_and_are_kept() {
    let world = world();
    let first = stats(&world, Detail::Quick).await.value;
    let again = stats(&world, Detail::Quick).await.value;
    assert_eq!(first.hash(), again.hash());
    let asked = world.upstream.asked();
    assert_eq!((asked.stats, asked.given), (1, 0));
    assert_eq!((asked.resolve, asked.describe, asked.fetch), (1, 1, 0));
    let restarted = world.restarted();
    assert_eq!(
        stats(&restarted, Detail::Quick).await.value.hash(),
        first.hash()
    );
    assert_eq!(world.upstream.asked(), asked, "they are in the store");
}

#[tokio::test]
async fn full_stats_ask_every_source_once_and_serve_quick_questions_alike() {
    let world = world();
    let quick = stats(&world, Detail::Quick).await.value;
    let full = stats(&world, Detail::Full).await.value;
    assert!(full.suffices(Detail::Full));
    let asked = world.upstream.asked();
    assert_eq!((asked.stats, asked.given), (2, 6), "all of one time");
    let again = stats(&world, Detail::Quick).await.value;
    assert_eq!(again.hash(), quick.hash(), "whatever else is kept");
    assert_eq!(stats(&world, Detail::Full).await.value.hash(), full.hash());
    assert_eq!(world.upstream.asked(), asked);
}

#[tokio::test]
async fn source_that_fails_costs_itself_only() {
    let world = world();
    let failed = UpstreamError::Failed {
        reason: "on purpose".to_owned(),
    };
    let link = StatSource::LinkSkill;
    world.upstream.set_source_failure(link, Some(failed));
    let partial = stats(&world, Detail::Full).await.value;
    assert_eq!(partial.missing().collect::<Vec<_>>(), [link]);
    world.upstream.set_source_failure(link, None);
    let whole = stats(&world, Detail::Full).await.value;
    assert!(whole.suffices(Detail::Full), "it is asked for again");
}

#[tokio::test]
async fn stale_stats_are_served_and_refreshed() {
    let world = world();
    stats(&world, Detail::Quick).await;
    put(&world, "53000");
    world.clock.advance(Duration::from_mins(16));
    let stale = stats(&world, Detail::Quick).await;
    assert_eq!(
        stale.value.recorded.attributes[2].to_bits(),
        52e3_f64.to_bits()
    );
    world.quiet().await;
    let fresh = stats(&world, Detail::Quick).await;
    assert_eq!(
        fresh.value.recorded.attributes[2].to_bits(),
        53e3_f64.to_bits()
    );
}

#[tokio::test]
async fn stats_that_fail_leave_the_equipment_alone() {
    let world = World::new();
    let characters = &world.characters;
    let (name, when) = (adele(), Refresh::WhenStale);
    let known = characters.equipment_and_stats(&name, when, Detail::Quick);
    let (lookup, stats) = known.await.unwrap();
    assert!(matches!(lookup, Lookup::Full(_)));
    assert!(stats.is_none(), "the upstream has none of this character");
    let asked = world.upstream.asked().stats;
    let again = characters.equipment_and_stats(&name, when, Detail::Quick);
    assert!(again.await.unwrap().1.is_none());
    assert_eq!(
        world.upstream.asked().stats,
        asked,
        "asking again gives the same"
    );
}

#[tokio::test(start_paused = true)]
async fn stats_that_hang_delay_the_equipment_by_a_share_of_the_deadline() {
    let world = world();
    world.lookup().await.unwrap();
    world.upstream.hold();
    let begin = tokio::time::Instant::now();
    let (name, when) = (adele(), Refresh::WhenStale);
    let known = world
        .characters
        .equipment_and_stats(&name, when, Detail::Quick);
    let (lookup, stats) = known.await.unwrap();
    assert!(matches!(lookup, Lookup::Full(_)) && stats.is_none());
    assert!(begin.elapsed() <= Duration::from_secs(1));
    world.upstream.release();
}
