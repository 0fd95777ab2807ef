//! The service: what a `MapleStory` (KMS) character's gear would cost to make again.

pub mod config;
pub mod http;
mod lifecycle;
pub mod openapi;
mod routes;
mod service;

pub use lifecycle::{GRACE, Lifecycle};
pub use service::{Dependency, Service};
