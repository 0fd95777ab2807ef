//! Contract tests for every implementation of `OutboxStore` and `Lane`.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    AttemptResult, Backlog, Claimed, Disposal, EventId, NewMessage, NextStep, OutboxStore,
    Settlement,
};

/// A store with a way for the contract to write messages into it.
#[async_trait]
pub trait OutboxUnderTest: OutboxStore {
    /// Writes a message in a transaction of its own.
    async fn insert(&self, message: NewMessage);
}

const LEASE: Duration = Duration::from_mins(1);
const MAX_ATTEMPTS: u32 = 8;

/// Runs the whole contract; `fresh` gives an empty store each time.
///
/// # Panics
///
/// When the store breaks it.
pub async fn contract<S: OutboxUnderTest>(fresh: impl AsyncFn() -> S) {
    claims_are_due_exclusive_and_oldest_first(&fresh().await).await;
    expired_lease_is_claimed_again_and_recorded(&fresh().await).await;
    settlement_requires_the_claim(&fresh().await).await;
    attempts_used_up_by_lost_leases_end_as_a_dead_letter(&fresh().await).await;
    pause_is_no_attempt(&fresh().await).await;
    dead_letters_are_replayed_or_discarded(&fresh().await).await;
    dead_letters_come_in_pages(&fresh().await).await;
    purge_removes_only_finished_messages(&fresh().await).await;
    backlog_counts_pending_and_dead_messages(&fresh().await).await;
    rival_relays_share_the_work(&fresh().await).await;
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).expect("a time of our days")
}

async fn insert(store: &impl OutboxUnderTest, id: u128, created: i64) {
    let message = NewMessage::new(
        EventId::new(id),
        "donation",
        1,
        &id.to_string(),
        at(created),
    );
    store.insert(message.expect("a number is JSON")).await;
}

async fn claim(store: &impl OutboxStore, now: i64, limit: u32) -> Vec<Claimed> {
    store
        .claim_due(at(now), LEASE, limit, MAX_ATTEMPTS)
        .await
        .expect("the store works")
}

fn settlement(claimed: &Claimed, now: i64, result: AttemptResult, next: NextStep) -> Settlement {
    let Claimed { message, attempt } = claimed;
    Settlement {
        id: message.id,
        attempt: *attempt,
        ended_at: at(now),
        result: Some(result),
        next,
    }
}

async fn settle(store: &impl OutboxStore, settlement: Settlement) -> Vec<EventId> {
    store.settle(&[settlement]).await.expect("the store works")
}

async fn kill(store: &impl OutboxStore, claimed: &Claimed, now: i64) {
    let failed = AttemptResult::Failed("no such webhook".to_owned());
    assert!(
        settle(
            store,
            settlement(claimed, now, failed, NextStep::DeadLetter)
        )
        .await
        .is_empty()
    );
}

fn ids(claimed: &[Claimed]) -> Vec<u128> {
    claimed
        .iter()
        .map(|claimed| claimed.message.read::<String>().unwrap().parse().unwrap())
        .collect()
}

async fn claims_are_due_exclusive_and_oldest_first(store: &impl OutboxUnderTest) {
    insert(store, 1, 30).await;
    insert(store, 2, 10).await;
    insert(store, 3, 20).await;
    assert_eq!(
        ids(&claim(store, 5, 10).await),
        [],
        "nothing is due before its time"
    );
    assert_eq!(
        ids(&claim(store, 30, 2).await),
        [2, 3],
        "the longest due first"
    );
    let rest = claim(store, 30, 10).await;
    assert_eq!(ids(&rest), [1], "what is claimed is not claimed again");
    assert_eq!(rest[0].attempt, 1);
}

async fn expired_lease_is_claimed_again_and_recorded(store: &impl OutboxUnderTest) {
    insert(store, 1, 0).await;
    claim(store, 0, 1).await;
    assert!(claim(store, 59, 1).await.is_empty());
    let again = claim(store, 60, 1).await;
    assert_eq!(again[0].attempt, 2);
    kill(store, &again[0], 61).await;
    let (letter, history) = store.dead_letter(EventId::new(1)).await.unwrap().unwrap();
    assert_eq!(letter.died_at, at(61));
    let numbers: Vec<_> = history.iter().map(|attempt| attempt.number).collect();
    assert_eq!(numbers, [1, 2]);
    assert!(matches!(history[0].result, AttemptResult::Unknown(_)));
    assert_eq!(
        history[1].result,
        AttemptResult::Failed("no such webhook".to_owned())
    );
    assert_eq!(letter.last_result, history[1].result);
}

async fn settlement_requires_the_claim(store: &impl OutboxUnderTest) {
    insert(store, 1, 0).await;
    let first = claim(store, 0, 1).await.remove(0);
    let second = claim(store, 60, 1).await.remove(0);
    let done = |claimed, now| settlement(claimed, now, AttemptResult::Delivered, NextStep::Done);
    assert_eq!(
        settle(store, done(&first, 61)).await,
        [EventId::new(1)],
        "its lease ran out"
    );
    assert_eq!(store.backlog().await.unwrap().pending, 1);
    assert!(settle(store, done(&second, 62)).await.is_empty());
    assert_eq!(
        settle(store, done(&second, 63)).await,
        [EventId::new(1)],
        "settled already"
    );
    assert_eq!(store.backlog().await.unwrap(), Backlog::default());
    let unknown = Settlement {
        id: EventId::new(99),
        ..done(&second, 64)
    };
    assert_eq!(
        settle(store, unknown).await,
        [EventId::new(99)],
        "never there"
    );
}

async fn attempts_used_up_by_lost_leases_end_as_a_dead_letter(store: &impl OutboxUnderTest) {
    insert(store, 1, 0).await;
    insert(store, 2, 1_000).await;
    for attempt in 0..i64::from(MAX_ATTEMPTS) {
        assert_eq!(ids(&claim(store, attempt * 60, 1).await), [1]);
    }
    let now = i64::from(MAX_ATTEMPTS) * 60;
    assert!(claim(store, now, 1).await.is_empty());
    assert_eq!(
        ids(&claim(store, 1_000, 1).await),
        [2],
        "it holds up no other"
    );
    let (letter, history) = store.dead_letter(EventId::new(1)).await.unwrap().unwrap();
    assert_eq!(letter.died_at, at(now));
    assert_eq!(history.len(), MAX_ATTEMPTS as usize);
}

async fn pause_is_no_attempt(store: &impl OutboxUnderTest) {
    insert(store, 1, 0).await;
    let claimed = claim(store, 0, 1).await.remove(0);
    let next = NextStep::TryAt(at(20));
    let paused = Settlement {
        result: None,
        ..settlement(&claimed, 1, AttemptResult::Delivered, next)
    };
    assert!(settle(store, paused).await.is_empty());
    assert!(claim(store, 19, 1).await.is_empty());
    let again = claim(store, 20, 1).await.remove(0);
    assert_eq!(again.attempt, 1);
    kill(store, &again, 21).await;
    let (_, history) = store.dead_letter(EventId::new(1)).await.unwrap().unwrap();
    assert_eq!(history.len(), 1);
}

async fn dead_letters_are_replayed_or_discarded(store: &impl OutboxUnderTest) {
    for id in 1..=3 {
        insert(store, id, 0).await;
    }
    for claimed in &claim(store, 0, 3).await[..2] {
        kill(store, claimed, 1).await;
    }
    let [replayed, discarded, claimed] = [1, 2, 3].map(EventId::new);
    assert_eq!(store.backlog().await.unwrap().dead, 2);
    let all = [replayed, claimed, EventId::new(99)];
    let changed = store.dispose(&all, Disposal::Replay, at(5)).await.unwrap();
    assert_eq!(changed, [replayed], "only dead letters are replayed");
    let changed = store
        .dispose(&[discarded], Disposal::Discard, at(5))
        .await
        .unwrap();
    assert_eq!(changed, [discarded]);
    assert_eq!(store.backlog().await.unwrap().dead, 0);
    assert_eq!(store.dead_letter(replayed).await.unwrap(), None);
    let again = claim(store, 5, 10).await.remove(0);
    assert_eq!((again.message.id, again.attempt), (replayed, 1));
    kill(store, &again, 6).await;
    let (_, history) = store.dead_letter(replayed).await.unwrap().unwrap();
    assert_eq!(history.len(), 2, "a replay keeps the history");
    assert!(
        claim(store, 59, 10).await.is_empty(),
        "what is discarded is never delivered"
    );
}

async fn dead_letters_come_in_pages(store: &impl OutboxUnderTest) {
    for id in 1..=5 {
        insert(store, id, 0).await;
    }
    for claimed in claim(store, 0, 5).await {
        kill(store, &claimed, 1).await;
    }
    let page = |after| async move {
        let letters = store.dead_letters(after, 2).await.unwrap();
        letters
            .iter()
            .map(|letter| letter.message.id)
            .collect::<Vec<_>>()
    };
    let [one, two, three, four, five] = [1, 2, 3, 4, 5].map(EventId::new);
    assert_eq!(page(None).await, [one, two]);
    assert_eq!(page(Some(two)).await, [three, four]);
    assert_eq!(page(Some(four)).await, [five]);
}

async fn purge_removes_only_finished_messages(store: &impl OutboxUnderTest) {
    for id in 1..=6 {
        insert(store, id, 0).await;
    }
    let done = |claimed, now| settlement(claimed, now, AttemptResult::Delivered, NextStep::Done);
    // 1, 2 and 3 arrive, 4 is given up, 5 is discarded, 6 waits.
    let claimed = claim(store, 0, 5).await;
    for (claimed, now) in claimed.iter().zip([10, 11, 20]) {
        assert!(settle(store, done(claimed, now)).await.is_empty());
    }
    for claimed in &claimed[3..] {
        kill(store, claimed, 12).await;
    }
    let five = [EventId::new(5)];
    let discarded = store.dispose(&five, Disposal::Discard, at(13)).await;
    assert_eq!(discarded.unwrap(), five);

    let purge = async |before, limit| store.purge(at(before), limit).await.unwrap();
    assert_eq!(purge(10, 9).await, 0, "what was over then stays");
    assert_eq!(purge(20, 2).await, 2, "at most the requested number");
    assert_eq!(purge(20, 9).await, 1, "the rest of 1, 2 and 5");
    assert_eq!(purge(20, 9).await, 0);
    let backlog = store.backlog().await.unwrap();
    assert_eq!((backlog.pending, backlog.dead), (1, 1), "4 and 6 stay");
    let (_, history) = store.dead_letter(EventId::new(4)).await.unwrap().unwrap();
    assert_eq!(history.len(), 1, "with what was tried");
    assert_eq!(purge(21, 9).await, 1, "3");

    // A name that is free again begins without a history.
    insert(store, 1, 30).await;
    kill(store, &claim(store, 30, 9).await[1], 31).await;
    let (_, history) = store.dead_letter(EventId::new(1)).await.unwrap().unwrap();
    assert_eq!(history.len(), 1);
}

async fn backlog_counts_pending_and_dead_messages(store: &impl OutboxUnderTest) {
    assert_eq!(store.backlog().await.unwrap(), Backlog::default());
    insert(store, 1, 20).await;
    insert(store, 2, 10).await;
    claim(store, 10, 1).await;
    let backlog = store.backlog().await.unwrap();
    assert_eq!(
        backlog,
        Backlog {
            pending: 2,
            dead: 0,
            oldest: Some(at(10))
        }
    );
}

async fn rival_relays_share_the_work(store: &impl OutboxUnderTest) {
    const MESSAGES: u128 = 60;
    for id in 1..=MESSAGES {
        insert(store, id, 0).await;
    }
    let rival = || async {
        let mut mine = Vec::new();
        loop {
            let batch = claim(store, 0, 7).await;
            if batch.is_empty() {
                return mine;
            }
            mine.extend(ids(&batch));
        }
    };
    let (a, b, c, d) = futures_util::join!(rival(), rival(), rival(), rival());
    let mut all = [a, b, c, d].concat();
    all.sort_unstable();
    assert_eq!(
        all,
        (1..=MESSAGES).collect::<Vec<_>>(),
        "each message is claimed once"
    );
}
