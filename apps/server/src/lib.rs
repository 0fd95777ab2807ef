//! The service.
pub mod config;
