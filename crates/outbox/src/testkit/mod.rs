//! Doubles and the contract of the outbox's ports.

mod contract;
mod lane;
mod memory;

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;

pub use contract::{OutboxUnderTest, contract};
pub use lane::{MemoryLane, lane_contract};
pub use memory::MemoryOutbox;

use crate::{Delivery, EventId, Message, Outcome};

/// A receiver that records every copy and answers what the test planned, else takes everything.
#[derive(Debug, Default)]
pub struct RecordingDelivery {
    plan: Mutex<HashMap<EventId, Vec<Outcome>>>,
    received: Mutex<Vec<EventId>>,
}

impl RecordingDelivery {
    /// Answers the next attempts of a message with these outcomes, in order.
    pub fn plan(&self, id: EventId, outcomes: impl IntoIterator<Item = Outcome>) {
        let mut outcomes: Vec<_> = outcomes.into_iter().collect();
        outcomes.reverse();
        self.plan
            .lock()
            .expect("no holder of this lock panics")
            .insert(id, outcomes);
    }

    /// Every copy that was offered, in order.
    pub fn received(&self) -> Vec<EventId> {
        self.received
            .lock()
            .expect("no holder of this lock panics")
            .clone()
    }
}

#[async_trait]
impl Delivery for RecordingDelivery {
    async fn deliver(&self, message: &Message) -> Outcome {
        self.received
            .lock()
            .expect("no holder of this lock panics")
            .push(message.id);
        let mut plan = self.plan.lock().expect("no holder of this lock panics");
        plan.get_mut(&message.id)
            .and_then(Vec::pop)
            .unwrap_or(Outcome::Delivered)
    }
}
