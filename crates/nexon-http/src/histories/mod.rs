//! Histories of a key's owner: `/maplestory/v1/history/...`.
//!
//! Each key has a quota of its own, which has nothing to do with the service's: calls go through a
//! gate of that key, shared by its jobs at the same time and forgotten with the last of them. No
//! breaker is shared with anybody's equipment. The key lives in the value that reads its
//! histories; of the gate's key only a hash is kept, for as long.

mod gates;
mod page;
mod words;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use equipment::UpstreamError;
use histories::{Histories, HistoryError, HistoryKind, HistoryPage, OwnHistories, PageStart};
use kernel::Clock;
use members::NexonKey;
use resilience::{Advice, Backoff, Deadline, Idempotent, Jitter, QuotaGate, Retry, RetryBudget};

use self::gates::{KeyGate, KeyGates};
use crate::api_error::ApiError;
use crate::caller::{Caller, ClientError, Endpoint, Key};

pub use self::page::read_page;

/// Rows asked for in one call, of at most 1,000. A page of 500 resets has half of the bytes that
/// are read of one answer.
const PAGE_ROWS: &str = "500";

/// Longest pause asked for by `Retry-After` that is waited for; after a longer one the quota counts
/// as used up.
const MAX_PAUSE: Duration = Duration::from_secs(5);

/// Settings of reading histories.
#[derive(Debug, Clone)]
pub struct HistorySettings {
    /// Calls of one key in any second. The default is that of a key in development, which a
    /// player's own key is.
    pub per_second: NonZeroU32,
    /// Time within which every call for one page begins, after all waits.
    pub patience: Duration,
    /// Calls for one page, at most.
    pub attempts: NonZeroU32,
    /// Waits between them.
    pub backoff: Backoff,
}

impl Default for HistorySettings {
    /// 5 calls a second, 30 s for a page, 3 attempts some 1 s apart.
    fn default() -> Self {
        Self {
            per_second: NonZeroU32::MIN.saturating_add(4),
            patience: Duration::from_secs(30),
            attempts: NonZeroU32::MIN.saturating_add(2),
            backoff: Backoff::new(Duration::from_secs(1), Duration::from_secs(4))
                .expect("1 s is above zero and below 4 s"),
        }
    }
}

/// Opens the histories of keys' owners.
#[derive(Debug)]
pub struct NexonHistories {
    caller: Caller,
    settings: HistorySettings,
    gates: Arc<KeyGates>,
    jitter: Jitter,
}

impl NexonHistories {
    /// Makes a client; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`ClientError`] when the endpoint cannot be used.
    pub fn new(
        endpoint: &Endpoint,
        settings: HistorySettings,
        clock: Arc<dyn Clock>,
        jitter: Jitter,
    ) -> Result<Self, ClientError> {
        Ok(Self {
            caller: Caller::new(endpoint)?,
            gates: Arc::new(KeyGates::new(settings.per_second, endpoint.timeout, clock)),
            settings,
            jitter,
        })
    }

    fn reader(&self, key: Key, gate: KeyGate) -> KeyReader {
        // The budget is the job's own: one key's bad day takes no retries from another's.
        let budget = Arc::new(RetryBudget::new(100, 10));
        let (attempts, backoff) = (self.settings.attempts, self.settings.backoff);
        KeyReader {
            caller: self.caller.clone(),
            key,
            gate,
            retry: Retry::new(attempts, backoff, budget, self.jitter.clone()),
            patience: self.settings.patience,
            calls: AtomicU64::new(0),
        }
    }
}

impl Histories for NexonHistories {
    fn open(&self, key: &NexonKey) -> Result<Box<dyn OwnHistories>, HistoryError> {
        let header = Key::new(key.expose().into()).map_err(|_| HistoryError::KeyRefused)?;
        Ok(Box::new(self.reader(header, self.gates.of(key))))
    }
}

/// Reads with one key.
#[derive(Debug)]
struct KeyReader {
    caller: Caller,
    key: Key,
    gate: KeyGate,
    retry: Retry,
    patience: Duration,
    calls: AtomicU64,
}

/// Failure of one call.
#[derive(Debug)]
enum CallFault {
    /// Nobody else's call would fare better: the history's own answer.
    Settled(HistoryError),
    /// The calls of the key are used up, for now or for the day.
    Exhausted { retry_after: Option<Duration> },
    /// Anything else about the upstream.
    Upstream(UpstreamError),
}

#[async_trait]
impl OwnHistories for KeyReader {
    async fn page(&self, kind: HistoryKind, at: &PageStart) -> Result<HistoryPage, HistoryError> {
        let deadline = Deadline::within(self.patience);
        let attempts = Idempotent(|| self.attempt(deadline, kind, at));
        let page = self.retry.run(deadline, attempts, advice).await;
        page.map_err(|error| error.source.into())
    }

    fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }
}

impl KeyReader {
    async fn attempt(
        &self,
        deadline: Deadline,
        kind: HistoryKind,
        at: &PageStart,
    ) -> Result<HistoryPage, CallFault> {
        let exhausted = |_| CallFault::Exhausted { retry_after: None };
        let _permit = self.gate.acquire(deadline).await.map_err(exhausted)?;
        self.calls.fetch_add(1, Ordering::Relaxed);
        let day;
        // A date beside a cursor would win, and the same page come again.
        let start = match at {
            PageStart::Date(date) => {
                day = date.to_string();
                ("date", day.as_str())
            }
            PageStart::Cursor(cursor) => ("cursor", cursor.as_str()),
        };
        let query = [("count", PAGE_ROWS), start];
        let body = self.caller.ask(path(kind), &query, &self.key).await;
        let body = body.map_err(|error| CallFault::of(error, kind))?;
        read_page(kind, &body).map_err(|error| {
            CallFault::Settled(HistoryError::Invalid {
                source: Box::new(error),
            })
        })
    }
}

/// Path of a history. That of souls alone is written with a hyphen.
const fn path(kind: HistoryKind) -> &'static str {
    match kind {
        HistoryKind::Cube => "history/cube",
        HistoryKind::Potential => "history/potential",
        HistoryKind::StarForce => "history/starforce",
        HistoryKind::SoulPotential => "history/soul-potential",
    }
}

impl CallFault {
    fn of(error: ApiError, kind: HistoryKind) -> Self {
        match error {
            ApiError::Key(_) => Self::Settled(HistoryError::KeyRefused),
            ApiError::NoPermission(_) => Self::Settled(HistoryError::NoRights { kind }),
            ApiError::InvalidParameter(_) | ApiError::UnknownIdentifier(_) => {
                Self::Settled(HistoryError::PageRefused)
            }
            ApiError::Other(UpstreamError::QuotaExceeded { retry_after }) => {
                Self::Exhausted { retry_after }
            }
            ApiError::Other(error) => Self::Upstream(error),
        }
    }
}

impl From<CallFault> for HistoryError {
    fn from(fault: CallFault) -> Self {
        match fault {
            CallFault::Settled(error) => error,
            CallFault::Exhausted { retry_after } => Self::KeyExhausted { retry_after },
            CallFault::Upstream(error) => unavailable(error),
        }
    }
}

fn advice(fault: &CallFault) -> Advice {
    match fault {
        CallFault::Exhausted { retry_after: None }
        | CallFault::Upstream(UpstreamError::Failed { .. } | UpstreamError::TimedOut { .. }) => {
            Advice::Retry
        }
        CallFault::Exhausted {
            retry_after: Some(pause),
        } if *pause <= MAX_PAUSE => Advice::RetryAfter(*pause),
        CallFault::Exhausted { .. } | CallFault::Settled(_) | CallFault::Upstream(_) => {
            Advice::GiveUp
        }
    }
}

fn unavailable(error: UpstreamError) -> HistoryError {
    HistoryError::Unavailable {
        retry_after: error.retry_after(),
        source: Box::new(error),
    }
}
