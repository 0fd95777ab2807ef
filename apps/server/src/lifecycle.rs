//! How the process ends: first no new work and what is in flight finishes, then everything is
//! cut off.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long requests may take to finish once the service is told to stop.
pub const GRACE: Duration = Duration::from_secs(10);

/// Shared by everything that runs as long as the process; a clone is another handle on the same.
#[derive(Debug, Clone, Default)]
pub struct Lifecycle {
    stopping: CancellationToken,
    aborting: CancellationToken,
    tasks: TaskTracker,
}

impl Lifecycle {
    /// A life that has just begun.
    pub fn new() -> Self {
        Self::default()
    }

    /// Background tasks are spawned here, so that the end waits for them.
    pub fn tasks(&self) -> &TaskTracker {
        &self.tasks
    }

    /// No new work from now on.
    pub fn stop(&self) {
        self.stopping.cancel();
    }

    /// Whether [`Lifecycle::stop`] was called.
    pub fn is_stopping(&self) -> bool {
        self.stopping.is_cancelled()
    }

    /// Resolves once no new work is to be taken.
    pub async fn stopping(&self) {
        self.stopping.cancelled().await;
    }

    /// Nothing is waited for from now on.
    pub fn abort(&self) {
        self.stopping.cancel();
        self.aborting.cancel();
    }

    /// Resolves once nothing is to be waited for any more.
    pub async fn aborting(&self) {
        self.aborting.cancelled().await;
    }

    /// Waits for the background tasks, or for [`Lifecycle::abort`]. Whether all of them ended.
    pub async fn finish(&self) -> bool {
        self.tasks.close();
        tokio::select! {
            () = self.tasks.wait() => true,
            () = self.aborting() => self.tasks.is_empty(),
        }
    }

    /// Watches over the end: the first Ctrl-C or SIGTERM stops; the second, or the end of the
    /// [grace](GRACE), aborts.
    ///
    /// # Errors
    ///
    /// When the process cannot listen for signals.
    pub async fn watch(&self) -> io::Result<Infallible> {
        let mut signals = Signals::new()?;
        tokio::select! {
            () = signals.next() => {
                tracing::info!("stopping: requests in flight are answered; a second signal cuts them off");
            }
            () = self.stopping() => {}
        }
        self.stop();
        tokio::select! {
            () = signals.next() => tracing::warn!("stopping at once"),
            () = tokio::time::sleep(GRACE) => tracing::warn!("stopping at once: the grace is over"),
        }
        self.abort();
        std::future::pending().await
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn new() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn finishing_waits_for_the_tasks() {
        let life = Lifecycle::new();
        let task = life.clone();
        life.tasks().spawn(async move { task.stopping().await });
        assert!(!life.is_stopping());
        life.stop();
        assert!(life.finish().await);
    }

    #[tokio::test]
    async fn aborting_waits_for_nothing_and_says_so() {
        let life = Lifecycle::new();
        life.tasks().spawn(std::future::pending::<()>());
        life.abort();
        assert!(life.is_stopping());
        assert!(!life.finish().await);
    }
}
