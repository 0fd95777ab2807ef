//! Takes the characters fetched last into memory, once after the start.

use std::sync::Arc;

use async_trait::async_trait;
use equipment::{Characters, SnapshotStore};
use tokio_util::sync::CancellationToken;

use schedule::{Job, JobError, JobPlan, RunOn};

/// With snapshots of about 10 KB each, a tenth of the memory for them.
const CHARACTERS: u32 = 200;

/// Takes the characters fetched last into memory, once after the start, so that a restarted
/// instance answers from memory at once.
#[derive(Debug)]
pub struct WarmUp {
    /// Use cases whose memory is filled.
    pub characters: Characters,
    /// Store of the characters that were fetched last.
    pub store: Arc<dyn SnapshotStore>,
}

#[async_trait]
impl Job for WarmUp {
    fn name(&self) -> &'static str {
        "warm_up"
    }

    fn plan(&self) -> JobPlan {
        JobPlan {
            every: None,
            run_on: RunOn::EveryInstance,
        }
    }

    async fn run(&self, stop: &CancellationToken) -> Result<String, JobError> {
        let names = self.store.recent(CHARACTERS).await?;
        let mut warm = 0_u32;
        // The least recent first: those after it push it out if memory is short.
        for name in names.iter().rev() {
            if stop.is_cancelled() {
                break;
            }
            warm += u32::from(self.characters.warm(name).await);
        }
        Ok(format!(
            "took {warm} of the latest {} characters into memory",
            names.len()
        ))
    }
}
