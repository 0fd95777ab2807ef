//! Messages of the outbox: pending, in delivery, and finished.

use async_trait::async_trait;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, binary_len, custom, small_unsigned, string_len, string_len_null,
    unsigned,
};
use sea_orm_migration::sea_query::{self, Iden, Table};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::index::IndexMigration;
use crate::table;

pub(crate) struct Migration;

/// Index over due messages, the longest due first. Only pending messages have a due time; the last
/// column gives the age of the backlog from the index alone.
pub(crate) const DUE: IndexMigration = IndexMigration {
    migration: "m20261126_000011_outbox_message_due",
    table: "outbox_message",
    index: "outbox_message_due",
    columns: &["due_at_us", "id", "created_at_us"],
};

/// Dead letters by id.
pub(crate) const BY_STATE: IndexMigration = IndexMigration {
    migration: "m20261126_000012_outbox_message_by_state",
    table: "outbox_message",
    index: "outbox_message_by_state",
    columns: &["state", "id"],
};

/// Index over finished messages, the longest finished first.
pub(crate) const BY_END: IndexMigration = IndexMigration {
    migration: "m20261126_000080_outbox_message_by_end",
    table: "outbox_message",
    index: "outbox_message_by_end",
    columns: &["ended_at_us"],
};

#[derive(Iden)]
enum OutboxMessage {
    Table,
    Id,
    Topic,
    Version,
    Payload,
    ContentHash,
    CreatedAtUs,
    State,
    DueAtUs,
    Attempt,
    EndedAtUs,
    Traceparent,
}

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261126_000010_outbox_message"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = table(manager, OutboxMessage::Table)
            .col(binary_len(OutboxMessage::Id, 16).primary_key())
            .col(string_len(OutboxMessage::Topic, 64))
            .col(small_unsigned(OutboxMessage::Version))
            // SQLite takes any type with TEXT in its name for a text.
            .col(custom(OutboxMessage::Payload, "longtext"))
            .col(binary_len(OutboxMessage::ContentHash, 32))
            .col(big_integer(OutboxMessage::CreatedAtUs))
            .col(string_len(OutboxMessage::State, 16))
            .col(big_integer_null(OutboxMessage::DueAtUs))
            .col(unsigned(OutboxMessage::Attempt))
            .col(big_integer_null(OutboxMessage::EndedAtUs))
            .take();
        manager.create_table(statement).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = Table::drop().table(OutboxMessage::Table).if_exists().take();
        manager.drop_table(statement).await
    }
}

/// Trace of the request that stored a message, as `traceparent` of W3C Trace Context; null of older
/// messages and while traces are off.
pub(crate) struct Trace;

/// Characters of a `traceparent` of version 00.
const TRACEPARENT_CHARS: u32 = 55;

impl MigrationName for Trace {
    fn name(&self) -> &'static str {
        "m20261130_000090_outbox_message_trace"
    }
}

#[async_trait]
impl MigrationTrait for Trace {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.has_column("outbox_message", "traceparent").await? {
            return Ok(());
        }
        let column = string_len_null(OutboxMessage::Traceparent, TRACEPARENT_CHARS);
        let statement = Table::alter()
            .table(OutboxMessage::Table)
            .add_column(column)
            .take();
        manager.alter_table(statement).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !manager.has_column("outbox_message", "traceparent").await? {
            return Ok(());
        }
        let statement = Table::alter()
            .table(OutboxMessage::Table)
            .drop_column(OutboxMessage::Traceparent)
            .take();
        manager.alter_table(statement).await
    }
}
