//! The newest fencing token of each lock.

use async_trait::async_trait;
use sea_orm_migration::schema::{big_integer, string_len};
use sea_orm_migration::sea_query::{self, Iden, Table};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::table;

pub(crate) struct Migration;

#[derive(Iden)]
enum Fence {
    Table,
    Name,
    Token,
}

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261126_000072_fence"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = table(manager, Fence::Table)
            .col(string_len(Fence::Name, 255).primary_key())
            .col(big_integer(Fence::Token))
            .take();
        manager.create_table(statement).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = Table::drop().table(Fence::Table).if_exists().take();
        manager.drop_table(statement).await
    }
}
