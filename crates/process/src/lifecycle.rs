//! End of the process: it becomes unready, takes no new requests, finishes those in flight, then
//! its workers, then cuts everything off.

use std::any::Any;
use std::convert::Infallible;
use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::FutureExt;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::workers::WorkerScope;

/// Time for requests and workers to finish once the service is stopping. The rest of ten seconds is
/// for closing.
pub const GRACE: Duration = Duration::from_secs(8);

/// Shared by everything that runs as long as the process; a clone is another handle on the same.
#[derive(Debug, Clone, Default)]
pub struct Lifecycle {
    stopping: CancellationToken,
    answered: CancellationToken,
    aborting: CancellationToken,
    tasks: TaskTracker,
    failure: Arc<OnceLock<WorkerFailure>>,
}

/// A worker ended that nobody had told to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the worker `{name}` {how}")]
pub struct WorkerFailure {
    /// Name of the worker.
    pub name: &'static str,
    /// `ended by itself`, or what it said when it panicked.
    pub how: String,
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

    /// Runs a worker to its end, which must not come before its token is cancelled: if it does, the
    /// process stops and [`Lifecycle::failure`] says why.
    pub fn spawn_worker<F>(
        &self,
        name: &'static str,
        scope: WorkerScope,
        work: impl FnOnce(CancellationToken) -> F,
    ) where
        F: Future<Output = ()> + Send + 'static,
    {
        let stop = match scope {
            WorkerScope::Always | WorkerScope::Requests => &self.answered,
            WorkerScope::Background => &self.stopping,
        };
        let (life, stop) = (self.clone(), stop.child_token());
        let work = AssertUnwindSafe(work(stop.clone())).catch_unwind();
        self.tasks.spawn(async move {
            let how = match work.await {
                Ok(()) if stop.is_cancelled() => return,
                Ok(()) => "ended by itself".to_owned(),
                Err(panic) => format!("panicked: {}", message(&*panic)),
            };
            let failure = WorkerFailure { name, how };
            tracing::error!(worker = name, "stopping: {failure}");
            // Of several failures the first one is kept.
            let _told_already = life.failure.set(failure);
            life.stop();
        });
    }

    /// The worker whose end nobody had asked for, if there is one.
    pub fn failure(&self) -> Option<WorkerFailure> {
        self.failure.get().cloned()
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

    /// Token that is cancelled once no new work is to be taken.
    pub fn stopping_token(&self) -> CancellationToken {
        self.stopping.clone()
    }

    /// Token that is cancelled once nothing is to be waited for.
    pub fn aborting_token(&self) -> CancellationToken {
        self.aborting.clone()
    }

    /// Nothing is waited for from now on.
    pub fn abort(&self) {
        self.stopping.cancel();
        self.answered.cancel();
        self.aborting.cancel();
    }

    /// Whether [`Lifecycle::abort`] was called.
    pub fn is_aborting(&self) -> bool {
        self.aborting.is_cancelled()
    }

    /// Resolves once nothing is to be waited for.
    pub async fn aborting(&self) {
        self.aborting.cancelled().await;
    }

    /// The last request is answered: waits for the workers and the other background tasks, or for
    /// [`Lifecycle::abort`]. Whether all of them ended.
    pub async fn finish(&self) -> bool {
        self.stopping.cancel();
        self.answered.cancel();
        self.tasks.close();
        tokio::select! {
            () = self.tasks.wait() => true,
            () = self.aborting() => self.tasks.is_empty(),
        }
    }

    /// Watches over the end: the first Ctrl-C or SIGTERM stops; the second, or the end of the
    /// [grace](GRACE), aborts. Signals are caught from the call on, before anything is polled, so
    /// that none that comes once the process answers ends it by itself.
    ///
    /// # Errors
    ///
    /// When the process cannot listen for signals.
    pub fn watch(&self) -> io::Result<impl Future<Output = Infallible> + use<'_>> {
        let signals = Signals::new()?;
        Ok(self.stop_on(signals))
    }

    async fn stop_on(&self, mut signals: Signals) -> Infallible {
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

/// Message of a panic, if it has one.
fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("without a word")
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
    async fn workers_stop_in_the_order_of_their_scopes() {
        let life = Lifecycle::new();
        for scope in [WorkerScope::Requests, WorkerScope::Background] {
            life.spawn_worker("worker", scope, CancellationToken::cancelled_owned);
        }
        life.stop();
        while life.tasks().len() > 1 {
            tokio::task::yield_now().await;
        }
        tokio::task::yield_now().await;
        assert_eq!(life.tasks().len(), 1, "requests may still need theirs");
        assert!(life.finish().await);
        assert_eq!(life.failure(), None);
    }

    #[tokio::test]
    async fn worker_that_dies_stops_the_process_and_is_named() {
        for (work, how) in [
            (async {}.boxed(), "ended by itself"),
            (
                async { panic!("out of {}", "luck") }.boxed(),
                "panicked: out of luck",
            ),
        ] {
            let life = Lifecycle::new();
            life.spawn_worker("relay", WorkerScope::Background, |_| work);
            life.stopping().await;
            assert!(life.finish().await);
            let expected = format!("the worker `relay` {how}");
            assert_eq!(life.failure().unwrap().to_string(), expected);
        }
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
