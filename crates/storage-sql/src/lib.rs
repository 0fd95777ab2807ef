//! What the service keeps, in SQLite (one server, no set-up) or in MariaDB 10.6+ or MySQL 8+
//! (any number of servers).
//!
//! [`Database`] is the pool of connections and the schema; [`Snapshots`] keeps characters and
//! their equipment in it. Every write is one statement, or several that may be repeated and
//! interleaved, so nothing here reads first and writes what it concluded.

mod connect;
mod database;
mod entity;
mod error;
mod migrate;
mod settings;
mod snapshots;
#[cfg(feature = "testkit")]
pub mod testkit;

pub use database::{Database, PoolStatus};
pub use error::Error;
pub use migrate::Migrated;
pub use settings::Settings;
pub use snapshots::Snapshots;
