//! Assignment of the ticks of a job that one instance runs for all.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Debug;

use async_trait::async_trait;
use jiff::Timestamp;
use kernel::{Fence, FenceError, FenceToken, Fences, StaleFence};
use parking_lot::{Mutex, MutexGuard};

/// Deals out ticks among instances, and remembers the latest run of each job.
///
/// Every write carries the fence of the job's lock, and MUST be refused when another has taken the
/// lock since: a holder that was stopped for longer than its lease neither begins a tick beside its
/// successor's nor writes over what that has written.
#[async_trait]
pub trait TickStore: Debug + Send + Sync {
    /// Takes a tick of a job. Of all who try for the same tick, or for an earlier one than was
    /// taken already, at most one gets `true`, even if it dies at once.
    ///
    /// # Errors
    ///
    /// [`TickStoreError::Overtaken`], and [`TickStoreError::Failed`] when it cannot be known; then the tick
    /// may have been taken.
    async fn begin(
        &self,
        job: &str,
        tick: i64,
        instance: &str,
        at: Timestamp,
        fence: &Fence,
    ) -> Result<bool, TickStoreError>;

    /// Writes down what came of a run, unless a later tick was begun since.
    ///
    /// # Errors
    ///
    /// [`TickStoreError`] when it is not written.
    async fn end(
        &self,
        job: &str,
        tick: i64,
        at: Timestamp,
        report: Result<&str, &str>,
        fence: &Fence,
    ) -> Result<(), TickStoreError>;

    /// The latest run of a job.
    ///
    /// # Errors
    ///
    /// [`TickStoreError`] when it cannot be read.
    async fn latest(&self, job: &str) -> Result<Option<LastRun>, TickStoreError>;
}

/// Latest run of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastRun {
    /// Tick that it was begun for.
    pub tick: i64,
    /// Instance that began it.
    pub instance: String,
    /// Time at which it was begun.
    pub started_at: Timestamp,
    /// Time at which it ended, and its success; none while it runs, or when its instance died.
    pub ended: Option<(Timestamp, bool)>,
    /// Report of its work, or of its failure.
    pub report: Option<String>,
}

/// Error of taking a tick, or of writing or reading a run.
#[derive(Debug, thiserror::Error)]
pub enum TickStoreError {
    /// Another instance has taken the lock since.
    #[error(transparent)]
    Overtaken(#[from] StaleFence),
    /// The store of the ticks failed.
    #[error("the ticks of scheduled jobs cannot be used")]
    Failed(#[source] Box<dyn Error + Send + Sync>),
}

/// The ticks of one process, and the fences of its locks: for jobs that every instance does for
/// itself, and for tests.
#[derive(Debug, Default)]
pub struct MemoryTickStore(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    runs: HashMap<String, LastRun>,
    tokens: HashMap<String, FenceToken>,
}

impl MemoryTickStore {
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock()
    }
}

impl Memory {
    fn check(&self, fence: &Fence) -> Result<(), StaleFence> {
        let newest = self.newest(&fence.name);
        if newest == fence.token {
            return Ok(());
        }
        let fence = fence.clone();
        Err(StaleFence { fence, newest })
    }

    fn newest(&self, name: &str) -> FenceToken {
        let token = self.tokens.get(name).copied();
        token.unwrap_or(FenceToken::new(0))
    }
}

#[async_trait]
impl Fences for MemoryTickStore {
    async fn raise(&self, name: &str) -> Result<FenceToken, FenceError> {
        let mut memory = self.memory();
        let token = FenceToken::new(memory.newest(name).number() + 1);
        memory.tokens.insert(name.to_owned(), token);
        Ok(token)
    }
}

#[async_trait]
impl TickStore for MemoryTickStore {
    async fn begin(
        &self,
        job: &str,
        tick: i64,
        instance: &str,
        at: Timestamp,
        fence: &Fence,
    ) -> Result<bool, TickStoreError> {
        let mut memory = self.memory();
        memory.check(fence)?;
        if memory.runs.get(job).is_some_and(|run| run.tick >= tick) {
            return Ok(false);
        }
        let run = LastRun {
            tick,
            instance: instance.to_owned(),
            started_at: at,
            ended: None,
            report: None,
        };
        memory.runs.insert(job.to_owned(), run);
        Ok(true)
    }

    async fn end(
        &self,
        job: &str,
        tick: i64,
        at: Timestamp,
        report: Result<&str, &str>,
        fence: &Fence,
    ) -> Result<(), TickStoreError> {
        let mut memory = self.memory();
        memory.check(fence)?;
        if let Some(run) = memory.runs.get_mut(job).filter(|run| run.tick == tick) {
            run.ended = Some((at, report.is_ok()));
            run.report = Some(report.unwrap_or_else(|failure| failure).to_owned());
        }
        Ok(())
    }

    async fn latest(&self, job: &str) -> Result<Option<LastRun>, TickStoreError> {
        Ok(self.memory().runs.get(job).cloned())
    }
}

#[cfg(test)]
mod tests {
    use kernel::fences_contract;

    use super::*;

    #[tokio::test]
    async fn fences_in_memory_keep_the_contract() {
        let ticks = MemoryTickStore::default();
        let check = async |fence: &Fence| ticks.memory().check(fence);
        fences_contract(&ticks, check, "").await;
    }

    #[tokio::test]
    async fn ticks_in_memory_keep_the_contract() {
        let ticks = MemoryTickStore::default();
        crate::tick_store_contract(&ticks, &ticks, "").await;
    }
}
