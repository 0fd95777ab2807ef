//! The newest equipment document of each character, compressed.

use async_trait::async_trait;
use sea_orm_migration::schema::{big_integer, binary_len, custom, string_len, unsigned_null};
use sea_orm_migration::sea_query::{self, Iden, Table};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::index::IndexMigration;
use crate::table;

pub(crate) struct Migration;

/// By the time of the fetch: the oldest are purged first.
pub(crate) const BY_AGE: IndexMigration = IndexMigration {
    migration: "m20261126_000060_equipment_snapshot_fetched_at",
    table: "equipment_snapshot",
    index: "equipment_snapshot_fetched_at",
    columns: &["fetched_at_us"],
};

#[derive(Iden)]
enum EquipmentSnapshot {
    Table,
    Ocid,
    FetchedAtUs,
    ContentHash,
    Encoding,
    DictionaryId,
    Body,
}

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000002_equipment_snapshot"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = table(manager, EquipmentSnapshot::Table)
            .col(string_len(EquipmentSnapshot::Ocid, 128).primary_key())
            .col(big_integer(EquipmentSnapshot::FetchedAtUs))
            .col(binary_len(EquipmentSnapshot::ContentHash, 32))
            .col(string_len(EquipmentSnapshot::Encoding, 16))
            .col(unsigned_null(EquipmentSnapshot::DictionaryId))
            // SQLite takes any type with BLOB in its name for a blob.
            .col(custom(EquipmentSnapshot::Body, "longblob"))
            .take();
        manager.create_table(statement).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = Table::drop()
            .table(EquipmentSnapshot::Table)
            .if_exists()
            .take();
        manager.drop_table(statement).await
    }
}
