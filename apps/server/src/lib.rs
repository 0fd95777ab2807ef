//! The service: what a `MapleStory` (KMS) character's gear would cost to make again.

pub mod access;
pub mod cli;
pub mod config;
pub mod health;
pub mod http;
pub mod jobs;
mod luck;
pub mod openapi;
mod routes;
pub mod session_secret;
pub mod shared_clock;
mod state;
pub mod traces;
pub mod wiring;

pub use process::{Lifecycle, Role};
pub use state::{AppState, HealthCheck};
