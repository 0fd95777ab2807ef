//! Calls that cannot hurt us: in time, within the quota, and not at all while it makes no sense.
//!
//! From the outside in: patience, retry, quota, breaker, the client's own timeout, call. Patience
//! bounds the waits: a call that has begun is given its whole timeout, since one that is cut off
//! says nothing about the upstream. What comes of a call is judged like this:
//!
//! | what came of it | for the breaker | tried again |
//! |---|---|---|
//! | an answer, also "no such character" | success | |
//! | no connection, a cut, a 5xx ([`UpstreamError::Failed`]) | failure | yes |
//! | no answer within the call's timeout | failure | yes |
//! | 429 | failure | if `Retry-After` says when |
//! | a document that cannot be read | failure: a broken proxy and a notice of maintenance look like this, and nobody is served by more of them | no |
//! | maintenance, data being prepared | nothing: it was announced. It is remembered for a while, and nobody asks again | no |
//! | our key or request refused | nothing: only we can mend it | no |

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use equipment::{
    Character, CharacterDirectory, Equipment, EquipmentSource, InvalidDocument, Ocid, StatsSource,
    UpstreamError,
};
use kernel::CharacterName;
use parking_lot::{Mutex, MutexGuard};
use planning::{GivenStats, RecordedStats, StatSource};
use resilience::{
    Advice, BreakerState, CallError, CircuitBreaker, Deadline, Idempotent, InvalidSettings, Jitter,
    Outcome, QuotaError, QuotaGate, QuotaPermit, Rejected, Retry, RetryBudget,
};
use tokio::time::Instant;

use crate::GuardSettings;
use crate::connections::on_new_connections;
use crate::strangers::Strangers;

/// Time after which a call that found no place in the queue may find one.
const QUEUE_MOVES_ON: Duration = Duration::from_secs(1);

/// An upstream behind a breaker, a quota and retries.
#[derive(Debug)]
pub struct Guarded<U> {
    upstream: U,
    guard: Guard,
    /// The share of the quota for characters of whom nothing is known.
    strangers: Option<Strangers>,
}

impl<U> Guarded<U> {
    /// Guards this upstream, each call of which must end by itself. `quota` is what the upstream
    /// allows; none where nobody counts.
    ///
    /// # Errors
    ///
    /// A setting out of its range.
    pub fn new(
        upstream: U,
        settings: GuardSettings,
        quota: Option<Arc<dyn QuotaGate>>,
        jitter: Jitter,
    ) -> Result<Self, InvalidSettings> {
        Ok(Self {
            upstream,
            guard: Guard::new("upstream", settings, quota, jitter)?,
            strangers: None,
        })
    }

    /// Lets names be looked up, and the characters that were found so be asked for, only as far as
    /// this quota goes as well. A name that has to be looked up is nobody's or a character's of
    /// whom nothing is known, so that the rest of the day's calls is kept for those that are known.
    #[must_use]
    pub fn with_strangers_quota(self, strangers: Option<Arc<dyn QuotaGate>>) -> Self {
        let strangers = strangers.map(Strangers::new);
        Self { strangers, ..self }
    }

    /// Asks for something of a character, who may be a stranger.
    async fn ask_of<T, A>(&self, ocid: &Ocid, call: impl Fn() -> A) -> Result<T, UpstreamError>
    where
        A: Future<Output = Result<T, UpstreamError>>,
    {
        let permit = match &self.strangers {
            None => None,
            Some(strangers) => strangers.permit_for(ocid, self.guard.patience).await?,
        };
        let answer = self.guard.ask(call).await;
        give_back_unused(permit, &answer);
        answer
    }

    /// The breaker, for metrics and for readers of its state. A clone is the
    /// same breaker.
    pub fn breaker(&self) -> CircuitBreaker {
        self.guard.breaker()
    }
}

#[async_trait]
impl<U: CharacterDirectory> CharacterDirectory for Guarded<U> {
    async fn resolve(&self, name: &CharacterName) -> Result<Option<Ocid>, UpstreamError> {
        let Some(strangers) = &self.strangers else {
            return self.guard.ask(|| self.upstream.resolve(name)).await;
        };
        self.guard.check()?;
        let permit = strangers.permit(self.guard.patience).await?;
        let answer = self.guard.ask(|| self.upstream.resolve(name)).await;
        give_back_unused(Some(permit), &answer);
        if let Ok(Some(ocid)) = &answer {
            strangers.note(ocid);
        }
        answer
    }

    async fn describe(&self, ocid: &Ocid) -> Result<Option<Character>, UpstreamError> {
        self.ask_of(ocid, || self.upstream.describe(ocid)).await
    }
}

#[async_trait]
impl<U: EquipmentSource> EquipmentSource for Guarded<U> {
    fn name(&self) -> &'static str {
        self.upstream.name()
    }

    async fn fetch(&self, ocid: &Ocid) -> Result<Option<Bytes>, UpstreamError> {
        self.ask_of(ocid, || self.upstream.fetch(ocid)).await
    }

    fn read(&self, document: &[u8]) -> Result<Equipment, InvalidDocument> {
        self.upstream.read(document)
    }
}

#[async_trait]
impl<U: StatsSource> StatsSource for Guarded<U> {
    async fn recorded(&self, ocid: &Ocid) -> Result<Option<RecordedStats>, UpstreamError> {
        self.ask_of(ocid, || self.upstream.recorded(ocid)).await
    }

    async fn given(
        &self,
        ocid: &Ocid,
        source: StatSource,
    ) -> Result<Option<GivenStats>, UpstreamError> {
        self.ask_of(ocid, || self.upstream.given(ocid, source))
            .await
    }
}

/// Gives a permit back whose call was not made.
fn give_back_unused<T>(permit: Option<QuotaPermit>, answer: &Result<T, UpstreamError>) {
    let was_not_called = matches!(
        answer,
        Err(UpstreamError::Suspended { .. } | UpstreamError::QuotaExceeded { .. })
    );
    if let (true, Some(permit)) = (was_not_called, permit) {
        permit.unused();
    }
}

/// Breaker, quota and retries of calls of one kind.
#[derive(Debug)]
pub(crate) struct Guard {
    patience: Duration,
    retry: Retry,
    quota: Option<Arc<dyn QuotaGate>>,
    breaker: CircuitBreaker,
    maintenance: MaintenanceWindow,
}

impl Guard {
    pub(crate) fn new(
        name: &'static str,
        settings: GuardSettings,
        quota: Option<Arc<dyn QuotaGate>>,
        jitter: Jitter,
    ) -> Result<Self, InvalidSettings> {
        let budget = Arc::new(RetryBudget::new(
            settings.retry_percent,
            settings.retry_reserve,
        ));
        let (attempts, backoff) = (settings.attempts, settings.backoff);
        Ok(Self {
            patience: settings.patience,
            retry: Retry::new(attempts, backoff, budget, jitter.clone()),
            quota,
            breaker: CircuitBreaker::new(name, settings.breaker, jitter)?,
            maintenance: MaintenanceWindow {
                lasts: settings.closed_for,
                announced: Mutex::default(),
            },
        })
    }

    pub(crate) fn breaker(&self) -> CircuitBreaker {
        self.breaker.clone()
    }

    pub(crate) async fn ask<T, A>(&self, call: impl Fn() -> A) -> Result<T, UpstreamError>
    where
        A: Future<Output = Result<T, UpstreamError>>,
    {
        let deadline = Deadline::within(self.patience);
        let attempts = Idempotent(|| self.attempt(deadline, &call));
        let answer = self.retry.run(deadline, attempts, advice).await;
        answer.map_err(|error| error.source)
    }

    async fn attempt<T, A>(
        &self,
        deadline: Deadline,
        call: impl Fn() -> A,
    ) -> Result<T, UpstreamError>
    where
        A: Future<Output = Result<T, UpstreamError>>,
    {
        self.check()?;
        let permit = self.permit(deadline).await?;
        // While it is not known whether the upstream is back, a dead connection must not tell.
        let is_probe = self.breaker.state() != BreakerState::Closed;
        let answer = async {
            if is_probe {
                on_new_connections(call()).await
            } else {
                call().await
            }
        };
        let answer = self.breaker.call(answer, judge).await;
        answer.map_err(|error| match error {
            CallError::Failed(error) => {
                self.maintenance.learn(&error);
                error
            }
            CallError::Rejected(rejected) => {
                if let Some(permit) = permit {
                    permit.unused();
                }
                suspended(rejected)
            }
        })
    }

    /// Refuses a call that would not be made now, as far as is known without a place in the queue.
    fn check(&self) -> Result<(), UpstreamError> {
        self.maintenance.check()?;
        self.breaker.check().map_err(suspended)
    }

    async fn permit(&self, deadline: Deadline) -> Result<Option<QuotaPermit>, UpstreamError> {
        let Some(quota) = &self.quota else {
            return Ok(None);
        };
        let permit = quota.acquire(deadline).await.map_err(quota_exceeded)?;
        Ok(Some(permit))
    }
}

/// The upstream's own announcement of maintenance, remembered for a while.
#[derive(Debug)]
struct MaintenanceWindow {
    lasts: Duration,
    announced: Mutex<Option<(Instant, UpstreamError)>>,
}

impl MaintenanceWindow {
    fn check(&self) -> Result<(), UpstreamError> {
        match &*self.announced() {
            Some((until, error)) if Instant::now() < *until => Err(error.clone()),
            _ => Ok(()),
        }
    }

    fn learn(&self, error: &UpstreamError) {
        if let UpstreamError::NotAvailable { .. } = error {
            *self.announced() = Some((Instant::now() + self.lasts, error.clone()));
        }
    }

    fn announced(&self) -> MutexGuard<'_, Option<(Instant, UpstreamError)>> {
        self.announced.lock()
    }
}

fn judge<T>(answer: &Result<T, UpstreamError>) -> Outcome {
    match answer {
        // An answer that cannot be used is a fact about one character.
        Ok(_) | Err(UpstreamError::Unusable(_)) => Outcome::Success,
        Err(
            UpstreamError::Failed { .. }
            | UpstreamError::TimedOut { .. }
            | UpstreamError::QuotaExceeded { .. }
            | UpstreamError::Invalid(_),
        ) => Outcome::Failure,
        Err(
            UpstreamError::NotAvailable { .. }
            | UpstreamError::Refused { .. }
            | UpstreamError::QuotaUnknown { .. }
            | UpstreamError::AllowanceSpent(_)
            | UpstreamError::Suspended { .. },
        ) => Outcome::Ignored,
    }
}

/// Advice on a second attempt at the same call.
fn advice(error: &UpstreamError) -> Advice {
    match error {
        UpstreamError::Failed { .. } | UpstreamError::TimedOut { .. } => Advice::Retry,
        UpstreamError::QuotaExceeded {
            retry_after: Some(pause),
        } => Advice::RetryAfter(*pause),
        UpstreamError::QuotaExceeded { retry_after: None }
        | UpstreamError::QuotaUnknown { .. }
        | UpstreamError::AllowanceSpent(_)
        | UpstreamError::NotAvailable { .. }
        | UpstreamError::Suspended { .. }
        | UpstreamError::Refused { .. }
        | UpstreamError::Unusable(_)
        | UpstreamError::Invalid(_) => Advice::GiveUp,
    }
}

fn suspended(rejected: Rejected) -> UpstreamError {
    UpstreamError::Suspended {
        retry_after: rejected.retry_after,
    }
}

pub(crate) fn quota_exceeded(error: QuotaError) -> UpstreamError {
    let retry_after = match error {
        QuotaError::Unknown => {
            return UpstreamError::QuotaUnknown {
                retry_after: QUEUE_MOVES_ON,
            };
        }
        QuotaError::QueueFull | QuotaError::DeadlineExceeded => QUEUE_MOVES_ON,
        QuotaError::DayExhausted { until } => until.saturating_duration_since(Instant::now()),
    };
    UpstreamError::QuotaExceeded {
        retry_after: Some(retry_after),
    }
}
