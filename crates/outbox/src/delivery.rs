//! The receiver's end: what brings a message to where it is meant for.

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;

use crate::Message;

/// Brings messages to a receiver.
#[async_trait]
pub trait Delivery: Debug + Send + Sync {
    /// Makes one attempt. MUST send the message's id with it, so that the receiver can tell copies.
    async fn deliver(&self, message: &Message) -> Outcome;
}

/// Outcome of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver has it.
    Delivered,
    /// The receiver does not have it; another attempt may succeed.
    Retry {
        /// Cause of the failure, without secrets.
        reason: String,
    },
    /// Nothing was sent because the receiver asked for a pause. Not an attempt.
    Paused {
        /// Minimum time before the next message to this receiver.
        for_at_least: Duration,
    },
    /// The receiver does not want it, or it cannot be sent: no attempt will succeed.
    Rejected {
        /// Cause of the failure, without secrets.
        reason: String,
    },
    /// It was sent and nothing came back: the receiver may have it. Tried again.
    Unknown {
        /// Cause of the failure, without secrets.
        reason: String,
    },
}
