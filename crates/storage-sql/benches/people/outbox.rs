//! O1: how fast the outbox is emptied, by one relay and by three.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use jiff::Timestamp;
use kernel::SystemClock;
use outbox::{Delivery, EventId, Message, NewMessage, OutboxStore, Outcome, Relay, RelayOptions};
use storage_sql::Database;
use storage_sql::testkit::enqueue;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use crate::median;

/// Messages that a block empties.
const MESSAGES: u64 = 10_000;

/// Messages written in one transaction before they are emptied.
const AT_ONCE: usize = 500;

/// Blocks of the measurement of each side.
const BLOCKS: u64 = 11;

/// A receiver that checks what it gets and takes it at once.
#[derive(Debug, Default)]
struct Sink(AtomicU64);

#[async_trait]
impl Delivery for Sink {
    async fn deliver(&self, message: &Message) -> Outcome {
        message.read::<u64>().expect("the payload is whole");
        self.0.fetch_add(1, Ordering::Relaxed);
        Outcome::Delivered
    }
}

/// Empties the outbox by one relay and by three, in turn.
pub(crate) async fn drain(database: &Database) {
    let (mut one, mut three) = (Vec::new(), Vec::new());
    for block in 0..BLOCKS {
        for (number, (relays, rates)) in [(1, &mut one), (3, &mut three)].into_iter().enumerate() {
            fill(database, 2 * block + number as u64).await;
            rates.push(empty(database, relays).await);
        }
    }
    let ratio = median(three.iter().zip(&one).map(|(a, b)| a / b).collect());
    println!(
        "people/O1: {:.0} messages/s by one relay, {:.0} by three, {ratio:.2} times as many",
        median(one),
        median(three),
    );
}

async fn fill(database: &Database, block: u64) {
    let messages: Vec<_> = (block * MESSAGES..(block + 1) * MESSAGES)
        .map(message)
        .collect();
    for messages in messages.chunks(AT_ONCE) {
        let filled = enqueue(database, messages).await;
        filled.expect("the database works");
    }
}

fn message(number: u64) -> NewMessage {
    let id = EventId::new(number.into());
    let message = NewMessage::new(id, "bench", 1, &number, Timestamp::UNIX_EPOCH);
    message.expect("a number is JSON")
}

/// Messages per second.
async fn empty(database: &Database, relays: u32) -> f64 {
    let sink = Arc::new(Sink::default());
    let relays: Vec<_> = (0..relays).map(|_| relay(database, &sink)).collect();
    let tasks = TaskTracker::new();
    let start = Instant::now();
    for relay in relays {
        tasks.spawn(
            async move { while relay.tick().await.expect("the database works").claimed > 0 {} },
        );
    }
    tasks.close();
    tasks.wait().await;
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(
        sink.0.load(Ordering::Relaxed),
        MESSAGES,
        "each was delivered once"
    );
    let backlog = database.outbox().backlog().await;
    assert_eq!(backlog.expect("the database works").pending, 0);
    MESSAGES as f64 / seconds
}

fn relay(database: &Database, sink: &Arc<Sink>) -> Relay {
    let options = RelayOptions {
        batch: 512,
        ..RelayOptions::default()
    };
    let store = Arc::new(database.outbox());
    Relay::new(store, sink.clone(), Arc::new(SystemClock), || 0.0, options)
}
