//! Work that goes on beside the requests, each chunk by its name.
//!
//! This is the one place where workers are registered: the wiring adds them to [`Workers`], and
//! the command that runs the process starts those of its role. A worker takes the token that
//! tells it to stop; it finishes what it is at, and returns. One that returns before its token is
//! cancelled, or panics, ends the process with an error: a service that quietly no longer delivers
//! messages is worse than one that is started anew.

use std::fmt::{self, Debug};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use telemetry::{Counter, Counters, Metrics};
use tokio_util::sync::CancellationToken;

use crate::lifecycle::Lifecycle;

/// Processes that a worker belongs to, and the time at which it stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkerScope {
    /// To every process, because it watches over it. It stops last.
    Always,
    /// To each process that serves, because requests need it: it follows what other instances
    /// change, or writes what requests have left to it. It stops after the last request.
    Requests,
    /// To each process that works, because somebody has to do it: `serve` without
    /// `--no-workers`, and `work`. It stops as soon as the process is stopping.
    Background,
}

/// Work of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It answers requests and works.
    ServeAndWork,
    /// It answers requests and leaves the work to others.
    Serve,
    /// It works and answers operators only.
    Work,
}

impl Role {
    /// Whether it answers requests.
    pub const fn serves(self) -> bool {
        matches!(self, Self::ServeAndWork | Self::Serve)
    }

    const fn includes(self, scope: WorkerScope) -> bool {
        match scope {
            WorkerScope::Always => true,
            WorkerScope::Requests => self.serves(),
            WorkerScope::Background => matches!(self, Self::ServeAndWork | Self::Work),
        }
    }
}

/// Workers that are not started yet.
#[derive(Default)]
pub struct Workers {
    all: Vec<Worker>,
    ticks: Option<Counters<1>>,
}

struct Worker {
    name: &'static str,
    scope: WorkerScope,
    work: Box<dyn FnOnce(CancellationToken) -> BoxFuture<'static, ()> + Send>,
}

impl Workers {
    /// Adds a worker. `name` is for the log, such as `outbox relay`.
    pub fn add<F>(
        &mut self,
        name: &'static str,
        scope: WorkerScope,
        work: impl FnOnce(CancellationToken) -> F + Send + 'static,
    ) where
        F: Future<Output = ()> + Send + 'static,
    {
        let work = Box::new(|stop| work(stop).boxed());
        self.all.push(Worker { name, scope, work });
    }

    /// Counts how often each worker that was added runs: one whose number stands still is stuck.
    pub fn observe(&mut self, metrics: &Metrics) {
        self.ticks = Some(metrics.counters(
            "maple_worker_ticks_total",
            "Times that a worker was woken and ran, by its name.",
            ["worker"],
            self.all.iter().map(|worker| [worker.name]),
        ));
    }

    /// Starts the workers of a role; the lifecycle waits for them and watches over their failures.
    pub fn start(self, role: Role, lifecycle: &Lifecycle) {
        for Worker { name, scope, work } in self.all {
            if role.includes(scope) {
                tracing::debug!(worker = name, "a worker begins");
                let ticks = self.ticks.as_ref().map(|ticks| ticks.with([name]));
                lifecycle.spawn_worker(name, scope, |stop| counted(work(stop), ticks));
            }
        }
    }
}

/// A worker's work, counted each time that it runs.
async fn counted(mut work: BoxFuture<'static, ()>, ticks: Option<Counter>) {
    std::future::poll_fn(|context| {
        if let Some(ticks) = &ticks {
            ticks.inc();
        }
        work.as_mut().poll(context)
    })
    .await;
}

impl Debug for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = self.all.iter().map(|worker| (worker.name, worker.scope));
        f.debug_map().entries(named).finish()
    }
}
