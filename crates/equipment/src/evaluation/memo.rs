//! Answers that were worked out before.

use std::convert::Infallible;
use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

use cube_probability::Level;
use quick_cache::sync::Cache;

use super::potential::Question;
use super::stars::{StarForceCost, Stars};
use super::total::Cost;
use super::{Outcome, TotalSpread};

/// Answers by what was asked. An answer depends on nothing else, so that it never grows old, and
/// forgetting it costs only the time to work it out again.
///
/// Of potentials and totals the answers are kept, not their distributions: these are far larger
/// than the answers and quickly made again. Those of stars are kept, for they are the slowest to
/// make, and few, as stars are decided by three small numbers.
pub(super) struct Memo {
    potentials: Cache<Question, Outcome>,
    stars: Cache<StarsQuery, Arc<StarForceCost>>,
    totals: Cache<TotalQuery, TotalSpread>,
}

/// Numbers of answers that are kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    pub(super) potentials: usize,
    pub(super) stars: usize,
    pub(super) totals: usize,
}

/// Key of an answer about stars.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct StarsQuery {
    pub(super) stars: Stars,
    pub(super) levels: Arc<[Level]>,
}

/// Key of an answer about a sum.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct TotalQuery {
    pub(super) costs: Vec<Cost>,
    pub(super) levels: Arc<[Level]>,
    pub(super) budget: Option<u64>,
    pub(super) distribution: bool,
}

impl Memo {
    pub(super) fn new(room: Room) -> Self {
        Self {
            potentials: Cache::new(room.potentials),
            stars: Cache::new(room.stars),
            totals: Cache::new(room.totals),
        }
    }

    pub(super) fn potential(
        &self,
        question: &Question,
        answer: impl FnOnce() -> Outcome,
    ) -> Outcome {
        remembered(&self.potentials, question, answer)
    }

    pub(super) fn stars(&self, question: &StarsQuery) -> Arc<StarForceCost> {
        let answer = || Arc::new(question.stars.answer(&question.levels));
        remembered(&self.stars, question, answer)
    }

    pub(super) fn total(
        &self,
        question: &TotalQuery,
        answer: impl FnOnce() -> TotalSpread,
    ) -> TotalSpread {
        remembered(&self.totals, question, answer)
    }
}

impl fmt::Debug for Memo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memo")
            .field("potentials", &self.potentials.len())
            .field("stars", &self.stars.len())
            .field("totals", &self.totals.len())
            .finish()
    }
}

/// The answer as remembered; else it is worked out, once even if several threads ask.
fn remembered<Q: Hash + Eq + Clone, A: Clone>(
    cache: &Cache<Q, A>,
    question: &Q,
    answer: impl FnOnce() -> A,
) -> A {
    let answered = cache.get_or_insert_with(question, || Ok::<A, Infallible>(answer()));
    match answered {
        Ok(answer) => answer,
        Err(never) => match never {},
    }
}
