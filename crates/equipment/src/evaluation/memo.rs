//! Answers that were worked out before.

mod weight;

use std::convert::Infallible;
use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

use cube_probability::Level;
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

use weight::Weigh;
pub(super) use weight::of_goal;

use super::potential::Question;
use super::stars::{StarForceCost, Stars};
use super::total::Cost;
use super::{Outcome, TotalSpread};

/// Answers by what was asked, at most so many bytes of them. An answer depends on nothing else, so
/// that it never grows old, and forgetting it costs only the time to work it out again.
///
/// Of potentials and totals the answers are kept, not their distributions: these are far larger
/// than the answers and quickly made again. Those of stars are kept, for they are the slowest to
/// make, and few, as stars are decided by three small numbers.
pub(super) struct Memo {
    potentials: Weighed<Question, Outcome>,
    stars: Weighed<StarsQuery, Arc<StarForceCost>>,
    totals: Weighed<TotalQuery, TotalSpread>,
}

/// Cache bounded by the bytes of its questions and answers.
type Weighed<Q, A> = Cache<Q, A, ByBytes>;

/// Smallest part of a cache that has a lock of its own: an answer may fill such a part at most.
const LEAST_SHARD_BYTES: u64 = 2 * 1024 * 1024;

/// Upper bound on those parts.
const MOST_SHARDS: u64 = 8;

/// Weight of an entry: its question, its answer, and the table around them.
#[derive(Debug, Clone, Copy)]
struct ByBytes;

impl<Q: Weigh, A: Weigh> Weighter<Q, A> for ByBytes {
    fn weight(&self, question: &Q, answer: &A) -> u64 {
        const ENTRY: usize = 160;
        (ENTRY + question.bytes() + answer.bytes()) as u64
    }
}

/// A cache of at most so many bytes; `typical` only sizes its table.
fn weighed<Q, A>(bytes: u64, typical: u64) -> Weighed<Q, A>
where
    Q: Hash + Eq + Weigh,
    A: Clone + Weigh,
{
    let shards = (bytes / LEAST_SHARD_BYTES).clamp(1, MOST_SHARDS);
    let options = OptionsBuilder::new()
        .weight_capacity(bytes)
        .estimated_items_capacity(usize::try_from(bytes / typical).unwrap_or(usize::MAX))
        .shards(usize::try_from(shards).expect("at most eight"))
        .build()
        .expect("capacity and estimate are given, the rest has defaults");
    Cache::with_options(
        options,
        ByBytes,
        DefaultHashBuilder::default(),
        DefaultLifecycle::default(),
    )
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
    /// Answers of at most so many bytes: half for stars, whose distributions are the largest, an
    /// eighth for totals.
    pub(super) fn new(bytes: u64) -> Self {
        let stars = bytes / 2;
        let totals = bytes / 8;
        Self {
            potentials: weighed(bytes - stars - totals, 2 * 1024),
            stars: weighed(stars, 128 * 1024),
            totals: weighed(totals, 8 * 1024),
        }
    }

    /// Bytes of all answers that are kept.
    pub(super) fn bytes(&self) -> u64 {
        self.potentials.weight() + self.stars.weight() + self.totals.weight()
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
fn remembered<Q: Hash + Eq + Clone + Weigh, A: Clone + Weigh>(
    cache: &Weighed<Q, A>,
    question: &Q,
    answer: impl FnOnce() -> A,
) -> A {
    let answered = cache.get_or_insert_with(question, || Ok::<A, Infallible>(answer()));
    match answered {
        Ok(answer) => answer,
        Err(never) => match never {},
    }
}
