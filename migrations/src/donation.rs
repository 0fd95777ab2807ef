//! Donations of members to developers, each under its giver's idempotency key.

use async_trait::async_trait;
use sea_orm_migration::schema::{big_integer, binary_len, string_len, string_len_null};
use sea_orm_migration::sea_query::{self, Iden, Index, Table};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::index::IndexMigration;
use crate::table;

pub(crate) struct Migration;

/// Index over the donations of a giver, the newest first.
pub(crate) const BY_GIVER: IndexMigration = IndexMigration {
    migration: "m20261126_000008_donation_by_giver",
    table: "donation",
    index: "donation_by_giver",
    columns: &["giver", "id"],
};

/// Index over the donations of a receiver, the newest first.
pub(crate) const BY_RECEIVER: IndexMigration = IndexMigration {
    migration: "m20261126_000009_donation_by_receiver",
    table: "donation",
    index: "donation_by_receiver",
    columns: &["receiver", "id"],
};

#[derive(Iden)]
enum Donation {
    Table,
    Id,
    Giver,
    Receiver,
    Amount,
    Note,
    IdempotencyKey,
    MadeAtUs,
}

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261126_000007_donation"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // In the table's own statement: without it a request could have two effects.
        let mut once_per_key = Index::create()
            .unique()
            .name("donation_by_key")
            .col(Donation::Giver)
            .col(Donation::IdempotencyKey)
            .take();
        let statement = table(manager, Donation::Table)
            .col(binary_len(Donation::Id, 16).primary_key())
            .col(binary_len(Donation::Giver, 16))
            .col(binary_len(Donation::Receiver, 16))
            .col(big_integer(Donation::Amount))
            .col(string_len_null(Donation::Note, 200))
            .col(string_len(Donation::IdempotencyKey, 128))
            .col(big_integer(Donation::MadeAtUs))
            .index(&mut once_per_key)
            .take();
        manager.create_table(statement).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = Table::drop().table(Donation::Table).if_exists().take();
        manager.drop_table(statement).await
    }
}
