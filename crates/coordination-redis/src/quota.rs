//! The upstream's quota, which instances share.

use std::fmt::{self, Debug};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use kernel::Ids;
use resilience::{
    CallMade, Day, Deadline, InvalidSettings, LocalQuota, QuotaError, QuotaGate, QuotaPermit,
    QuotaSettings,
};
use tokio::sync::{Notify, Semaphore};
use tokio::time::{Instant, timeout_at};

use crate::script::{ENTER, LEAVE};
use crate::{Error, Redis};

/// The upstream counts the calls of the last second, whenever it is asked.
const WINDOW: Duration = Duration::from_secs(1);

/// A [`QuotaGate`] over all instances that share a Redis.
///
/// Like [`LocalQuota`] it remembers each call until it has left every second the upstream may count
/// it in; what it remembers is in Redis, and so is the clock it goes by. Callers of one instance go
/// through a `LocalQuota` first, which keeps their order and bounds how many wait; instances take
/// turns as it comes.
///
/// While Redis is away nobody is let through, because nobody knows what others have used. A Redis
/// that has lost its memory is taken for one whose last second was full, and for the day each
/// instance tells it what it has seen used.
#[derive(Clone)]
pub struct RedisQuota(Arc<GateState>);

struct GateState {
    redis: Redis,
    ids: Arc<dyn Ids>,
    settings: QuotaSettings,
    east: Duration,
    /// What this instance could use if it were alone.
    local: LocalQuota,
    /// Held by the caller of this instance whose turn it is to ask.
    turn: Semaphore,
    /// Tells the caller whose turn it is that a call of this instance ended early.
    ended: Notify,
    /// Calls that were let through and not made, of which Redis has not been told yet. Until it
    /// has, nobody asks, or what is given back would be told to Redis as used.
    pending: AtomicUsize,
    /// The latest day, and the calls let through in it, that this instance was told of.
    seen: Mutex<(i64, i64)>,
}

/// What Redis answers.
enum Answer {
    Go(Entry),
    WaitUntil(Instant),
}

impl RedisQuota {
    /// A quota whose days begin at midnight of a place `east` ahead of UTC. `ids` name the calls.
    ///
    /// # Errors
    ///
    /// When a setting is out of the range of [`LocalQuota`].
    pub fn new(
        redis: Redis,
        ids: Arc<dyn Ids>,
        settings: QuotaSettings,
        east: Duration,
    ) -> Result<Self, InvalidSettings> {
        // The day is counted in Redis.
        let seconds = QuotaSettings {
            per_day: NonZeroU32::MAX,
            ..settings
        };
        let local = LocalQuota::new(seconds, || Day::at(Duration::ZERO, Duration::ZERO))?;
        Ok(Self(Arc::new(GateState {
            redis,
            ids,
            east,
            local,
            turn: Semaphore::new(1),
            ended: Notify::new(),
            pending: AtomicUsize::new(0),
            seen: Mutex::new((0, 0)),
            settings,
        })))
    }
}

#[async_trait]
impl QuotaGate for RedisQuota {
    async fn acquire(&self, deadline: Deadline) -> Result<QuotaPermit, QuotaError> {
        let alone = Alone(Some(self.0.local.acquire(deadline).await?));
        let entry = deadline.timeout(self.0.wait()).await??;
        Ok(entry.permit(alone))
    }
}

/// Leave to make a call as far as this instance alone is concerned; given back unused if no more
/// comes of it.
struct Alone(Option<QuotaPermit>);

impl Drop for Alone {
    fn drop(&mut self) {
        if let Some(permit) = self.0.take() {
            permit.unused();
        }
    }
}

impl GateState {
    async fn wait(self: &Arc<Self>) -> Result<Entry, QuotaError> {
        let _turn = self.turn.acquire().await.expect("it is never closed");
        loop {
            while self.pending.load(Ordering::Acquire) > 0 {
                self.ended.notified().await;
            }
            match self.ask().await? {
                Answer::Go(entry) => return Ok(entry),
                Answer::WaitUntil(instant) => {
                    // Either way Redis is asked again.
                    let _ = timeout_at(instant, self.ended.notified()).await;
                }
            }
        }
    }

    async fn ask(self: &Arc<Self>) -> Result<Answer, QuotaError> {
        let mut entry = Entry {
            quota: Arc::clone(self),
            name: format!("{:032x}", self.ids.next()),
            day: None,
            made: Some(CallMade::No),
        };
        let (verdict, wait, day, used) = self.enter(&entry.name).await.map_err(|error| {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the shared quota is not known"
            );
            QuotaError::Unknown
        })?;
        let wait = Duration::from_micros(wait.unsigned_abs());
        self.see(day, used);
        if verdict == 0 {
            entry.day = Some(day);
            return Ok(Answer::Go(entry));
        }
        // There is nothing to give back.
        entry.made = None;
        if verdict == 1 {
            return Ok(Answer::WaitUntil(Instant::now() + wait));
        }
        Err(QuotaError::DayExhausted {
            until: Instant::now() + wait,
        })
    }

    async fn enter(&self, name: &str) -> Result<(i64, i64, i64, i64), Error> {
        let (day, used) = *self.seen();
        let blocks = (self.settings.transit + WINDOW).as_micros();
        let arguments = vec![
            name.to_owned(),
            self.settings.per_second.to_string(),
            self.settings.per_day.to_string(),
            blocks.to_string(),
            self.east.as_secs().to_string(),
            day.to_string(),
            used.to_string(),
        ];
        let keys = [self.recent(), self.day(), self.redis.key("quota:known")];
        let entered = self.redis.run(&ENTER, keys.to_vec(), arguments);
        self.redis.call(entered).await
    }

    fn see(&self, day: i64, used: i64) {
        let mut seen = self.seen();
        *seen = (*seen).max((day, used));
    }

    /// A call of that day was not made, and Redis knows.
    fn give_back(&self, day: i64) {
        let mut seen = self.seen();
        if seen.0 == day {
            seen.1 -= 1;
        }
    }

    fn recent(&self) -> String {
        self.redis.key("quota:recent")
    }

    fn day(&self) -> String {
        self.redis.key("quota:day")
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, (i64, i64)> {
        self.seen.lock().expect("no holder of this lock panics")
    }
}

/// A call that is, or may be, in the ledger; told to Redis when dropped.
struct Entry {
    quota: Arc<GateState>,
    name: String,
    /// The day it was let through; none while that is not known.
    day: Option<i64>,
    made: Option<CallMade>,
}

impl Entry {
    fn permit(self, mut alone: Alone) -> QuotaPermit {
        QuotaPermit::new(move |made| {
            // The whole entry goes with the permit: its drop tells Redis.
            let mut entry = self;
            if made == CallMade::Yes {
                drop(alone.0.take());
            }
            entry.made = Some(made);
        })
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let Some(made) = self.made else {
            return;
        };
        let quota = Arc::clone(&self.quota);
        let is_unused = made == CallMade::No;
        let was_made = if is_unused { "0" } else { "1" };
        let day = self.day;
        let text = day.map(|day| day.to_string()).unwrap_or_default();
        let arguments = vec![std::mem::take(&mut self.name), was_made.to_owned(), text];
        if is_unused {
            quota.pending.fetch_add(1, Ordering::AcqRel);
        }
        self.quota.redis.spawn_detached(async move {
            let keys = vec![quota.recent(), quota.day()];
            let left = quota.redis.run::<i64>(&LEAVE, keys, arguments);
            // If Redis cannot be told, the place frees itself, only later.
            let left = quota.redis.call_ungated(left).await;
            if is_unused {
                if let (Ok(1), Some(day)) = (left, day) {
                    quota.give_back(day);
                }
                quota.pending.fetch_sub(1, Ordering::AcqRel);
            }
            quota.ended.notify_one();
        });
    }
}

impl Debug for RedisQuota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisQuota")
            .field("settings", &self.0.settings)
            .finish_non_exhaustive()
    }
}
