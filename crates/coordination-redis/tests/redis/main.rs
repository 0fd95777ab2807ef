//! Tests on a real Redis: a shared one, or one of the test's own where it is killed, frozen or
//! flushed.

#![expect(
    clippy::large_futures,
    reason = "a test awaits the futures of the client where they are"
)]

mod connection;
mod likes;
mod locks;
mod quota;
mod sharing;
mod snapshots;
mod world;
