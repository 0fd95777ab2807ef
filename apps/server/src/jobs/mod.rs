//! Scheduled jobs of the service, and their workers.

mod outbox;
mod popular;
mod purge;
mod sessions;
mod warm_up;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kernel::Clock;
use process::{WorkerScope, Workers};
use schedule::{RunOn, RunnerParts, Schedule};
use tokio_util::sync::CancellationToken;

pub use outbox::PurgeOutbox;
pub use popular::RefreshPopular;
pub use purge::PurgeSnapshots;
pub use sessions::PurgeSessions;
pub use warm_up::WarmUp;

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
