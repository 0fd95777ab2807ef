//! The stores on SQLite and MariaDB.

#[macro_use]
mod common;
mod availability;
mod failures;
mod forward_compatibility;
mod full_disk;
mod job_runs;
mod locks;
mod migrations;
mod people;
mod sessions;
mod snapshots;
mod sqlite;
