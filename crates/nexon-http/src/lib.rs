//! The Nexon Open API (`MapleStory`, KMS) as this project reads it.
//!
//! [`NexonClient`] asks over HTTP and implements the ports of the `equipment` crate;
//! [`read_equipment`] reads an equipment document without a client.

mod body;
mod client;
mod document;
mod fault;
mod json;

pub use client::{ClientError, NEXON_BASE_URL, NexonClient, NexonSettings};
pub use document::read_equipment;
