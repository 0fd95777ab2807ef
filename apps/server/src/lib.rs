//! The service: what a `MapleStory` (KMS) character's gear would cost to make again.

pub mod access;
pub mod alerts;
pub mod answers;
pub mod calculations;
pub mod capacity;
pub mod cli;
pub mod config;
pub mod expectation;
pub mod finished;
pub mod guarded;
pub mod http;
mod lifecycle;
pub mod notices;
pub mod observed;
pub mod openapi;
pub mod people;
mod routes;
pub mod schedule;
mod service;
pub mod session_secret;
pub mod wiring;
pub mod workers;

pub use lifecycle::{GRACE, Lifecycle, WorkerDied};
pub use service::{Dependency, Service};
