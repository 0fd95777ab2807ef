//! Asking the upstream, and keeping what it says.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kernel::{CharacterName, Clock, Lease, Lock};

use super::cache::TieredCache;
use super::in_flight::InFlight;
use super::names::{NameOwner, Names};
use super::outage::{Asked, Outage};
use super::stats::StoredStats;
use super::validity::Versions;
use crate::stats::KnownReadings;
use crate::{
    ByteCache, Character, CharacterDirectory, CharacterRecord, Compression, ContentHash,
    Degradation, Document, Equipment, EquipmentSource, EquippedCharacter, InvalidDocument,
    MAX_DOCUMENT_BYTES, Snapshot, StatsSource, UnreadableDocument, UpstreamError,
};

/// Time for which another instance's fetch is waited for before this one fetches: longer than a
/// fetch takes, with its retries, and than a dead instance keeps its turn.
const TURN_PATIENCE: Duration = Duration::from_secs(15);

/// Time for which an answer that cannot be used stands for the character it is about.
const UNUSABLE_FOR: Duration = Duration::from_mins(5);

/// Fetches, each at most once at a time.
#[derive(Debug)]
pub(super) struct Fetches {
    pub(super) directory: Arc<dyn CharacterDirectory>,
    pub(super) source: Arc<dyn EquipmentSource>,
    pub(super) stats_source: Arc<dyn StatsSource>,
    pub(super) cache: Arc<TieredCache>,
    pub(super) versions: Arc<Versions>,
    pub(super) names: Names,
    /// Failure of the latest fetch for a name, while that is recent.
    pub(super) failures: ByteCache<CharacterName, UpstreamError>,
    /// Failure of the latest fetch of stats for a name, while that is recent.
    pub(super) stat_failures: ByteCache<CharacterName, UpstreamError>,
    pub(super) rest_after_failure: Duration,
    pub(super) fetch_locks: Option<Arc<dyn Lock>>,
    pub(super) outage: Outage,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) compression: Compression,
    pub(super) characters: InFlight<Fetched<CharacterRecord>>,
    pub(super) wearers: InFlight<Fetched<EquippedCharacter>>,
    /// Quick ones, and full ones.
    /// Readings of stats by the hashes of their documents.
    pub(super) readings: ByteCache<ContentHash, Arc<KnownReadings>>,
    pub(super) stats: [InFlight<Fetched<StoredStats>>; 2],
}

/// Result of a fetch, shared by all who waited for it.
#[derive(Debug, Clone)]
pub(super) struct Fetched<T> {
    pub(super) value: T,
    /// True when the upstream was asked for it just now.
    pub(super) asked: bool,
    pub(super) degradations: Vec<Degradation>,
}

/// Reason for which a fetch found nothing.
#[derive(Debug, Clone)]
pub(super) enum FetchError {
    UnknownCharacter,
    Upstream(UpstreamError),
}

impl Fetches {
    /// Identity of the character of this name, as the upstream said after `since`.
    pub(super) async fn character(
        self: &Arc<Self>,
        name: &CharacterName,
        since: Timestamp,
    ) -> Result<Fetched<CharacterRecord>, FetchError> {
        self.not_unusable(name)?;
        let (fetches, wanted) = (Arc::clone(self), name.clone());
        let fetch = move || async move { fetches.fetch_character(&wanted, since).await };
        self.characters.join(name, fetch).await
    }

    /// Equipment of the character of this name, as the upstream said after `since`.
    pub(super) async fn equipped(
        self: &Arc<Self>,
        name: &CharacterName,
        since: Timestamp,
    ) -> Result<Fetched<EquippedCharacter>, FetchError> {
        self.not_unusable(name)?;
        let (fetches, wanted) = (Arc::clone(self), name.clone());
        let fetch = move || async move { fetches.fetch_wearer(&wanted, since).await };
        self.wearers.join(name, fetch).await
    }

    /// Like [`Fetches::character`], but for the next one who asks. Tells why the last try failed,
    /// if that was a moment ago; then there is no other yet.
    pub(super) fn refresh_character(
        self: &Arc<Self>,
        name: &CharacterName,
        since: Timestamp,
    ) -> Result<(), UpstreamError> {
        self.rested(name)?;
        let (fetches, wanted) = (Arc::clone(self), name.clone());
        let fetch = move || async move { fetches.fetch_character(&wanted, since).await };
        self.characters.start(name, fetch);
        Ok(())
    }

    /// Like [`Fetches::equipped`]; else like [`Fetches::refresh_character`].
    pub(super) fn refresh_wearer(
        self: &Arc<Self>,
        name: &CharacterName,
        since: Timestamp,
    ) -> Result<(), UpstreamError> {
        self.rested(name)?;
        let (fetches, wanted) = (Arc::clone(self), name.clone());
        let fetch = move || async move { fetches.fetch_wearer(&wanted, since).await };
        self.wearers.start(name, fetch);
        Ok(())
    }

    /// The newest that is known of what a character wears, if it can be read.
    pub(super) async fn held_wearer(
        &self,
        character: Character,
        since: Timestamp,
        degradations: &mut Vec<Degradation>,
    ) -> Option<EquippedCharacter> {
        let ocid = &character.ocid;
        let found = self.cache.snapshot(ocid, since, degradations).await?;
        if found.was_read {
            return Some(self.assemble(character, found.snapshot, None));
        }
        match self.read_back(&found.snapshot.document) {
            Ok(equipment) => {
                self.cache.cache_snapshot(&found.snapshot);
                Some(self.assemble(character, found.snapshot, Some(equipment)))
            }
            Err(error) => {
                degradations.push(Degradation::StoredDocument(Arc::new(error)));
                None
            }
        }
    }

    async fn fetch_character(
        &self,
        name: &CharacterName,
        since: Timestamp,
    ) -> Result<Fetched<CharacterRecord>, FetchError> {
        let _turn = self.turn("character", name).await;
        let mut degradations = Vec::new();
        // A fetch that waited for its turn may find that another fetch, perhaps another instance's,
        // has just brought what it came for.
        let held = self.cache.character(name, since, &mut degradations).await;
        let (value, asked) = match held {
            Some(record) if record.fetched_at > since => (record, false),
            held => {
                let answer = self.ask_who(name, held.as_ref()).await;
                if let (Ok(None), Some(_)) = (&answer, &held) {
                    self.names.mark_gone(name);
                }
                let character = self.settle(name, Asked::Who, held.is_some(), answer)?;
                (
                    self.store_character(character, &mut degradations).await,
                    true,
                )
            }
        };
        Ok(Fetched {
            value,
            asked,
            degradations,
        })
    }

    async fn fetch_wearer(
        self: &Arc<Self>,
        name: &CharacterName,
        since: Timestamp,
    ) -> Result<Fetched<EquippedCharacter>, FetchError> {
        let _turn = self.turn("equipment", name).await;
        let who = self.character(name, since).await?;
        let (character, mut degradations) = (who.value.character, who.degradations);
        let is_new = who.asked;
        let held = self
            .held_wearer(character.clone(), since, &mut degradations)
            .await;
        let (value, asked) = match held {
            Some(equipped) if equipped.snapshot.fetched_at > since => (equipped, false),
            held => {
                let answer = self
                    .ask_equipment(character, is_new, &mut degradations)
                    .await;
                let value = self.settle(name, Asked::Equipment, held.is_some(), answer)?;
                (value, true)
            }
        };
        Ok(Fetched {
            value,
            asked,
            degradations,
        })
    }

    /// Waits while another instance fetches the same. It is only a help: when the lock is
    /// not available this instance fetches nevertheless.
    pub(super) async fn turn(&self, what: &str, name: &CharacterName) -> Option<Lease> {
        let fetch_locks = self.fetch_locks.as_ref()?;
        let turn = format!("fetch:{what}:{name}");
        fetch_locks.acquire(&turn, TURN_PATIENCE).await.ok()
    }

    /// Takes note of what came of a fetch; `held` is whether something older is known.
    fn settle<T>(
        &self,
        name: &CharacterName,
        asked: Asked,
        held: bool,
        answer: Result<Option<T>, UpstreamError>,
    ) -> Result<T, FetchError> {
        match answer {
            Ok(found) => {
                self.failures.remove(name);
                self.outage.answered(asked);
                found.ok_or_else(|| {
                    self.names.mark_unknown(name);
                    FetchError::UnknownCharacter
                })
            }
            Err(error) => {
                let bytes = name.as_str().len() + size_of::<UpstreamError>();
                let rest = self.rest_after(&error);
                self.outage.failed(asked, held, &error);
                self.failures.put(name.clone(), error.clone(), bytes, rest);
                Err(FetchError::Upstream(error))
            }
        }
    }

    /// Time for which a failure stands.
    pub(super) fn rest_after(&self, error: &UpstreamError) -> Duration {
        if error.is_about_the_character() {
            UNUSABLE_FOR
        } else {
            self.rest_after_failure
        }
    }

    /// An answer that cannot be used is remembered: the next one would be no better.
    fn not_unusable(&self, name: &CharacterName) -> Result<(), FetchError> {
        let known = self.failures.get(name);
        match known.filter(UpstreamError::is_unusable_answer) {
            Some(error) => Err(FetchError::Upstream(error)),
            None => Ok(()),
        }
    }

    fn rested(&self, name: &CharacterName) -> Result<(), UpstreamError> {
        self.failures.get(name).map_or(Ok(()), Err)
    }

    async fn ask_who(
        &self,
        name: &CharacterName,
        held: Option<&CharacterRecord>,
    ) -> Result<Option<Character>, UpstreamError> {
        let known = held.map(|record| record.character.ocid.clone());
        let known = known.or_else(|| match self.names.owner(name)? {
            NameOwner::Character(ocid) => Some(ocid),
            NameOwner::Unknown => None,
        });
        if let Some(ocid) = known {
            if let Some(character) = self.directory.describe(&ocid).await? {
                self.names.confirm(&character);
                if character.name == *name {
                    return Ok(Some(character));
                }
            }
            self.names.forget(name);
        }
        match self.look_up(name).await {
            // What was known of it is kept; a name of which nothing is known is nobody's.
            Err(UpstreamError::Unusable(_)) if held.is_none() => Ok(None),
            answer => answer,
        }
    }

    /// Asks by name, as if nothing were known of the character.
    async fn look_up(&self, name: &CharacterName) -> Result<Option<Character>, UpstreamError> {
        let Some(ocid) = self.directory.resolve(name).await? else {
            return Ok(None);
        };
        let Some(character) = self.directory.describe(&ocid).await? else {
            return Err(contradiction("character/basic"));
        };
        self.names.resolved(name, &ocid);
        Ok(Some(character))
    }

    /// Asks what a character wears and keeps the answer. An identifier that the upstream no
    /// longer knows is looked up once more by name, unless it has just given it.
    async fn ask_equipment(
        &self,
        character: Character,
        is_new: bool,
        degradations: &mut Vec<Degradation>,
    ) -> Result<Option<EquippedCharacter>, UpstreamError> {
        if let Some(document) = self.source.fetch(&character.ocid).await? {
            return self
                .accept(character, &document, degradations)
                .await
                .map(Some);
        }
        self.names.forget(&character.name);
        if is_new {
            return Err(contradiction("character/item-equipment"));
        }
        let Some(character) = self.look_up(&character.name).await? else {
            return Ok(None);
        };
        let character = self
            .store_character(character, degradations)
            .await
            .character;
        let document = self.source.fetch(&character.ocid).await?;
        let document = document.ok_or_else(|| contradiction("character/item-equipment"))?;
        self.accept(character, &document, degradations)
            .await
            .map(Some)
    }

    async fn accept(
        &self,
        character: Character,
        document: &[u8],
        degradations: &mut Vec<Degradation>,
    ) -> Result<EquippedCharacter, UpstreamError> {
        let equipment = self.source.read(document)?;
        let document = Document::compress_with(document, self.compression);
        let document = document.map_err(|error| {
            UpstreamError::Unusable(InvalidDocument {
                path: format!("byte {MAX_DOCUMENT_BYTES}"),
                problem: error.to_string(),
            })
        })?;
        let snapshot = Snapshot {
            ocid: character.ocid.clone(),
            fetched_at: self.now(),
            document,
        };
        self.cache.store_snapshot(&snapshot, degradations).await;
        Ok(self.assemble(character, snapshot, Some(equipment)))
    }

    async fn store_character(
        &self,
        character: Character,
        degradations: &mut Vec<Degradation>,
    ) -> CharacterRecord {
        self.names.confirm(&character);
        let record = CharacterRecord {
            character,
            fetched_at: self.now(),
        };
        self.cache.store_character(&record, degradations).await;
        record
    }

    fn read_back(&self, document: &Document) -> Result<Equipment, UnreadableDocument> {
        Ok(self.source.read(&document.decompress()?)?)
    }

    fn assemble(
        &self,
        character: Character,
        snapshot: Snapshot,
        read: Option<Equipment>,
    ) -> EquippedCharacter {
        EquippedCharacter {
            character,
            snapshot,
            source: self.source.name(),
            reader: Arc::clone(&self.source),
            read: read.map(Arc::new),
        }
    }

    /// The present time to the microsecond, as stores keep it.
    pub(super) fn now(&self) -> Timestamp {
        let micros = self.clock.now().as_microsecond();
        Timestamp::from_microsecond(micros).expect("a coarser time stays in range")
    }
}

/// The upstream gives an identifier that one of its own endpoints does not know: a fact about this
/// character, which the other characters have nothing to do with.
fn contradiction(endpoint: &str) -> UpstreamError {
    UpstreamError::Unusable(InvalidDocument {
        path: endpoint.to_owned(),
        problem: "the upstream does not know the identifier it gives for this name".to_owned(),
    })
}
