//! State of the schema, looked at without changing it.

use std::collections::BTreeSet;

use migrations::Migrator;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use sea_orm_migration::MigratorTrait;

use crate::error::is_missing_table;
use crate::sql;

/// State of a database's schema against that of this version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaState {
    /// It was never migrated: there are no tables.
    Never,
    /// Migrations of this version that are missing, oldest first.
    Behind(Vec<String>),
    /// It has everything that this version needs.
    Ready,
}

#[derive(Debug, FromQueryResult)]
struct VersionRow {
    version: String,
}

/// Reads which migrations were applied.
pub(crate) async fn state(connection: &impl ConnectionTrait) -> Result<SchemaState, DbErr> {
    let text = "SELECT version FROM seaql_migrations";
    let present = match sql::all::<VersionRow>(connection, text, []).await {
        Ok(rows) => rows.into_iter().map(|row| row.version).collect(),
        Err(error) if is_missing_table(&error) => BTreeSet::new(),
        Err(error) => return Err(error),
    };
    if present.is_empty() {
        return Ok(SchemaState::Never);
    }
    let known = Migrator::migrations();
    let known = known.iter().map(|migration| migration.name().to_owned());
    let missing: Vec<_> = known.filter(|name| !present.contains(name)).collect();
    if missing.is_empty() {
        return Ok(SchemaState::Ready);
    }
    Ok(SchemaState::Behind(missing))
}
