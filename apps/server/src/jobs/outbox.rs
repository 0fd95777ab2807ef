//! Forgets messages that are over.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use kernel::Clock;
use outbox::OutboxStore;
use tokio_util::sync::CancellationToken;

use super::purge_in_batches;
use schedule::{Job, JobError, JobPlan, RunOn};

/// Period of the purge: messages are kept for days, so there is no hurry.
const EVERY: Duration = Duration::from_hours(1);

/// Forgets messages that were delivered or discarded long ago. Dead letters wait for an operator,
/// however old they are. What it deletes depends on its age alone, so a purge that went on although
/// another instance has begun the next one does no harm.
#[derive(Debug)]
pub struct PurgeOutbox {
    /// Store of the messages.
    pub store: Arc<dyn OutboxStore>,
    /// Tells their age.
    pub clock: Arc<dyn Clock>,
    /// Time for which messages are kept after their end.
    pub keep_for: Duration,
}

#[async_trait]
impl Job for PurgeOutbox {
    fn name(&self) -> &'static str {
        "purge_outbox"
    }

    fn plan(&self) -> JobPlan {
        JobPlan {
            every: Some(EVERY),
            run_on: RunOn::OneInstance,
        }
    }

    async fn run(&self, stop: &CancellationToken) -> Result<String, JobError> {
        let clock = self.clock.as_ref();
        let purge = |before, limit| self.store.purge(before, limit);
        let (purged, before) = purge_in_batches(self.keep_for, clock, stop, purge).await?;
        Ok(format!(
            "purged {purged} messages that ended before {before}"
        ))
    }
}
