//! The rows of the outbox, and what they stand for.

use kernel::trace::TraceContext;
use outbox::{Attempt, AttemptResult, Backlog, DeadLetter, Message};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use crate::value::{instant, read_id};
use crate::{Error, sql};

/// Stored form of an attempt's outcome.
const DELIVERED: &str = "delivered";
const FAILED: &str = "failed";
const UNKNOWN: &str = "unknown";

/// The longest reason kept, in characters; the end of a longer one is left out.
const MAX_REASON_CHARS: usize = 1_000;

#[derive(Debug, FromQueryResult)]
pub(super) struct MessageRow {
    pub(super) id: Vec<u8>,
    pub(super) topic: String,
    pub(super) version: u16,
    pub(super) payload: String,
    pub(super) content_hash: Vec<u8>,
    pub(super) created_at_us: i64,
    pub(super) state: String,
    pub(super) due_at_us: i64,
    pub(super) attempt: u32,
    pub(super) traceparent: Option<String>,
}

#[derive(Debug, FromQueryResult)]
pub(super) struct DeadLetterRow {
    id: Vec<u8>,
    topic: String,
    version: u16,
    payload: String,
    content_hash: Vec<u8>,
    created_at_us: i64,
    died_at_us: i64,
    outcome: String,
    reason: Option<String>,
}

#[derive(Debug, FromQueryResult)]
pub(super) struct AttemptRow {
    number: u32,
    ended_at_us: i64,
    outcome: String,
    reason: Option<String>,
}

#[derive(Debug, FromQueryResult)]
pub(super) struct BacklogRow {
    pending: i64,
    oldest_us: Option<i64>,
    dead: i64,
}

/// An attempt about to be written: its message, number, time and outcome.
#[derive(Debug)]
pub(super) struct NewAttempt {
    pub(super) message: Value,
    pub(super) number: u32,
    pub(super) ended_at_us: i64,
    pub(super) result: AttemptResult,
}

impl NewAttempt {
    /// Writes attempts in their order.
    pub(super) async fn write(
        attempts: &[Self],
        connection: &impl ConnectionTrait,
    ) -> Result<(), DbErr> {
        for piece in sql::pieces(attempts) {
            let rows = sql::repeated("(?, ?, ?, ?, ?)", piece.len(), ", ");
            let text = format!(
                "INSERT INTO outbox_attempt (message_id, number, ended_at_us, outcome, reason) \
                 VALUES {rows}"
            );
            sql::execute(connection, &text, piece.iter().flat_map(Self::values)).await?;
        }
        Ok(())
    }

    fn values(&self) -> [Value; 5] {
        let (outcome, reason) = match &self.result {
            AttemptResult::Delivered => (DELIVERED, None),
            AttemptResult::Failed(reason) => (FAILED, Some(reason)),
            AttemptResult::Unknown(reason) => (UNKNOWN, Some(reason)),
        };
        let reason = reason.map(|text| text.chars().take(MAX_REASON_CHARS).collect::<String>());
        [
            self.message.clone(),
            self.number.into(),
            self.ended_at_us.into(),
            outcome.into(),
            reason.into(),
        ]
    }
}

impl TryFrom<MessageRow> for Message {
    type Error = Error;

    fn try_from(row: MessageRow) -> Result<Self, Error> {
        let read = || {
            Ok(Self {
                id: read_id(&row.id)?,
                topic: row.topic,
                version: row.version,
                payload: row.payload,
                content_hash: hash(row.content_hash)?,
                created_at: instant(row.created_at_us)?,
                // One that cannot be read is no reason not to deliver the message.
                trace: row.traceparent.and_then(|text| TraceContext::parse(&text)),
            })
        };
        read().map_err(of_table("outbox_message"))
    }
}

impl TryFrom<DeadLetterRow> for DeadLetter {
    type Error = Error;

    fn try_from(row: DeadLetterRow) -> Result<Self, Error> {
        let read = || {
            Ok(Self {
                message: Message {
                    id: read_id(&row.id)?,
                    topic: row.topic,
                    version: row.version,
                    payload: row.payload,
                    content_hash: hash(row.content_hash)?,
                    created_at: instant(row.created_at_us)?,
                    trace: None,
                },
                died_at: instant(row.died_at_us)?,
                last_result: result(&row.outcome, row.reason)?,
            })
        };
        read().map_err(of_table("outbox_message"))
    }
}

impl TryFrom<AttemptRow> for Attempt {
    type Error = Error;

    fn try_from(row: AttemptRow) -> Result<Self, Error> {
        let read = || {
            Ok(Self {
                number: row.number,
                ended_at: instant(row.ended_at_us)?,
                result: result(&row.outcome, row.reason)?,
            })
        };
        read().map_err(of_table("outbox_attempt"))
    }
}

impl TryFrom<BacklogRow> for Backlog {
    type Error = Error;

    fn try_from(row: BacklogRow) -> Result<Self, Error> {
        Ok(Self {
            pending: row.pending.unsigned_abs(),
            dead: row.dead.unsigned_abs(),
            oldest: row
                .oldest_us
                .map(instant)
                .transpose()
                .map_err(of_table("outbox_message"))?,
        })
    }
}

fn hash(bytes: Vec<u8>) -> Result<[u8; 32], String> {
    bytes
        .try_into()
        .map_err(|bytes: Vec<u8>| format!("its hash has {} bytes", bytes.len()))
}

fn result(outcome: &str, reason: Option<String>) -> Result<AttemptResult, String> {
    match (outcome, reason) {
        (DELIVERED, None) => Ok(AttemptResult::Delivered),
        (FAILED, Some(reason)) => Ok(AttemptResult::Failed(reason)),
        (UNKNOWN, Some(reason)) => Ok(AttemptResult::Unknown(reason)),
        (other, _) => Err(format!("its outcome is {other}")),
    }
}

fn of_table(table: &'static str) -> impl Fn(String) -> Error {
    move |problem| Error::Row { table, problem }
}
