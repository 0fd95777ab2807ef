//! Scheduled jobs, run by each instance or by one instance for all.
//!
//! Time is divided into ticks of a job's own length, the same on every instance. A job of
//! [`RunOn::OneInstance`] takes its tick in the database before it begins, so each tick is begun
//! once, however many instances there are and whichever of them die; [`TickStore`] says what that
//! means. A lock keeps the ticks of one job from overlapping, and its fence refuses an instance that has lost it. An
//! instance that dies in the middle leaves its tick unfinished, and the next tick does what was
//! left: so a job does what is to be done, not what has changed since last time.

#[cfg(feature = "testkit")]
mod contract;
mod runner;
mod ticks;

use std::error::Error;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

#[cfg(feature = "testkit")]
pub use contract::tick_store_contract;
pub use runner::{Coordination, RunObserver, Runner, RunnerParts, Tick};
pub use ticks::{LastRun, MemoryTickStore, TickStore, TickStoreError};

/// A scheduled job.
#[async_trait]
pub trait Job: Debug + Send + Sync {
    /// Name in metrics, the log and the administration, such as `purge_snapshots`.
    fn name(&self) -> &'static str;

    /// Period of the job, and the instances that run it.
    fn plan(&self) -> JobPlan;

    /// Does it once; what was done, for people. A job that takes long looks at `stop` between its
    /// steps.
    ///
    /// # Errors
    ///
    /// Why it was not done; the next tick tries again.
    async fn run(&self, stop: &CancellationToken) -> Result<String, JobError>;
}

/// Failure of a job, with its causes.
pub type JobError = Box<dyn Error + Send + Sync>;

/// Interval of a job, and the instances that run it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobPlan {
    /// The length of a tick; none for a job that is done once, after the start.
    pub every: Option<Duration>,
    /// Instances that run it.
    pub run_on: RunOn,
}

/// Instances that run a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunOn {
    /// Every instance, for itself.
    EveryInstance,
    /// One instance in each tick, for all.
    OneInstance,
}

impl JobPlan {
    /// Number of the tick: ticks since 1970; always the same for a job that runs once.
    pub fn tick(self, now: Timestamp) -> i64 {
        let number = |length| now.as_nanosecond().div_euclid(length);
        let number = self.length().map_or(0, number);
        i64::try_from(number).expect("nanoseconds since 1970 fit into 64 bits until 2262")
    }

    /// Begin of a tick; none for a job that runs once.
    pub fn begins(self, tick: i64) -> Option<Timestamp> {
        let since_1970 = self.length()?.checked_mul(tick.into())?;
        Timestamp::from_nanosecond(since_1970).ok()
    }

    /// Time of the next run, if this is the tick that was taken last: in the past when no instance
    /// has begun the present one. None for a job that runs once and has run.
    pub fn next_due(self, now: Timestamp, last: Option<i64>) -> Option<Timestamp> {
        let present = self.tick(now);
        let next = last.map_or(present, |last| present.max(last.saturating_add(1)));
        match self.every {
            Some(_) => self.begins(next),
            None => last.is_none().then_some(now),
        }
    }

    /// Of a tick, in nanoseconds.
    fn length(self) -> Option<i128> {
        let nanos = self.every?.as_nanos();
        Some(i128::try_from(nanos).unwrap_or(i128::MAX).max(1))
    }
}

/// The jobs of this instance, and where their runs are remembered.
#[derive(Debug)]
pub struct Schedule {
    jobs: Vec<(Arc<dyn Job>, Coordination)>,
}

/// Status of a job.
#[derive(Debug)]
pub struct JobStatus {
    /// The job's name.
    pub name: &'static str,
    /// Period of the job, and the instances that run it.
    pub plan: JobPlan,
    /// Its latest run: on any instance if one does it for all, else on this one.
    pub latest: Result<Option<LastRun>, TickStoreError>,
    /// Time of its next run, in the past when it should have begun; none for a job that runs once
    /// and has run, and while the latest run is not known.
    pub next_due: Option<Timestamp>,
}

impl Schedule {
    /// These jobs, of which those for one instance are dealt out by the coordination of all.
    pub fn new(jobs: Vec<Arc<dyn Job>>, of_all: &Coordination) -> Self {
        let own = Coordination::alone();
        let jobs = jobs.into_iter().map(|job| {
            let coordination = match job.plan().run_on {
                RunOn::OneInstance => of_all,
                RunOn::EveryInstance => &own,
            };
            (job, coordination.clone())
        });
        Self {
            jobs: jobs.collect(),
        }
    }

    /// One runner for each job.
    pub fn runners<'s>(&'s self, parts: &'s RunnerParts) -> impl Iterator<Item = Runner> + 's {
        self.jobs
            .iter()
            .map(|(job, coordination)| Runner::new(Arc::clone(job), coordination.clone(), parts))
    }

    /// Names of the jobs.
    pub fn names(&self) -> Vec<&'static str> {
        self.jobs.iter().map(|(job, _)| job.name()).collect()
    }

    /// Returns the status of each job.
    pub async fn status(&self, now: Timestamp) -> Vec<JobStatus> {
        let mut all = Vec::new();
        for (job, coordination) in &self.jobs {
            let (name, plan) = (job.name(), job.plan());
            let latest = coordination.ticks.latest(name).await;
            let known = latest.as_ref().ok();
            let last_tick = known.map(|run| run.as_ref().map(|run| run.tick));
            all.push(JobStatus {
                name,
                plan,
                next_due: last_tick.and_then(|last| plan.next_due(now, last)),
                latest,
            });
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_follow_each_other_and_tell_when_a_job_is_due() {
        let hourly = JobPlan {
            every: Some(Duration::from_hours(1)),
            run_on: RunOn::OneInstance,
        };
        let once = JobPlan {
            every: None,
            ..hourly
        };
        let at = |time: &str| {
            format!("2026-11-26T{time}:00Z")
                .parse::<Timestamp>()
                .unwrap()
        };
        let now = at("12:30");
        let present = hourly.tick(now);
        assert_eq!(hourly.begins(present), Some(at("12:00")));
        assert_eq!(hourly.tick(at("13:00")), present + 1);
        for (plan, last, due) in [
            (hourly, None, Some("12:00")),
            (hourly, Some(present - 3), Some("12:00")),
            (hourly, Some(present), Some("13:00")),
            // Of an instance whose clock is ahead.
            (hourly, Some(present + 1), Some("14:00")),
            (once, None, Some("12:30")),
            (once, Some(0), None),
        ] {
            let due = due.map(at);
            assert_eq!(plan.next_due(now, last), due, "{plan:?} after {last:?}");
        }
    }
}
