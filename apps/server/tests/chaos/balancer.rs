//! A load balancer as small as can be, and load that goes through it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use reqwest::{Client, Method, Response};
use tokio::task::JoinSet;

use crate::instance::{Instance, client};

/// Round robin over the instances that are ready, and the next one when a connection is refused.
pub(crate) struct Balancer {
    client: Client,
    ready: RwLock<Vec<Option<SocketAddr>>>,
    turn: AtomicU64,
}

impl Balancer {
    /// Over all of these.
    pub(crate) fn over(instances: &[Instance]) -> Arc<Self> {
        let ready = instances.iter().map(|instance| Some(instance.public));
        Arc::new(Self {
            client: client(),
            ready: RwLock::new(ready.collect()),
            turn: AtomicU64::new(0),
        })
    }

    /// Says where the instance of this number is, or that it is not ready.
    pub(crate) fn set(&self, index: usize, address: Option<SocketAddr>) {
        self.ready.write().unwrap()[index] = address;
    }

    /// Response of the instance whose turn it is.
    pub(crate) async fn get(&self, path: &str) -> reqwest::Result<Response> {
        self.ask(Method::GET, path, None).await
    }

    /// The same for any method, in the name of the member with this access token.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
    ) -> reqwest::Result<Response> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        loop {
            let ready: Vec<_> = {
                let ready = self.ready.read().unwrap();
                ready.iter().flatten().copied().collect()
            };
            assert!(!ready.is_empty(), "no instance is ready");
            let count = u64::try_from(ready.len()).unwrap();
            for next in turn..turn + count {
                let address = ready[usize::try_from(next % count).unwrap()];
                let url = format!("http://{address}{path}");
                let mut request = self.client.request(method.clone(), url);
                if let Some(token) = token {
                    request = request.bearer_auth(token);
                }
                match request.send().await {
                    Err(error) if error.is_connect() => {}
                    answer => return answer,
                }
            }
        }
    }
}

/// Rest of a client of a load, so that servers and their observers get on.
const REST: Duration = Duration::from_millis(5);

/// Clients that ask again soon after they are answered.
pub(crate) struct Load {
    tally: Arc<Tally>,
    clients: JoinSet<()>,
}

/// Outcomes of the requests of a load.
#[derive(Debug, Default)]
struct Tally {
    asked: AtomicU64,
    answered: AtomicU64,
    failures: Mutex<Vec<String>>,
    is_over: AtomicBool,
}

impl Load {
    /// Begins to ask for `path(number)`, which shall be answered with 200.
    pub(crate) fn begin(
        balancer: &Arc<Balancer>,
        clients: u64,
        path: impl Fn(u64) -> String + Send + Sync + 'static,
    ) -> Self {
        let tally = Arc::new(Tally::default());
        let path = Arc::new(path);
        let mut tasks = JoinSet::new();
        for _ in 0..clients {
            let (balancer, tally, path) = (Arc::clone(balancer), tally.clone(), path.clone());
            tasks.spawn(async move {
                while !tally.is_over.load(Ordering::Relaxed) {
                    let path = path(tally.asked.fetch_add(1, Ordering::Relaxed));
                    match read(&balancer, &path).await {
                        Ok(()) => _ = tally.answered.fetch_add(1, Ordering::Relaxed),
                        Err(failure) => tally.failures.lock().unwrap().push(failure),
                    }
                    tokio::time::sleep(REST).await;
                }
            });
        }
        Self {
            tally,
            clients: tasks,
        }
    }

    /// Number of requests answered so far.
    pub(crate) fn answered(&self) -> u64 {
        self.tally.answered.load(Ordering::Relaxed)
    }

    /// Waits until so many more were answered.
    pub(crate) async fn answers(&self, more: u64) {
        self.answers_since(self.answered(), more).await;
    }

    /// Waits until so many more were answered than before.
    pub(crate) async fn answers_since(&self, before: u64, more: u64) {
        while self.answered() < before + more {
            let failures = self.tally.failures.lock().unwrap().len();
            assert!(failures < 1_000, "{:#?}", self.tally);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Ends it; how many requests were answered, and what became of the others.
    pub(crate) async fn end(mut self) -> (u64, Vec<String>) {
        self.tally.is_over.store(true, Ordering::Relaxed);
        while let Some(ended) = self.clients.join_next().await {
            ended.unwrap();
        }
        let failures = std::mem::take(&mut *self.tally.failures.lock().unwrap());
        (self.answered(), failures)
    }
}

/// One request of a load; or why it failed.
async fn read(balancer: &Balancer, path: &str) -> Result<(), String> {
    let failed = |error: reqwest::Error| format!("{path}: {error:?}");
    let response = balancer.get(path).await.map_err(failed)?;
    let status = response.status();
    let body = response.text().await.map_err(failed)?;
    if status != 200 {
        return Err(format!("{path}: {status}: {body}"));
    }
    Ok(())
}
