//! Contract tests for every implementation of `LikeStore`.

use std::collections::{BTreeMap, HashMap, HashSet};

use futures_util::future::join_all;
use jiff::Timestamp;
use kernel::Ocid;

use super::{change, member};
use crate::{Change, LikeStore, StreamEntry, StreamPosition};

/// Runs the whole contract; `fresh` gives an empty store each time.
///
/// # Panics
///
/// When the store breaks it.
pub async fn store_contract<S: LikeStore>(fresh: impl AsyncFn() -> S) {
    member_likes_a_character_once(&fresh().await).await;
    last_change_in_a_batch_wins(&fresh().await).await;
    characters_are_told_apart_by_every_byte(&fresh().await).await;
    tallies_equal_the_single_ones(&fresh().await).await;
    empty_batch_changes_nothing(&fresh().await).await;
    large_batch_is_applied_whole(&fresh().await).await;
    entries_are_applied_exactly_once(&fresh().await).await;
    overtaken_entry_changes_nothing(&fresh().await).await;
    streams_have_their_own_watermarks(&fresh().await).await;
    rival_flushers_apply_each_entry_once(&fresh().await).await;
    rival_batches_keep_count(&fresh().await).await;
}

const STREAM: &str = "likes";

fn adele() -> Ocid {
    Ocid::new("adele")
}

async fn apply(store: &impl LikeStore, changes: &[Change]) -> HashMap<Ocid, u64> {
    store.apply(changes).await.expect("the store works")
}

/// The count of a character, which must be the number of its likers among members 0 to 99.
async fn count(store: &impl LikeStore, character: &Ocid) -> u64 {
    let members: Vec<_> = (0..100).map(member).collect();
    let tally = store.tally(character, &members).await;
    let tally = tally.expect("the store works");
    assert_eq!(tally.count, tally.likers.len() as u64);
    assert_eq!(store.recount().await.expect("the store works"), []);
    tally.count
}

fn entry(position: u64, change: Change) -> StreamEntry {
    StreamEntry {
        position: StreamPosition(1_700_000_000_000, position),
        change,
        taken_at: at(position),
    }
}

/// Default acceptance time of the entry at this position.
fn at(position: u64) -> Timestamp {
    let micros = i64::try_from(position).expect("is small");
    Timestamp::from_microsecond(1_700_000_000_000_000 + micros).expect("is in range")
}

fn after(position: u64) -> StreamPosition {
    StreamPosition(1_700_000_000_000, position)
}

async fn member_likes_a_character_once(store: &impl LikeStore) {
    let adele = adele();
    assert_eq!(count(store, &adele).await, 0);
    for (number, liked, expected) in [
        (1, true, 1),
        (1, true, 1),
        (2, true, 2),
        (1, false, 1),
        (1, false, 1),
        (3, false, 1),
        (1, true, 2),
    ] {
        let counts = apply(store, &[change(number, &adele, liked)]).await;
        assert_eq!(counts, HashMap::from([(adele.clone(), expected)]));
        assert_eq!(count(store, &adele).await, expected);
    }
    let tally = store.tally(&adele, &[1, 2, 3].map(member)).await.unwrap();
    assert_eq!(tally.likers, HashSet::from([1, 2].map(member)));
}

async fn last_change_in_a_batch_wins(store: &impl LikeStore) {
    let (adele, evan) = (adele(), Ocid::new("evan"));
    let batch = [
        change(1, &adele, true),
        change(2, &adele, true),
        change(1, &evan, true),
        change(1, &adele, false),
        change(2, &adele, false),
        change(2, &adele, true),
    ];
    let counts = apply(store, &batch).await;
    assert_eq!(counts, HashMap::from([(adele.clone(), 1), (evan, 1)]));
    let tally = store.tally(&adele, &[1, 2].map(member)).await.unwrap();
    assert_eq!(tally.likers, HashSet::from([member(2)]));
}

async fn characters_are_told_apart_by_every_byte(store: &impl LikeStore) {
    let (lower, upper) = (Ocid::new("a1"), Ocid::new("A1"));
    apply(store, &[change(1, &lower, true)]).await;
    assert_eq!(count(store, &lower).await, 1);
    assert_eq!(count(store, &upper).await, 0);
}

async fn tallies_equal_the_single_ones(store: &impl LikeStore) {
    let [adele, evan, nobody] = ["adele", "evan", "nobody"].map(Ocid::new);
    let mut batch: Vec<_> = (0..70).map(|number| change(number, &adele, true)).collect();
    batch.extend([change(1, &evan, true), change(2, &evan, true)]);
    apply(store, &batch).await;
    let asked = BTreeMap::from([
        (adele.clone(), (60..80).map(member).collect::<Vec<_>>()),
        (evan.clone(), vec![]),
        (nobody.clone(), vec![member(1)]),
    ]);
    let tallies = store.tallies(&asked).await.unwrap();
    assert_eq!(tallies.len(), 3);
    assert_eq!(tallies[&adele].count, 70);
    assert_eq!(tallies[&adele].likers, (60..70).map(member).collect());
    for (character, members) in &asked {
        let tally = store.tally(character, members).await.unwrap();
        assert_eq!(tallies[character], tally);
    }
    let none = store.tallies(&BTreeMap::new()).await.unwrap();
    assert_eq!(none, HashMap::new());
}

async fn empty_batch_changes_nothing(store: &impl LikeStore) {
    assert_eq!(apply(store, &[]).await, HashMap::new());
    let mark = store.apply_from(STREAM, StreamPosition::START, &[]).await;
    assert_eq!(mark.unwrap(), StreamPosition::START);
    let tally = store.tally(&adele(), &[]).await.unwrap();
    assert_eq!(tally.count, 0);
}

async fn large_batch_is_applied_whole(store: &impl LikeStore) {
    let characters = [adele(), Ocid::new("evan"), Ocid::new("luminous")];
    let batch: Vec<_> = (0..100)
        .flat_map(|number| characters.each_ref().map(|c| change(number, c, true)))
        .collect();
    let counts = apply(store, &batch).await;
    assert_eq!(counts, characters.clone().map(|c| (c, 100)).into());
    let back: Vec<_> = (0..100)
        .map(|number| change(number, &characters[0], number % 2 == 0))
        .collect();
    apply(store, &back).await;
    assert_eq!(count(store, &characters[0]).await, 50);
}

async fn entries_are_applied_exactly_once(store: &impl LikeStore) {
    let adele = adele();
    assert_eq!(
        store.watermark(STREAM).await.unwrap(),
        StreamPosition::START
    );
    let first = [
        entry(1, change(1, &adele, true)),
        entry(2, change(2, &adele, true)),
    ];
    let mark = store
        .apply_from(STREAM, StreamPosition::START, &first)
        .await;
    assert_eq!(mark.unwrap(), after(2));
    assert_eq!(store.watermark(STREAM).await.unwrap(), after(2));
    let second = [entry(5, change(1, &adele, false))];
    let mark = store.apply_from(STREAM, after(2), &second).await;
    assert_eq!(mark.unwrap(), after(5));
    // A flusher that died before it told, or knows an older watermark, comes again.
    for (known, entries) in [(StreamPosition::START, &first[..]), (after(2), &second)] {
        let mark = store.apply_from(STREAM, known, entries).await;
        assert_eq!(mark.unwrap(), after(5));
    }
    // One that left entries out is refused as well.
    let skipping = [entry(9, change(3, &adele, true))];
    let mark = store.apply_from(STREAM, after(7), &skipping).await;
    assert_eq!(mark.unwrap(), after(5));
    let tally = store.tally(&adele, &[1, 2, 3].map(member)).await.unwrap();
    assert_eq!(tally.likers, HashSet::from([member(2)]));
    assert_eq!(count(store, &adele).await, 1);
}

async fn overtaken_entry_changes_nothing(store: &impl LikeStore) {
    let (adele, evan) = (adele(), Ocid::new("evan"));
    // While 1, 2 and 3 wait in a stream that is away, members 1 and 2 change their minds.
    let ahead = [change(1, &adele, false), change(2, &adele, true)];
    let counts = store.apply_ahead(&ahead, at(3)).await;
    assert_eq!(counts.unwrap(), HashMap::from([(adele.clone(), 1)]));
    let late = [
        entry(1, change(1, &adele, true)),
        entry(2, change(2, &adele, false)),
        entry(3, change(2, &adele, false)),
        // Of another member, and of another character.
        entry(4, change(3, &adele, true)),
        entry(5, change(1, &evan, true)),
    ]
    .map(|entry| StreamEntry {
        taken_at: entry.taken_at.min(at(3)),
        ..entry
    });
    let mark = store.apply_from(STREAM, StreamPosition::START, &late).await;
    assert_eq!(mark.unwrap(), after(5));
    let tally = store.tally(&adele, &[1, 2, 3].map(member)).await.unwrap();
    assert_eq!(tally.likers, HashSet::from([2, 3].map(member)));
    assert_eq!(count(store, &evan).await, 1);

    // What is taken later counts, and an older change ahead does not bring the time back.
    let again = store.apply_ahead(&[change(2, &adele, true)], at(2)).await;
    again.expect("the store works");
    let later = [
        entry(6, change(1, &adele, true)),
        StreamEntry {
            taken_at: at(3),
            ..entry(7, change(2, &adele, false))
        },
    ];
    store.apply_from(STREAM, after(5), &later).await.unwrap();
    let tally = store.tally(&adele, &[1, 2, 3].map(member)).await.unwrap();
    assert_eq!(tally.likers, HashSet::from([1, 2, 3].map(member)));
    assert_eq!(count(store, &adele).await, 3);
}

async fn streams_have_their_own_watermarks(store: &impl LikeStore) {
    let adele = adele();
    for (stream, number) in [("a", 1), ("b", 2), ("B", 3)] {
        let entries = [entry(1, change(number, &adele, true))];
        let mark = store
            .apply_from(stream, StreamPosition::START, &entries)
            .await;
        assert_eq!(mark.unwrap(), after(1));
    }
    let largest = StreamPosition(u64::MAX >> 1, u64::MAX >> 1);
    let last = StreamEntry {
        position: largest,
        change: change(1, &adele, false),
        taken_at: at(1),
    };
    let mark = store.apply_from("a", after(1), &[last]).await;
    assert_eq!(mark.unwrap(), largest);
    assert_eq!(store.watermark("a").await.unwrap(), largest);
    assert_eq!(store.watermark("b").await.unwrap(), after(1));
    assert_eq!(count(store, &adele).await, 2);
}

/// Several flushers empty one stream; each member likes, unlikes and likes again in it, which an
/// entry applied twice or out of order would show.
async fn rival_flushers_apply_each_entry_once(store: &impl LikeStore) {
    let adele = adele();
    let log: Vec<_> = (0..60_u32)
        .map(|number| {
            let liked = number / 20 != 1 && number % 20 < 15;
            entry(u64::from(number) + 1, change(number % 20, &adele, liked))
        })
        .collect();
    let flusher = |batch: usize| {
        let log = &log;
        async move {
            let mut mark = StreamPosition::START;
            loop {
                let rest = log.partition_point(|entry| entry.position <= mark);
                let next = &log[rest..log.len().min(rest + batch)];
                if next.is_empty() {
                    return;
                }
                // One that lost a race for the transaction reads where to go on, like any other.
                mark = match store.apply_from(STREAM, mark, next).await {
                    Ok(mark) => mark,
                    Err(_) => store.watermark(STREAM).await.expect("the store works"),
                };
            }
        }
    };
    join_all([1, 3, 7, 11].map(flusher)).await;
    assert_eq!(store.watermark(STREAM).await.unwrap(), after(60));
    assert_eq!(count(store, &adele).await, 15);
}

/// Batches over the same members and characters, side by side.
async fn rival_batches_keep_count(store: &impl LikeStore) {
    let characters = [adele(), Ocid::new("evan")];
    let rivals = (0..16_u32).map(|rival| {
        let batch: Vec<_> = (0..20)
            .flat_map(|number| {
                // Each rival goes through the rows in another order.
                let number = (number * (rival % 2 * 18 + 1) + rival) % 20;
                characters
                    .each_ref()
                    .map(|character| change(number, character, rival % 3 > 0))
            })
            .collect();
        async move {
            // A transaction given up for another's sake may be tried again.
            while store.apply(&batch).await.is_err() {}
        }
    });
    join_all(rivals).await;
    for character in &characters {
        let settled = count(store, character).await;
        assert!([0, 20].contains(&settled), "batches were mixed: {settled}");
    }
}
