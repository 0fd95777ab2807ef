//! The entries of the ledger: each posting takes points from one account and gives them to
//! another.

use async_trait::async_trait;
use sea_orm_migration::schema::{big_integer, binary_len, var_binary};
use sea_orm_migration::sea_query::{self, Iden, Index, Table};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::index::IndexMigration;
use crate::table;

pub(crate) struct Migration;

/// The two entries of a posting.
pub(crate) const BY_POSTING: IndexMigration = IndexMigration {
    migration: "m20261126_000006_ledger_entry_by_posting",
    table: "ledger_entry",
    index: "ledger_entry_by_posting",
    columns: &["posting_id", "account", "points"],
};

#[derive(Iden)]
enum LedgerEntry {
    Table,
    Account,
    PostingId,
    Points,
}

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261126_000005_ledger_entry"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // An account's entries lie together, in the order of the postings.
        let mut key = Index::create()
            .col(LedgerEntry::Account)
            .col(LedgerEntry::PostingId)
            .take();
        let statement = table(manager, LedgerEntry::Table)
            .col(var_binary(LedgerEntry::Account, 16))
            .col(binary_len(LedgerEntry::PostingId, 16))
            .col(big_integer(LedgerEntry::Points))
            .primary_key(&mut key)
            .take();
        manager.create_table(statement).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = Table::drop().table(LedgerEntry::Table).if_exists().take();
        manager.drop_table(statement).await
    }
}
