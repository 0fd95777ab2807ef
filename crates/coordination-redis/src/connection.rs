//! The connection to Redis that everything here shares.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::fmt::{self, Debug};
use std::hash::BuildHasher;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use fred::clients::{Client, SubscriberClient, WithOptions};
use fred::interfaces::{ClientLike, EventInterface, KeysInterface, LuaInterface};
use fred::types::config::{Config, Options, ReconnectPolicy};
use fred::types::{
    Builder, ClusterHash, CustomCommand, Expiration, FromValue, InfoKind, MultipleKeys,
    RespVersion, Value,
};
use kernel::Correlation;
use parking_lot::{Mutex, MutexGuard};
use resilience::{Backoff, BreakerSettings, CallError, CircuitBreaker, Jitter, Outcome};
use secrecy::ExposeSecret;
use tokio::runtime::Handle;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;
use tracing::{Instrument, Span, field, info, info_span, warn};

use crate::invalidations::Invalidations;
use crate::script::Lua;
use crate::{Error, Settings};

/// The first and the longest wait between two attempts to connect, in milliseconds.
const RECONNECT_MILLIS: (u32, u32) = (50, 1_000);

/// The first and the longest rest after failures, in milliseconds.
const REST_MILLIS: (u32, u32) = (250, 2_000);

/// A caller that waits for both, one after the other, still reaches Redis within five seconds of
/// its return.
const _: () = assert!(RECONNECT_MILLIS.1 + REST_MILLIS.1 < 5_000);

/// More commands than any burst of requests has under way at once.
const MAX_UNDER_WAY: usize = 10_000;

/// Messages that a slow reader may fall behind.
pub(crate) const MESSAGES: usize = 1_024;

/// Lifetime of the key that a probe writes.
const PROBE_TTL_SECONDS: i64 = 60;

/// Error for an address that cannot be parsed.
const UNUSABLE: Error = Error::Address {
    reason: "not of the form redis://user:password@host:port/database",
};

/// A connection to Redis: one for commands, one for messages. Clones share both.
#[derive(Clone)]
pub struct Redis(Arc<ConnectionState>);

struct ConnectionState {
    /// Fails fast and never repeats a command: the callers know what may be done twice.
    client: WithOptions<Client>,
    subscriber: SubscriberClient,
    breaker: CircuitBreaker,
    invalidations: Invalidations,
    prefix: String,
    command_timeout: Duration,
    on_error: Box<dyn Fn() + Send + Sync>,
    /// Latest failure of the connection.
    trouble: Mutex<Option<String>>,
    /// Whether the server has ever been connected to. Before that a command fails because it came
    /// too early, which is no error of the connection.
    was_connected: AtomicBool,
    /// Key of this connection's probes, and the number of the last one.
    probe: (String, AtomicU64),
    /// Notifications to the server that outlive their caller.
    pending: TaskTracker,
    runtime: Handle,
}

impl ConnectionState {
    fn trouble(&self) -> MutexGuard<'_, Option<String>> {
        self.trouble.lock()
    }
}

impl Redis {
    /// Begins to connect, within a runtime, and does not wait for it: until the server answers
    /// every call fails. `on_error` is called for each failure of the connection, and for each
    /// failure of a command after the first connection.
    ///
    /// # Errors
    ///
    /// [`Error::Address`] only.
    pub fn connect(
        settings: &Settings,
        jitter: Jitter,
        on_error: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        let builder = builder(settings)?;
        let client = builder.build().map_err(|_| UNUSABLE)?;
        let subscriber = builder.build_subscriber_client().map_err(|_| UNUSABLE)?;
        let redis = Self(Arc::new(ConnectionState {
            client: client.with_options(&Options {
                fail_fast: true,
                max_attempts: Some(1),
                timeout: Some(settings.command_timeout),
                ..Options::default()
            }),
            subscriber,
            breaker: CircuitBreaker::new("redis", breaker_settings(), jitter)
                .expect("the settings are within their ranges"),
            invalidations: Invalidations::new(&settings.prefix),
            prefix: settings.prefix.clone(),
            command_timeout: settings.command_timeout,
            on_error: Box::new(on_error),
            trouble: Mutex::default(),
            was_connected: AtomicBool::new(false),
            probe: (
                format!(
                    "{}probe:{:016x}",
                    settings.prefix,
                    RandomState::new().hash_one(0)
                ),
                AtomicU64::new(0),
            ),
            pending: TaskTracker::new(),
            runtime: Handle::current(),
        }));
        redis.watch();
        client.connect();
        redis.0.subscriber.connect();
        Ok(redis)
    }

    /// Whether the connection for commands stands.
    pub fn is_connected(&self) -> bool {
        self.0.client.is_connected()
    }

    /// Checks that the server answers now.
    ///
    /// # Errors
    ///
    /// [`Error::Command`] when it does not.
    pub async fn ping(&self) -> Result<(), Error> {
        let pong = self.0.client.ping::<()>(None).await;
        pong.map_err(|error| self.failed(error))
    }

    /// Checks that the server takes writes now: a key that expires is written and read back. A
    /// server that is full, a replica, or cannot write its disk may well answer [`Redis::ping`].
    ///
    /// # Errors
    ///
    /// [`Error::Command`] when it takes none, [`Error::Garbled`] when it does not keep what was
    /// written.
    pub async fn probe_write(&self) -> Result<(), Error> {
        let (key, last) = &self.0.probe;
        let number = last.fetch_add(1, Ordering::Relaxed).to_string();
        let expires = Some(Expiration::EX(PROBE_TTL_SECONDS));
        let client = &self.0.client;
        let write = client.set::<(), _, _>(key, number.as_str(), expires, None, false);
        self.call_ungated(write).await?;
        let kept = client.get::<Option<String>, _>(key);
        if self.call_ungated(kept).await?.as_deref() == Some(number.as_str()) {
            return Ok(());
        }
        Err(Error::Garbled {
            key: key.clone(),
            problem: "it does not hold what was just written",
        })
    }

    /// Returns the server's policy when its memory is full, such as `noeviction`.
    ///
    /// # Errors
    ///
    /// [`Error::Command`] when it does not answer, [`Error::Garbled`] when it does not say.
    pub async fn eviction_policy(&self) -> Result<String, Error> {
        self.info(
            InfoKind::Memory,
            "maxmemory_policy",
            "INFO memory names no maxmemory_policy",
        )
        .await
    }

    /// Whether the server writes an append-only file, without which its end loses what it has
    /// acknowledged.
    ///
    /// # Errors
    ///
    /// [`Error::Command`] when it does not answer, [`Error::Garbled`] when it does not say.
    pub async fn is_append_only(&self) -> Result<bool, Error> {
        let enabled = self.info(
            InfoKind::Persistence,
            "aof_enabled",
            "INFO persistence names no aof_enabled",
        );
        Ok(enabled.await? == "1")
    }

    /// Returns when the append-only file is brought to the disk: `always`, `everysec` or `no`; none
    /// where the server does not let its configuration be read.
    pub async fn append_fsync(&self) -> Option<String> {
        let command = CustomCommand::new_static("CONFIG", ClusterHash::FirstKey, false);
        let read = self
            .0
            .client
            .custom::<HashMap<String, String>, _>(command, vec!["GET", "appendfsync"]);
        read.await.ok()?.remove("appendfsync")
    }

    /// Returns a field of the server's information about itself.
    async fn info(
        &self,
        kind: InfoKind,
        field: &str,
        problem: &'static str,
    ) -> Result<String, Error> {
        let info = self.0.client.info::<String>(Some(kind)).await;
        let info = info.map_err(|error| self.failed(error))?;
        let mut fields = info.lines().filter_map(|line| line.split_once(':'));
        let found = fields.find_map(|(name, value)| (name == field).then(|| value.to_owned()));
        found.ok_or_else(|| Error::Garbled {
            key: "INFO".to_owned(),
            problem,
        })
    }

    /// Returns when the server answers and messages of other instances are heard.
    pub async fn connected(&self) {
        self.0.invalidations.heard().await;
        // The two connections come up on their own.
        while self.ping().await.is_err() {
            tokio::time::sleep(Duration::from_millis(RECONNECT_MILLIS.0.into())).await;
        }
    }

    /// Returns the latest failure of the connection, in the words of the system or the server, for
    /// diagnostics.
    pub fn trouble(&self) -> Option<String> {
        self.0.trouble().clone()
    }

    /// Sends the pending notifications to the server, and disconnects. Later commands fail.
    pub async fn close(&self) {
        self.0.pending.close();
        let pending = timeout(2 * self.0.command_timeout, self.0.pending.wait()).await;
        if pending.is_err() {
            info!(
                tasks = self.0.pending.len(),
                "what Redis was still to be told is left to expire"
            );
        }
        let quit = async { (self.0.client.quit().await, self.0.subscriber.quit().await) };
        // An unreachable server needs no notification.
        let _ = timeout(self.0.command_timeout, quit).await;
    }

    /// Returns the timeout of one command.
    pub(crate) fn command_timeout(&self) -> Duration {
        self.0.command_timeout
    }

    /// A key of ours.
    pub(crate) fn key(&self, name: &str) -> String {
        format!("{}{name}", self.0.prefix)
    }

    /// Returns the notifications of other instances.
    pub(crate) fn invalidations(&self) -> &Invalidations {
        &self.0.invalidations
    }

    /// For commands, each of which goes through [`Redis::call`] or [`Redis::call_ungated`].
    pub(crate) fn client(&self) -> &WithOptions<Client> {
        &self.0.client
    }

    /// Runs a command through the circuit breaker, which rejects it after too many recent failures.
    pub(crate) async fn call<T>(
        &self,
        command: impl Future<Output = Result<T, fred::error::Error>>,
    ) -> Result<T, Error> {
        let judge = |answer: &Result<T, _>| match answer {
            Ok(_) => Outcome::Success,
            Err(_) => Outcome::Failure,
        };
        let span = command_span();
        let answer = self.0.breaker.call(command, judge);
        let answer = answer.instrument(span.clone()).await;
        if answer.is_err() {
            span.record("otel.status_code", "ERROR");
        }
        answer.map_err(|error| match error {
            CallError::Failed(error) => self.failed(error),
            CallError::Rejected(rejected) => Error::Suspended {
                retry_after: rejected.retry_after,
            },
        })
    }

    /// Runs a command without the circuit breaker.
    pub(crate) async fn call_ungated<T>(
        &self,
        command: impl Future<Output = Result<T, fred::error::Error>>,
    ) -> Result<T, Error> {
        let answer = command.instrument(command_span()).await;
        answer.map_err(|error| self.failed(error))
    }

    /// Runs a script. A server that does not know it yet is given its text.
    pub(crate) async fn run<R: FromValue>(
        &self,
        script: &Lua,
        keys: impl Into<MultipleKeys>,
        arguments: Vec<impl Into<Value>>,
    ) -> Result<R, fred::error::Error> {
        let (client, keys) = (&self.0.client, keys.into());
        let arguments = Value::Array(arguments.into_iter().map(Into::into).collect());
        let known = client.evalsha(script.sha1().clone(), keys.clone(), arguments.clone());
        match known.await {
            Err(error) if error.details().starts_with("NOSCRIPT") => {
                let text = script.lua().expect("our scripts are made of their text");
                client.eval(text.clone(), keys, arguments).await
            }
            answer => answer,
        }
    }

    /// Does what must be done although its caller may have gone, even from outside of a runtime.
    /// The task's log lines name the request that is its cause.
    pub(crate) fn spawn_detached(&self, task: impl Future<Output = ()> + Send + 'static) {
        let task = Correlation::current().scope(task);
        self.0.pending.spawn_on(task, &self.0.runtime);
    }

    fn failed(&self, error: fred::error::Error) -> Error {
        if self.0.was_connected.load(Ordering::Relaxed) {
            (self.0.on_error)();
        }
        Error::Command(error)
    }

    /// Counts connection errors, and receives messages, until the connections are closed.
    fn watch(&self) {
        for mut errors in [self.0.client.error_rx(), self.0.subscriber.error_rx()] {
            let redis = self.clone();
            self.detach(async move {
                loop {
                    match errors.recv().await {
                        Ok((error, _)) => {
                            (redis.0.on_error)();
                            warn!(error = error.details(), "the connection to Redis failed");
                            *redis.0.trouble() = Some(error.details().to_owned());
                        }
                        Err(RecvError::Lagged(_)) => {}
                        Err(RecvError::Closed) => return,
                    }
                }
            });
        }
        let (redis, mut connected) = (self.clone(), self.0.client.reconnect_rx());
        self.detach(async move {
            // The first connection counts like those after it.
            let _closed_without_any = connected.recv().await;
            redis.0.was_connected.store(true, Ordering::Relaxed);
        });
        let (subscriber, invalidations) = (self.0.subscriber.clone(), self.0.invalidations.clone());
        let connected = subscriber.reconnect_rx();
        let messages = subscriber.message_rx();
        self.detach(invalidations.clone().subscribe(subscriber, connected));
        self.detach(invalidations.forward(messages));
    }

    /// Runs a task that ends when the connection is closed.
    fn detach(&self, task: impl Future<Output = ()> + Send + 'static) {
        // No caller waits for it.
        TaskTracker::new().spawn_on(task, &self.0.runtime);
    }
}

impl Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis")
            .field("prefix", &self.0.prefix)
            .field("state", &self.0.client.state())
            .finish_non_exhaustive()
    }
}

/// Span of a round trip, by the semantic conventions for databases.
fn command_span() -> Span {
    info_span!(
        "redis command",
        otel.name = "redis",
        otel.kind = "client",
        otel.status_code = field::Empty,
        db.system.name = "redis",
    )
}

fn builder(settings: &Settings) -> Result<Builder, Error> {
    let url = settings.url.expose_secret();
    if !["redis://", "rediss://"]
        .iter()
        .any(|scheme| url.starts_with(scheme))
    {
        return Err(UNUSABLE);
    }
    let config = Config::from_url_centralized(url).map_err(|_| UNUSABLE)?;
    let (first, longest) = RECONNECT_MILLIS;
    let mut builder = Builder::from_config(Config {
        // Else the first failure to connect is the last.
        fail_fast: false,
        version: RespVersion::RESP3,
        ..config
    });
    builder
        .set_policy(ReconnectPolicy::new_exponential(0, first, longest, 2))
        .with_performance_config(|config| {
            config.default_command_timeout = settings.command_timeout;
            config.broadcast_channel_capacity = MESSAGES;
        })
        .with_connection_config(|config| {
            config.connection_timeout = 4 * settings.command_timeout;
            config.internal_command_timeout = 4 * settings.command_timeout;
            config.max_command_attempts = 1;
            config.max_command_buffer_len = MAX_UNDER_WAY;
            // A connection that is silent for longer than any command may take is dead.
            config.unresponsive.max_timeout = Some(4 * settings.command_timeout);
            config.unresponsive.interval = settings.command_timeout;
            config.tcp.nodelay = Some(true);
        });
    Ok(builder)
}

/// Opens soon and briefly: a server in the same room comes back within seconds.
fn breaker_settings() -> BreakerSettings {
    let [first, longest] =
        [REST_MILLIS.0, REST_MILLIS.1].map(|it| Duration::from_millis(it.into()));
    BreakerSettings {
        consecutive_failures: NonZeroU32::new(5),
        open_time: Backoff::new(first, longest)
            .expect("a quarter of a second is above zero and below two"),
        probes_to_close: NonZeroU32::MIN,
        probe_timeout: Duration::from_secs(5),
        ..BreakerSettings::default()
    }
}
