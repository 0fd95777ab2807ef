//! Removes sessions whose time is over.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use members::Sessions;
use tokio_util::sync::CancellationToken;

use schedule::{Job, JobError, JobPlan, RunOn};

/// An expired session is refused whether its row is there or not, so there is no hurry.
const EVERY: Duration = Duration::from_hours(1);

/// Removes sessions whose time is over: one statement over an index, which does no harm when it
/// is made twice.
#[derive(Debug)]
pub struct PurgeSessions(pub Arc<Sessions>);

#[async_trait]
impl Job for PurgeSessions {
    fn name(&self) -> &'static str {
        "purge_sessions"
    }

    fn plan(&self) -> JobPlan {
        JobPlan {
            every: Some(EVERY),
            run_on: RunOn::OneInstance,
        }
    }

    async fn run(&self, _: &CancellationToken) -> Result<String, JobError> {
        let removed = self.0.remove_expired().await?;
        Ok(format!("removed {removed} expired sessions"))
    }
}
