//! Every attempt to deliver a message.

use async_trait::async_trait;
use sea_orm_migration::schema::{
    big_integer, big_pk_auto, binary_len, string_len, string_len_null, unsigned,
};
use sea_orm_migration::sea_query::{self, Iden, Table};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::index::IndexMigration;
use crate::table;

pub(crate) struct Migration;

/// A message's attempts in their order.
pub(crate) const BY_MESSAGE: IndexMigration = IndexMigration {
    migration: "m20261126_000014_outbox_attempt_by_message",
    table: "outbox_attempt",
    index: "outbox_attempt_by_message",
    columns: &["message_id", "id"],
};

#[derive(Iden)]
enum OutboxAttempt {
    Table,
    Id,
    MessageId,
    Number,
    EndedAtUs,
    Outcome,
    Reason,
}

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261126_000013_outbox_attempt"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = table(manager, OutboxAttempt::Table)
            .col(big_pk_auto(OutboxAttempt::Id))
            .col(binary_len(OutboxAttempt::MessageId, 16))
            .col(unsigned(OutboxAttempt::Number))
            .col(big_integer(OutboxAttempt::EndedAtUs))
            .col(string_len(OutboxAttempt::Outcome, 16))
            .col(string_len_null(OutboxAttempt::Reason, 1000))
            .take();
        manager.create_table(statement).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = Table::drop().table(OutboxAttempt::Table).if_exists().take();
        manager.drop_table(statement).await
    }
}
