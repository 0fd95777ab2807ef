//! Public contract of maple-expectation, without a web framework: requests and their validation,
//! responses, problem kinds and OpenAPI schemas.
//!
//! HTTP routes and the command line both use it, and a Rust client can.

pub mod amount;
pub mod calculations;
pub mod expectation;
pub mod luck;
pub mod openapi;
pub mod problem;
pub mod responses;
pub mod strict_json;
pub mod upgrades;
