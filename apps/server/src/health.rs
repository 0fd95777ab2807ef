//! Checks of the dependencies that are looked at by use: the database by a write.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use kernel::causes;
use storage_sql::Database;
use telemetry::Gauge;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::state::HealthCheck;

/// Time for which a result stands. Readiness is public, and each check is a write.
const RESULT_TTL: Duration = Duration::from_secs(1);

/// Time after which a write that did not return has failed.
const PATIENCE: Duration = Duration::from_secs(2);

/// Check of the database by a write that is committed and confirmed. A database that is read-only,
/// full or out of connections may well answer a ping.
#[derive(Debug, Clone)]
pub struct DatabaseWrites {
    database: Database,
    last: Arc<Mutex<Option<Looked>>>,
    failing: Gauge,
}

/// Time and result of a check.
type Looked = (Instant, Result<(), Failure>);

/// Failure of a check, with its causes.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
struct Failure(String);

impl DatabaseWrites {
    /// A check of this database; `failing` is 1 while it takes no writes.
    pub fn new(database: Database, failing: Gauge) -> Self {
        Self {
            database,
            last: Arc::default(),
            failing,
        }
    }

    /// Checks at this interval until `stop`, so that the gauge is true without any request.
    pub async fn run(self, every: Duration, stop: CancellationToken) {
        loop {
            let _shown_by_the_gauge = self.look().await;
            let rest = tokio::time::sleep(every);
            if stop.run_until_cancelled(rest).await.is_none() {
                return;
            }
        }
    }

    /// The last result, or a new one when it is too old. One look serves all who wait for it.
    async fn look(&self) -> Result<(), Failure> {
        let mut last = self.last.lock().await;
        if let Some((at, result)) = &*last
            && at.elapsed() < RESULT_TTL
        {
            return result.clone();
        }
        let result = match tokio::time::timeout(PATIENCE, self.database.probe_write()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Failure(format!("{error}: {}", causes(&error)))),
            Err(_) => Err(Failure("a write does not return".to_owned())),
        };
        self.failing.set(i64::from(result.is_err()));
        *last = Some((Instant::now(), result.clone()));
        result
    }
}

#[async_trait]
impl HealthCheck for DatabaseWrites {
    fn name(&self) -> &'static str {
        "database"
    }

    async fn check(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        Ok(self.look().await?)
    }
}
