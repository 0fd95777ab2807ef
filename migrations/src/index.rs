//! Indexes: each is a step of its own, and its absence costs time only.

use async_trait::async_trait;
use sea_orm_migration::sea_query::Index;
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

/// Makes one index.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IndexMigration {
    /// The migration's name.
    pub(crate) migration: &'static str,
    /// The table.
    pub(crate) table: &'static str,
    /// The index's name.
    pub(crate) index: &'static str,
    /// Its columns, in their order.
    pub(crate) columns: &'static [&'static str],
}

impl MigrationName for IndexMigration {
    fn name(&self) -> &'static str {
        self.migration
    }
}

/// MySQL takes no `IF NOT EXISTS` here, so it is asked first.
#[async_trait]
impl MigrationTrait for IndexMigration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.has_index(self.table, self.index).await? {
            return Ok(());
        }
        let mut statement = Index::create().name(self.index).table(self.table).take();
        for column in self.columns {
            statement.col(*column);
        }
        manager.create_index(statement).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !manager.has_index(self.table, self.index).await? {
            return Ok(());
        }
        let mut statement = Index::drop();
        statement.name(self.index).table(self.table);
        manager.drop_index(statement).await
    }
}
