//! Scheduled work: what is done now and then, by each instance or by one for all.
//!
//! Time is divided into ticks of a job's own length, the same on every instance. A job of
//! [`Place::OneInstance`] takes its tick in the database before it begins, so each tick is begun
//! once, however many instances there are and whichever of them die; [`Ticks`] says what that
//! means. A lock keeps the ticks of one job from overlapping. An instance that dies in the middle leaves its tick unfinished, and the next tick does
//! what was left: so a job does what is to be done, not what has changed since last time.

mod jobs;
mod runner;
mod ticks;

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use kernel::{Clock, LocalLock};
use resilience::Jitter;
use telemetry::Metrics;
use tokio_util::sync::CancellationToken;

use crate::workers::{Duty, Workers};

pub use jobs::{PurgeOutbox, PurgeSessions, PurgeSnapshots, RefreshPopular, WarmUp};
pub use runner::{Agreement, Measures, Runner, Tick};
pub use ticks::{LastRun, MemoryTicks, Ticks, TicksError};

/// Something to do now and then.
#[async_trait]
pub trait Job: Debug + Send + Sync {
    /// What metrics, the log and the administration call it, such as `purge_snapshots`.
    fn name(&self) -> &'static str;

    /// How often, and where.
    fn plan(&self) -> Plan;

    /// Does it once; what was done, for people. A job that takes long looks at `stop` between its
    /// steps.
    ///
    /// # Errors
    ///
    /// Why it was not done; the next tick tries again.
    async fn run(&self, stop: &CancellationToken) -> anyhow::Result<String>;
}

/// How often a job is done, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// The length of a tick; none for a job that is done once, after the start.
    pub every: Option<Duration>,
    /// Who does it.
    pub place: Place,
}

/// Who does a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Every instance, for itself.
    EveryInstance,
    /// One instance in each tick, for all.
    OneInstance,
}

impl Place {
    /// The processes that have a runner of such a job.
    const fn duty(self) -> Duty {
        match self {
            Self::EveryInstance => Duty::Requests,
            Self::OneInstance => Duty::Background,
        }
    }
}

/// The jobs of this instance, and where their runs are remembered.
#[derive(Debug)]
pub struct Schedule {
    jobs: Vec<(Arc<dyn Job>, Agreement)>,
}

/// What is known of a job.
#[derive(Debug)]
pub struct JobStatus {
    /// The job's name.
    pub name: &'static str,
    /// How often, and where.
    pub plan: Plan,
    /// Its latest run: on any instance if one does it for all, else on this one.
    pub latest: Result<Option<LastRun>, TicksError>,
}

impl Schedule {
    /// These jobs, of which those for one instance are dealt out by the agreement of all.
    pub fn new(jobs: Vec<Arc<dyn Job>>, of_all: &Agreement) -> Self {
        let own = Agreement {
            lock: Arc::new(LocalLock::default()),
            ticks: Arc::new(MemoryTicks::default()),
        };
        let jobs = jobs.into_iter().map(|job| {
            let agreement = match job.plan().place {
                Place::OneInstance => of_all,
                Place::EveryInstance => &own,
            };
            (job, agreement.clone())
        });
        Self {
            jobs: jobs.collect(),
        }
    }

    /// Adds a worker for each job.
    pub fn employ(
        &self,
        workers: &mut Workers,
        instance: &str,
        clock: &Arc<dyn Clock>,
        jitter: &Jitter,
        metrics: &Metrics,
    ) {
        let names: Vec<_> = self.jobs.iter().map(|(job, _)| job.name()).collect();
        let measures = Measures::new(metrics, &names);
        for (job, agreement) in &self.jobs {
            let (name, duty) = (job.name(), job.plan().place.duty());
            let runner = Runner::new(
                Arc::clone(job),
                agreement.clone(),
                instance.to_owned(),
                Arc::clone(clock),
                jitter.clone(),
                measures.clone(),
            );
            workers.add(name, duty, |stop| runner.run(stop));
        }
    }

    /// What is known of each job.
    pub async fn status(&self) -> Vec<JobStatus> {
        let mut all = Vec::new();
        for (job, agreement) in &self.jobs {
            all.push(JobStatus {
                name: job.name(),
                plan: job.plan(),
                latest: agreement.ticks.latest(job.name()).await,
            });
        }
        all
    }
}
