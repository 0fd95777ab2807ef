//! Forgets messages that are over.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;
use kernel::Clock;
use outbox::OutboxStore;
use tokio_util::sync::CancellationToken;

use crate::schedule::{Job, Place, Plan};

/// What is kept is measured in days, so there is no hurry.
const EVERY: Duration = Duration::from_hours(1);

/// Small enough that no statement holds its locks for long.
const BATCH: u32 = 500;

/// Forgets messages that were delivered or discarded long ago. Dead letters wait for an operator,
/// however old they are. What it deletes depends on its age alone, so a purge that went on although
/// another instance has begun the next one does no harm.
#[derive(Debug)]
pub struct PurgeOutbox {
    /// Where they are.
    pub store: Arc<dyn OutboxStore>,
    /// Tells their age.
    pub clock: Arc<dyn Clock>,
    /// How long they are kept after their end.
    pub keep_for: Duration,
}

#[async_trait]
impl Job for PurgeOutbox {
    fn name(&self) -> &'static str {
        "purge_outbox"
    }

    fn plan(&self) -> Plan {
        Plan {
            every: Some(EVERY),
            place: Place::OneInstance,
        }
    }

    async fn run(&self, stop: &CancellationToken) -> anyhow::Result<String> {
        let keep_for = SignedDuration::try_from(self.keep_for)?;
        let before = self.clock.now().checked_sub(keep_for)?;
        let mut purged = 0;
        while !stop.is_cancelled() {
            match self.store.purge(before, BATCH).await? {
                0 => break,
                some => purged += some,
            }
        }
        Ok(format!(
            "purged {purged} messages that ended before {before}"
        ))
    }
}
