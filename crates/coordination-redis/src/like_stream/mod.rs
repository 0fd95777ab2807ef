//! Likes on their way to the store: durable in a stream, counted where they wait.
//!
//! # The stream
//!
//! A batch of changes is appended by one script, which also notes for each character what waits for
//! it (member, liked, entry), so that counts include it. [`LikeFlusher`] brings entries to the
//! store in their order and removes them from both.
//!
//! The store's watermark alone decides which entries are applied. A flusher reads the entries after
//! the watermark, has them applied in one transaction with the new watermark, and only then removes
//! them. One that is killed before the transaction leaves everything to the next; one that is
//! killed after it leaves entries behind the watermark, which the next one removes. Two concurrent
//! flushers are told apart by the watermark: the slower one's batch is refused whole. So an entry
//! is applied exactly once, in the stream's order, regardless of kills.
//!
//! The consumer group only divides the work: each new entry is delivered to one instance, and the
//! entries of an instance that died are claimed by another after some seconds, or by itself when it
//! starts. A missing group is created again. If all of that failed, entries would wait, and not be
//! lost.
//!
//! A stream that is lost and begins anew, or comes back without its end, never gives out positions
//! that the store has passed: each append says where the store is.
//!
//! # When the stream is unreachable
//!
//! A batch that Redis does not take, or for which its answer does not come, is applied to the store
//! at once ([`likes::LikeStore::apply_ahead`]). Two things could go wrong, and do not:
//!
//! *Twice.* The batch may be in the stream nevertheless. Its entries carry the time at which it was
//! taken, and the store has recorded the same time: when they come they are overtaken, and change
//! nothing.
//!
//! *Out of order.* Earlier changes of the same member and character may wait in the stream that is
//! away. A change does not add to a count, it says what shall be (liked or not), so applying the
//! earlier before the later comes to the same as never applying the earlier. They were taken before
//! the batch was, so when they come they are overtaken, and change nothing. Later changes, taken
//! after it, are not, and apply. The times of one instance only rise; those of several are as equal
//! as their clocks, which follow the database's, so only a member who changes one like twice within the difference of two
//! clocks, through two instances, one of which has just lost its Redis, can be misunderstood: in
//! which of both ways it ends.
//!
//! *Late.* A batch that neither Redis nor the store answered for has failed, as far as its members
//! know, and they go on: with another instance perhaps, whose appends Redis may see first when the
//! network comes back. So each append says until when it may be taken, by Redis's own clock, which
//! is no later than when it is given up here; one that comes later does nothing. (What the store
//! was to take and may still take holds the locks that every later change of the same characters
//! waits for.)
//!
//! While Redis is unreachable the waiting changes are unknown, so counts are reported as unknown,
//! until the stream has been emptied once after its return.
//!
//! If Redis loses what it acknowledged, so are those likes: `appendfsync always` is for that, and
//! `noeviction`.

mod entry;
mod flusher;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use fred::interfaces::HashesInterface;
use futures_util::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use kernel::{Clock, MemberId, Ocid, Streak, trace};
use likes::{
    Backpressure, BufferError, Change, Counted, Journal, LikeStore, StreamPosition, Tally,
};
use parking_lot::Mutex;
use tokio::sync::{Notify, oneshot};
use tokio::time::timeout;
use tracing::{info, warn};

pub use self::flusher::{FlushError, LikeFlusher};
use crate::script::APPEND;
use crate::server_clock::ServerClock;
use crate::{Error, Redis};

/// Name of this stream in the store.
const STREAM: &str = "redis";

/// Time for which an acknowledged batch waits for the counts of its characters.
const COUNT_PATIENCE: Duration = Duration::from_millis(50);

/// Outcome of an append, as the script returns it; any other value means that too many changes
/// wait.
const TAKEN: u8 = 1;
const TOO_LATE: u8 = 2;

/// The stream of likes: what changes are written to. A clone is the same stream.
#[derive(Debug, Clone)]
pub struct LikeStream(Arc<StreamState>);

#[derive(Debug)]
struct StreamState {
    redis: Redis,
    store: Arc<dyn LikeStore>,
    clock: Arc<dyn Clock>,
    pressure: Arc<Backpressure>,
    instance: String,
    server_clock: ServerClock,
    /// Time of the last batch; the next one is later, even if the clock is not.
    taken_at: Mutex<Timestamp>,
    /// Latest known watermark of the store.
    watermark: Mutex<StreamPosition>,
    /// Number of the stream's outages; starts at one, because there may have been one before the
    /// start.
    absences: AtomicU64,
    /// After how many of them it has been emptied.
    settled: AtomicU64,
    /// Wakes the flusher.
    appended: Notify,
    /// Batches in a row that the stream did not take.
    refused: Streak,
}

/// Makes the stream of likes in Redis in front of this store, and the worker of this `instance`
/// that empties it. At most `max_waiting` changes wait.
pub fn like_stream(
    redis: Redis,
    store: Arc<dyn LikeStore>,
    clock: Arc<dyn Clock>,
    max_waiting: usize,
    instance: impl Into<String>,
) -> (LikeStream, LikeFlusher) {
    let shared = Arc::new(StreamState {
        redis,
        store,
        clock,
        pressure: Arc::new(Backpressure::new(max_waiting)),
        instance: instance.into(),
        server_clock: ServerClock::default(),
        taken_at: Mutex::new(Timestamp::MIN),
        watermark: Mutex::new(StreamPosition::START),
        absences: AtomicU64::new(1),
        settled: AtomicU64::new(0),
        appended: Notify::new(),
        refused: Streak::default(),
    });
    (LikeStream(Arc::clone(&shared)), LikeFlusher::new(shared))
}

impl LikeStream {
    /// Returns the backpressure of the changes in the stream, for the buffer in front of it.
    pub fn pressure(&self) -> Arc<Backpressure> {
        Arc::clone(&self.0.pressure)
    }
}

#[async_trait]
impl Journal for LikeStream {
    async fn write(&self, changes: &[Change]) -> Result<HashMap<Ocid, u64>, BufferError> {
        let shared = &self.0;
        let taken_at = shared.take_time();
        match shared.append(changes, taken_at).await {
            Ok(AppendOutcome { is_taken, waiting }) => {
                shared.pressure.set_backlog(waiting);
                if !is_taken {
                    return Err(BufferError::QueueFull { waiting });
                }
                shared.appended.notify_one();
                if let Some(batches) = shared.refused.succeeded() {
                    info!(batches, "likes go through the stream again");
                }
                // They are taken, whether they can be counted or not.
                Ok(shared.counts_soon(changes).await)
            }
            Err(error) => {
                shared.absences.fetch_add(1, Ordering::SeqCst);
                if shared.refused.failed() {
                    warn!(
                        error = kernel::chain(&error),
                        "likes go to the store at once, until the stream is back"
                    );
                }
                shared.store.apply_ahead(changes, taken_at).await?;
                // What waits in the stream is not known.
                Ok(HashMap::new())
            }
        }
    }

    async fn tally(&self, character: &Ocid, members: &[MemberId]) -> Result<Tally, BufferError> {
        self.0.tally(character, members).await
    }

    /// Without the stream the store alone is asked: changes that wait in it are missing.
    async fn count(&self, character: &Ocid) -> Result<Counted, BufferError> {
        let shared = &self.0;
        let waiting = match shared.check_settled() {
            Ok(()) => shared.waiting(character).await.ok(),
            Err(_) => None,
        };
        let is_complete = waiting.is_some();
        let waiting = waiting.unwrap_or_default();
        let concerned: Vec<_> = waiting.iter().map(|(member, _)| *member).collect();
        let stored = shared.store.tally(character, &concerned).await?;
        Ok(Counted {
            count: stored.after(waiting).count,
            is_complete,
        })
    }
}

/// Outcome of an append.
struct AppendOutcome {
    is_taken: bool,
    waiting: usize,
}

impl StreamState {
    async fn append(
        &self,
        changes: &[Change],
        taken_at: Timestamp,
    ) -> Result<AppendOutcome, Error> {
        if !self.is_settled()
            && let Ok(reached) = self.store.watermark(STREAM).await
        {
            self.reached(reached);
        }
        // Once more, because one that came too late did nothing and told the time.
        for _ in 0..2 {
            let (became, waiting) = self.try_append(changes, taken_at).await?;
            if became != TOO_LATE {
                return Ok(AppendOutcome {
                    is_taken: became == TAKEN,
                    waiting,
                });
            }
        }
        Err(Error::Late)
    }

    /// Returns the outcome of the append, and the number of waiting changes.
    async fn try_append(
        &self,
        changes: &[Change],
        taken_at: Timestamp,
    ) -> Result<(u8, usize), Error> {
        let given_up_at = self.server_clock.after(self.redis.command_timeout());
        let mut arguments = vec![
            self.pressure.max_waiting().to_string(),
            self.waiting_prefix(),
            taken_at.as_microsecond().to_string(),
            entry::id(*self.watermark()),
            given_up_at.to_string(),
            trace::current()
                .filter(|trace| trace.is_sampled)
                .map_or_else(String::new, |trace| trace.to_string()),
        ];
        arguments.extend(changes.iter().flat_map(entry::arguments));
        let append = self
            .redis
            .run::<(u8, usize, u64)>(&APPEND, self.stream(), arguments);
        let (became, waiting, now) = self.redis.call(append).await?;
        self.server_clock.heard(now);
        Ok((became, waiting))
    }

    /// The counts of the characters of a batch, those that are known soon: the changes are durable,
    /// and nobody shall wait for a store that hangs. The question to the store goes on by itself, so
    /// that what watches over the store learns how it ended.
    async fn counts_soon(self: &Arc<Self>, changes: &[Change]) -> HashMap<Ocid, u64> {
        let (answer, answered) = oneshot::channel();
        let (state, changes) = (Arc::clone(self), changes.to_vec());
        self.redis.spawn_detached(async move {
            // The receiver is gone when it has waited for too long.
            let _ = answer.send(state.counts(&changes).await);
        });
        match timeout(COUNT_PATIENCE, answered).await {
            Ok(Ok(Ok(counts))) => counts,
            _ => HashMap::new(),
        }
    }

    /// The counts of the characters of a batch; none when they cannot be known now.
    async fn counts(&self, changes: &[Change]) -> Result<HashMap<Ocid, u64>, BufferError> {
        self.check_settled()?;
        let characters: BTreeSet<&Ocid> = changes.iter().map(|change| &change.character).collect();
        let waiting = characters.into_iter().map(async |character| {
            let waiting = self.waiting(character).await?;
            Ok((character.clone(), waiting))
        });
        let waiting: BTreeMap<_, _> = try_join_all(waiting)
            .await
            .map_err(failed)?
            .into_iter()
            .collect();
        let concerned = waiting.iter().map(|(character, waiting)| {
            let members = waiting.iter().map(|(member, _)| *member);
            (character.clone(), members.collect())
        });
        let mut stored = self.store.tallies(&concerned.collect()).await?;
        let counts = waiting.into_iter().map(|(character, waiting)| {
            let stored = stored.remove(&character).unwrap_or_default();
            (character, stored.after(waiting).count)
        });
        Ok(counts.collect())
    }

    /// The waiting changes are read before the stored ones: an entry that moves from one to the
    /// other in between is seen in both, where it counts once, and never in neither.
    async fn tally(&self, character: &Ocid, members: &[MemberId]) -> Result<Tally, BufferError> {
        self.check_settled()?;
        let waiting = self.waiting(character).await.map_err(failed)?;
        let concerned = waiting.iter().map(|(member, _)| *member);
        let concerned: HashSet<_> = concerned.chain(members.iter().copied()).collect();
        let concerned: Vec<_> = concerned.into_iter().collect();
        let stored = self.store.tally(character, &concerned).await?;
        let mut tally = stored.after(waiting);
        tally.likers.retain(|liker| members.contains(liker));
        Ok(tally)
    }

    /// The last change of each member that waits for a character.
    async fn waiting(&self, character: &Ocid) -> Result<Vec<(MemberId, bool)>, Error> {
        let key = format!("{}{}", self.waiting_prefix(), character.as_str());
        let all = self
            .redis
            .client()
            .hgetall::<HashMap<String, String>, _>(&key);
        let all = self.redis.call(all).await?;
        let changes = all
            .iter()
            .map(|(member, change)| entry::waiting(member, change));
        changes.collect::<Option<_>>().ok_or(Error::Garbled {
            key,
            problem: "it does not say who likes",
        })
    }

    /// The present, later than the last time that was taken.
    fn take_time(&self) -> Timestamp {
        let mut last = self.taken_at.lock();
        let later = *last + SignedDuration::from_micros(1);
        // To the microsecond, as entries have it.
        let now = Timestamp::from_microsecond(self.clock.now().as_microsecond());
        *last = later.max(now.expect("a coarser time stays in range"));
        *last
    }

    fn check_settled(&self) -> Result<(), BufferError> {
        let not_settled = || BufferError::Failed(Arc::new(FlushError::NotSettled));
        self.is_settled().then_some(()).ok_or_else(not_settled)
    }

    /// Whether everything that may have been overtaken has been brought to the store.
    fn is_settled(&self) -> bool {
        self.settled.load(Ordering::SeqCst) == self.absences.load(Ordering::SeqCst)
    }

    fn reached(&self, position: StreamPosition) {
        let mut watermark = self.watermark();
        *watermark = position.max(*watermark);
    }

    fn watermark(&self) -> parking_lot::MutexGuard<'_, StreamPosition> {
        self.watermark.lock()
    }

    fn stream(&self) -> String {
        self.redis.key("likes")
    }

    fn waiting_prefix(&self) -> String {
        self.redis.key("likes:of:")
    }
}

fn failed(error: Error) -> BufferError {
    BufferError::Failed(Arc::new(error))
}
