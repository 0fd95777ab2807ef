//! Characters by name.
//!
//! `CHARACTER` is a reserved word of SQL, hence the longer name.

use async_trait::async_trait;
use sea_orm_migration::schema::{big_integer, small_unsigned, string_len};
use sea_orm_migration::sea_query::{self, Iden, Table};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::index::IndexMigration;
use crate::table;

pub(crate) struct Migration;

/// By the time of the fetch: the latest are known first after a start.
pub(crate) const BY_AGE: IndexMigration = IndexMigration {
    migration: "m20261126_000061_game_character_fetched_at",
    table: "game_character",
    index: "game_character_fetched_at",
    columns: &["fetched_at_us"],
};

#[derive(Iden)]
enum GameCharacter {
    Table,
    Name,
    Ocid,
    World,
    Class,
    Level,
    FetchedAtUs,
}

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000001_game_character"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = table(manager, GameCharacter::Table)
            .col(string_len(GameCharacter::Name, 12).primary_key())
            .col(string_len(GameCharacter::Ocid, 128))
            .col(string_len(GameCharacter::World, 64))
            .col(string_len(GameCharacter::Class, 64))
            .col(small_unsigned(GameCharacter::Level))
            .col(big_integer(GameCharacter::FetchedAtUs))
            .take();
        manager.create_table(statement).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = Table::drop().table(GameCharacter::Table).if_exists().take();
        manager.drop_table(statement).await
    }
}
