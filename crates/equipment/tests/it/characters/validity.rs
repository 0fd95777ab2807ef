//! Validity of answers: while it holds, the same question has the same answer.

use std::time::Duration;

use equipment::{
    Aged, AnswerValidity, ContentHash, Detail, EquippedCharacter, FRESH_FOR, Freshness,
    HashedReadings, Lookup, Ocid, Refresh,
};
use jiff::Timestamp;
use kernel::Clock;
use planning::RecordedStats;
use proptest::collection::vec;
use proptest::prelude::*;
use tokio_util::sync::CancellationToken;

use super::world::{FIRST, SECOND, World, adele, wearing};

/// Something that happens to a character, or to the service.
#[derive(Debug, Clone, Copy)]
enum Event {
    /// Time passes, in seconds.
    Passes(u64),
    /// The game changes what it wears.
    Changes { is_second: bool },
    /// The game changes its stats.
    Trains(u8),
    /// Somebody asks, and is satisfied with what is known.
    Asked,
    /// Somebody wants the newest.
    Refreshed,
    /// Another instance fetches it.
    FetchedElsewhere { is_second: bool },
    /// The upstream forgets it.
    Disappears,
    /// The upstream fails, or no longer does.
    UpstreamFails(bool),
    /// The store fails, or no longer does.
    StoreFails(bool),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        3 => (1_u64..500).prop_map(Event::Passes),
        1 => any::<bool>().prop_map(|is_second| Event::Changes { is_second }),
        1 => any::<u8>().prop_map(Event::Trains),
        3 => Just(Event::Asked),
        2 => Just(Event::Refreshed),
        1 => any::<bool>().prop_map(|is_second| Event::FetchedElsewhere { is_second }),
        1 => Just(Event::Disappears),
        1 => any::<bool>().prop_map(Event::UpstreamFails),
        1 => any::<bool>().prop_map(Event::StoreFails),
    ];
    vec(event, 1..40)
}

/// All of an answer that a response is made of.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    document: ContentHash,
    fetched_at: Timestamp,
    freshness: Freshness,
    degradations: usize,
    stats: Option<ContentHash>,
}

type Known = (Aged<EquippedCharacter>, Option<Aged<HashedReadings>>);

async fn known(world: &World, refresh: Refresh) -> Option<Known> {
    let name = adele();
    let asked = world
        .characters
        .equipment_and_stats(&name, refresh, Detail::Quick);
    match asked.await.ok()? {
        (Lookup::Full(known), stats) => Some((known, stats)),
        (Lookup::Partial { .. }, _) => None,
    }
}

fn answer((known, stats): &Known) -> Answer {
    Answer {
        document: known.value.snapshot.document.hash(),
        fetched_at: known.fetched_at,
        freshness: known.freshness,
        degradations: known.degradations.len(),
        stats: stats.as_ref().map(|stats| stats.value.hash()),
    }
}

fn validity(world: &World, (known, stats): &Known) -> Option<AnswerValidity> {
    world.characters.validity(&adele(), known, stats.as_ref())
}

impl World {
    async fn happens(&self, event: Event) {
        let document = |is_second| if is_second { (SECOND, 2) } else { (FIRST, 1) };
        match event {
            Event::Passes(seconds) => self.clock.advance(Duration::from_secs(seconds)),
            Event::Changes { is_second } => self.wears(document(is_second)),
            Event::Trains(int) => self.trained(&int.to_string()),
            Event::Asked => drop(known(self, Refresh::WhenStale).await),
            Event::Refreshed => drop(known(self, Refresh::Now).await),
            Event::FetchedElsewhere { is_second } => {
                self.store.set_failing(false);
                self.fetched_elsewhere(document(is_second).0).await;
            }
            Event::Disappears => self.upstream.forget(&Ocid::new("ocid-1")),
            Event::UpstreamFails(true) => self.upstream_fails(),
            Event::UpstreamFails(false) => self.upstream.set_failure(None),
            Event::StoreFails(fails) => self.store.set_failing(fails),
        }
        self.settle().await;
    }

    fn wears(&self, (document, preset): (&'static [u8], u8)) {
        let ocid = Ocid::new("ocid-1");
        self.upstream
            .put_equipment(&ocid, document, wearing(preset));
    }

    fn trained(&self, int: &str) {
        let stats = RecordedStats::from_named([("INT", int), ("마력", "7800")]);
        self.upstream.put_stats(&Ocid::new("ocid-1"), stats);
    }

    /// Lets fetches in the background come to their end.
    async fn settle(&self) {
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
    }
}

/// A world that shares, whose instance follows what others do.
async fn following() -> World {
    let world = World::sharing();
    world.trained("52000");
    let characters = world.characters.clone();
    let follow = async move { characters.follow_changes(CancellationToken::new()).await };
    world.tasks.spawn(follow);
    world.settle().await;
    world
}

/// Plays the events, and after each asks whether what was answered before still holds: then the
/// same question must have the same answer. Returns how often it held.
async fn play(events: &[Event]) -> usize {
    let world = following().await;
    let mut answered: Vec<(AnswerValidity, Answer)> = Vec::new();
    let mut held = 0;
    for event in events {
        world.happens(*event).await;
        let now = world.clock.now();
        answered.retain(|(validity, _)| validity.holds(now));
        let again = known(&world, Refresh::WhenStale).await;
        for (_, before) in &answered {
            let again = again.as_ref().expect("an answer that holds has not gone");
            assert_eq!(answer(again), *before, "after {event:?} in {events:?}");
            held += 1;
        }
        let Some(again) = again else { continue };
        if let Some(validity) = validity(&world, &again) {
            assert!(validity.holds(now) || answer(&again).freshness == Freshness::Stale);
            answered.push((validity, answer(&again)));
        }
    }
    held
}

proptest! {
    // Each case is a process's life of dozens of fetches.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn answer_that_holds_is_the_one_that_would_be_given_again(events in events()) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(play(&events));
    }
}

#[tokio::test(start_paused = true)]
async fn answer_holds_while_nothing_happens() {
    let events = [
        Event::Asked,
        Event::Passes(60),
        Event::Asked,
        Event::Passes(60),
    ];
    assert!(play(&events).await >= 3);
}

#[tokio::test(start_paused = true)]
async fn answer_holds_until_its_data_are_stale() {
    let world = following().await;
    let first = known(&world, Refresh::WhenStale).await.unwrap();
    let validity = validity(&world, &first).unwrap();
    let second = Duration::from_secs(1);
    world.clock.advance(FRESH_FOR.saturating_sub(second));
    assert!(validity.holds(world.clock.now()));
    world.clock.advance(second);
    assert!(!validity.holds(world.clock.now()));
}

#[tokio::test(start_paused = true)]
async fn answer_ends_with_what_changes_it_and_with_nothing_else() {
    for (event, ends) in [
        (Event::Changes { is_second: true }, false),
        (Event::Asked, false),
        (Event::Passes(200), false),
        (Event::FetchedElsewhere { is_second: true }, true),
        (Event::FetchedElsewhere { is_second: false }, true),
    ] {
        let world = following().await;
        let first = known(&world, Refresh::WhenStale).await.unwrap();
        let validity = validity(&world, &first).unwrap();
        world.happens(event).await;
        assert_eq!(!validity.holds(world.clock.now()), ends, "{event:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn refresh_that_brings_another_document_ends_the_answer() {
    let world = following().await;
    let first = known(&world, Refresh::WhenStale).await.unwrap();
    let validity = validity(&world, &first).unwrap();
    world.wears((SECOND, 2));
    world.clock.advance(Duration::from_mins(3));
    assert!(validity.holds(world.clock.now()), "nobody has asked for it");
    world.happens(Event::Refreshed).await;
    assert!(!validity.holds(world.clock.now()));
}

#[tokio::test(start_paused = true)]
async fn answer_with_a_degradation_has_no_validity() {
    let world = following().await;
    world.store.set_failing(true);
    let first = known(&world, Refresh::WhenStale).await.unwrap();
    assert!(!answer(&first).degradations.eq(&0));
    assert!(validity(&world, &first).is_none());
    world.store.set_failing(false);
    let again = known(&world, Refresh::WhenStale).await.unwrap();
    assert!(
        validity(&world, &again).is_some(),
        "memory has it, and nothing failed"
    );
}

#[tokio::test(start_paused = true)]
async fn question_is_counted_as_one_of_the_character() {
    let world = following().await;
    let first = known(&world, Refresh::WhenStale).await.unwrap();
    let validity = validity(&world, &first).unwrap();
    assert!(world.characters.popular(9).is_empty(), "asked for once");
    let again = known(&world, Refresh::WhenStale).await.unwrap();
    drop(again);
    validity.count_question();
    assert_eq!(world.characters.popular(9), [adele()]);
}
