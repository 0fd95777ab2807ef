//! The transactional outbox: a message is written in the same transaction as the change it reports,
//! and a relay delivers it until it has arrived.
//!
//! # What is promised
//!
//! *At least once.* A message whose transaction committed is delivered, or ends as a dead letter
//! that an operator can see, replay or discard. A relay that dies after the receiver took the
//! message and before the store knew leaves the attempt as [`Outcome::Unknown`]; the message is
//! then sent again, so each crash can add one copy of each message in flight. Every copy carries
//! the same [`EventId`], by which a receiver can tell.
//!
//! # How
//!
//! [`Relay::tick`] claims the messages that are due, each under a lease, hands them to a
//! [`Delivery`] side by side, and settles what came of it. A claim raises the message's attempt
//! number, and only the attempt that still holds the message can settle it: several relays need no
//! other agreement. A message that fails is tried again by the [`RetrySchedule`]; meanwhile it
//! holds up no other.

mod dead_letters;
mod delivery;
mod lane;
mod message;
mod relay;
mod schedule;
mod spans;
mod store;
#[cfg(feature = "testkit")]
pub mod testkit;

pub use dead_letters::{DeadLetters, Disposed};
pub use delivery::{Delivery, Outcome};
pub use lane::{Lane, LaneState, Turn};
pub use message::{DamagedMessage, EventId, Message, NewMessage};
pub use relay::{Relay, RelayOptions, Tick};
pub use schedule::RetrySchedule;
pub use store::{
    Attempt, AttemptResult, Backlog, Claimed, DeadLetter, Disposal, NextStep, OutboxError,
    OutboxStore, Settlement,
};
