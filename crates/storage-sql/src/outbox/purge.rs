//! Forgetting messages that are over.

use jiff::Timestamp;
use sea_orm::{DbErr, FromQueryResult, Value};

use super::state;
use crate::sql;
use crate::transaction::Transaction;
use crate::value::micros;

/// Messages that ended before a time, by the index that tells when. A message that is over never
/// changes again, so nothing needs to be locked; dead letters have an end too, and stay.
const OVER: &str = "SELECT id FROM outbox_message WHERE ended_at_us < ? AND state IN (?, ?) \
     ORDER BY ended_at_us LIMIT ?";

#[derive(Debug, FromQueryResult)]
struct OverRow {
    id: Vec<u8>,
}

/// Removes messages that were delivered or discarded before a time, with their attempts.
pub(super) async fn purge(
    transaction: &Transaction,
    before: Timestamp,
    limit: u32,
) -> Result<u64, DbErr> {
    let values = [
        micros(before),
        state::DELIVERED.into(),
        state::DISCARDED.into(),
        limit.into(),
    ];
    let over = sql::all::<OverRow>(transaction, OVER, values).await?;
    let over: Vec<Value> = over.into_iter().map(|row| row.id.into()).collect();
    for piece in sql::padded_pieces(&over) {
        let marks = sql::repeated("?", piece.len(), ", ");
        for (table, key) in [("outbox_attempt", "message_id"), ("outbox_message", "id")] {
            let text = format!("DELETE FROM {table} WHERE {key} IN ({marks})");
            sql::execute(transaction, &text, piece.iter().cloned()).await?;
        }
    }
    Ok(over.len() as u64)
}
