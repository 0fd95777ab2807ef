//! Characters and what they wear: from what is known while it is fresh; when it is stale, the
//! same with its age, and a fetch in the background; with nothing known, from the upstream.

mod answer;
mod cache;
mod fetch;
mod in_flight;
mod names;
mod outage;
mod popular;
mod settings;
mod stats;
mod validity;

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kernel::{AlertSink, CharacterName, Clock, Lock};
use resilience::{Deadline, Jitter};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::cache::TieredCache;
use self::fetch::{FetchError, Fetched, Fetches};
use self::in_flight::InFlight;
use self::names::{NameOwner, Names};
use self::outage::Outage;
use self::popular::Popularity;
use self::settings::Shares;
use self::validity::Versions;
use crate::{
    ByteCache, Character, CharacterDirectory, CharacterRecord, EquipmentSource, FetchAllowance,
    Lookups, SharedCache, SnapshotStore, StatsSource, StoreError, UpstreamError,
};

pub use answer::{
    Aged, CharactersError, Degradation, EquippedCharacter, FRESH_FOR, Freshness, Lookup, Refresh,
    UnreadableDocument,
};
pub use outage::UPSTREAM_UNAVAILABLE;
pub use settings::CharactersSettings;
pub use validity::AnswerValidity;

/// The part of the deadline that may pass before a store that does not answer is given up.
const STORE_SHARE: u32 = 3;

/// Dependencies of [`Characters`].
#[derive(Debug)]
pub struct Dependencies {
    /// Directory of characters.
    pub directory: Arc<dyn CharacterDirectory>,
    /// Source of their equipment.
    pub source: Arc<dyn EquipmentSource>,
    /// Source of their stats.
    pub stats: Arc<dyn StatsSource>,
    /// Permanent store of fetched data.
    pub store: Arc<dyn SnapshotStore>,
    /// Cache that instances share.
    pub shared: Option<Arc<dyn SharedCache>>,
    /// Lets one instance at a time fetch the same, after which the others find what it brought;
    /// none where there are no others. A lease should not be much longer than a fetch: it is for
    /// how long a dead instance keeps the others from fetching.
    pub fetch_locks: Option<Arc<dyn Lock>>,
    /// Receiver of the alert about an outage.
    pub alerts: Arc<dyn AlertSink>,
    /// Tells how old things are.
    pub clock: Arc<dyn Clock>,
    /// Spreads what would else happen at once.
    pub jitter: Jitter,
    /// Owns the fetches, which may outlive the question.
    pub tasks: TaskTracker,
}

/// Answers who characters are and what they wear.
#[derive(Debug, Clone)]
pub struct Characters {
    fetches: Arc<Fetches>,
    cache: Arc<TieredCache>,
    popularity: Arc<Popularity>,
    clock: Arc<dyn Clock>,
    settings: CharactersSettings,
    /// Allowance of the caller; none where nobody counts.
    allowance: Option<Arc<dyn FetchAllowance>>,
}

impl Characters {
    /// Counters of the lookups in memory: of characters, and of snapshots.
    pub fn lookups(&self) -> [Arc<Lookups>; 2] {
        self.cache.lookups()
    }

    /// With nothing in memory yet.
    pub fn new(dependencies: Dependencies, settings: CharactersSettings) -> Self {
        let Dependencies {
            directory,
            source,
            stats,
            store,
            shared,
            fetch_locks,
            alerts,
            clock,
            jitter,
            tasks,
        } = dependencies;
        let shares = Shares::of(settings.memory_bytes);
        let versions = Arc::new(Versions::new());
        let tiers = TieredCache::new(store, shared, shares, &versions, &clock, &jitter);
        let cache = Arc::new(tiers);
        let outage = Outage::new(alerts, Arc::clone(&clock), tasks.clone());
        let names = Names::new(
            shares.names,
            Arc::clone(&versions),
            Arc::clone(&clock),
            jitter.clone(),
        );
        let failures = || ByteCache::new(shares.failures, 200, Arc::clone(&clock), jitter.clone());
        let fetches = Arc::new(Fetches {
            directory,
            source,
            stats_source: stats,
            readings: ByteCache::new(shares.readings, 2_000, Arc::clone(&clock), jitter.clone()),
            cache: Arc::clone(&cache),
            versions,
            names,
            failures: failures(),
            stat_failures: failures(),
            rest_after_failure: settings.rest_after_failure,
            fetch_locks,
            outage,
            clock: Arc::clone(&clock),
            compression: settings.compression,
            characters: InFlight::new(tasks.clone()),
            wearers: InFlight::new(tasks.clone()),
            stats: [(); 2].map(|()| InFlight::new(tasks.clone())),
        });
        Self {
            fetches,
            cache,
            popularity: Arc::default(),
            clock,
            settings,
            allowance: None,
        }
    }

    /// The same for a caller with this allowance: each question that has to go to the upstream
    /// takes from it. When it is spent, what is known is answered however stale it may be served,
    /// and the rest is refused with [`UpstreamError::AllowanceSpent`].
    #[must_use]
    pub fn on_behalf_of(&self, allowance: Arc<dyn FetchAllowance>) -> Self {
        Self {
            allowance: Some(allowance),
            ..self.clone()
        }
    }

    /// Identity of the character of this name.
    ///
    /// # Errors
    ///
    /// [`CharactersError`].
    pub async fn who(
        &self,
        name: &CharacterName,
        refresh: Refresh,
    ) -> Result<Aged<Character>, CharactersError> {
        let deadline = Deadline::within(self.settings.deadline);
        let since = self.since(refresh);
        self.reject_unknown(name)?;
        let mut degradations = Vec::new();
        let held = self.held_character(name, deadline, &mut degradations).await;
        let record = match held {
            Some(record) if record.fetched_at > since => {
                self.warn_too_soon(refresh, &mut degradations);
                record
            }
            Some(record) if self.may_be_stale(record.fetched_at, refresh) => {
                let resting = self
                    .take_allowance()
                    .and_then(|()| self.fetches.refresh_character(name, since));
                degradations.extend(resting.err().map(Degradation::Upstream));
                record
            }
            held => {
                let fetch = async {
                    self.take_allowance().map_err(FetchError::Upstream)?;
                    self.fetches.character(name, since).await
                };
                match (in_time(deadline, fetch, self.settings.deadline).await, held) {
                    (Ok(fetched), _) => unpack(fetched, &mut degradations),
                    (Err(FetchError::UnknownCharacter), _) => return Err(unknown(name)),
                    (Err(FetchError::Upstream(error)), Some(record))
                        if self.is_servable(record.fetched_at) =>
                    {
                        degradations.push(Degradation::Upstream(error));
                        record
                    }
                    (Err(FetchError::Upstream(error)), _) => {
                        return Err(CharactersError::without_answer(error));
                    }
                }
            }
        };
        Ok(self.known(record.character, record.fetched_at, degradations))
    }

    /// Equipment of the character of this name.
    ///
    /// # Errors
    ///
    /// [`CharactersError`].
    pub async fn equipment(
        &self,
        name: &CharacterName,
        refresh: Refresh,
    ) -> Result<Lookup, CharactersError> {
        let deadline = Deadline::within(self.settings.deadline);
        let since = self.since(refresh);
        self.reject_unknown(name)?;
        let mut degradations = Vec::new();
        let held = self.held_wearer(name, deadline, &mut degradations).await;
        let equipped = match held {
            Some((equipped, oldest)) if oldest > since => {
                self.warn_too_soon(refresh, &mut degradations);
                equipped
            }
            Some((equipped, _)) if self.may_be_stale(equipped.snapshot.fetched_at, refresh) => {
                let resting = self
                    .take_allowance()
                    .and_then(|()| self.fetches.refresh_wearer(name, since));
                degradations.extend(resting.err().map(Degradation::Upstream));
                equipped
            }
            held => {
                let fetch = async {
                    self.take_allowance().map_err(FetchError::Upstream)?;
                    self.fetches.equipped(name, since).await
                };
                match (in_time(deadline, fetch, self.settings.deadline).await, held) {
                    (Ok(fetched), _) => unpack(fetched, &mut degradations),
                    (Err(FetchError::UnknownCharacter), _) => return Err(unknown(name)),
                    (Err(FetchError::Upstream(error)), Some((equipped, _)))
                        if self.is_servable(equipped.snapshot.fetched_at) =>
                    {
                        degradations.push(Degradation::Upstream(error));
                        equipped
                    }
                    (Err(FetchError::Upstream(error)), _) => {
                        return self.partial(name, error, degradations).await;
                    }
                }
            }
        };
        self.popularity.asked(name);
        let fetched_at = equipped.snapshot.fetched_at;
        Ok(Lookup::Full(self.known(equipped, fetched_at, degradations)))
    }

    /// Equipment of the character of this name as far as known, however old, without asking
    /// the upstream.
    pub async fn stored(&self, name: &CharacterName) -> Option<Aged<EquippedCharacter>> {
        let deadline = Deadline::within(self.settings.deadline);
        let mut degradations = Vec::new();
        let (equipped, _) = self.held_wearer(name, deadline, &mut degradations).await?;
        let fetched_at = equipped.snapshot.fetched_at;
        Some(self.known(equipped, fetched_at, degradations))
    }

    /// Up to `limit` characters whose equipment was asked for more than once, the most popular
    /// first. Each call halves what earlier questions count.
    pub fn popular(&self, limit: usize) -> Vec<CharacterName> {
        self.popularity.most(limit)
    }

    /// Fetches what a character wears unless what is known is younger than this. Whether the
    /// upstream was asked.
    ///
    /// # Errors
    ///
    /// [`UpstreamError`] when it gave no answer; what is known stays.
    pub async fn renew(
        &self,
        name: &CharacterName,
        younger_than: Duration,
    ) -> Result<bool, UpstreamError> {
        let deadline = Deadline::within(self.settings.deadline);
        let since = self.ago(younger_than);
        let held = self.held_wearer(name, deadline, &mut Vec::new()).await;
        if held.is_some_and(|(_, oldest)| oldest > since) {
            return Ok(false);
        }
        let fetch = self.fetches.equipped(name, since);
        match in_time(deadline, fetch, self.settings.deadline).await {
            Ok(_) | Err(FetchError::UnknownCharacter) => Ok(true),
            Err(FetchError::Upstream(error)) => Err(error),
        }
    }

    /// Takes what is known of a character into memory, without asking the upstream. Whether
    /// there is anything.
    pub async fn warm(&self, name: &CharacterName) -> bool {
        let deadline = Deadline::within(self.settings.deadline);
        let mut degradations = Vec::new();
        let held = self.held_wearer(name, deadline, &mut degradations).await;
        held.is_some()
    }

    /// Lets go of what other instances replace in the shared cache, until told to stop. A worker
    /// for instances that share one; without one it ends at once.
    pub async fn follow_changes(&self, stop: CancellationToken) {
        self.cache.follow_changes(stop).await;
    }

    /// The character alone, when that is known; what it wears is not.
    async fn partial(
        &self,
        name: &CharacterName,
        missing: UpstreamError,
        mut degradations: Vec<Degradation>,
    ) -> Result<Lookup, CharactersError> {
        // The fetch may have learnt who it is before it failed.
        let record = self
            .cache
            .character(name, Timestamp::MIN, &mut degradations);
        match record.await {
            Some(record) if self.is_servable(record.fetched_at) => {
                let character = self.known(record.character, record.fetched_at, degradations);
                let missing = CharactersError::without_answer(missing);
                Ok(Lookup::Partial { character, missing })
            }
            _ => Err(CharactersError::without_answer(missing)),
        }
    }

    fn take_allowance(&self) -> Result<(), UpstreamError> {
        match &self.allowance {
            Some(allowance) => allowance.take().map_err(UpstreamError::AllowanceSpent),
            None => Ok(()),
        }
    }

    /// A refresh does not go round what is remembered: it would cost a call each time.
    fn reject_unknown(&self, name: &CharacterName) -> Result<(), CharactersError> {
        match self.fetches.names.owner(name) {
            Some(NameOwner::Unknown) => Err(unknown(name)),
            Some(NameOwner::Character(_)) | None => Ok(()),
        }
    }

    /// Warns of a refresh that was answered from what is known.
    fn warn_too_soon(&self, refresh: Refresh, degradations: &mut Vec<Degradation>) {
        let refresh_after = self.settings.refresh_after;
        if refresh == Refresh::Now {
            degradations.push(Degradation::RefreshTooSoon { refresh_after });
        }
    }

    /// Whatever is known of a character, however old. A store that hangs must not use up the
    /// deadline.
    async fn held_character(
        &self,
        name: &CharacterName,
        deadline: Deadline,
        degradations: &mut Vec<Degradation>,
    ) -> Option<CharacterRecord> {
        let patience = deadline.capped(self.settings.deadline / STORE_SHARE);
        let held = self.cache.character(name, Timestamp::MIN, degradations);
        let held = patience.timeout(held).await;
        held.unwrap_or_else(|late| give_up(late, degradations))
    }

    /// Whatever is known of a character and what it wears, with the older of their two times.
    async fn held_wearer(
        &self,
        name: &CharacterName,
        deadline: Deadline,
        degradations: &mut Vec<Degradation>,
    ) -> Option<(EquippedCharacter, Timestamp)> {
        let record = self.held_character(name, deadline, degradations).await?;
        let patience = deadline.capped(self.settings.deadline / STORE_SHARE);
        let fetches = &self.fetches;
        let held = fetches.held_wearer(record.character, Timestamp::MIN, degradations);
        let held = patience.timeout(held).await;
        let equipped = held.unwrap_or_else(|late| give_up(late, degradations))?;
        let oldest = record.fetched_at.min(equipped.snapshot.fetched_at);
        Some((equipped, oldest))
    }

    /// Time after which an answer of the upstream is good enough.
    fn since(&self, refresh: Refresh) -> Timestamp {
        match refresh {
            Refresh::Now => self.ago(self.settings.refresh_after),
            Refresh::WhenStale => self.ago(FRESH_FOR),
        }
    }

    fn may_be_stale(&self, fetched_at: Timestamp, refresh: Refresh) -> bool {
        refresh == Refresh::WhenStale && self.is_servable(fetched_at)
    }

    fn is_servable(&self, fetched_at: Timestamp) -> bool {
        self.age(fetched_at) <= self.settings.serve_stale_for
    }

    fn known<T>(&self, value: T, fetched_at: Timestamp, degradations: Vec<Degradation>) -> Aged<T> {
        let age = self.age(fetched_at);
        let freshness = if age < FRESH_FOR {
            Freshness::Fresh
        } else {
            Freshness::Stale
        };
        Aged {
            value,
            fetched_at,
            age,
            freshness,
            degradations,
        }
    }

    /// Time since then; zero when another machine's clock is ahead of ours.
    fn age(&self, fetched_at: Timestamp) -> Duration {
        let age = self.clock.now().duration_since(fetched_at);
        age.try_into().unwrap_or_default()
    }

    fn ago(&self, time: Duration) -> Timestamp {
        let time = SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX);
        let ago = self.clock.now().saturating_sub(time);
        ago.expect("a signed duration is never a calendar's")
    }
}

/// Waits for a fetch as long as the deadline allows. The fetch goes on.
async fn in_time<T>(
    deadline: Deadline,
    fetch: impl Future<Output = Result<T, FetchError>>,
    after: Duration,
) -> Result<T, FetchError> {
    let late = |_| Err(FetchError::Upstream(UpstreamError::TimedOut { after }));
    deadline.timeout(fetch).await.unwrap_or_else(late)
}

fn unpack<T>(fetched: Fetched<T>, degradations: &mut Vec<Degradation>) -> T {
    degradations.extend(fetched.degradations);
    fetched.value
}

fn give_up<T>(
    late: resilience::DeadlineExceeded,
    degradations: &mut Vec<Degradation>,
) -> Option<T> {
    degradations.push(Degradation::Store(Arc::new(StoreError {
        action: "answer in time",
        source: late.into(),
    })));
    None
}

fn unknown(name: &CharacterName) -> CharactersError {
    CharactersError::UnknownCharacter(name.clone())
}
