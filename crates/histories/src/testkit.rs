//! A history in memory.

use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;

use crate::{HistoryError, HistoryKind, HistoryPage, OwnHistories, PageStart};

/// Answers each page with what a function makes of it.
pub struct MemoryHistories<F> {
    answer: F,
    calls: AtomicU64,
}

impl<F> MemoryHistories<F>
where
    F: Fn(HistoryKind, &PageStart) -> Result<HistoryPage, HistoryError>,
{
    /// Answers by this function.
    pub fn new(answer: F) -> Self {
        Self {
            answer,
            calls: AtomicU64::new(0),
        }
    }
}

impl<F> std::fmt::Debug for MemoryHistories<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryHistories").finish_non_exhaustive()
    }
}

#[async_trait]
impl<F> OwnHistories for MemoryHistories<F>
where
    F: Fn(HistoryKind, &PageStart) -> Result<HistoryPage, HistoryError> + Send + Sync,
{
    async fn page(&self, kind: HistoryKind, at: &PageStart) -> Result<HistoryPage, HistoryError> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        (self.answer)(kind, at)
    }

    fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }
}
