//! The likes in memory, as strict as the database.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use async_trait::async_trait;
use jiff::Timestamp;
use kernel::{MemberId, Ocid};
use parking_lot::{Mutex, MutexGuard};

use crate::{Change, Drift, LikeStore, LikeStoreError, StreamEntry, StreamPosition, Tally};

/// The likes in memory.
#[derive(Debug, Default)]
pub struct MemoryLikeStore {
    state: Mutex<State>,
    faults: Mutex<VecDeque<Option<TransactionFault>>>,
}

#[derive(Debug, Default)]
struct State {
    likers: BTreeSet<(Ocid, MemberId)>,
    counts: BTreeMap<Ocid, u64>,
    watermarks: HashMap<String, StreamPosition>,
    /// Time of the changes applied ahead of a stream, by character and member.
    ahead: HashMap<(Ocid, MemberId), Timestamp>,
}

/// Fault of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionFault {
    /// It is rolled back.
    RolledBack,
    /// It is committed, and the answer is lost.
    AnswerLost,
    /// It is committed, and the answer never comes.
    Hangs,
}

impl MemoryLikeStore {
    /// Plans the faults of the next transactions, in order; `None` is a transaction without a
    /// fault.
    pub fn plan(&self, faults: impl IntoIterator<Item = Option<TransactionFault>>) {
        let mut planned = self.faults.lock();
        planned.extend(faults);
    }

    /// Runs a transaction as planned.
    async fn transaction<T>(
        &self,
        action: &'static str,
        change: impl FnOnce(&mut State) -> T + Send,
    ) -> Result<T, LikeStoreError> {
        let fault = self.faults.lock().pop_front().flatten();
        let failed = |why: &str| {
            let source = why.into();
            Err(LikeStoreError { action, source })
        };
        if fault == Some(TransactionFault::RolledBack) {
            return failed("rolled back");
        }
        let done = change(&mut self.state());
        match fault {
            Some(TransactionFault::AnswerLost) => failed("the connection was lost"),
            Some(TransactionFault::Hangs) => std::future::pending().await,
            Some(TransactionFault::RolledBack) | None => Ok(done),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}

#[async_trait]
impl LikeStore for MemoryLikeStore {
    async fn apply(&self, changes: &[Change]) -> Result<HashMap<Ocid, u64>, LikeStoreError> {
        self.transaction("apply changes", |state| state.apply_all(changes))
            .await
    }

    async fn apply_from(
        &self,
        stream: &str,
        after: StreamPosition,
        entries: &[StreamEntry],
    ) -> Result<StreamPosition, LikeStoreError> {
        self.transaction("apply entries", |state| {
            let watermark = state.watermarks.entry(stream.to_owned()).or_default();
            if *watermark != after {
                return *watermark;
            }
            let reached = entries.last().map_or(after, |entry| entry.position);
            *watermark = reached;
            for entry in entries {
                if !state.is_overtaken(entry) {
                    state.apply(&entry.change);
                }
            }
            reached
        })
        .await
    }

    async fn apply_ahead(
        &self,
        changes: &[Change],
        taken_at: Timestamp,
    ) -> Result<HashMap<Ocid, u64>, LikeStoreError> {
        self.transaction("apply changes ahead", |state| {
            for change in changes {
                let pair = (change.character.clone(), change.member);
                let newest = state.ahead.entry(pair).or_insert(taken_at);
                *newest = taken_at.max(*newest);
            }
            state.apply_all(changes)
        })
        .await
    }

    async fn watermark(&self, stream: &str) -> Result<StreamPosition, LikeStoreError> {
        let state = self.state();
        Ok(state.watermarks.get(stream).copied().unwrap_or_default())
    }

    async fn tally(&self, character: &Ocid, members: &[MemberId]) -> Result<Tally, LikeStoreError> {
        Ok(self.state().tally(character, members))
    }

    async fn tallies(
        &self,
        asked: &BTreeMap<Ocid, Vec<MemberId>>,
    ) -> Result<HashMap<Ocid, Tally>, LikeStoreError> {
        let state = self.state();
        let tallies = asked
            .iter()
            .map(|(character, members)| (character.clone(), state.tally(character, members)));
        Ok(tallies.collect())
    }

    async fn recount(&self) -> Result<Vec<Drift>, LikeStoreError> {
        let state = self.state();
        let mut likers: BTreeMap<&Ocid, u64> = state
            .counts
            .keys()
            .map(|character| (character, 0))
            .collect();
        for (character, _) in &state.likers {
            *likers.entry(character).or_default() += 1;
        }
        let drifts = likers.into_iter().map(|(character, likers)| Drift {
            character: character.clone(),
            kept: state.count(character),
            likers,
        });
        Ok(drifts.filter(|drift| drift.kept != drift.likers).collect())
    }
}

impl State {
    fn count(&self, character: &Ocid) -> u64 {
        self.counts.get(character).copied().unwrap_or(0)
    }

    fn tally(&self, character: &Ocid, members: &[MemberId]) -> Tally {
        let likes = |member: &MemberId| self.likers.contains(&(character.clone(), *member));
        Tally {
            count: self.count(character),
            likers: members.iter().copied().filter(likes).collect(),
        }
    }

    fn apply_all(&mut self, changes: &[Change]) -> HashMap<Ocid, u64> {
        for change in changes {
            self.apply(change);
        }
        let characters = changes.iter().map(|change| &change.character);
        let counted = characters.map(|character| (character.clone(), self.count(character)));
        counted.collect()
    }

    fn is_overtaken(&self, entry: &StreamEntry) -> bool {
        let pair = (entry.change.character.clone(), entry.change.member);
        let ahead = self.ahead.get(&pair);
        ahead.is_some_and(|ahead| entry.taken_at <= *ahead)
    }

    fn apply(&mut self, change: &Change) {
        let key = (change.character.clone(), change.member);
        let count = self.counts.entry(change.character.clone()).or_default();
        if change.liked && self.likers.insert(key.clone()) {
            *count += 1;
        } else if !change.liked && self.likers.remove(&key) {
            *count -= 1;
        }
    }
}
