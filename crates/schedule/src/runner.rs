//! Does one job, tick after tick, never twice at once.

use std::error::Error;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kernel::{Clock, Fenced, LocalLock, LockError, chain};
use resilience::Jitter;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::{Job, JobError, MemoryTickStore, TickStore, TickStoreError};

/// The part of a tick within which instances begin, so that they do not all begin at once.
const JITTER_SHARE: u32 = 10;

/// At most so long after the beginning of a tick a job begins.
const LONGEST_JITTER: Duration = Duration::from_secs(10);

/// Result of a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tick {
    /// The job was done.
    Done,
    /// The job failed.
    Failed,
    /// This tick has been taken before, here or by another instance.
    Taken,
}

/// Observer of the runs of this instance, such as metrics.
pub trait RunObserver: Debug + Send + Sync {
    /// Records a run of a job that ended at this time, and its outcome.
    fn ended(&self, job: &'static str, succeeded: bool, at: Timestamp);
}

/// Parts that all runners of an instance share.
#[derive(Debug, Clone)]
pub struct RunnerParts {
    /// Name of this instance.
    pub instance: String,
    /// Source of the time that divides into ticks.
    pub clock: Arc<dyn Clock>,
    /// Randomness of the start within a tick.
    pub jitter: Jitter,
    /// Observer of each run.
    pub observer: Arc<dyn RunObserver>,
}

/// Lock and ticks by which instances agree on the one that runs a job.
#[derive(Debug, Clone)]
pub struct Coordination {
    /// Keeps a job from overlapping itself: an instance that is still at an earlier tick holds it,
    /// and one that was overtaken is refused by the ticks.
    pub lock: Fenced,
    /// Deals out the ticks. A tick that was taken is a fence as well: what comes of an earlier one
    /// is no longer written down.
    pub ticks: Arc<dyn TickStore>,
}

impl Coordination {
    /// Of one instance with itself.
    pub fn alone() -> Self {
        let ticks = Arc::new(MemoryTickStore::default());
        Self {
            lock: Fenced::new(Arc::new(LocalLock::default()), ticks.clone()),
            ticks,
        }
    }
}

/// Does one job, tick after tick.
#[derive(Debug)]
pub struct Runner {
    job: Arc<dyn Job>,
    coordination: Coordination,
    parts: RunnerParts,
}

impl Runner {
    /// A runner of this job for this instance. The coordination is the one of all instances, where
    /// one of them does the job, and this instance's own else.
    pub fn new(job: Arc<dyn Job>, coordination: Coordination, parts: &RunnerParts) -> Self {
        Self {
            job,
            coordination,
            parts: parts.clone(),
        }
    }

    /// The job.
    pub fn job(&self) -> &dyn Job {
        &*self.job
    }

    /// Does the job once in each tick, until told to stop; what is under way is finished first.
    pub async fn run(self, stop: CancellationToken) {
        // At the start there is no crowd: an instance that comes later finds the tick taken.
        let mut rest = Duration::ZERO;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(rest) => {}
            }
            self.tick(&stop).await;
            let Some(next) = self.until_next_tick() else {
                stop.cancelled().await;
                return;
            };
            rest = next
                + self
                    .parts
                    .jitter
                    .between(Duration::ZERO, self.longest_jitter());
        }
    }

    /// Does the job if nobody has in this tick, and nobody is still at an earlier one.
    pub async fn tick(&self, stop: &CancellationToken) -> Tick {
        let job = self.job.name();
        let lock = format!("job:{job}");
        let held = self.coordination.lock.acquire(&lock, Duration::ZERO);
        let lease = match held.await {
            Ok(lease) => lease,
            Err(LockError::Held { .. }) => return Tick::Taken,
            Err(error) => return self.failed(&error),
        };
        let (ticks, now) = (&self.coordination.ticks, self.parts.clock.now());
        let number = self.job.plan().tick(now);
        let begun = ticks.begin(job, number, &self.parts.instance, now, lease.fence());
        match begun.await {
            Ok(true) => {}
            Ok(false) => return Tick::Taken,
            Err(TickStoreError::Overtaken(stale)) => {
                tracing::warn!(job, "a tick is left to another instance: {stale}");
                return Tick::Taken;
            }
            Err(error) => return self.failed(&error),
        }
        let report = lease.work(self.do_once(number, stop)).await;
        let report = report.unwrap_or_else(|lost| Err(lost.into()));
        let now = self.parts.clock.now();
        let text = match &report {
            Ok(done) => Ok(done.clone()),
            Err(error) => Err(chain(&**error)),
        };
        let written = text.as_deref().map_err(String::as_str);
        if let Err(error) = ticks.end(job, number, now, written, lease.fence()).await {
            tracing::warn!(
                job,
                error = chain(&error),
                "a scheduled job's end is not written down"
            );
        }
        match report {
            Ok(report) => {
                self.parts.observer.ended(job, true, now);
                tracing::debug!(job, report, "a scheduled job is done");
                Tick::Done
            }
            Err(error) => self.failed(&*error),
        }
    }

    async fn do_once(&self, tick: i64, stop: &CancellationToken) -> Result<String, JobError> {
        let job = self.job.name();
        tracing::debug!(job, tick, "a scheduled job begins");
        #[cfg(feature = "failpoints")]
        fail::fail_point!("scheduled-job");
        let work = async {
            let span = tracing::info_span!(
                "scheduled job",
                otel.name = %format_args!("job {job}"),
                otel.kind = "internal",
                otel.status_code = tracing::field::Empty,
                maple.job.name = job,
                maple.job.tick = tick,
            );
            let done = self.job.run(stop).instrument(span.clone()).await;
            if done.is_err() {
                span.record("otel.status_code", "ERROR");
            }
            done
        };
        kernel::trace::resume(None).scope(work).await
    }

    fn failed(&self, error: &(dyn Error + 'static)) -> Tick {
        let job = self.job.name();
        self.parts
            .observer
            .ended(job, false, self.parts.clock.now());
        tracing::warn!(job, error = chain(error), "a scheduled job failed");
        Tick::Failed
    }

    fn until_next_tick(&self) -> Option<Duration> {
        let (plan, now) = (self.job.plan(), self.parts.clock.now());
        let next = plan.begins(plan.tick(now) + 1)?;
        let left = next.duration_since(now);
        Some(Duration::try_from(left).expect("the next tick is ahead"))
    }

    fn longest_jitter(&self) -> Duration {
        let every = self.job.plan().every.unwrap_or_default();
        (every / JITTER_SHARE).min(LONGEST_JITTER)
    }
}
