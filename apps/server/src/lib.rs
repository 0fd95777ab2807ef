//! The service: what a `MapleStory` (KMS) character's gear would cost to make again.

pub mod access;
pub mod cli;
pub mod config;
pub mod descriptors;
pub mod health;
pub mod http;
pub mod jobs;
mod lifecycle;
mod luck;
pub mod notices;
pub mod observed;
pub mod one_process;
pub mod openapi;
pub mod people;
mod routes;
pub mod session_secret;
pub mod shared_clock;
mod state;
pub mod supervisor;
pub mod traces;
pub mod wiring;
pub mod workers;

pub use lifecycle::{GRACE, Lifecycle, WorkerFailure};
pub use state::{AppState, HealthCheck};
