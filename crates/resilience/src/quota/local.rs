//! A quota gate for one process.

use std::collections::BTreeSet;
use std::fmt::{self, Debug};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::{Notify, Semaphore};
use tokio::time::{Instant, timeout_at};

use super::{CallMade, Day, QuotaError, QuotaGate, QuotaPermit};
use crate::deadline::Deadline;
use crate::invalid::{InvalidSettings, require};

/// The upstream counts the calls of the last second, whenever it is asked.
const WINDOW: Duration = Duration::from_secs(1);

/// Limits of the upstream, and of the callers that may wait for them.
#[derive(Debug, Clone, Copy)]
pub struct QuotaSettings {
    /// Calls in any one second.
    pub per_second: NonZeroU32,
    /// Calls from one midnight to the next.
    pub per_day: NonZeroU32,
    /// Callers that may wait. More than `per_second` for each second of their deadline would time out
    /// before their turn.
    pub queue: usize,
    /// The longest time from a permit to the moment at which the upstream counts the call: for a
    /// new connection, the time to open it and more. The upstream counts a call when it sees it,
    /// which is between the permit and its end, so a call blocks its place until one second after
    /// its end, or after this time if that is sooner. Longer is safer and makes slow calls cost
    /// more of the quota.
    pub transit: Duration,
}

/// Used part of a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaUsage {
    /// Calls let through today.
    pub today: u32,
    /// Calls under way or within the last second.
    pub recent: usize,
    /// Callers that wait.
    pub waiting: usize,
}

/// A [`QuotaGate`] for one process.
///
/// A token bucket would let a full bucket and the refill of a second through within one second.
/// This gate remembers each call until it has left every second the upstream may count it in, so
/// no second ever sees too many.
///
/// Calls still remembered at midnight count for both days, because the upstream may have seen
/// them on either side. What was used before the process started is not known to it.
pub struct LocalQuota(Arc<LocalGateState>);

struct LocalGateState {
    settings: QuotaSettings,
    today: Box<dyn Fn() -> Day + Send + Sync>,
    /// Held by the caller whose turn it is; tokio hands it on in the order of arrival.
    turn: Semaphore,
    /// Places to wait for the turn.
    queue: Semaphore,
    /// Tells the caller whose turn it is that a call ended early.
    ended: Notify,
    day_count: Mutex<DayCount>,
}

#[derive(Debug, Default)]
struct DayCount {
    /// Until when each recent call blocks its place, with a number to tell them apart.
    recent: BTreeSet<(Instant, u64)>,
    last_call: u64,
    day: u64,
    used_today: u32,
}

/// Answer of the day count.
enum Answer {
    Go(Instant, u64),
    WaitUntil(Instant),
}

impl LocalQuota {
    /// Nothing used yet. `today` tells the day the upstream counts by, from the application's
    /// clock.
    ///
    /// # Errors
    ///
    /// When `transit` is more than a minute, or `queue` more than tokio can count.
    pub fn new(
        settings: QuotaSettings,
        today: impl Fn() -> Day + Send + Sync + 'static,
    ) -> Result<Self, InvalidSettings> {
        require(
            settings.transit <= Duration::from_mins(1),
            "transit",
            "must be at most a minute",
        )?;
        require(
            settings.queue <= Semaphore::MAX_PERMITS,
            "queue",
            "must be at most an eighth of the largest number",
        )?;
        Ok(Self(Arc::new(LocalGateState {
            turn: Semaphore::new(1),
            queue: Semaphore::new(settings.queue),
            ended: Notify::new(),
            day_count: Mutex::default(),
            settings,
            today: Box::new(today),
        })))
    }

    /// Used part of the quota, for metrics.
    pub fn usage(&self) -> QuotaUsage {
        let shared = &self.0;
        let mut day_count = shared.day_count();
        day_count.forget_past(Instant::now(), (shared.today)());
        QuotaUsage {
            today: day_count.used_today,
            recent: day_count.recent.len(),
            waiting: shared.settings.queue - shared.queue.available_permits(),
        }
    }
}

#[async_trait]
impl QuotaGate for LocalQuota {
    async fn acquire(&self, deadline: Deadline) -> Result<QuotaPermit, QuotaError> {
        let shared = &self.0;
        if deadline.expired() {
            return Err(QuotaError::DeadlineExceeded);
        }
        // Nobody is before us if the turn is free, so no place in the queue is needed.
        if let Ok(_turn) = shared.turn.try_acquire()
            && let Answer::Go(blocks_until, call) = shared.ask()?
        {
            return Ok(shared.permit(blocks_until, call));
        }
        let _place = shared
            .queue
            .try_acquire()
            .map_err(|_| QuotaError::QueueFull)?;
        deadline.timeout(shared.wait(deadline)).await?
    }

    fn used_today(&self) -> u32 {
        self.usage().today
    }
}

impl Debug for LocalQuota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalQuota")
            .field("settings", &self.0.settings)
            .field("usage", &self.usage())
            .finish()
    }
}

impl LocalGateState {
    async fn wait(self: &Arc<Self>, deadline: Deadline) -> Result<QuotaPermit, QuotaError> {
        let _turn = self.turn.acquire().await.expect("it is never closed");
        loop {
            // A turn that comes together with the deadline would be of no effect.
            if deadline.expired() {
                return Err(QuotaError::DeadlineExceeded);
            }
            match self.ask()? {
                Answer::Go(blocks_until, call) => return Ok(self.permit(blocks_until, call)),
                Answer::WaitUntil(instant) => {
                    // Either way the day count is asked again.
                    let _ = timeout_at(instant, self.ended.notified()).await;
                }
            }
        }
    }

    fn ask(&self) -> Result<Answer, QuotaError> {
        let (now, today) = (Instant::now(), (self.today)());
        let mut day_count = self.day_count();
        day_count.forget_past(now, today);
        if day_count.used_today >= self.settings.per_day.get() {
            return Err(QuotaError::DayExhausted {
                until: now + today.remaining,
            });
        }
        if day_count.recent.len() >= self.settings.per_second.get() as usize
            && let Some(&(first_free, _)) = day_count.recent.first()
        {
            return Ok(Answer::WaitUntil(first_free));
        }
        let blocks_until = now + self.settings.transit + WINDOW;
        Ok(Answer::Go(blocks_until, day_count.enter(blocks_until)))
    }

    fn permit(self: &Arc<Self>, blocks_until: Instant, call: u64) -> QuotaPermit {
        let shared = Arc::clone(self);
        QuotaPermit::new(move |made| {
            shared.day_count().leave(blocks_until, call, made);
            shared.ended.notify_one();
        })
    }

    fn day_count(&self) -> MutexGuard<'_, DayCount> {
        self.day_count.lock()
    }
}

impl DayCount {
    /// Forgets the calls that no longer block a place, and the day before.
    fn forget_past(&mut self, now: Instant, today: Day) {
        self.recent = self.recent.split_off(&(now, u64::MAX));
        if today.number > self.day {
            self.day = today.number;
            // Which side of midnight the upstream saw these on is not known.
            self.used_today = u32::try_from(self.recent.len()).unwrap_or(u32::MAX);
        }
    }

    fn enter(&mut self, blocks_until: Instant) -> u64 {
        self.last_call += 1;
        self.recent.insert((blocks_until, self.last_call));
        self.used_today += 1;
        self.last_call
    }

    /// A call has ended: its place is free one second from now, or sooner.
    fn leave(&mut self, blocks_until: Instant, call: u64, made: CallMade) {
        if self.recent.remove(&(blocks_until, call)) {
            match made {
                CallMade::Yes => {
                    let sooner = blocks_until.min(Instant::now() + WINDOW);
                    self.recent.insert((sooner, call));
                }
                CallMade::No => self.used_today -= 1,
            }
        }
    }
}
