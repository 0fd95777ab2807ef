//! Claims: which messages are due, and whose they are for a while.

use jiff::Timestamp;
use outbox::{AttemptResult, Claimed, Message};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Value};

use super::rows::{MessageRow, NewAttempt};
use super::{state, update};
use crate::transaction::Transaction;
use crate::value::micros;
use crate::{Database, Error, sql};

/// A wish for messages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Claim {
    pub(super) now: Timestamp,
    /// End of the lease of what is claimed.
    pub(super) until: Timestamp,
    pub(super) limit: u32,
    pub(super) max_attempts: u32,
}

/// The columns of a message that is due, and the index that tells which are.
const DUE: &str = "SELECT id, topic, version, payload, content_hash, created_at_us, state, \
     due_at_us, attempt, traceparent FROM outbox_message WHERE due_at_us <= ? ORDER BY due_at_us, id LIMIT ?";

impl Claim {
    /// Claims messages; looks again when all that were due had no attempt left.
    pub(super) async fn make(&self, database: &Database) -> Result<Vec<Claimed>, Error> {
        loop {
            let (alive, dead) = database.write(async |tx| self.take(tx).await).await?;
            if alive.is_empty() && dead > 0 {
                continue;
            }
            return alive.into_iter().map(claimed).collect();
        }
    }

    /// The rows that are now claimed, and how many were found dead.
    async fn take(&self, transaction: &Transaction) -> Result<(Vec<MessageRow>, usize), DbErr> {
        let due = self.due(transaction).await?;
        let lost: Vec<_> = due.iter().filter_map(lost_attempt).collect();
        NewAttempt::write(&lost, transaction).await?;
        let (dead, alive): (Vec<_>, Vec<_>) = due
            .into_iter()
            .partition(|row| row.state == state::CLAIMED && row.attempt >= self.max_attempts);
        self.bury(&dead, transaction).await?;
        self.hold(&alive, transaction).await?;
        Ok((alive, dead.len()))
    }

    /// Rows that another claim is looking at are passed over: on SQLite there is no other.
    async fn due(&self, transaction: &Transaction) -> Result<Vec<MessageRow>, DbErr> {
        let lock = match transaction.get_database_backend() {
            DbBackend::MySql => " FOR UPDATE SKIP LOCKED",
            _ => "",
        };
        let values = [micros(self.now), self.limit.into()];
        sql::all(transaction, &format!("{DUE}{lock}"), values).await
    }

    async fn bury(&self, rows: &[MessageRow], transaction: &Transaction) -> Result<(), DbErr> {
        let now = micros(self.now);
        let set = "state = ?, due_at_us = NULL, ended_at_us = ?";
        update(&ids(rows), set, [state::DEAD.into(), now], transaction).await
    }

    async fn hold(&self, rows: &[MessageRow], transaction: &Transaction) -> Result<(), DbErr> {
        let until = micros(self.until);
        let set = "state = ?, due_at_us = ?, attempt = attempt + 1";
        update(&ids(rows), set, [state::CLAIMED.into(), until], transaction).await
    }
}

fn ids(rows: &[MessageRow]) -> Vec<Value> {
    rows.iter().map(|row| row.id.clone().into()).collect()
}

/// The attempt of a claim whose lease ran out: the receiver may have the message.
fn lost_attempt(row: &MessageRow) -> Option<NewAttempt> {
    (row.state == state::CLAIMED).then(|| NewAttempt {
        message: row.id.clone().into(),
        number: row.attempt,
        ended_at_us: row.due_at_us,
        result: AttemptResult::Unknown("the relay disappeared".to_owned()),
    })
}

fn claimed(row: MessageRow) -> Result<Claimed, Error> {
    let attempt = row.attempt + 1;
    let message = Message::try_from(row)?;
    Ok(Claimed { message, attempt })
}
