//! The lane to a receiver: one row, taken and given back.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use kernel::Ids;
use outbox::{Lane, LaneState, OutboxError, Turn};
use sea_orm::{DbErr, FromQueryResult};

use super::failed_to;
use crate::value::micros;
use crate::{Database, sql, value};

/// A lane by its name.
#[derive(Debug)]
pub struct OutboxLane {
    database: Database,
    name: &'static str,
    /// Names the turns, so that only the one who has the lane gives it back.
    ids: Arc<dyn Ids>,
}

const TAKE: &str = "UPDATE outbox_lane SET free_at_us = ?, turn = ?, asked_for = FALSE \
     WHERE name = ? AND free_at_us <= ?";

const LOOK: &str = "SELECT free_at_us, asked_for FROM outbox_lane WHERE name = ?";

const LEAVE: &str = "UPDATE outbox_lane SET free_at_us = ?, asked_for = ? \
     WHERE name = ? AND turn = ?";

#[derive(FromQueryResult)]
struct Row {
    free_at_us: i64,
    asked_for: bool,
}

impl OutboxLane {
    pub(crate) fn new(database: Database, name: &'static str, ids: Arc<dyn Ids>) -> Self {
        Self {
            database,
            name,
            ids,
        }
    }

    async fn try_take(&self, now: Timestamp, until: Timestamp) -> Result<LaneState, DbErr> {
        let turn = Turn::new(self.ids.next());
        let connection = self.database.connection();
        loop {
            let values = [
                micros(until),
                value::id(turn),
                self.name.into(),
                micros(now),
            ];
            if sql::execute(connection, TAKE, values).await? > 0 {
                return Ok(LaneState::Acquired(turn));
            }
            if let Some(row) = sql::one::<Row>(connection, LOOK, [self.name.into()]).await? {
                return Ok(LaneState::Busy {
                    free_at: value::instant(row.free_at_us).map_err(DbErr::Custom)?,
                    asked_for: row.asked_for,
                });
            }
            self.open().await?;
        }
    }

    /// Writes the row down, unless another did; nobody has it.
    async fn open(&self) -> Result<(), DbErr> {
        let connection = self.database.connection();
        let keep = sql::or_keep(connection.get_database_backend(), "name");
        let insert = format!(
            "INSERT INTO outbox_lane (name, free_at_us, turn, asked_for) VALUES (?, 0, ?, FALSE){keep}"
        );
        let nobody = value::id(Turn::new(0));
        sql::execute(connection, &insert, [self.name.into(), nobody]).await?;
        Ok(())
    }
}

#[async_trait]
impl Lane for OutboxLane {
    async fn take(&self, now: Timestamp, until: Timestamp) -> Result<LaneState, OutboxError> {
        let taken = self.database.within(self.try_take(now, until)).await;
        taken.map_err(failed_to("take the lane"))
    }

    async fn leave(
        &self,
        turn: Turn,
        free_at: Timestamp,
        asked_for: bool,
    ) -> Result<(), OutboxError> {
        let values = [
            micros(free_at),
            asked_for.into(),
            self.name.into(),
            value::id(turn),
        ];
        let left = sql::execute(self.database.connection(), LEAVE, values);
        let left = self.database.within(left).await;
        left.map(|_| ()).map_err(failed_to("leave the lane"))
    }
}
