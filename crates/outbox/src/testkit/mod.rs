//! Doubles and the contract of the outbox's ports.

mod contract;
mod lane;
mod memory;

use std::collections::HashMap;

use async_trait::async_trait;
use parking_lot::Mutex;

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
        self.plan.lock().insert(id, outcomes);
    }

    /// Every copy that was offered, in order.
    pub fn received(&self) -> Vec<EventId> {
        self.received.lock().clone()
    }
}

#[async_trait]
impl Delivery for RecordingDelivery {
    async fn deliver(&self, message: &Message) -> Outcome {
        self.received.lock().push(message.id);
        let mut plan = self.plan.lock();
        plan.get_mut(&message.id)
            .and_then(Vec::pop)
            .unwrap_or(Outcome::Delivered)
    }
}
