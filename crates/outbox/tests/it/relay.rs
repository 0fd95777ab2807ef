//! The relay over the outbox in memory.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kernel::{Clock, ManualClock};
use outbox::testkit::{
    MemoryLane, MemoryOutbox, OutboxUnderTest, RecordingDelivery, contract, lane_contract,
};
use outbox::{
    AttemptResult, Delivery, EventId, Message, NewMessage, OutboxStore, Outcome, Relay,
    RelayOptions, Tick,
};
use tokio_util::sync::CancellationToken;

struct World {
    store: Arc<MemoryOutbox>,
    delivery: Arc<RecordingDelivery>,
    clock: Arc<ManualClock>,
}

impl World {
    fn new() -> Self {
        Self {
            store: Arc::default(),
            delivery: Arc::default(),
            clock: Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH)),
        }
    }

    fn relay(&self) -> Relay {
        let (store, delivery, clock) = (
            self.store.clone(),
            self.delivery.clone(),
            self.clock.clone(),
        );
        Relay::new(store, delivery, clock, || 0.0, RelayOptions::default())
    }

    async fn insert(&self, id: u128) -> EventId {
        let id = EventId::new(id);
        let message = NewMessage::new(id, "donation", 1, &"hello", self.clock.now()).unwrap();
        self.store.insert(message).await;
        id
    }

    async fn backlog(&self) -> (u64, u64) {
        let backlog = self.store.backlog().await.unwrap();
        (backlog.pending, backlog.dead)
    }
}

fn retry() -> Outcome {
    Outcome::Retry {
        reason: "502".to_owned(),
    }
}

#[tokio::test]
async fn memory_outbox_keeps_the_contract() {
    contract(async || MemoryOutbox::default()).await;
}

#[tokio::test]
async fn memory_lane_keeps_the_contract() {
    lane_contract(async || MemoryLane::default()).await;
}

#[tokio::test]
async fn message_is_delivered_once_and_removed() {
    let world = World::new();
    let id = world.insert(1).await;
    let relay = world.relay();
    assert_eq!(
        relay.tick().await.unwrap(),
        Tick {
            claimed: 1,
            delivered: 1,
            ..Tick::default()
        }
    );
    assert_eq!(relay.tick().await.unwrap(), Tick::default());
    assert_eq!(world.delivery.received(), [id]);
}

#[tokio::test]
async fn failing_message_follows_the_schedule_and_becomes_a_dead_letter() {
    let world = World::new();
    let id = world.insert(1).await;
    world.delivery.plan(id, std::iter::repeat_n(retry(), 8));
    let relay = world.relay();
    for (attempt, wait) in [0, 5, 30, 300, 1_800, 7_200, 18_000, 36_000]
        .into_iter()
        .enumerate()
    {
        if wait > 0 {
            world.clock.advance(Duration::from_secs(wait - 1));
            assert_eq!(
                relay.tick().await.unwrap(),
                Tick::default(),
                "{wait} s are not over"
            );
            world.clock.advance(Duration::from_secs(1));
        }
        let tick = relay.tick().await.unwrap();
        assert_eq!((tick.failed, tick.dead), (1, u32::from(attempt == 7)));
    }
    assert_eq!(world.backlog().await, (0, 1));
    let (letter, history) = world.store.dead_letter(id).await.unwrap().unwrap();
    assert_eq!(letter.last_result, AttemptResult::Failed("502".to_owned()));
    assert_eq!(history.len(), 8);
}

#[tokio::test]
async fn rejected_message_becomes_a_dead_letter_at_once_and_delays_no_other() {
    let world = World::new();
    let poison = world.insert(1).await;
    let good = world.insert(2).await;
    world.delivery.plan(
        poison,
        [Outcome::Rejected {
            reason: "400".to_owned(),
        }],
    );
    let tick = world.relay().tick().await.unwrap();
    assert_eq!((tick.delivered, tick.failed, tick.dead), (1, 1, 1));
    assert!(world.delivery.received().contains(&good));
    assert_eq!(world.backlog().await, (0, 1));
}

#[tokio::test]
async fn pause_is_passed_on_and_costs_no_attempt() {
    let world = World::new();
    let id = world.insert(1).await;
    let for_at_least = Duration::from_secs(9);
    world.delivery.plan(id, [Outcome::Paused { for_at_least }]);
    let relay = world.relay();
    let tick = relay.tick().await.unwrap();
    assert_eq!((tick.pause, tick.failed), (Some(for_at_least), 0));
    world.clock.advance(for_at_least);
    assert_eq!(relay.tick().await.unwrap().delivered, 1);
}

/// Takes the message and never answers.
#[derive(Debug)]
struct Silent;

#[async_trait::async_trait]
impl Delivery for Silent {
    async fn deliver(&self, _: &Message) -> Outcome {
        std::future::pending().await
    }
}

#[tokio::test(start_paused = true)]
async fn silent_receiver_leaves_the_outcome_unknown() {
    let world = World::new();
    let id = world.insert(1).await;
    let options = RelayOptions::default();
    let (store, clock) = (world.store.clone(), world.clock.clone());
    let relay = Relay::new(store, Arc::new(Silent), clock, || 0.0, options);
    for _ in 0..8 {
        assert_eq!(relay.tick().await.unwrap().failed, 1);
        world.clock.advance(Duration::from_hours(10));
    }
    let (letter, _) = world.store.dead_letter(id).await.unwrap().unwrap();
    let reason = "no answer within 10000 ms".to_owned();
    assert_eq!(letter.last_result, AttemptResult::Unknown(reason));
}

#[tokio::test(start_paused = true)]
async fn running_relay_wakes_on_commit_and_stops_on_request() {
    let world = World::new();
    let relay = world.relay();
    let wake = relay.wake();
    let stop = CancellationToken::new();
    let running = relay.run(stop.clone());
    let test = async {
        let started = tokio::time::Instant::now();
        for id in 1..=40 {
            world.insert(id).await;
        }
        wake.notify_one();
        while world.backlog().await.0 > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(
            started.elapsed(),
            Duration::ZERO,
            "it did not wait for its timer"
        );
        stop.cancel();
    };
    tokio::join!(running, test);
    assert_eq!(world.delivery.received().len(), 40);
}
