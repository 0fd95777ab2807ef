//! Forgets snapshots that are too old to be served.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use equipment::SnapshotStore;
use kernel::Clock;
use tokio_util::sync::CancellationToken;

use super::purge_in_batches;
use schedule::{Job, JobError, JobPlan, RunOn};

/// Forgets snapshots that are too old to be served. What it deletes depends on their age alone,
/// so a purge that went on although another instance has begun the next one does no harm.
#[derive(Debug)]
pub struct PurgeSnapshots {
    /// Store of the snapshots.
    pub store: Arc<dyn SnapshotStore>,
    /// Tells their age.
    pub clock: Arc<dyn Clock>,
    /// The oldest that is kept.
    pub keep_for: Duration,
    /// The length of a tick.
    pub every: Duration,
}

#[async_trait]
impl Job for PurgeSnapshots {
    fn name(&self) -> &'static str {
        "purge_snapshots"
    }

    fn plan(&self) -> JobPlan {
        JobPlan {
            every: Some(self.every),
            run_on: RunOn::OneInstance,
        }
    }

    async fn run(&self, stop: &CancellationToken) -> Result<String, JobError> {
        let clock = self.clock.as_ref();
        let purge = |before, limit| self.store.purge(before, limit);
        let (purged, before) = purge_in_batches(self.keep_for, clock, stop, purge).await?;
        Ok(format!("purged {purged} snapshots fetched before {before}"))
    }
}
