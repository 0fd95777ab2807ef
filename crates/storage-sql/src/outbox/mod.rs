//! The outbox: messages written with the change they tell of, claimed under leases, settled.

mod claim;
mod lane;
mod purge;
mod rows;
mod settle;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use outbox::{
    Attempt, Backlog, Claimed, DeadLetter, Disposal, EventId, NewMessage, OutboxError, OutboxStore,
    Settlement,
};
use sea_orm::{ConnectionTrait, DbErr, Value};

use crate::transaction::Transaction;
use crate::value::micros;
use crate::{Database, Error, sql, value};
pub use lane::OutboxLane;
use rows::{AttemptRow, BacklogRow, DeadLetterRow};

/// The outbox.
#[derive(Debug, Clone)]
pub struct Outbox {
    database: Database,
}

/// The states of a message, as they are stored. Only a message that waits or is claimed has a
/// time when it is due; for a claimed one that is the end of its lease.
mod state {
    pub(super) const WAITING: &str = "waiting";
    pub(super) const CLAIMED: &str = "claimed";
    pub(super) const DELIVERED: &str = "delivered";
    pub(super) const DEAD: &str = "dead";
    pub(super) const DISCARDED: &str = "discarded";
}

const INSERT: &str = "INSERT INTO outbox_message \
     (id, topic, version, payload, content_hash, created_at_us, state, due_at_us, attempt, \
     traceparent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?)";

const BACKLOG: &str = "SELECT \
     (SELECT COUNT(*) FROM outbox_message WHERE due_at_us IS NOT NULL) AS pending, \
     (SELECT MIN(created_at_us) FROM outbox_message WHERE due_at_us IS NOT NULL) AS oldest_us, \
     (SELECT COUNT(*) FROM outbox_message WHERE state = 'dead') AS dead";

const DEAD_LETTERS: &str = "SELECT outbox_message.id, topic, version, payload, content_hash, \
     created_at_us, outbox_message.ended_at_us AS died_at_us, outcome, reason \
     FROM outbox_message JOIN outbox_attempt ON outbox_attempt.id = \
     (SELECT MAX(id) FROM outbox_attempt WHERE message_id = outbox_message.id) \
     WHERE state = 'dead' AND outbox_message.id >= ? ORDER BY outbox_message.id LIMIT ?";

const HISTORY: &str = "SELECT number, ended_at_us, outcome, reason FROM outbox_attempt \
     WHERE message_id = ? ORDER BY id";

/// Writes a message, due at once.
pub(crate) async fn insert(
    connection: &impl ConnectionTrait,
    message: &NewMessage,
) -> Result<(), DbErr> {
    let created_at = micros(message.created_at);
    let values = [
        value::id(message.id),
        message.topic.as_str().into(),
        message.version.into(),
        message.payload.as_str().into(),
        message.content_hash().to_vec().into(),
        created_at.clone(),
        state::WAITING.into(),
        created_at,
        message.trace.map(|trace| trace.to_string()).into(),
    ];
    sql::execute(connection, INSERT, values).await?;
    Ok(())
}

impl Outbox {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }

    #[cfg(feature = "testkit")]
    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    async fn dead_letters_from(
        &self,
        first: Option<EventId>,
        limit: u32,
    ) -> Result<Vec<DeadLetter>, Error> {
        let first = first.unwrap_or(EventId::new(0));
        let values = [value::id(first), limit.into()];
        let rows = sql::all::<DeadLetterRow>(self.database.connection(), DEAD_LETTERS, values);
        let rows = self.database.within(rows).await?;
        rows.into_iter().map(DeadLetter::try_from).collect()
    }

    async fn history(&self, id: EventId) -> Result<Vec<Attempt>, Error> {
        let rows = sql::all::<AttemptRow>(self.database.connection(), HISTORY, [value::id(id)]);
        let rows = self.database.within(rows).await?;
        rows.into_iter().map(Attempt::try_from).collect()
    }
}

#[async_trait]
impl OutboxStore for Outbox {
    async fn claim_due(
        &self,
        now: Timestamp,
        lease: Duration,
        limit: u32,
        max_attempts: u32,
    ) -> Result<Vec<Claimed>, OutboxError> {
        let claim = claim::Claim {
            now,
            until: now + lease,
            limit,
            max_attempts,
        };
        claim
            .make(&self.database)
            .await
            .map_err(failed_to("claim messages"))
    }

    async fn settle(&self, settlements: &[Settlement]) -> Result<Vec<EventId>, OutboxError> {
        let lost = async |tx: &Transaction| settle::settle(tx, settlements).await;
        let lost = self.database.write(lost).await;
        lost.map_err(failed_to("settle attempts"))
    }

    async fn backlog(&self) -> Result<Backlog, OutboxError> {
        let row = sql::one::<BacklogRow>(self.database.connection(), BACKLOG, []);
        let row = self.database.within(row).await;
        row.and_then(|row| row.map_or(Ok(Backlog::default()), Backlog::try_from))
            .map_err(failed_to("count messages"))
    }

    async fn dead_letters(
        &self,
        after: Option<EventId>,
        limit: u32,
    ) -> Result<Vec<DeadLetter>, OutboxError> {
        let first = match after.map(|after| after.bits().checked_add(1)) {
            // There is no id above the greatest.
            Some(None) => return Ok(Vec::new()),
            Some(Some(first)) => Some(EventId::new(first)),
            None => None,
        };
        let letters = self.dead_letters_from(first, limit).await;
        letters.map_err(failed_to("list dead letters"))
    }

    async fn dead_letter(
        &self,
        id: EventId,
    ) -> Result<Option<(DeadLetter, Vec<Attempt>)>, OutboxError> {
        const ACTION: &str = "read a dead letter";
        let found = self.dead_letters_from(Some(id), 1).await;
        let found = found.map_err(failed_to(ACTION))?.pop();
        let Some(letter) = found.filter(|letter| letter.message.id == id) else {
            return Ok(None);
        };
        let history = self.history(id).await.map_err(failed_to(ACTION))?;
        Ok(Some((letter, history)))
    }

    async fn dispose(
        &self,
        ids: &[EventId],
        disposal: Disposal,
        now: Timestamp,
    ) -> Result<Vec<EventId>, OutboxError> {
        let changed = async |tx: &Transaction| settle::dispose(tx, ids, disposal, now).await;
        let changed = self.database.write(changed).await;
        changed.map_err(failed_to("end dead letters"))
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64, OutboxError> {
        let purged = async |tx: &Transaction| purge::purge(tx, before, limit).await;
        let purged = self.database.write(purged).await;
        purged.map_err(failed_to("purge what is over"))
    }
}

/// Sets the same in many messages, whose ids these are; `values` are those of `set`.
async fn update(
    ids: &[Value],
    set: &str,
    values: [Value; 2],
    connection: &impl ConnectionTrait,
) -> Result<(), DbErr> {
    for piece in sql::padded_pieces(ids) {
        let marks = sql::repeated("?", piece.len(), ", ");
        let text = format!("UPDATE outbox_message SET {set} WHERE id IN ({marks})");
        let values = values.iter().chain(&piece).cloned();
        sql::execute(connection, &text, values).await?;
    }
    Ok(())
}

fn failed_to(action: &'static str) -> impl Fn(Error) -> OutboxError {
    move |error| OutboxError {
        action,
        source: Box::new(error),
    }
}
