//! Lanes: who may send to a receiver that takes one message at a time.

use async_trait::async_trait;
use sea_orm_migration::schema::{big_integer, binary_len, boolean, string_len};
use sea_orm_migration::sea_query::{self, Iden, Table};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::table;

pub(crate) struct Migration;

#[derive(Iden)]
enum OutboxLane {
    Table,
    Name,
    FreeAtUs,
    Turn,
    AskedFor,
}

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261126_000040_outbox_lane"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = table(manager, OutboxLane::Table)
            .col(string_len(OutboxLane::Name, 64).primary_key())
            .col(big_integer(OutboxLane::FreeAtUs))
            .col(binary_len(OutboxLane::Turn, 16))
            .col(boolean(OutboxLane::AskedFor))
            .take();
        manager.create_table(statement).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = Table::drop().table(OutboxLane::Table).if_exists().take();
        manager.drop_table(statement).await
    }
}
