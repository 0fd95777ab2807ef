//! Who does which tick of a job that one instance does for all.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Debug;
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use jiff::Timestamp;
use storage_sql::JobRuns;

/// Deals out ticks among instances, and remembers the latest run of each job.
#[async_trait]
pub trait Ticks: Debug + Send + Sync {
    /// Takes a tick of a job. Of all who try for the same tick, or for an earlier one than was
    /// taken already, at most one is told `true`, even if it dies at once.
    ///
    /// # Errors
    ///
    /// [`TicksError`] when it cannot be known; then the tick may have been taken.
    async fn begin(
        &self,
        job: &str,
        tick: i64,
        instance: &str,
        at: Timestamp,
    ) -> Result<bool, TicksError>;

    /// Writes down what came of a run, unless a later tick was begun since.
    ///
    /// # Errors
    ///
    /// [`TicksError`] when it cannot be written.
    async fn end(
        &self,
        job: &str,
        tick: i64,
        at: Timestamp,
        report: Result<&str, &str>,
    ) -> Result<(), TicksError>;

    /// The latest run of a job.
    ///
    /// # Errors
    ///
    /// [`TicksError`] when it cannot be read.
    async fn latest(&self, job: &str) -> Result<Option<LastRun>, TicksError>;
}

/// The latest run of a job.
pub type LastRun = storage_sql::JobRun;

/// What keeps the ticks failed.
#[derive(Debug, thiserror::Error)]
#[error("the ticks of scheduled jobs cannot be used")]
pub struct TicksError(#[source] pub Box<dyn Error + Send + Sync>);

impl From<storage_sql::Error> for TicksError {
    fn from(error: storage_sql::Error) -> Self {
        Self(Box::new(error))
    }
}

#[async_trait]
impl Ticks for JobRuns {
    async fn begin(
        &self,
        job: &str,
        tick: i64,
        instance: &str,
        at: Timestamp,
    ) -> Result<bool, TicksError> {
        Ok(self.begin(job, tick, instance, at).await?)
    }

    async fn end(
        &self,
        job: &str,
        tick: i64,
        at: Timestamp,
        report: Result<&str, &str>,
    ) -> Result<(), TicksError> {
        self.end(job, tick, at, report).await?;
        Ok(())
    }

    async fn latest(&self, job: &str) -> Result<Option<LastRun>, TicksError> {
        Ok(self.latest(job).await?)
    }
}

/// The ticks of one process: for jobs that every instance does for itself, and for tests.
#[derive(Debug, Default)]
pub struct MemoryTicks(Mutex<HashMap<String, LastRun>>);

impl MemoryTicks {
    fn runs(&self) -> MutexGuard<'_, HashMap<String, LastRun>> {
        self.0.lock().expect("no holder of this lock panics")
    }
}

#[async_trait]
impl Ticks for MemoryTicks {
    async fn begin(
        &self,
        job: &str,
        tick: i64,
        instance: &str,
        at: Timestamp,
    ) -> Result<bool, TicksError> {
        let mut runs = self.runs();
        if runs.get(job).is_some_and(|run| run.tick >= tick) {
            return Ok(false);
        }
        let run = LastRun {
            tick,
            instance: instance.to_owned(),
            started_at: at,
            ended: None,
            report: None,
        };
        runs.insert(job.to_owned(), run);
        Ok(true)
    }

    async fn end(
        &self,
        job: &str,
        tick: i64,
        at: Timestamp,
        report: Result<&str, &str>,
    ) -> Result<(), TicksError> {
        let mut runs = self.runs();
        if let Some(run) = runs.get_mut(job).filter(|run| run.tick == tick) {
            run.ended = Some((at, report.is_ok()));
            run.report = Some(report.unwrap_or_else(|failure| failure).to_owned());
        }
        Ok(())
    }

    async fn latest(&self, job: &str) -> Result<Option<LastRun>, TicksError> {
        Ok(self.runs().get(job).cloned())
    }
}
