//! Stats of characters: kept in the same tiers as their equipment, as documents of their own.

use std::sync::{Arc, OnceLock};

use futures_util::future::{Either, join_all, select};
use jiff::Timestamp;
use kernel::CharacterName;
use planning::{Detail, GivenStats, StatSource};
use resilience::Deadline;
use tokio::time::Instant;

use super::cache::KEPT_IN_MEMORY;
use super::fetch::{FetchError, Fetched, Fetches};
use super::{Characters, STORE_SHARE, in_time, unknown, unpack};
use crate::stats::KnownReadings;
use crate::{
    Aged, AllowanceSpent, CharactersError, Degradation, Document, FetchAllowance, HashedReadings,
    InvalidDocument, Lookup, Ocid, Refresh, STAT_SOURCES, Snapshot, StatReadings,
    UnreadableDocument, UpstreamError,
};

/// Stats of a character and the time at which the upstream gave them.
#[derive(Debug, Clone)]
pub(super) struct StoredStats {
    readings: Arc<KnownReadings>,
    fetched_at: Timestamp,
}

/// The key of a character's stats beside its equipment; no identifier of the game has a `#`.
pub(super) fn stats_key(ocid: &Ocid) -> Ocid {
    Ocid::new(format!("{ocid}#stats"))
}

impl Characters {
    /// The stats of the character of this name, as far as this detail goes. Sources that could
    /// not be read are missing from them.
    ///
    /// # Errors
    ///
    /// [`CharactersError`] when not even the final stats are known.
    pub async fn stats(
        &self,
        name: &CharacterName,
        refresh: Refresh,
        detail: Detail,
    ) -> Result<Aged<HashedReadings>, CharactersError> {
        let deadline = Deadline::within(self.settings.deadline);
        let since = self.since(refresh);
        self.reject_unknown(name)?;
        let mut degradations = Vec::new();
        let held = self.held_stats(name, deadline, &mut degradations).await;
        let suffices = |held: &StoredStats| held.readings.suffices(detail);
        let stats = match held {
            Some(held) if held.fetched_at > since && suffices(&held) => {
                self.warn_too_soon(refresh, &mut degradations);
                held
            }
            Some(held) if self.may_be_stale(held.fetched_at, refresh) && suffices(&held) => {
                let resting = self
                    .take_allowance()
                    .and_then(|()| self.fetches.refresh_stats(name, since, detail));
                degradations.extend(resting.err().map(Degradation::Upstream));
                held
            }
            held => {
                let fetch = async {
                    self.take_allowance().map_err(FetchError::Upstream)?;
                    self.fetches.stats(name, since, detail).await
                };
                match (in_time(deadline, fetch, self.settings.deadline).await, held) {
                    (Ok(fetched), _) => unpack(fetched, &mut degradations),
                    (Err(FetchError::UnknownCharacter), _) => return Err(unknown(name)),
                    (Err(FetchError::Upstream(error)), Some(held))
                        if self.is_servable(held.fetched_at) =>
                    {
                        degradations.push(Degradation::Upstream(error));
                        held
                    }
                    (Err(FetchError::Upstream(error)), _) => {
                        return Err(CharactersError::without_answer(error));
                    }
                }
            }
        };
        let readings = stats.readings.of_detail(detail);
        Ok(self.known(readings, stats.fetched_at, degradations))
    }

    /// Equipment of the character of this name, and beside it the stats for a sheet. They are
    /// waited for as long again as the equipment took, at least a third of the deadline; stats
    /// that are later cost the answer their figures and nothing else.
    ///
    /// # Errors
    ///
    /// [`CharactersError`] as of [`Characters::equipment`].
    pub async fn equipment_and_stats(
        &self,
        name: &CharacterName,
        refresh: Refresh,
        detail: Detail,
    ) -> Result<(Lookup, Option<Aged<HashedReadings>>), CharactersError> {
        let asked = match detail {
            Detail::Quick => self.with_one_allowance(),
            Detail::Full => self.clone(),
        };
        let begin = Instant::now();
        let equipment = std::pin::pin!(asked.equipment(name, refresh));
        let stats = std::pin::pin!(asked.stats(name, refresh, detail));
        let (lookup, stats) = match select(equipment, stats).await {
            Either::Left((lookup, stats)) => {
                let lookup = lookup?;
                // A machine or an upstream that is slow with one is slow with the other.
                let after = begin.elapsed().max(self.settings.deadline / STORE_SHARE);
                let late = UpstreamError::TimedOut { after };
                let stats = Deadline::within(after).timeout(stats).await;
                (
                    lookup,
                    stats.unwrap_or(Err(CharactersError::Unavailable(late))),
                )
            }
            Either::Right((stats, equipment)) => (equipment.await?, stats),
        };
        if let Err(error) = &stats {
            let error = kernel::chain(error);
            tracing::warn!(error, "answered without a stat sheet");
        }
        Ok((lookup, stats.ok()))
    }

    /// The same, where everything asked for takes from the caller's allowance once: final stats
    /// beside the equipment are one question.
    fn with_one_allowance(&self) -> Self {
        let once = self.allowance.clone().map(|allowance| TakenOnce {
            allowance,
            taken: OnceLock::new(),
        });
        Self {
            allowance: once.map(|once| Arc::new(once) as Arc<dyn FetchAllowance>),
            ..self.clone()
        }
    }

    /// Stats of a character as far as known, however old.
    async fn held_stats(
        &self,
        name: &CharacterName,
        deadline: Deadline,
        degradations: &mut Vec<Degradation>,
    ) -> Option<StoredStats> {
        let record = self.held_character(name, deadline, degradations).await?;
        let patience = deadline.capped(self.settings.deadline / STORE_SHARE);
        let ocid = &record.character.ocid;
        let held = self.fetches.held_stats(ocid, Timestamp::MIN, degradations);
        let held = patience.timeout(held).await;
        held.unwrap_or_else(|late| super::give_up(late, degradations))
    }
}

impl Fetches {
    /// The stats of the character of this name, as the upstream said after `since`.
    async fn stats(
        self: &Arc<Self>,
        name: &CharacterName,
        since: Timestamp,
        detail: Detail,
    ) -> Result<Fetched<StoredStats>, FetchError> {
        let unusable = self.stat_failures.get(name);
        if let Some(error) = unusable.filter(UpstreamError::is_unusable_answer) {
            return Err(FetchError::Upstream(error));
        }
        let (fetches, wanted) = (Arc::clone(self), name.clone());
        let fetch = move || async move { fetches.fetch_stats(&wanted, since, detail).await };
        self.stats[detail as usize].join(name, fetch).await
    }

    /// Like [`Fetches::stats`], but for the next one who asks; else the reason that the last try
    /// failed a moment ago.
    fn refresh_stats(
        self: &Arc<Self>,
        name: &CharacterName,
        since: Timestamp,
        detail: Detail,
    ) -> Result<(), UpstreamError> {
        if let Some(error) = self.stat_failures.get(name) {
            return Err(error);
        }
        let (fetches, wanted) = (Arc::clone(self), name.clone());
        let fetch = move || async move { fetches.fetch_stats(&wanted, since, detail).await };
        self.stats[detail as usize].start(name, fetch);
        Ok(())
    }

    async fn fetch_stats(
        self: &Arc<Self>,
        name: &CharacterName,
        since: Timestamp,
        detail: Detail,
    ) -> Result<Fetched<StoredStats>, FetchError> {
        let _turn = self.turn("stats", name).await;
        let who = self.character(name, since).await?;
        let (ocid, mut degradations) = (who.value.character.ocid, who.degradations);
        let held = self.held_stats(&ocid, since, &mut degradations).await;
        let is_enough =
            |held: &StoredStats| held.fetched_at > since && held.readings.suffices(detail);
        let (value, asked) = match held.filter(is_enough) {
            Some(held) => (held, false),
            None => match self.ask_stats(name, &ocid, detail).await {
                Ok(readings) => (
                    self.store_stats(&ocid, readings, &mut degradations).await,
                    true,
                ),
                Err(error) => {
                    self.note_stat_failure(name, &error);
                    return Err(FetchError::Upstream(error));
                }
            },
        };
        Ok(Fetched {
            value,
            asked,
            degradations,
        })
    }

    /// Asks for the final stats and, in full, for every source at the same time. A source that
    /// gives no answer costs itself only.
    async fn ask_stats(
        &self,
        name: &CharacterName,
        ocid: &Ocid,
        detail: Detail,
    ) -> Result<StatReadings, UpstreamError> {
        let sources = match detail {
            Detail::Quick => &[][..],
            Detail::Full => &STAT_SOURCES,
        };
        let given = join_all(
            (sources.iter())
                .map(|source| async move { (*source, self.given(ocid, *source).await) }),
        );
        let recorded = self.stats_source.recorded(ocid);
        let (recorded, given) = futures_util::future::join(recorded, given).await;
        let recorded = recorded?.ok_or_else(|| nobody("character/stat"))?;
        let mut readings = StatReadings::quick(recorded);
        for (source, given) in given {
            match given {
                Ok(stats) => {
                    readings.given.insert(source, stats);
                }
                Err(error) if error.is_unusable_answer() => readings.unusable.push(source),
                Err(error) => self.note_stat_failure(name, &error),
            }
        }
        Ok(readings)
    }

    async fn given(&self, ocid: &Ocid, source: StatSource) -> Result<GivenStats, UpstreamError> {
        let given = self.stats_source.given(ocid, source).await?;
        given.ok_or_else(|| nobody("a source of stats"))
    }

    async fn store_stats(
        &self,
        ocid: &Ocid,
        readings: StatReadings,
        degradations: &mut Vec<Degradation>,
    ) -> StoredStats {
        let document = Document::compress_with(&readings.to_document(), self.compression);
        let snapshot = Snapshot {
            ocid: stats_key(ocid),
            fetched_at: self.now(),
            document: document.expect("readings are far below the limit of size"),
        };
        self.cache.store_snapshot(&snapshot, degradations).await;
        StoredStats {
            readings: self.keep(&snapshot.document, readings),
            fetched_at: snapshot.fetched_at,
        }
    }

    /// The newest that is known of a character's stats, if it can be read.
    async fn held_stats(
        &self,
        ocid: &Ocid,
        since: Timestamp,
        degradations: &mut Vec<Degradation>,
    ) -> Option<StoredStats> {
        let key = stats_key(ocid);
        let found = self.cache.snapshot(&key, since, degradations).await?;
        match self.read(&found.snapshot.document) {
            Ok(readings) => {
                if !found.was_read {
                    self.cache.cache_snapshot(&found.snapshot);
                }
                Some(StoredStats {
                    readings,
                    fetched_at: found.snapshot.fetched_at,
                })
            }
            Err(error) => {
                degradations.push(Degradation::StoredDocument(Arc::new(error)));
                None
            }
        }
    }

    /// The readings of a document, read once while memory keeps them.
    fn read(&self, document: &Document) -> Result<Arc<KnownReadings>, UnreadableDocument> {
        match self.readings.get(&document.hash()) {
            Some(known) => Ok(known),
            None => Ok(self.keep(
                document,
                StatReadings::of_document(&document.decompress()?)?,
            )),
        }
    }

    fn keep(&self, document: &Document, readings: StatReadings) -> Arc<KnownReadings> {
        let known = Arc::new(KnownReadings::of(readings));
        let (hash, bytes) = (document.hash(), known.bytes());
        self.readings
            .put(hash, Arc::clone(&known), bytes, KEPT_IN_MEMORY);
        known
    }

    fn note_stat_failure(&self, name: &CharacterName, error: &UpstreamError) {
        let rest = self.rest_after(error);
        let bytes = name.as_str().len() + size_of::<UpstreamError>();
        self.stat_failures
            .put(name.clone(), error.clone(), bytes, rest);
    }
}

/// An allowance that is taken from once at most.
#[derive(Debug)]
struct TakenOnce {
    allowance: Arc<dyn FetchAllowance>,
    taken: OnceLock<Result<(), AllowanceSpent>>,
}

impl FetchAllowance for TakenOnce {
    fn take(&self) -> Result<(), AllowanceSpent> {
        *self.taken.get_or_init(|| self.allowance.take())
    }
}

/// The upstream does not know the identifier it has just given, or has no such document.
fn nobody(endpoint: &str) -> UpstreamError {
    UpstreamError::Unusable(InvalidDocument {
        path: endpoint.to_owned(),
        problem: "the upstream has no such document of this character".to_owned(),
    })
}
