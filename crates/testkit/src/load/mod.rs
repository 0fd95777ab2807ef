//! Open-loop load: requests are sent when a schedule says so, whether or not the server keeps up.
//!
//! A client that waits for an answer before it sends the next request slows down together with
//! the server and never sees the queue that real people would stand in. Here the schedule is
//! fixed beforehand and a request's latency counts from the moment it was meant to be sent.
//!
//! A load is bounded in requests by its schedule and in time by its patience. Every answer is
//! judged by the caller; an answer that is wrong makes the run void ([`Report::checked`]).

mod connection;
mod report;
mod schedule;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::http::{HeaderMap, StatusCode};
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio::time::Instant;

use connection::Connection;
pub use report::{Latencies, Report, VoidRun};
pub use schedule::Schedule;

/// A request to send; its `Host` is added.
pub type Request = hyper::Request<Full<Bytes>>;

/// Between the moment all connections are open and the first arrival.
const BREATH: Duration = Duration::from_millis(20);

/// A load on one server, or on several that do the same.
#[derive(Debug, Clone)]
pub struct Load {
    /// Servers under load; connections are spread over them round-robin.
    pub servers: Vec<SocketAddr>,
    /// Times at which requests are meant to be sent.
    pub schedule: Schedule,
    /// Over how many connections, all open from the beginning. Each has one request at a time;
    /// a request that finds none free waits, and the wait counts.
    pub connections: usize,
    /// Time for which responses are awaited after the last arrival.
    pub patience: Duration,
}

/// A response to a request of the load.
#[derive(Debug, Clone)]
pub struct LoadResponse {
    /// Number of the request in the schedule, from zero.
    pub number: usize,
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, as it was encoded.
    pub body: Bytes,
}

/// Judgement of the caller on a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is what was asked for.
    Served,
    /// The server said in due form that it does not serve it now.
    Refused,
    /// It is neither; says why.
    Wrong(String),
}

impl Load {
    /// Sends every request and has every answer judged.
    ///
    /// # Panics
    ///
    /// When there is no server.
    pub async fn run(
        &self,
        request: impl Fn(usize) -> Request + Send + Sync + 'static,
        judge: impl Fn(&LoadResponse) -> Verdict + Send + Sync + 'static,
    ) -> Report {
        let connections = self.connections.clamp(1, self.schedule.len().max(1));
        let shared = Arc::new(LoadState {
            load: self.clone(),
            next: AtomicUsize::new(0),
            all_open: Barrier::new(connections),
            start: OnceLock::new(),
            request,
            judge,
        });
        let mut senders = JoinSet::new();
        assert!(!self.servers.is_empty(), "a load goes nowhere");
        for server in self.servers.iter().cycle().take(connections) {
            senders.spawn(Arc::clone(&shared).send(*server));
        }
        let reports = senders.join_all().await;
        let mut report = reports.into_iter().fold(Report::default(), Report::and);
        report.sort();
        report
    }
}

/// State shared by the connections of a load.
struct LoadState<R, J> {
    load: Load,
    next: AtomicUsize,
    all_open: Barrier,
    start: OnceLock<Instant>,
    request: R,
    judge: J,
}

impl<R: Fn(usize) -> Request, J: Fn(&LoadResponse) -> Verdict> LoadState<R, J> {
    /// Sends over one connection whatever is due next, until the schedule is through.
    async fn send(self: Arc<Self>, server: SocketAddr) -> Report {
        let mut connection = Connection::open(server).await;
        self.all_open.wait().await;
        let start = *self.start.get_or_init(|| Instant::now() + BREATH);
        let end = start + self.load.schedule.length() + self.load.patience;
        let mut report = Report::default();
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(offset) = self.load.schedule.offset(number) else {
                return report;
            };
            let due = start + offset;
            tokio::time::sleep_until(due).await;
            let answered = match &mut connection {
                Ok(open) => {
                    let exchange = open.exchange(number, (self.request)(number));
                    tokio::time::timeout_at(end, exchange).await
                }
                Err(error) => Ok(Err(error.to_string())),
            };
            match answered {
                Ok(Ok(answer)) => report.add((self.judge)(&answer), due.elapsed(), start.elapsed()),
                Ok(Err(error)) => report.add_wrong(error),
                Err(_) => report.add_unanswered(),
            }
            if !matches!(&connection, Ok(open) if open.is_open()) {
                connection = Connection::open(server).await;
            }
        }
    }
}
