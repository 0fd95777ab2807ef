//! The upstream's quota, which instances share.

use std::fmt::{self, Debug};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use kernel::{Ids, Streak};
use parking_lot::Mutex;
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
/// While Redis is unreachable no call is admitted, because the usage of the other instances is
/// unknown. A Redis that has lost its data is treated as if its last second had been full, and
/// each instance reports to it the usage of the day that it has seen.
#[derive(Clone)]
pub struct RedisQuota(Arc<GateState>);

struct GateState {
    /// Prefix of its keys in Redis.
    name: &'static str,
    redis: Redis,
    ids: Arc<dyn Ids>,
    settings: QuotaSettings,
    east: Duration,
    /// Quota that this instance could use if it were alone.
    local: LocalQuota,
    /// Held by the one caller of this instance that may query Redis.
    turn: Semaphore,
    /// Notifies that caller when a call of this instance ended early.
    ended: Notify,
    /// Calls that were admitted and not made, not yet reported to Redis. Until they are, no caller
    /// queries Redis, or the returned permits would count as used.
    pending: AtomicUsize,
    /// Usage of the latest day known to this instance.
    seen: Mutex<DayUsage>,
    /// Questions in a row that Redis did not answer.
    unknown: Streak,
}

/// Counts of a day's calls. Both only grow, so that of two views of a day the larger is the later,
/// whichever instance has it.
#[derive(Debug, Clone, Copy, Default)]
struct DayUsage {
    day: i64,
    admitted: i64,
    /// Calls of those that were not made.
    returned: i64,
}

impl DayUsage {
    /// The later of two views.
    fn merge(self, other: Self) -> Self {
        match self.day.cmp(&other.day) {
            std::cmp::Ordering::Greater => self,
            std::cmp::Ordering::Less => other,
            std::cmp::Ordering::Equal => Self {
                day: self.day,
                admitted: self.admitted.max(other.admitted),
                returned: self.returned.max(other.returned),
            },
        }
    }
}

/// Response of the quota script.
enum QuotaResponse {
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
        Self::named("quota", redis, ids, settings, east)
    }

    /// Like [`RedisQuota::new`], under another name in Redis: calls count for each by itself.
    ///
    /// # Errors
    ///
    /// When a setting is out of the range of [`LocalQuota`].
    pub fn named(
        name: &'static str,
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
            name,
            redis,
            ids,
            east,
            local,
            turn: Semaphore::new(1),
            ended: Notify::new(),
            pending: AtomicUsize::new(0),
            seen: Mutex::default(),
            unknown: Streak::default(),
            settings,
        })))
    }
}

#[async_trait]
impl QuotaGate for RedisQuota {
    async fn acquire(&self, deadline: Deadline) -> Result<QuotaPermit, QuotaError> {
        let alone = LocalPermit(Some(self.0.local.acquire(deadline).await?));
        let entry = deadline.timeout(self.0.wait()).await??;
        Ok(entry.permit(alone))
    }

    /// As of the last call of this process: Redis counts, by its own clock.
    fn used_today(&self) -> u32 {
        let seen = *self.0.seen();
        u32::try_from((seen.admitted - seen.returned).max(0)).unwrap_or(u32::MAX)
    }
}

/// Permit of the local quota; returned unused when the call is not made.
struct LocalPermit(Option<QuotaPermit>);

impl Drop for LocalPermit {
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
                QuotaResponse::Go(entry) => return Ok(entry),
                QuotaResponse::WaitUntil(instant) => {
                    // Either way Redis is asked again.
                    let _ = timeout_at(instant, self.ended.notified()).await;
                }
            }
        }
    }

    async fn ask(self: &Arc<Self>) -> Result<QuotaResponse, QuotaError> {
        let mut entry = Entry {
            quota: Arc::clone(self),
            name: format!("{:032x}", self.ids.next()),
            day: None,
            made: Some(CallMade::No),
        };
        let (verdict, wait, usage) = self.enter(&entry.name).await.map_err(|error| {
            if self.unknown.failed() {
                tracing::warn!(
                    quota = self.name,
                    error = kernel::chain(&error),
                    "it is not known how much of the shared quota is used: no call is made"
                );
            }
            QuotaError::Unknown
        })?;
        if let Some(questions) = self.unknown.succeeded() {
            tracing::info!(
                quota = self.name,
                questions,
                "the shared quota is known again"
            );
        }
        let wait = Duration::from_micros(wait.unsigned_abs());
        self.see(usage);
        if verdict == 0 {
            entry.day = Some(usage.day);
            return Ok(QuotaResponse::Go(entry));
        }
        // There is nothing to give back.
        entry.made = None;
        if verdict == 1 {
            return Ok(QuotaResponse::WaitUntil(Instant::now() + wait));
        }
        Err(QuotaError::DayExhausted {
            until: Instant::now() + wait,
        })
    }

    async fn enter(&self, name: &str) -> Result<(i64, i64, DayUsage), Error> {
        let seen = *self.seen();
        let blocks = (self.settings.transit + WINDOW).as_micros();
        let arguments = vec![
            name.to_owned(),
            self.settings.per_second.to_string(),
            self.settings.per_day.to_string(),
            blocks.to_string(),
            self.east.as_secs().to_string(),
            seen.day.to_string(),
            seen.admitted.to_string(),
            seen.returned.to_string(),
        ];
        let keys = [self.recent(), self.day(), self.key("known")];
        let entered = self.redis.run(&ENTER, keys.to_vec(), arguments);
        let (verdict, wait, day, admitted, returned) = self.redis.call(entered).await?;
        let usage = DayUsage {
            day,
            admitted,
            returned,
        };
        Ok((verdict, wait, usage))
    }

    fn see(&self, usage: DayUsage) {
        let mut seen = self.seen();
        *seen = seen.merge(usage);
    }

    fn recent(&self) -> String {
        self.key("recent")
    }

    fn day(&self) -> String {
        self.key("day")
    }

    fn key(&self, of: &str) -> String {
        self.redis.key(&format!("{}:{of}", self.name))
    }

    fn seen(&self) -> parking_lot::MutexGuard<'_, DayUsage> {
        self.seen.lock()
    }
}

/// A call that is, or may be, recorded in Redis; reported to it when dropped.
struct Entry {
    quota: Arc<GateState>,
    name: String,
    /// Day of its admission; none while unknown.
    day: Option<i64>,
    made: Option<CallMade>,
}

impl Entry {
    fn permit(self, mut alone: LocalPermit) -> QuotaPermit {
        QuotaPermit::new(move |made| {
            // The whole entry moves into the permit: its drop reports to Redis.
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
            let left = quota.redis.run::<(i64, i64)>(&LEAVE, keys, arguments);
            // If Redis is unreachable, the permit expires there by itself, only later.
            let left = quota.redis.call_ungated(left).await;
            if is_unused {
                if let Ok((day @ 1.., returned)) = left {
                    let admitted = returned;
                    quota.see(DayUsage {
                        day,
                        admitted,
                        returned,
                    });
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
