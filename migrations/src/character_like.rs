//! Likes of characters by members: one row per like.

use async_trait::async_trait;
use sea_orm_migration::schema::{binary_len, string_len};
use sea_orm_migration::sea_query::{self, Iden, Index, Table};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::table;

pub(crate) struct Migration;

#[derive(Iden)]
enum CharacterLike {
    Table,
    Ocid,
    Liker,
}

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261126_000015_character_like"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut once_each = Index::create()
            .col(CharacterLike::Ocid)
            .col(CharacterLike::Liker)
            .take();
        let statement = table(manager, CharacterLike::Table)
            .col(string_len(CharacterLike::Ocid, 128))
            .col(binary_len(CharacterLike::Liker, 16))
            .primary_key(&mut once_each)
            .take();
        manager.create_table(statement).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = Table::drop().table(CharacterLike::Table).if_exists().take();
        manager.drop_table(statement).await
    }
}
