//! Bound on the number of waiting changes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Default bound on the changes that wait.
pub const MAX_WAITING: usize = 10_000;

/// Counts the waiting changes, and refuses those above its bound.
#[derive(Debug)]
pub struct Backpressure {
    max_waiting: usize,
    /// Permits taken.
    taken: AtomicUsize,
    /// Changes that wait outside this process.
    backlog: AtomicUsize,
}

/// The bound is reached: the change was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the queue of likes is full: {waiting} are waiting")]
pub struct QueueFull {
    /// Number of waiting changes.
    pub waiting: usize,
}

/// Permit of a waiting change; released when dropped.
#[derive(Debug)]
pub struct Permit(Arc<Backpressure>);

impl Backpressure {
    /// Makes an empty count bounded by `max_waiting` changes.
    pub fn new(max_waiting: usize) -> Self {
        Self {
            max_waiting,
            taken: AtomicUsize::new(0),
            backlog: AtomicUsize::new(0),
        }
    }

    /// Takes a permit.
    ///
    /// # Errors
    ///
    /// [`QueueFull`] when the bound is reached.
    pub fn enter(self: &Arc<Self>) -> Result<Permit, QueueFull> {
        let backlog = self.backlog.load(Ordering::Relaxed);
        let taken = self
            .taken
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |taken| {
                (taken + backlog < self.max_waiting).then_some(taken + 1)
            });
        taken.map_err(|taken| QueueFull {
            waiting: taken + backlog,
        })?;
        Ok(Permit(Arc::clone(self)))
    }

    /// Returns the number of changes that wait, in this process and outside it.
    pub fn waiting(&self) -> usize {
        self.taken.load(Ordering::Relaxed) + self.backlog.load(Ordering::Relaxed)
    }

    /// Returns the number of changes that wait outside this process.
    pub fn backlog(&self) -> usize {
        self.backlog.load(Ordering::Relaxed)
    }

    /// Sets the number of changes that wait outside this process; they count like permits taken.
    pub fn set_backlog(&self, waiting: usize) {
        self.backlog.store(waiting, Ordering::Relaxed);
    }

    /// Returns the upper bound on waiting changes.
    pub fn max_waiting(&self) -> usize {
        self.max_waiting
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permits_are_bounded_and_released_when_dropped() {
        let backpressure = Arc::new(Backpressure::new(10));
        let mut permits: Vec<_> = (0..10).map(|_| backpressure.enter().unwrap()).collect();
        assert_eq!(backpressure.enter().unwrap_err(), QueueFull { waiting: 10 });
        assert_eq!(backpressure.waiting(), 10);
        permits.truncate(9);
        assert_eq!(backpressure.waiting(), 9);
        assert!(backpressure.enter().is_ok());
    }

    #[test]
    fn backlog_counts_like_permits() {
        let backpressure = Arc::new(Backpressure::new(10));
        let _permit = backpressure.enter().unwrap();
        backpressure.set_backlog(9);
        assert_eq!(backpressure.enter().unwrap_err(), QueueFull { waiting: 10 });
        backpressure.set_backlog(1);
        assert_eq!(backpressure.waiting(), 2);
        assert!(backpressure.enter().is_ok());
    }
}
