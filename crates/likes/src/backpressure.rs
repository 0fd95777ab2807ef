//! How much waits: bounded, and told when it is much.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::watch;

/// How much may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// At most this many changes wait; further ones are refused.
    pub cap: usize,
    /// More than this many are an incident.
    pub raise_above: usize,
    /// At this many, or fewer, the incident is over. Well below `raise_above`, so that a number
    /// that swings around it is one incident.
    pub clear_at: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            cap: 10_000,
            raise_above: 1_000,
            clear_at: 500,
        }
    }
}

/// Counts the changes that wait, and refuses the ones too many.
#[derive(Debug)]
pub struct Backpressure {
    limits: Limits,
    /// The permits taken.
    taken: AtomicUsize,
    /// What waits somewhere else.
    backlog: AtomicUsize,
    is_high: watch::Sender<bool>,
}

/// No further change may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{waiting} changes are waiting, and no more may")]
pub struct QueueFull {
    /// How many wait.
    pub waiting: usize,
}

/// The permit of a change that waits; given back when dropped.
#[derive(Debug)]
pub struct Permit(Arc<Backpressure>);

impl Backpressure {
    /// Nothing waits yet.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            taken: AtomicUsize::new(0),
            backlog: AtomicUsize::new(0),
            is_high: watch::Sender::new(false),
        }
    }

    /// Takes a permit.
    ///
    /// # Errors
    ///
    /// [`QueueFull`] when as many wait as may.
    pub fn enter(self: &Arc<Self>) -> Result<Permit, QueueFull> {
        let backlog = self.backlog.load(Ordering::Relaxed);
        let taken = self
            .taken
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |taken| {
                (taken + backlog < self.limits.cap).then_some(taken + 1)
            });
        taken.map_err(|taken| QueueFull {
            waiting: taken + backlog,
        })?;
        self.judge();
        Ok(Permit(Arc::clone(self)))
    }

    /// How many changes wait now, here and somewhere else.
    pub fn waiting(&self) -> usize {
        self.taken.load(Ordering::Relaxed) + self.backlog.load(Ordering::Relaxed)
    }

    /// How many changes wait somewhere else.
    pub fn backlog(&self) -> usize {
        self.backlog.load(Ordering::Relaxed)
    }

    /// Learns how many changes wait somewhere else, which counts like permits taken.
    pub fn set_backlog(&self, waiting: usize) {
        self.backlog.store(waiting, Ordering::Relaxed);
        self.judge();
    }

    /// How much may wait.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Whether too much waits: true from the moment more than [`Limits::raise_above`] do until
    /// [`Limits::clear_at`] or fewer do.
    pub fn is_high(&self) -> watch::Receiver<bool> {
        self.is_high.subscribe()
    }

    fn judge(&self) {
        // The number is read where `is_high` is held, so that the last to judge sees the last
        // number.
        self.is_high.send_if_modified(|is_high| {
            let waiting = self.waiting();
            let limits = &self.limits;
            let next = if *is_high {
                waiting > limits.clear_at
            } else {
                waiting > limits.raise_above
            };
            std::mem::replace(is_high, next) != next
        });
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Ordering::Relaxed);
        self.0.judge();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_once_and_cleared_well_below() {
        let backpressure = Arc::new(Backpressure::new(Limits {
            cap: 10,
            raise_above: 5,
            clear_at: 2,
        }));
        let mut is_high = backpressure.is_high();
        let mut permits = Vec::new();
        let mut told = Vec::new();
        // Up to 6, around the threshold, down to 2, up to the cap.
        for target in [6, 4, 6, 3, 2, 3, 5, 10] {
            while permits.len() < target {
                permits.push(backpressure.enter().unwrap());
            }
            permits.truncate(target);
            if is_high.has_changed().unwrap() {
                told.push((target, *is_high.borrow_and_update()));
            }
        }
        assert_eq!(told, [(6, true), (2, false), (10, true)]);
        assert_eq!(backpressure.enter().unwrap_err(), QueueFull { waiting: 10 });
        assert_eq!(backpressure.waiting(), 10);
    }

    #[test]
    fn what_waits_somewhere_else_counts_too() {
        let backpressure = Arc::new(Backpressure::new(Limits {
            cap: 10,
            raise_above: 5,
            clear_at: 2,
        }));
        let _place = backpressure.enter().unwrap();
        backpressure.set_backlog(9);
        assert_eq!(backpressure.enter().unwrap_err(), QueueFull { waiting: 10 });
        assert!(*backpressure.is_high().borrow());
        backpressure.set_backlog(1);
        assert_eq!(backpressure.waiting(), 2);
        assert!(!*backpressure.is_high().borrow());
    }
}
