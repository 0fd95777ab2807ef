//! Scheduled jobs of the service, their workers and their metrics.

mod outbox;
mod popular;
mod purge;
mod sessions;
mod warm_up;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kernel::Clock;
use schedule::{RunObserver, RunOn, RunnerParts, Schedule};
use telemetry::{Counters, Gauges, Metrics};
use tokio_util::sync::CancellationToken;

pub use outbox::PurgeOutbox;
pub use popular::RefreshPopular;
pub use purge::PurgeSnapshots;
pub use sessions::PurgeSessions;
pub use warm_up::WarmUp;

use crate::workers::{WorkerScope, Workers};

/// Adds a worker for each job.
pub fn spawn_workers(schedule: &Schedule, parts: &RunnerParts, workers: &mut Workers) {
    for runner in schedule.runners(parts) {
        let job = runner.job();
        let scope = match job.plan().run_on {
            RunOn::EveryInstance => WorkerScope::Requests,
            RunOn::OneInstance => WorkerScope::Background,
        };
        workers.add(job.name(), scope, |stop| runner.run(stop));
    }
}

/// Metrics of scheduled jobs on this instance.
#[derive(Debug, Clone)]
pub struct JobMetrics {
    runs: Counters<2>,
    succeeded_at: Gauges<1>,
}

impl JobMetrics {
    /// Metrics for jobs of these names, from zero.
    pub fn new(metrics: &Metrics, jobs: &[&str]) -> Self {
        let known = jobs
            .iter()
            .flat_map(|&job| ["done", "failed"].map(|outcome| [job, outcome]));
        Self {
            runs: metrics.counters(
                "maple_job_runs_total",
                "Runs of scheduled jobs on this instance, by outcome.",
                ["job", "outcome"],
                known,
            ),
            succeeded_at: metrics.gauges(
                "maple_job_last_success_timestamp_seconds",
                "Time of the last success of a scheduled job on this instance, in seconds since 1970; 0 for never.",
                ["job"],
                jobs.iter().map(|&job| [job]),
            ),
        }
    }
}

impl RunObserver for JobMetrics {
    fn ended(&self, job: &'static str, succeeded: bool, at: Timestamp) {
        let outcome = if succeeded { "done" } else { "failed" };
        self.runs.with([job, outcome]).inc();
        if succeeded {
            self.succeeded_at.with([job]).set(at.as_second());
        }
    }
}

/// Small enough that no statement holds its locks for long.
const BATCH: u32 = 500;

/// Purges what is older than `keep_for`, batch after batch, until nothing is left or the job is to
/// stop. Tells how much that was, and before when.
async fn purge_in_batches<P, E>(
    keep_for: Duration,
    clock: &dyn Clock,
    stop: &CancellationToken,
    purge: impl Fn(Timestamp, u32) -> P,
) -> anyhow::Result<(u64, Timestamp)>
where
    P: Future<Output = Result<u64, E>>,
    E: std::error::Error + Send + Sync + 'static,
{
    let before = clock
        .now()
        .checked_sub(SignedDuration::try_from(keep_for)?)?;
    let mut purged = 0;
    while !stop.is_cancelled() {
        match purge(before, BATCH).await? {
            0 => break,
            some => purged += some,
        }
    }
    Ok((purged, before))
}
