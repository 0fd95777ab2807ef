//! The outbox in memory, as strict as the database.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use parking_lot::{Mutex, MutexGuard};

use super::OutboxUnderTest;
use crate::{
    Attempt, AttemptResult, Backlog, Claimed, DeadLetter, Disposal, EventId, Message, NewMessage,
    NextStep, OutboxError, OutboxStore, Settlement,
};

/// The outbox in memory.
#[derive(Debug, Default)]
pub struct MemoryOutbox(Mutex<BTreeMap<EventId, Row>>);

#[derive(Debug)]
struct Row {
    message: Message,
    state: State,
    /// The number of the latest attempt since the message began to wait.
    attempt: u32,
    history: Vec<Attempt>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Waiting { due: Timestamp },
    Claimed { until: Timestamp },
    Delivered { at: Timestamp },
    Dead { since: Timestamp },
    Discarded { at: Timestamp },
}

impl Row {
    fn due(&self) -> Option<Timestamp> {
        match self.state {
            State::Waiting { due } => Some(due),
            State::Claimed { until } => Some(until),
            State::Delivered { .. } | State::Dead { .. } | State::Discarded { .. } => None,
        }
    }

    fn record(&mut self, ended_at: Timestamp, result: AttemptResult) {
        self.history.push(Attempt {
            number: self.attempt,
            ended_at,
            result,
        });
    }

    fn dead_letter(&self) -> Option<DeadLetter> {
        let State::Dead { since } = self.state else {
            return None;
        };
        let last_result = self.history.last()?.result.clone();
        Some(DeadLetter {
            message: self.message.clone(),
            died_at: since,
            last_result,
        })
    }

    /// Claims the row, unless its attempts are used up by leases that ran out.
    fn claim(&mut self, now: Timestamp, until: Timestamp, max_attempts: u32) -> Option<Claimed> {
        if let State::Claimed { until } = self.state {
            self.record(
                until,
                AttemptResult::Unknown("the relay disappeared".to_owned()),
            );
            if self.attempt >= max_attempts {
                self.state = State::Dead { since: now };
                return None;
            }
        }
        self.state = State::Claimed { until };
        self.attempt += 1;
        Some(Claimed {
            message: self.message.clone(),
            attempt: self.attempt,
        })
    }

    fn settle(&mut self, settlement: &Settlement) -> bool {
        let holds =
            matches!(self.state, State::Claimed { .. }) && self.attempt == settlement.attempt;
        if !holds {
            return false;
        }
        match &settlement.result {
            Some(result) => self.record(settlement.ended_at, result.clone()),
            None => self.attempt -= 1,
        }
        self.state = match settlement.next {
            NextStep::Done => State::Delivered {
                at: settlement.ended_at,
            },
            NextStep::TryAt(due) => State::Waiting { due },
            NextStep::DeadLetter => State::Dead {
                since: settlement.ended_at,
            },
        };
        true
    }
}

impl MemoryOutbox {
    fn rows(&self) -> MutexGuard<'_, BTreeMap<EventId, Row>> {
        self.0.lock()
    }
}

#[async_trait]
impl OutboxUnderTest for MemoryOutbox {
    async fn insert(&self, message: NewMessage) {
        let due = message.created_at;
        let row = Row {
            message: message.into(),
            state: State::Waiting { due },
            attempt: 0,
            history: Vec::new(),
        };
        self.rows().insert(row.message.id, row);
    }
}

#[async_trait]
impl OutboxStore for MemoryOutbox {
    async fn claim_due(
        &self,
        now: Timestamp,
        lease: Duration,
        limit: u32,
        max_attempts: u32,
    ) -> Result<Vec<Claimed>, OutboxError> {
        let mut rows = self.rows();
        let mut due: Vec<&mut Row> = rows
            .values_mut()
            .filter(|row| row.due().is_some_and(|due| due <= now))
            .collect();
        due.sort_by_key(|row| row.due());
        let until = now + lease;
        Ok(due
            .into_iter()
            .filter_map(|row| row.claim(now, until, max_attempts))
            .take(limit as usize)
            .collect())
    }

    async fn settle(&self, settlements: &[Settlement]) -> Result<Vec<EventId>, OutboxError> {
        let mut rows = self.rows();
        let lost = settlements.iter().filter(|settlement| {
            !rows
                .get_mut(&settlement.id)
                .is_some_and(|row| row.settle(settlement))
        });
        Ok(lost.map(|settlement| settlement.id).collect())
    }

    async fn backlog(&self) -> Result<Backlog, OutboxError> {
        let rows = self.rows();
        let pending = || rows.values().filter(|row| row.due().is_some());
        Ok(Backlog {
            pending: pending().count() as u64,
            dead: rows
                .values()
                .filter(|row| matches!(row.state, State::Dead { .. }))
                .count() as u64,
            oldest: pending().map(|row| row.message.created_at).min(),
        })
    }

    async fn dead_letters(
        &self,
        after: Option<EventId>,
        limit: u32,
    ) -> Result<Vec<DeadLetter>, OutboxError> {
        let rows = self.rows();
        let later = rows
            .iter()
            .filter(|(id, _)| after.is_none_or(|after| **id > after));
        Ok(later
            .filter_map(|(_, row)| row.dead_letter())
            .take(limit as usize)
            .collect())
    }

    async fn dead_letter(
        &self,
        id: EventId,
    ) -> Result<Option<(DeadLetter, Vec<Attempt>)>, OutboxError> {
        let rows = self.rows();
        let row = rows.get(&id);
        Ok(row.and_then(|row| Some((row.dead_letter()?, row.history.clone()))))
    }

    async fn dispose(
        &self,
        ids: &[EventId],
        disposal: Disposal,
        now: Timestamp,
    ) -> Result<Vec<EventId>, OutboxError> {
        let mut rows = self.rows();
        let mut changed = Vec::new();
        for id in ids {
            let Some(row) = rows.get_mut(id) else {
                continue;
            };
            if !matches!(row.state, State::Dead { .. }) {
                continue;
            }
            row.state = match disposal {
                Disposal::Replay => State::Waiting { due: now },
                Disposal::Discard => State::Discarded { at: now },
            };
            row.attempt = 0;
            changed.push(*id);
        }
        Ok(changed)
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64, OutboxError> {
        let mut rows = self.rows();
        let is_over = |row: &Row| match row.state {
            State::Delivered { at } | State::Discarded { at } => at < before,
            State::Waiting { .. } | State::Claimed { .. } | State::Dead { .. } => false,
        };
        let over = rows.iter().filter(|(_, row)| is_over(row));
        let over: Vec<_> = over.map(|(id, _)| *id).take(limit as usize).collect();
        for id in &over {
            rows.remove(id);
        }
        Ok(over.len() as u64)
    }
}
