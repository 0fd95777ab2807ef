//! Likes that were written ahead of a stream that was away, and when they were taken.

use async_trait::async_trait;
use sea_orm_migration::schema::{big_integer, binary_len, string_len};
use sea_orm_migration::sea_query::{self, Iden, Index, Table};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::index::IndexMigration;
use crate::table;

pub(crate) struct Migration;

/// By the time they were taken: the oldest are forgotten with every batch that goes ahead.
pub(crate) const BY_TIME: IndexMigration = IndexMigration {
    migration: "m20261126_000081_like_ahead_taken_at",
    table: "like_ahead",
    index: "like_ahead_taken_at",
    columns: &["taken_at_us"],
};

#[derive(Iden)]
enum LikeAhead {
    Table,
    Ocid,
    Liker,
    TakenAtUs,
}

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261126_000071_like_ahead"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut once_each = Index::create()
            .col(LikeAhead::Ocid)
            .col(LikeAhead::Liker)
            .take();
        let statement = table(manager, LikeAhead::Table)
            .col(string_len(LikeAhead::Ocid, 128))
            .col(binary_len(LikeAhead::Liker, 16))
            .col(big_integer(LikeAhead::TakenAtUs))
            .primary_key(&mut once_each)
            .take();
        manager.create_table(statement).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = Table::drop().table(LikeAhead::Table).if_exists().take();
        manager.drop_table(statement).await
    }
}
