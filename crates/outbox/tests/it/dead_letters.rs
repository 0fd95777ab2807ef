//! Dead letters as operators end them, over the outbox in memory.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kernel::ManualClock;
use outbox::testkit::{MemoryOutbox, OutboxUnderTest};
use outbox::{
    AttemptResult, DeadLetters, Disposal, Disposed, EventId, NewMessage, NextStep, OutboxStore,
    Settlement,
};
use tokio::sync::Notify;

const START: Timestamp = Timestamp::UNIX_EPOCH;

/// An outbox with dead letters of these ids.
async fn with_dead(
    ids: impl Iterator<Item = u128>,
) -> (Arc<MemoryOutbox>, Arc<Notify>, DeadLetters) {
    let store = Arc::new(MemoryOutbox::default());
    for id in ids {
        let message = NewMessage::new(EventId::new(id), "donation", 1, &"hello", START).unwrap();
        store.insert(message).await;
    }
    let claimed = store
        .claim_due(START, Duration::from_secs(1), u32::MAX, 8)
        .await
        .unwrap();
    let settlements = claimed.iter().map(|claimed| Settlement {
        id: claimed.message.id,
        attempt: claimed.attempt,
        ended_at: START,
        result: Some(AttemptResult::Failed("400".to_owned())),
        next: NextStep::DeadLetter,
    });
    let settlements: Vec<_> = settlements.collect();
    store.settle(&settlements).await.unwrap();
    let wake = Arc::new(Notify::new());
    let clock = Arc::new(ManualClock::at(START));
    let letters = DeadLetters::new(store.clone(), clock, wake.clone());
    (store, wake, letters)
}

fn ids(ids: impl IntoIterator<Item = u128>) -> Vec<EventId> {
    ids.into_iter().map(EventId::new).collect()
}

#[tokio::test]
async fn pages_go_on_beyond_one_transaction() {
    let (_, _, letters) = with_dead(1..=1_200).await;
    assert_eq!(letters.ids().await.unwrap(), ids(1..=1_200));
    let page = letters.page(Some(EventId::new(5)), 700).await.unwrap();
    assert_eq!(page.len(), 700);
    assert_eq!(page[0].message.id, EventId::new(6));
}

#[tokio::test]
async fn replay_wakes_the_relay_and_names_ids_that_are_no_dead_letters() {
    let (store, wake, letters) = with_dead(1..=1_200).await;
    let asked = ids(1..=1_201);
    let expected = Disposed {
        changed: ids(1..=1_200),
        unchanged: ids([1_201]),
    };
    assert_eq!(letters.would_dispose(&asked).await.unwrap(), expected);
    assert_eq!(store.backlog().await.unwrap().dead, 1_200, "only asked");
    let mut disposed = letters.dispose(&asked, Disposal::Replay).await.unwrap();
    disposed.changed.sort_unstable();
    assert_eq!(disposed, expected);
    assert_eq!(store.backlog().await.unwrap().pending, 1_200);
    tokio::time::timeout(Duration::from_secs(30), wake.notified())
        .await
        .expect("the relay is woken");
}

#[tokio::test(start_paused = true)]
async fn discard_wakes_nobody() {
    let (store, wake, letters) = with_dead(1..=3).await;
    letters
        .dispose(&ids(1..=3), Disposal::Discard)
        .await
        .unwrap();
    let backlog = store.backlog().await.unwrap();
    assert_eq!((backlog.pending, backlog.dead), (0, 0));
    let woken = tokio::time::timeout(Duration::from_secs(1), wake.notified()).await;
    assert!(woken.is_err());
}
