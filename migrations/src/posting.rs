//! Movements of points, and why they were made. The points are in `ledger_entry`.

use async_trait::async_trait;
use sea_orm_migration::schema::{big_integer, binary_len, string_len, text_null};
use sea_orm_migration::sea_query::{self, Iden, Table};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::table;

pub(crate) struct Migration;

#[derive(Iden)]
enum Posting {
    Table,
    Id,
    Cause,
    GrantedBy,
    Reason,
    MadeAtUs,
}

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261126_000004_posting"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = table(manager, Posting::Table)
            .col(binary_len(Posting::Id, 16).primary_key())
            .col(string_len(Posting::Cause, 16))
            .col(text_null(Posting::GrantedBy))
            .col(text_null(Posting::Reason))
            .col(big_integer(Posting::MadeAtUs))
            .take();
        manager.create_table(statement).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = Table::drop().table(Posting::Table).if_exists().take();
        manager.drop_table(statement).await
    }
}
