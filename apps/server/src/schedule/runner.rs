//! Does one job, tick after tick, never twice at once.

use std::sync::Arc;
use std::time::Duration;

use kernel::{Clock, Fenced, LocalLock, LockError};
use resilience::Jitter;
use telemetry::{Counters, Gauges, Metrics};
use tokio_util::sync::CancellationToken;

use super::{Job, MemoryTickStore, TickStore, TickStoreError};
use crate::http::causes;

/// The part of a tick within which instances begin, so that they do not all begin at once.
const JITTER_SHARE: u32 = 10;

/// At most so long after the beginning of a tick a job begins.
const LONGEST_JITTER: Duration = Duration::from_secs(10);

/// What a tick came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tick {
    /// The job was done.
    Done,
    /// The job failed.
    Failed,
    /// This tick has been taken before, here or by another instance.
    Taken,
}

/// Counts what came of scheduled jobs.
#[derive(Debug, Clone)]
pub struct JobMetrics {
    runs: Counters<2>,
    succeeded_at: Gauges<1>,
}

impl JobMetrics {
    /// For jobs of these names.
    pub fn new(metrics: &Metrics, jobs: &[&str]) -> Self {
        let known = jobs
            .iter()
            .flat_map(|&job| ["done", "failed"].map(|outcome| [job, outcome]));
        Self {
            runs: metrics.counters(
                "maple_job_runs_total",
                "Runs of scheduled jobs on this instance, by what came of them.",
                ["job", "outcome"],
                known,
            ),
            succeeded_at: metrics.gauges(
                "maple_job_last_success_timestamp_seconds",
                "When this instance last did a scheduled job, in seconds since 1970; 0 for never.",
                ["job"],
                jobs.iter().map(|&job| [job]),
            ),
        }
    }
}

/// What instances agree by on who does a job.
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
    instance: String,
    clock: Arc<dyn Clock>,
    jitter: Jitter,
    metrics: JobMetrics,
}

impl Runner {
    /// A runner of this job for this instance. The coordination is the one of all instances, where
    /// one of them does the job, and this instance's own else.
    pub fn new(
        job: Arc<dyn Job>,
        coordination: Coordination,
        instance: String,
        clock: Arc<dyn Clock>,
        jitter: Jitter,
        metrics: JobMetrics,
    ) -> Self {
        Self {
            job,
            coordination,
            instance,
            clock,
            jitter,
            metrics,
        }
    }

    /// Which job.
    pub fn job(&self) -> &dyn Job {
        &*self.job
    }

    /// Does the job once in each tick, until told to stop; what is under way is finished first.
    pub async fn run(self, stop: CancellationToken) {
        // At the start there is no crowd: whoever comes later finds the tick taken.
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
            rest = next + self.jitter.between(Duration::ZERO, self.longest_jitter());
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
        let (ticks, now) = (&self.coordination.ticks, self.clock.now());
        let number = self.job.plan().tick(now);
        let begun = ticks.begin(job, number, &self.instance, now, lease.fence());
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
        let now = self.clock.now();
        let text = match &report {
            Ok(done) => Ok(done.clone()),
            Err(error) => Err(format!("{error:#}")),
        };
        let written = text.as_deref().map_err(String::as_str);
        if let Err(error) = ticks.end(job, number, now, written, lease.fence()).await {
            tracing::warn!(
                job,
                %error,
                cause = causes(&error),
                "a scheduled job's end is not written down"
            );
        }
        match report {
            Ok(report) => {
                self.metrics.runs.with([job, "done"]).inc();
                self.metrics.succeeded_at.with([job]).set(now.as_second());
                tracing::debug!(job, report, "a scheduled job is done");
                Tick::Done
            }
            Err(error) => self.failed(&*error),
        }
    }

    async fn do_once(&self, tick: i64, stop: &CancellationToken) -> anyhow::Result<String> {
        tracing::debug!(job = self.job.name(), tick, "a scheduled job begins");
        #[cfg(feature = "failpoints")]
        fail::fail_point!("scheduled-job");
        self.job.run(stop).await
    }

    fn failed(&self, error: &(dyn std::error::Error + 'static)) -> Tick {
        let job = self.job.name();
        self.metrics.runs.with([job, "failed"]).inc();
        tracing::warn!(job, %error, cause = causes(error), "a scheduled job failed");
        Tick::Failed
    }

    fn until_next_tick(&self) -> Option<Duration> {
        let (plan, now) = (self.job.plan(), self.clock.now());
        let next = plan.begins(plan.tick(now) + 1)?;
        let left = next.duration_since(now);
        Some(Duration::try_from(left).expect("the next tick is ahead"))
    }

    fn longest_jitter(&self) -> Duration {
        let every = self.job.plan().every.unwrap_or_default();
        (every / JITTER_SHARE).min(LONGEST_JITTER)
    }
}
