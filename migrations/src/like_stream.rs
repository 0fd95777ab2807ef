//! Up to where each durable stream of likes was applied.

use async_trait::async_trait;
use sea_orm_migration::schema::{big_integer, string_len};
use sea_orm_migration::sea_query::{self, Iden, Table};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::table;

pub(crate) struct Migration;

#[derive(Iden)]
enum LikeStream {
    Table,
    Stream,
    ReachedMs,
    ReachedSequence,
}

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261126_000017_like_stream"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = table(manager, LikeStream::Table)
            .col(string_len(LikeStream::Stream, 128).primary_key())
            .col(big_integer(LikeStream::ReachedMs))
            .col(big_integer(LikeStream::ReachedSequence))
            .take();
        manager.create_table(statement).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = Table::drop().table(LikeStream::Table).if_exists().take();
        manager.drop_table(statement).await
    }
}
