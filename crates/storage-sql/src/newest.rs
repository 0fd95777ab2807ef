//! Rows of which the newest stays, in whatever order they are written.

use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, SqlErr, UpdateMany};

/// Writes `row` unless a newer one is there. Each statement is safe by itself: `update` touches
/// only a row that is not newer, and the insert fails when there is any. When another writer
/// inserted in between, the update decides again who is newer.
///
/// An upsert would be one statement, but has no common form in the three engines.
pub(crate) async fn newest_wins<E, A>(
    connection: &impl ConnectionTrait,
    update: UpdateMany<E>,
    row: A,
) -> Result<(), DbErr>
where
    E: EntityTrait,
    A: ActiveModelTrait<Entity = E>,
{
    if update.clone().exec(connection).await?.rows_affected > 0 {
        return Ok(());
    }
    match E::insert(row).exec_without_returning(connection).await {
        Err(error) if is_duplicate(&error) => update.exec(connection).await.map(|_| ()),
        other => other.map(|_| ()),
    }
}

/// Whether a row with the same key was there already.
pub(crate) fn is_duplicate(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}
