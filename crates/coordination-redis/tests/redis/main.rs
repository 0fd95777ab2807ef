//! What instances share, on a real Redis: one that tests share, or one of a test's own where it is
//! killed, frozen or flushed.

#![expect(
    clippy::large_futures,
    reason = "a test awaits the futures of the client where they are"
)]

mod connection;
mod likes;
mod locks;
mod quota;
mod snapshots;
mod world;
