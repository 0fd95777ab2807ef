//! Connections to the upstream: a bounded pool that is given up when one of it proves dead, and
//! new ones beside it.
//!
//! A connection that was idle may be dead without a sign: a balancer, a NAT or a fail-over forgets
//! it. What happens on it says nothing about the upstream.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use reqwest::{Client, ClientBuilder, RequestBuilder, Response};
use tower_layer::Layer;
use tower_service::Service;

/// Upper bound on the connections that are kept while nobody uses them.
const MAX_IDLE: usize = 8;

/// Time for which an unused connection is kept: less than balancers do, of which the shortest
/// default known is 60 s (Application Load Balancer; nginx has 75 s).
const IDLE_FOR: Duration = Duration::from_secs(20);

/// Silence after which TCP asks whether the other side is there, and the pause between questions.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// Questions without an answer that end a connection.
const KEEP_ALIVE_TRIES: u32 = 2;

tokio::task_local! {
    static NEW_CONNECTION: ();
    /// True once the request that is sent in this task has begun to make its own connection.
    static CONNECTS: Arc<AtomicBool>;
}

/// Makes the calls within `calls`, and not in tasks that it spawns, on new connections.
pub(crate) async fn on_new_connections<C: Future>(calls: C) -> C::Output {
    NEW_CONNECTION.scope((), calls).await
}

/// A pool and what stands beside it. Clones share both.
#[derive(Debug, Clone)]
pub(crate) struct Connections {
    pool: Arc<Mutex<Pool>>,
    /// Makes a connection for each call, and keeps none.
    unpooled: Client,
    builder: fn(&Settings) -> ClientBuilder,
    settings: Settings,
}

/// Settings of connections.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) connect_timeout: Duration,
    pub(crate) timeout: Duration,
    pub(crate) is_tls: bool,
}

/// A client with its pool.
#[derive(Debug, Clone)]
struct Pool {
    client: Client,
    identity: Arc<()>,
}

impl Connections {
    /// No connection yet.
    ///
    /// # Errors
    ///
    /// A client that cannot be set up.
    pub(crate) fn new(
        settings: Settings,
        builder: fn(&Settings) -> ClientBuilder,
    ) -> Result<Self, reqwest::Error> {
        Ok(Self {
            pool: Arc::new(Mutex::new(Pool::new(builder(&settings))?)),
            unpooled: bounded(builder(&settings))
                .pool_max_idle_per_host(0)
                .build()?,
            builder,
            settings,
        })
    }

    /// Sends a request. Where a connection of the pool fails before the first byte of an answer,
    /// the pool is given up and the request sent once more on a new connection.
    ///
    /// # Errors
    ///
    /// [`reqwest::Error`], which is then one of a new connection.
    pub(crate) async fn send(
        &self,
        request: impl Fn(&Client) -> RequestBuilder,
    ) -> Result<Response, reqwest::Error> {
        if NEW_CONNECTION.try_with(|()| ()).is_ok() {
            return request(&self.unpooled).send().await;
        }
        let pool = self.pool().clone();
        let connects = Arc::new(AtomicBool::new(false));
        let answer = CONNECTS.scope(Arc::clone(&connects), request(&pool.client).send());
        match answer.await {
            Err(error) if !connects.load(Ordering::Relaxed) && !error.is_builder() => {
                self.give_up(&pool);
                request(&self.unpooled).send().await
            }
            answer => answer,
        }
    }

    /// Lets go of all connections of this pool, unless that has been done. Calls under way on it
    /// go on.
    fn give_up(&self, dead: &Pool) {
        let mut pool = self.pool();
        if Arc::ptr_eq(&pool.identity, &dead.identity)
            && let Ok(new) = Pool::new((self.builder)(&self.settings))
        {
            *pool = new;
        }
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock()
    }
}

impl Pool {
    fn new(builder: ClientBuilder) -> Result<Self, reqwest::Error> {
        let client = bounded(builder).connector_layer(NoteConnects).build()?;
        let identity = Arc::new(());
        Ok(Self { client, identity })
    }
}

fn bounded(builder: ClientBuilder) -> ClientBuilder {
    builder
        .pool_max_idle_per_host(MAX_IDLE)
        .pool_idle_timeout(IDLE_FOR)
        .tcp_keepalive(KEEP_ALIVE)
        .tcp_keepalive_interval(KEEP_ALIVE)
        .tcp_keepalive_retries(KEEP_ALIVE_TRIES)
        .tcp_nodelay(true)
}

/// Tells a request that it begins to make a connection: what fails then is no connection of the
/// pool. A connection is begun in the task of the request that needs it.
#[derive(Debug, Clone)]
struct NoteConnects;

/// A connector that tells.
#[derive(Debug, Clone)]
struct Noted<S>(S);

impl<S> Layer<S> for NoteConnects {
    type Service = Noted<S>;

    fn layer(&self, connector: S) -> Noted<S> {
        Noted(connector)
    }
}

impl<R, S: Service<R>> Service<R> for Noted<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: R) -> S::Future {
        // Outside of a request, nobody asks.
        let _ = CONNECTS.try_with(|connects| connects.store(true, Ordering::Relaxed));
        self.0.call(request)
    }
}
