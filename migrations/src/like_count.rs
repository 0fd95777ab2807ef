//! Number of likes per character, kept with `character_like` in one transaction.

use async_trait::async_trait;
use sea_orm_migration::schema::{big_integer, string_len};
use sea_orm_migration::sea_query::{self, Iden, Table};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::table;

pub(crate) struct Migration;

#[derive(Iden)]
enum LikeCount {
    Table,
    Ocid,
    Likes,
}

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261126_000016_like_count"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = table(manager, LikeCount::Table)
            .col(string_len(LikeCount::Ocid, 128).primary_key())
            .col(big_integer(LikeCount::Likes))
            .take();
        manager.create_table(statement).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = Table::drop().table(LikeCount::Table).if_exists().take();
        manager.drop_table(statement).await
    }
}
