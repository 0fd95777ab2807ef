//! Statements in the SQL that the engines have in common, with `?` for each value.
//!
//! A statement over many values is sent in pieces of a few fixed sizes, so that few texts are
//! prepared and the cache of statements holds them all.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, Statement, Value};

/// The most values, or rows of values, that one statement takes.
const LARGEST_PIECE: usize = 512;

/// Runs a statement; how many rows it touched.
pub(crate) async fn execute(
    connection: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value> + Send,
) -> Result<u64, DbErr> {
    let statement = statement(connection, sql, values);
    Ok(connection.execute_raw(statement).await?.rows_affected())
}

/// Every row of a query.
pub(crate) async fn all<T: FromQueryResult>(
    connection: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value> + Send,
) -> Result<Vec<T>, DbErr> {
    let statement = statement(connection, sql, values);
    T::find_by_statement(statement).all(connection).await
}

/// The first row of a query.
pub(crate) async fn one<T: FromQueryResult>(
    connection: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value> + Send,
) -> Result<Option<T>, DbErr> {
    let statement = statement(connection, sql, values);
    T::find_by_statement(statement).one(connection).await
}

/// Slices of `all` whose lengths are powers of two, the largest first.
pub(crate) fn pieces<T>(mut all: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let bits = all.len().min(LARGEST_PIECE).checked_ilog2()?;
        let (piece, rest) = all.split_at(1 << bits);
        all = rest;
        Some(piece)
    })
}

/// `all` in as few pieces as there can be, each padded: for statements in which repetition means
/// nothing.
pub(crate) fn padded_pieces<T: Clone>(all: &[T]) -> impl Iterator<Item = Vec<T>> {
    all.chunks(LARGEST_PIECE).map(padded)
}

/// `all`, its last one repeated until their number is a power of two: for lists that one statement
/// must take whole, and in which repetition means nothing.
pub(crate) fn padded<T: Clone>(all: &[T]) -> Vec<T> {
    let mut padded = all.to_vec();
    if let Some(last) = all.last() {
        padded.resize(all.len().next_power_of_two(), last.clone());
    }
    padded
}

/// `one` so many times, with `separator` between.
pub(crate) fn repeated(one: &str, times: usize, separator: &str) -> String {
    vec![one; times].join(separator)
}

/// Clause of an `INSERT` that leaves a row alone that is there already. On MariaDB and MySQL it
/// locks that row like any that is written, so the insert opens and locks in one.
pub(crate) fn or_keep(backend: DbBackend, key: &str) -> String {
    match backend {
        DbBackend::MySql => format!(" ON DUPLICATE KEY UPDATE {key} = {key}"),
        _ => format!(" ON CONFLICT ({key}) DO NOTHING"),
    }
}

/// Clause of an `INSERT` that overwrites a column in a row that is there already.
pub(crate) fn or_set(backend: DbBackend, key: &str, column: &str) -> String {
    match backend {
        DbBackend::MySql => format!(" ON DUPLICATE KEY UPDATE {column} = VALUES({column})"),
        _ => format!(" ON CONFLICT ({key}) DO UPDATE SET {column} = excluded.{column}"),
    }
}

/// Clause of a `SELECT` whose rows are about to be written. On SQLite one writer has the whole
/// file.
pub(crate) fn for_update(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::MySql => " FOR UPDATE",
        _ => "",
    }
}

fn statement(
    connection: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Statement {
    Statement::from_sql_and_values(connection.get_database_backend(), sql, values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_have_few_sizes_and_lose_nothing() {
        for (length, sizes) in [
            (0, vec![]),
            (1, vec![1]),
            (7, vec![4, 2, 1]),
            (256, vec![256]),
            (1_212, vec![512, 512, 128, 32, 16, 8, 4]),
        ] {
            let all: Vec<_> = (0..length).collect();
            let pieces: Vec<_> = pieces(&all).collect();
            let lengths: Vec<_> = pieces.iter().map(|piece| piece.len()).collect();
            assert_eq!(lengths, sizes);
            assert_eq!(pieces.concat(), all);
        }
    }

    #[test]
    fn padded_pieces_are_few_and_lose_nothing() {
        let all: Vec<_> = (0..700).collect();
        let pieces: Vec<_> = padded_pieces(&all).collect();
        let lengths: Vec<_> = pieces.iter().map(Vec::len).collect();
        assert_eq!(lengths, [512, 256]);
        let mut put_together = pieces.concat();
        put_together.dedup();
        assert_eq!(put_together, all);
        assert_eq!(padded_pieces::<u8>(&[]).count(), 0);
    }

    #[test]
    fn list_is_padded_with_its_last() {
        assert_eq!(padded(&[1, 2, 3, 4, 5]), [1, 2, 3, 4, 5, 5, 5, 5]);
        assert_eq!(padded(&[1]), [1]);
        assert!(padded::<u8>(&[]).is_empty());
    }
}
