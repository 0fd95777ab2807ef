//! The client over real sockets, against an upstream of the test or the sandbox.

mod accounts;
#[cfg(target_os = "linux")]
mod bomb;
mod client;
mod connections;
mod guard;
mod histories;
mod sample;
mod scenarios;
mod support;
mod trace;
