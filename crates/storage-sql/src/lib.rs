//! Durable store of the service, in SQLite (one server, no set-up) or in MariaDB 10.6+ or MySQL 8+
//! (any number of servers).
//!
//! [`Database`] is the pool of connections and the schema. [`Snapshots`] keeps characters and their
//! equipment in it, [`Sessions`] members and their sessions; there every write is one statement, or
//! several that may be repeated and interleaved. [`Ledger`], [`Outbox`] and [`Likes`] read, decide
//! and write in one transaction that has locked what it read.
//! [`FenceTokens`] say which holder of a lock may still write; [`JobRuns`], the latest run of each
//! scheduled job, ask them in the transaction of each write. [`GuardedStore`] is a circuit breaker
//! around snapshots.

mod breaker;
mod connect;
mod database;
mod entity;
mod error;
mod failpoint;
mod fences;
mod guarded;
mod job_runs;
mod ledger;
mod likes;
mod lock;
mod migrate;
mod newest;
mod nodelay;
mod outbox;
mod schema;
mod server_clock;
mod sessions;
mod settings;
mod snapshots;
mod sql;
#[cfg(feature = "testkit")]
pub mod testkit;
mod transaction;
mod value;

pub use database::{Database, PoolStatus};
pub use error::Error;
pub use fences::FenceTokens;
pub use guarded::GuardedStore;
pub use job_runs::JobRuns;
pub use ledger::Ledger;
pub use likes::Likes;
pub use migrate::Migrated;
pub use outbox::{Outbox, OutboxLane};
pub use schema::SchemaState;
pub use sessions::Sessions;
pub use settings::Settings;
pub use snapshots::Snapshots;
