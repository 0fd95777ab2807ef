//! Balances of points by account.

use async_trait::async_trait;
use sea_orm_migration::schema::{big_integer, var_binary};
use sea_orm_migration::sea_query::{self, Iden, Table};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::table;

pub(crate) struct Migration;

#[derive(Iden)]
enum PointAccount {
    Table,
    Account,
    Balance,
}

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261126_000003_point_account"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = table(manager, PointAccount::Table)
            // A member's 16 bytes; nothing for the account that grants come from.
            .col(var_binary(PointAccount::Account, 16).primary_key())
            .col(big_integer(PointAccount::Balance))
            .take();
        manager.create_table(statement).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = Table::drop().table(PointAccount::Table).if_exists().take();
        manager.drop_table(statement).await
    }
}
