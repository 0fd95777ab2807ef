//! Real servers for tests, private to them, and a network that fails on request.
//!
//! [`servers`] says where tests find a MariaDB and a Redis: the ones `cargo xtask test` started
//! for the whole run, else ones started for this test program. What runs them is an installed
//! program, else one that apt installs, else a container. A test that wants to kill, freeze or
//! restart a server starts its own ([`Server`]). [`Service`] is a program of ours that runs as
//! a process, to be killed, frozen and told to end. [`FaultProxy`] stands between a client and a
//! server and delays, cuts or refuses. [`Preload`] gives a process a wrong clock or a disk that
//! fails. With the feature `sql`, [`TestDatabase`] is a database of
//! a test's own; with the feature `otlp`, `Collector` takes traces; with the feature `load`,
//! [`load`] sends requests by a fixed schedule, and `Callgrind` counts instructions; with the
//! feature `browser`, [`Browser`] is a Chromium.
//!
//! No process outlives the program that started it, not even when that is killed.

#[cfg(feature = "browser")]
mod browser;
#[cfg(feature = "load")]
mod callgrind;
#[cfg(feature = "otlp")]
mod collector;
mod container;
#[cfg(feature = "sql")]
mod database;
mod environment;
mod error;
#[cfg(feature = "load")]
pub mod load;
mod mariadb;
mod preload;
mod programs;
mod proxy;
mod redis;
#[cfg(feature = "sql")]
mod schema;
mod server;
pub mod servers;
mod service;
mod unique;
mod watchdog;

#[cfg(feature = "browser")]
pub use browser::{Browser, BrowserError, Entry, Key, Scheme, npm_file};
#[cfg(feature = "load")]
pub use callgrind::Callgrind;
#[cfg(feature = "otlp")]
pub use collector::{CollectedSpan, Collector, CollectorMode};
#[cfg(feature = "sql")]
pub use database::TestDatabase;
pub use error::ServerError;
pub use preload::{EIO, ENOSPC, FileFault, Preload};
pub use proxy::{Fault, FaultProxy};
pub use server::Server;
pub use service::Service;
#[cfg(feature = "sql")]
pub use storage_sql::testkit::connections_to;
