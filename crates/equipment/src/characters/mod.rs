//! Characters and what they wear: from what is known while it is fresh; when it is stale, the
//! same with its age, and a fetch in the background; with nothing known, from the upstream.

mod answer;
mod fetch;
mod flights;
mod names;
mod outage;
mod popular;
mod settings;
mod shelf;

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kernel::{AlertSink, CharacterName, Clock, Lock};
use resilience::{Deadline, Jitter};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::fetch::{Fetched, Fetches, NoAnswer};
use self::flights::Flights;
use self::names::{Bearer, Names};
use self::outage::{Asked, Outage};
use self::popular::Popularity;
use self::settings::Shares;
use self::shelf::Shelf;
use crate::{
    ByteCache, Character, CharacterDirectory, CharacterRecord, EquipmentSource, SharedCache,
    SnapshotStore, StoreError, UpstreamError,
};

pub use answer::{
    CharactersError, FRESH_FOR, Freshness, Known, Outfit, Refresh, Trouble, UnreadableDocument,
    Wearer,
};
pub use outage::UPSTREAM_UNAVAILABLE;
pub use settings::CharactersSettings;

/// The part of the deadline that may pass before a store that does not answer is given up.
const STORE_SHARE: u32 = 3;

/// What [`Characters`] works with.
#[derive(Debug)]
pub struct Surroundings {
    /// Who characters are.
    pub directory: Arc<dyn CharacterDirectory>,
    /// What they wear.
    pub source: Arc<dyn EquipmentSource>,
    /// What was fetched, for good.
    pub store: Arc<dyn SnapshotStore>,
    /// What was fetched, for a while, where other instances find it too.
    pub shared: Option<Arc<dyn SharedCache>>,
    /// Lets one instance at a time fetch the same, after which the others find what it brought;
    /// none where there are no others. A lease should not be much longer than a fetch: it is for
    /// how long a dead instance keeps the others from fetching.
    pub turns: Option<Arc<dyn Lock>>,
    /// Who is told of an outage.
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
    shelf: Arc<Shelf>,
    outage: Arc<Outage>,
    popularity: Arc<Popularity>,
    clock: Arc<dyn Clock>,
    settings: CharactersSettings,
}

impl Characters {
    /// With nothing in memory yet.
    pub fn new(surroundings: Surroundings, settings: CharactersSettings) -> Self {
        let Surroundings {
            directory,
            source,
            store,
            shared,
            turns,
            alerts,
            clock,
            jitter,
            tasks,
        } = surroundings;
        let shares = Shares::of(settings.memory_bytes);
        let shelf = Arc::new(Shelf::new(store, shared, shares, &clock, &jitter));
        let outage = Arc::new(Outage::new(alerts, tasks.clone()));
        let names = Names::new(shares.names, Arc::clone(&clock), jitter.clone());
        let failures = ByteCache::new(shares.failures, 200, Arc::clone(&clock), jitter);
        let fetches = Arc::new(Fetches {
            directory,
            source,
            shelf: Arc::clone(&shelf),
            names,
            failures,
            rest_after_failure: settings.rest_after_failure,
            turns,
            outage: Arc::clone(&outage),
            clock: Arc::clone(&clock),
            compression: settings.compression,
            characters: Flights::new(tasks.clone()),
            wearers: Flights::new(tasks),
        });
        Self {
            fetches,
            shelf,
            outage,
            popularity: Arc::default(),
            clock,
            settings,
        }
    }

    /// Who the character of this name is.
    ///
    /// # Errors
    ///
    /// [`CharactersError`].
    pub async fn who(
        &self,
        name: &CharacterName,
        refresh: Refresh,
    ) -> Result<Known<Character>, CharactersError> {
        let deadline = Deadline::within(self.settings.deadline);
        let since = self.since(refresh);
        self.refuse_strangers(name, refresh)?;
        let mut troubles = Vec::new();
        let held = self.held_character(name, deadline, &mut troubles).await;
        let record = match held {
            Some(record) if record.fetched_at > since => record,
            Some(record) if self.may_be_stale(record.fetched_at, refresh) => {
                let resting = self.fetches.refresh_character(name, since).err();
                troubles.extend(resting.map(Trouble::Upstream));
                record
            }
            held => {
                let fetch = self.fetches.character(name, since);
                match (in_time(deadline, fetch, self.settings.deadline).await, held) {
                    (Ok(fetched), _) => unpack(fetched, &mut troubles),
                    (Err(NoAnswer::UnknownCharacter), _) => return Err(unknown(name)),
                    (Err(NoAnswer::Upstream(error)), Some(record))
                        if self.is_servable(record.fetched_at) =>
                    {
                        troubles.push(Trouble::Upstream(error));
                        record
                    }
                    (Err(NoAnswer::Upstream(error)), _) => {
                        return Err(self.unanswered(Asked::Who, error));
                    }
                }
            }
        };
        Ok(self.known(record.character, record.fetched_at, troubles))
    }

    /// What the character of this name wears.
    ///
    /// # Errors
    ///
    /// [`CharactersError`].
    pub async fn equipment(
        &self,
        name: &CharacterName,
        refresh: Refresh,
    ) -> Result<Outfit, CharactersError> {
        let deadline = Deadline::within(self.settings.deadline);
        let since = self.since(refresh);
        self.refuse_strangers(name, refresh)?;
        let mut troubles = Vec::new();
        let held = self.held_wearer(name, deadline, &mut troubles).await;
        let wearer = match held {
            Some((wearer, oldest)) if oldest > since => wearer,
            Some((wearer, _)) if self.may_be_stale(wearer.snapshot.fetched_at, refresh) => {
                let resting = self.fetches.refresh_wearer(name, since).err();
                troubles.extend(resting.map(Trouble::Upstream));
                wearer
            }
            held => {
                let fetch = self.fetches.wearer(name, since);
                match (in_time(deadline, fetch, self.settings.deadline).await, held) {
                    (Ok(fetched), _) => unpack(fetched, &mut troubles),
                    (Err(NoAnswer::UnknownCharacter), _) => return Err(unknown(name)),
                    (Err(NoAnswer::Upstream(error)), Some((wearer, _)))
                        if self.is_servable(wearer.snapshot.fetched_at) =>
                    {
                        troubles.push(Trouble::Upstream(error));
                        wearer
                    }
                    (Err(NoAnswer::Upstream(error)), _) => {
                        return self.partial(name, error, troubles).await;
                    }
                }
            }
        };
        self.popularity.asked(name);
        let fetched_at = wearer.snapshot.fetched_at;
        Ok(Outfit::Whole(self.known(wearer, fetched_at, troubles)))
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
        let fetch = self.fetches.wearer(name, since);
        match in_time(deadline, fetch, self.settings.deadline).await {
            Ok(_) | Err(NoAnswer::UnknownCharacter) => Ok(true),
            Err(NoAnswer::Upstream(error)) => Err(error),
        }
    }

    /// Takes what is known of a character into memory, without asking the upstream. Whether
    /// there is anything.
    pub async fn warm(&self, name: &CharacterName) -> bool {
        let deadline = Deadline::within(self.settings.deadline);
        let mut troubles = Vec::new();
        let held = self.held_wearer(name, deadline, &mut troubles).await;
        held.is_some()
    }

    /// Lets go of what other instances replace in the shared cache, until told to stop. A worker
    /// for instances that share one; without one it ends at once.
    pub async fn follow_changes(&self, stop: CancellationToken) {
        self.shelf.follow_changes(stop).await;
    }

    /// The character alone, when that is known; what it wears is not.
    async fn partial(
        &self,
        name: &CharacterName,
        missing: UpstreamError,
        mut troubles: Vec<Trouble>,
    ) -> Result<Outfit, CharactersError> {
        // The fetch may have learnt who it is before it failed.
        let record = self.shelf.character(name, Timestamp::MIN, &mut troubles);
        match record.await {
            Some(record) if self.is_servable(record.fetched_at) => {
                self.outage.hurts(Asked::Equipment, &missing);
                let character = self.known(record.character, record.fetched_at, troubles);
                let missing = CharactersError::without_answer(missing);
                Ok(Outfit::Partial { character, missing })
            }
            _ => Err(self.unanswered(Asked::Who, missing)),
        }
    }

    fn unanswered(&self, asked: Asked, error: UpstreamError) -> CharactersError {
        self.outage.hurts(asked, &error);
        CharactersError::without_answer(error)
    }

    fn refuse_strangers(
        &self,
        name: &CharacterName,
        refresh: Refresh,
    ) -> Result<(), CharactersError> {
        let is_nobodys = self.fetches.names.bearer(name) == Some(Bearer::Nobody);
        if is_nobodys && refresh == Refresh::WhenStale {
            return Err(unknown(name));
        }
        Ok(())
    }

    /// Whatever is known of a character, however old. A store that hangs must not use up the
    /// deadline.
    async fn held_character(
        &self,
        name: &CharacterName,
        deadline: Deadline,
        troubles: &mut Vec<Trouble>,
    ) -> Option<CharacterRecord> {
        let patience = deadline.capped(self.settings.deadline / STORE_SHARE);
        let held = self.shelf.character(name, Timestamp::MIN, troubles);
        let held = patience.timeout(held).await;
        held.unwrap_or_else(|late| give_up(late, troubles))
    }

    /// Whatever is known of a character and what it wears, with the older of their two times.
    async fn held_wearer(
        &self,
        name: &CharacterName,
        deadline: Deadline,
        troubles: &mut Vec<Trouble>,
    ) -> Option<(Wearer, Timestamp)> {
        let record = self.held_character(name, deadline, troubles).await?;
        let patience = deadline.capped(self.settings.deadline / STORE_SHARE);
        let fetches = &self.fetches;
        let held = fetches.held_wearer(record.character, Timestamp::MIN, troubles);
        let held = patience.timeout(held).await;
        let wearer = held.unwrap_or_else(|late| give_up(late, troubles))?;
        let oldest = record.fetched_at.min(wearer.snapshot.fetched_at);
        Some((wearer, oldest))
    }

    /// What the upstream said after this is good enough.
    fn since(&self, refresh: Refresh) -> Timestamp {
        match refresh {
            Refresh::Now => self.clock.now(),
            Refresh::WhenStale => self.ago(FRESH_FOR),
        }
    }

    fn may_be_stale(&self, fetched_at: Timestamp, refresh: Refresh) -> bool {
        refresh == Refresh::WhenStale && self.is_servable(fetched_at)
    }

    fn is_servable(&self, fetched_at: Timestamp) -> bool {
        self.age(fetched_at) <= self.settings.serve_stale_for
    }

    fn known<T>(&self, value: T, fetched_at: Timestamp, troubles: Vec<Trouble>) -> Known<T> {
        let age = self.age(fetched_at);
        let freshness = if age < FRESH_FOR {
            Freshness::Fresh
        } else {
            Freshness::Stale
        };
        Known {
            value,
            fetched_at,
            age,
            freshness,
            troubles,
        }
    }

    /// How long ago it was; none at all when another machine's clock is ahead of ours.
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
    fetch: impl Future<Output = Result<T, NoAnswer>>,
    after: Duration,
) -> Result<T, NoAnswer> {
    let late = |_| Err(NoAnswer::Upstream(UpstreamError::TimedOut { after }));
    deadline.timeout(fetch).await.unwrap_or_else(late)
}

fn unpack<T>(fetched: Fetched<T>, troubles: &mut Vec<Trouble>) -> T {
    troubles.extend(fetched.troubles);
    fetched.value
}

fn give_up<T>(late: resilience::DeadlineExceeded, troubles: &mut Vec<Trouble>) -> Option<T> {
    troubles.push(Trouble::Store(Arc::new(StoreError {
        action: "answer in time",
        source: late.into(),
    })));
    None
}

fn unknown(name: &CharacterName) -> CharactersError {
    CharactersError::UnknownCharacter(name.clone())
}
