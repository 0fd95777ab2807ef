//! Reports to the supervisor of the process, such as systemd: when the service is ready, that it is
//! alive, and when it stops (`Type=notify`, `WatchdogSec=`).
//!
//! Alive means that the runtime of the workers gets its turns. A request is not made for it: a
//! service with too much to do is not to be restarted.

use sd_notify::NotifyState;
use tokio_util::sync::CancellationToken;

use crate::lifecycle::Lifecycle;
use crate::workers::{WorkerScope, Workers};

/// Reports that requests are answered from now on.
pub fn ready() {
    notify(NotifyState::Ready);
}

/// Adds the worker that reports that the process is alive, where the supervisor asks for it, and
/// reports when the process begins to stop.
pub fn watch_over(lifecycle: &Lifecycle, workers: &mut Workers) {
    if let Some(limit) = sd_notify::watchdog_enabled() {
        // Half of it, as sd_watchdog_enabled(3) recommends.
        let every = limit / 2;
        workers.add("watchdog", WorkerScope::Always, move |stop| {
            alive(every, stop)
        });
    }
    let stopping = lifecycle.clone();
    lifecycle.tasks().spawn(async move {
        stopping.stopping().await;
        notify(NotifyState::Stopping);
    });
}

async fn alive(every: std::time::Duration, stop: CancellationToken) {
    loop {
        notify(NotifyState::Watchdog);
        let rest = tokio::time::sleep(every);
        if stop.run_until_cancelled(rest).await.is_none() {
            return;
        }
    }
}

/// Without a supervisor nothing is sent.
fn notify(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(
            error = kernel::chain(&error),
            "the supervisor cannot be told of the service"
        );
    }
}
