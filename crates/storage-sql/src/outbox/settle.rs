//! Settlements, and what operators decide on dead letters.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use outbox::{Disposal, EventId, NextStep, Settlement};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::rows::NewAttempt;
use super::{state, update};
use crate::sql;
use crate::transaction::Transaction;
use crate::value::{id, micros, read_id};

#[derive(Debug, FromQueryResult)]
struct HeldRow {
    id: Vec<u8>,
    attempt: u32,
}

/// Settles what still holds its message; the ids of those that do not are returned.
pub(super) async fn settle(
    transaction: &Transaction,
    settlements: &[Settlement],
) -> Result<Vec<EventId>, DbErr> {
    let ids: BTreeSet<_> = settlements.iter().map(|settlement| settlement.id).collect();
    let mut held = in_state(state::CLAIMED, ids, transaction).await?;
    let (mut settled, mut lost) = (Vec::new(), Vec::new());
    for settlement in settlements {
        let holds = held.get(&settlement.id) == Some(&settlement.attempt);
        if holds {
            held.remove(&settlement.id);
            settled.push(settlement);
        } else {
            lost.push(settlement.id);
        }
    }
    record(&settled, transaction).await?;
    let (done, other): (Vec<_>, Vec<_>) = settled
        .into_iter()
        .partition(|settlement| settlement.next == NextStep::Done);
    deliver(&done, transaction).await?;
    for settlement in other {
        go_on(settlement, transaction).await?;
    }
    Ok(lost)
}

/// Ends dead letters; those that were ended are returned in the order asked.
pub(super) async fn dispose(
    transaction: &Transaction,
    ids: &[EventId],
    disposal: Disposal,
    now: Timestamp,
) -> Result<Vec<EventId>, DbErr> {
    let asked: BTreeSet<_> = ids.iter().copied().collect();
    let mut dead = in_state(state::DEAD, asked, transaction).await?;
    let changed: Vec<_> = ids
        .iter()
        .copied()
        .filter(|id| dead.remove(id).is_some())
        .collect();
    let now = micros(now);
    let (set, values): (_, [Value; 2]) = match disposal {
        Disposal::Replay => (
            "state = ?, due_at_us = ?, ended_at_us = NULL, attempt = 0",
            [state::WAITING.into(), now],
        ),
        Disposal::Discard => (
            "state = ?, ended_at_us = ?, attempt = 0",
            [state::DISCARDED.into(), now],
        ),
    };
    let rows: Vec<_> = changed.iter().copied().map(id).collect();
    update(&rows, set, values, transaction).await?;
    Ok(changed)
}

/// Selects the messages among these that are in a state, each with its attempt. They are locked in
/// the order of their ids, so that two who settle never wait for each other in a circle.
async fn in_state(
    state: &str,
    ids: BTreeSet<EventId>,
    transaction: &Transaction,
) -> Result<BTreeMap<EventId, u32>, DbErr> {
    let lock = sql::for_update(transaction.get_database_backend());
    let ids: Vec<_> = ids.into_iter().collect();
    let mut found = BTreeMap::new();
    for piece in sql::padded_pieces(&ids) {
        let marks = sql::repeated("?", piece.len(), ", ");
        let text = format!(
            "SELECT id, attempt FROM outbox_message WHERE id IN ({marks}) AND state = ? \
             ORDER BY id{lock}"
        );
        let values = piece.iter().copied().map(id).chain([state.into()]);
        for row in sql::all::<HeldRow>(transaction, &text, values).await? {
            let id = read_id(&row.id).map_err(DbErr::Type)?;
            found.insert(id, row.attempt);
        }
    }
    Ok(found)
}

/// Writes down what was tried.
async fn record(settled: &[&Settlement], transaction: &Transaction) -> Result<(), DbErr> {
    let attempts: Vec<_> = settled
        .iter()
        .filter_map(|settlement| {
            Some(NewAttempt {
                message: id(settlement.id),
                number: settlement.attempt,
                ended_at_us: settlement.ended_at.as_microsecond(),
                result: settlement.result.clone()?,
            })
        })
        .collect();
    NewAttempt::write(&attempts, transaction).await
}

/// Most settlements by far. When each arrived is in its attempt; the messages get the time of the
/// last one.
async fn deliver(done: &[&Settlement], transaction: &Transaction) -> Result<(), DbErr> {
    let Some(last) = done.iter().map(|settlement| settlement.ended_at).max() else {
        return Ok(());
    };
    let ids: Vec<_> = done.iter().map(|settlement| id(settlement.id)).collect();
    let set = "state = ?, due_at_us = NULL, ended_at_us = ?";
    update(
        &ids,
        set,
        [state::DELIVERED.into(), micros(last)],
        transaction,
    )
    .await
}

/// Plans the next step of a message that has not arrived.
async fn go_on(settlement: &Settlement, transaction: &Transaction) -> Result<(), DbErr> {
    let ended_at = micros(settlement.ended_at);
    let (state, due_at, ended_at): (_, _, Value) = match settlement.next {
        NextStep::TryAt(due) => (state::WAITING, micros(due), None::<i64>.into()),
        NextStep::DeadLetter => (state::DEAD, None::<i64>.into(), ended_at),
        NextStep::Done => (state::DELIVERED, None::<i64>.into(), ended_at),
    };
    // What was not tried does not count.
    let attempt = settlement.attempt - u32::from(settlement.result.is_none());
    let text = "UPDATE outbox_message \
         SET state = ?, due_at_us = ?, ended_at_us = ?, attempt = ? WHERE id = ?";
    let values = [
        state.into(),
        due_at,
        ended_at,
        attempt.into(),
        id(settlement.id),
    ];
    sql::execute(transaction, text, values).await?;
    Ok(())
}
