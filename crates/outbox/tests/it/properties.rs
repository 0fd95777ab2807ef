//! Whatever happens to relays, no message is forgotten.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kernel::{Clock, ManualClock};
use outbox::testkit::{MemoryOutbox, OutboxUnderTest, RecordingDelivery};
use outbox::{EventId, NewMessage, OutboxStore, Outcome, Relay, RelayOptions};
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Step {
    Insert,
    Tick,
    /// A relay claims and is killed: after the receiver took the messages, or before.
    Kill {
        delivered: bool,
    },
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(Step::Insert),
        Just(Step::Tick),
        any::<bool>().prop_map(|delivered| Step::Kill { delivered }),
        (0..120_u64).prop_map(Step::Wait),
    ]
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let reason = String::new;
    prop_oneof![
        Just(Outcome::Delivered),
        Just(Outcome::Retry { reason: reason() }),
        Just(Outcome::Unknown { reason: reason() }),
        Just(Outcome::Rejected { reason: reason() }),
        Just(Outcome::Paused {
            for_at_least: Duration::from_secs(7)
        }),
    ]
}

proptest! {
    #[test]
    fn messages_all_arrive_or_become_dead_letters(
        steps in proptest::collection::vec(step(), 1..60),
        outcomes in proptest::collection::vec(proptest::collection::vec(outcome(), 0..4), 60),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(check(steps, outcomes));
    }
}

async fn check(steps: Vec<Step>, outcomes: Vec<Vec<Outcome>>) {
    let store = Arc::new(MemoryOutbox::default());
    let delivery = Arc::new(RecordingDelivery::default());
    let clock = Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH));
    let options = RelayOptions::default();
    let relay = Relay::new(
        store.clone(),
        delivery.clone(),
        clock.clone(),
        || 0.5,
        options.clone(),
    );
    let mut copies: BTreeMap<EventId, usize> = BTreeMap::new();
    let mut planned = outcomes.into_iter();
    for step in steps {
        match step {
            Step::Insert => {
                let id = EventId::new(copies.len() as u128);
                copies.insert(id, 0);
                delivery.plan(id, planned.next().unwrap_or_default());
                store
                    .insert(NewMessage::new(id, "t", 1, &0, clock.now()).unwrap())
                    .await;
            }
            Step::Tick => {
                relay.tick().await.unwrap();
            }
            Step::Kill { delivered } => {
                let now = clock.now();
                let claimed = store
                    .claim_due(now, options.lease, options.batch, 8)
                    .await
                    .unwrap();
                for claimed in claimed.iter().filter(|_| delivered) {
                    *copies.get_mut(&claimed.message.id).unwrap() += 1;
                }
            }
            Step::Wait(seconds) => clock.advance(Duration::from_secs(seconds)),
        }
    }
    for _ in 0..200 {
        clock.advance(Duration::from_hours(1));
        relay.tick().await.unwrap();
    }
    let backlog = store.backlog().await.unwrap();
    assert_eq!(backlog.pending, 0);
    let dead = store.dead_letters(None, u32::MAX).await.unwrap();
    let dead: Vec<_> = dead.iter().map(|letter| letter.message.id).collect();
    for id in delivery.received() {
        *copies.get_mut(&id).unwrap() += 1;
    }
    for (id, copies) in copies {
        assert!(copies > 0 || dead.contains(&id), "{id} was forgotten");
    }
}
