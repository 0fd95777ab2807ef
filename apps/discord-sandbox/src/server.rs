//! The fake Discord as a server: started inside any tokio program, and stopped with nothing left.

use std::collections::HashMap;
use std::io;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::rt::net::TcpStream;
use actix_web::{App, HttpServer, web};
use serde_json::Value;
use socket2::SockRef;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::faults::DiscordRule;
use crate::record::DiscordRecord;
use crate::routes;
use crate::state::State;

/// Options of a fake Discord.
#[derive(Debug, Clone, Default)]
pub struct DiscordOptions {
    /// Faults from the start.
    pub faults: Vec<DiscordRule>,
    /// The limit on messages; none unless asked for.
    pub bucket: Option<Bucket>,
    /// A file that every message taken is appended to, as a line of JSON, before it is answered.
    /// What is in it counts as received.
    pub record_file: Option<PathBuf>,
    /// Seed of the draws that decide which messages meet a fault with a chance.
    pub seed: u64,
}

/// Rate limit: messages accepted per period; a further one gets a 429.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// Number of messages.
    pub requests: u32,
    /// In how many milliseconds from the first of them.
    pub per_ms: u64,
}

/// A running fake Discord. Dropped, it stops without waiting; [`FakeDiscord::stop`] waits.
#[derive(Debug)]
pub struct FakeDiscord {
    url: String,
    state: Arc<State>,
    server: ServerHandle,
    tasks: TaskTracker,
    stopping: CancellationToken,
}

impl FakeDiscord {
    /// Starts answering on a bound listener. To be called within a tokio runtime.
    ///
    /// # Errors
    ///
    /// When the listener or the record's file cannot be used.
    pub fn start(listener: TcpListener, options: &DiscordOptions) -> io::Result<Self> {
        let url = format!("http://{}", listener.local_addr()?);
        let stopping = CancellationToken::new();
        let state = Arc::new(State::new(options, stopping.clone())?);
        let shared = web::Data::from(state.clone());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .configure(routes::configure)
        })
        .workers(1)
        // A second handle on each connection is how a fault ends it.
        .on_connect(|connection, data| {
            let stream = connection.downcast_ref::<TcpStream>();
            if let Some(Ok(socket)) = stream.map(|stream| SockRef::from(stream).try_clone()) {
                data.insert(Arc::new(socket));
            }
        })
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
        Self::with_options(&DiscordOptions::default())
    }

    /// Starts answering on a free port of this machine.
    ///
    /// # Errors
    ///
    /// When there is no free port, or the record's file cannot be used.
    pub fn with_options(options: &DiscordOptions) -> io::Result<Self> {
        Self::start(TcpListener::bind(("127.0.0.1", 0))?, options)
    }

    /// Returns the base URL, such as `http://127.0.0.1:40123`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A webhook of it.
    pub fn webhook_url(&self) -> String {
        format!("{}/api/webhooks/1/fake-token", self.url)
    }

    /// Returns the counts so far.
    pub fn record(&self) -> DiscordRecord {
        self.state.record()
    }

    /// Returns the number of deliveries of each event.
    pub fn copies(&self) -> HashMap<String, u32> {
        self.state.copies()
    }

    /// The latest messages taken, the newest last.
    pub fn messages(&self) -> Vec<Value> {
        self.state.messages()
    }

    /// Replaces the fault rules. Requests that hang already continue to hang.
    pub fn set_faults(&self, faults: Vec<DiscordRule>) {
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

impl Drop for FakeDiscord {
    fn drop(&mut self) {
        self.stopping.cancel();
        // The command is on its way before the future is awaited.
        drop(self.server.stop(false));
    }
}
