//! Members, by what stays of their game account.

use async_trait::async_trait;
use sea_orm_migration::schema::{big_integer, binary_len, custom};
use sea_orm_migration::sea_query::{self, Iden, Table};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::table;

pub(crate) struct Migration;

#[derive(Iden)]
enum Member {
    Table,
    Id,
    Characters,
    SeenAtUs,
}

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261126_000018_member"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = table(manager, Member::Table)
            .col(binary_len(Member::Id, 16).primary_key())
            // JSON as a text: the engines' own type is three different ones.
            .col(custom(Member::Characters, "longtext"))
            .col(big_integer(Member::SeenAtUs))
            .take();
        manager.create_table(statement).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = Table::drop().table(Member::Table).if_exists().take();
        manager.drop_table(statement).await
    }
}
