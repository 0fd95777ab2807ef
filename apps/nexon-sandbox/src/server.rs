//! The sandbox as a server: started inside any tokio program, and stopped with nothing left over.

use std::io;
use std::net::TcpListener;
use std::num::NonZeroUsize;
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, web};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::faults::FaultRule;
use crate::quota::Quota;
use crate::routes;
use crate::state::{RequestCounts, State};

/// Options of a sandbox.
#[derive(Debug, Clone)]
pub struct SandboxOptions {
    /// The limit on calls; none unless asked for.
    pub quota: Option<Quota>,
    /// Faults from the start.
    pub faults: Vec<FaultRule>,
    /// Number of worker threads.
    pub workers: NonZeroUsize,
}

impl Default for SandboxOptions {
    fn default() -> Self {
        Self {
            quota: None,
            faults: Vec::new(),
            workers: NonZeroUsize::MIN,
        }
    }
}

/// A running sandbox. Dropped, it stops without waiting; [`Sandbox::stop`] waits.
#[derive(Debug)]
pub struct Sandbox {
    url: String,
    state: Arc<State>,
    server: ServerHandle,
    tasks: TaskTracker,
    stopping: CancellationToken,
}

impl Sandbox {
    /// Starts answering on a bound listener. To be called within a tokio runtime.
    ///
    /// # Errors
    ///
    /// When the listener cannot be used.
    pub fn start(listener: TcpListener, options: SandboxOptions) -> io::Result<Self> {
        let url = format!("http://{}", listener.local_addr()?);
        let stopping = CancellationToken::new();
        let state = Arc::new(State::new(options.quota, options.faults, stopping.clone()));
        let shared = web::Data::from(state.clone());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .configure(routes::configure)
        })
        .workers(options.workers.get())
        .disable_signals()
        .listen(listener)?
        .run();
        let handle = server.handle();
        let tasks = TaskTracker::new();
        tasks.spawn(server);
        tasks.close();
        Ok(Self {
            url,
            state,
            server: handle,
            tasks,
            stopping,
        })
    }

    /// Starts answering on a free port of this machine, with the default options.
    ///
    /// # Errors
    ///
    /// When there is no free port.
    pub fn start_local() -> io::Result<Self> {
        Self::start(
            TcpListener::bind(("127.0.0.1", 0))?,
            SandboxOptions::default(),
        )
    }

    /// Returns the base URL for a client, such as `http://127.0.0.1:40123`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the number of requests for each path so far, regardless of their outcome.
    pub fn counters(&self) -> RequestCounts {
        self.state.counters()
    }

    /// Replaces the fault rules. Requests that hang already continue to hang.
    pub fn set_faults(&self, faults: Vec<FaultRule>) {
        self.state.set_faults(faults);
    }

    /// Stops, and waits until the port is free and every thread has ended. Open connections are
    /// cut.
    pub async fn stop(self) {
        self.stopping.cancel();
        self.server.stop(false).await;
        self.tasks.wait().await;
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stopping.cancel();
        // The command is on its way before the future is awaited.
        drop(self.server.stop(false));
    }
}
