//! The steps that bring the database to its present schema, and back.
//!
//! One code for SQLite, MariaDB 10.6+ and MySQL 8+. What keeps it portable, and safe while an
//! older server still runs:
//!
//! - One change of the schema per migration, and it may be repeated (`if_not_exists`,
//!   `if_exists`): MariaDB and MySQL commit every such change at once, so a server killed
//!   between the change and its record meets it again.
//! - Names and identifiers are compared byte for byte (`utf8mb4_bin`); the servers' defaults take
//!   `K1` for `k1` and one emoji for another.
//! - Points in time are `BIGINT` microseconds since 1970-01-01 UTC, in columns that end in `_us`.
//!   The engines' own types differ in precision, in rounding and in what a session's time zone
//!   does to them; an integer does not. `FROM_UNIXTIME(fetched_at_us / 1000000)` (SQLite:
//!   `datetime(fetched_at_us / 1000000, 'unixepoch')`) shows one to a person.
//! - Blobs name their size (`LONGBLOB`): a plain `BLOB` ends at 64 KiB on MariaDB and MySQL.
//! - A migration that has been released is never edited; the next one corrects it.
//!
//! Run them through `storage_sql::Database::migrate`, which makes sure that of many servers
//! starting at once only one does.

mod character_like;
mod donation;
mod equipment_snapshot;
mod fence;
mod game_character;
mod index;
mod job_run;
mod ledger_entry;
mod like_ahead;
mod like_count;
mod like_stream;
mod member;
mod member_session;
mod outbox_attempt;
mod outbox_lane;
mod outbox_message;
mod point_account;
mod posting;

use async_trait::async_trait;
use sea_orm_migration::sea_orm::DbBackend;
use sea_orm_migration::sea_query::{IntoTableRef, Table, TableCreateStatement};
use sea_orm_migration::{MigrationTrait, MigratorTrait, SchemaManager};

/// Every migration, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(game_character::Migration),
            Box::new(equipment_snapshot::Migration),
            Box::new(point_account::Migration),
            Box::new(posting::Migration),
            Box::new(ledger_entry::Migration),
            Box::new(ledger_entry::BY_POSTING),
            Box::new(donation::Migration),
            Box::new(donation::BY_GIVER),
            Box::new(donation::BY_RECEIVER),
            Box::new(outbox_message::Migration),
            Box::new(outbox_message::DUE),
            Box::new(outbox_message::BY_STATE),
            Box::new(outbox_attempt::Migration),
            Box::new(outbox_attempt::BY_MESSAGE),
            Box::new(character_like::Migration),
            Box::new(like_count::Migration),
            Box::new(like_stream::Migration),
            Box::new(outbox_lane::Migration),
            Box::new(member::Migration),
            Box::new(member_session::Migration),
            Box::new(member_session::BY_MEMBER),
            Box::new(member_session::BY_END),
            Box::new(equipment_snapshot::BY_AGE),
            Box::new(game_character::BY_AGE),
            Box::new(job_run::Migration),
            Box::new(like_ahead::Migration),
            Box::new(fence::Migration),
            Box::new(outbox_message::BY_END),
            Box::new(like_ahead::BY_TIME),
            Box::new(outbox_message::Trace),
        ]
    }
}

/// A table as all of ours are: texts of any script, compared byte for byte.
fn table(manager: &SchemaManager<'_>, name: impl IntoTableRef) -> TableCreateStatement {
    let mut table = Table::create().table(name).if_not_exists().take();
    if manager.get_database_backend() == DbBackend::MySql {
        table.character_set("utf8mb4").collate("utf8mb4_bin");
    }
    table
}
