//! Characters and what they wear: from the store while it is fresh, else from the upstream,
//! else from the store with its age.

mod answer;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kernel::{CharacterName, Clock};

use crate::{
    Character, CharacterDirectory, CharacterRecord, Document, Equipment, EquipmentSource,
    InvalidDocument, MAX_DOCUMENT_BYTES, Snapshot, SnapshotStore, UpstreamError,
};

pub use answer::{
    CharactersError, FRESH_FOR, Freshness, Known, Refresh, Trouble, UnreadableDocument, Wearer,
};

/// Answers who characters are and what they wear.
#[derive(Debug, Clone)]
pub struct Characters {
    directory: Arc<dyn CharacterDirectory>,
    source: Arc<dyn EquipmentSource>,
    store: Arc<dyn SnapshotStore>,
    clock: Arc<dyn Clock>,
}

impl Characters {
    /// Over these ports.
    pub fn new(
        directory: Arc<dyn CharacterDirectory>,
        source: Arc<dyn EquipmentSource>,
        store: Arc<dyn SnapshotStore>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            directory,
            source,
            store,
            clock,
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
        let mut troubles = Vec::new();
        let stored = self.stored_character(name, &mut troubles).await;
        let record = match stored {
            Some(record) if self.is_usable(record.fetched_at, refresh) => record,
            stored => match self.ask_who(name, stored.as_ref()).await {
                Ok(Some(character)) => self.keep_character(character, &mut troubles).await,
                Ok(None) => return Err(CharactersError::UnknownCharacter(name.clone())),
                Err(error) => earlier_or(error, stored, &mut troubles)?,
            },
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
    ) -> Result<Known<Wearer>, CharactersError> {
        let who = self.who(name, refresh).await?;
        let (character, mut troubles) = (who.value, who.troubles);
        let stored = self.stored_equipment(&character, &mut troubles).await;
        let wearer = match stored {
            Some(wearer) if self.is_usable(wearer.snapshot.fetched_at, refresh) => wearer,
            stored => match self.ask_equipment(character, &mut troubles).await {
                Ok(Some(wearer)) => wearer,
                Ok(None) => return Err(CharactersError::UnknownCharacter(name.clone())),
                Err(error) => earlier_or(error, stored, &mut troubles)?,
            },
        };
        let fetched_at = wearer.snapshot.fetched_at;
        Ok(self.known(wearer, fetched_at, troubles))
    }

    async fn stored_character(
        &self,
        name: &CharacterName,
        troubles: &mut Vec<Trouble>,
    ) -> Option<CharacterRecord> {
        let stored = self.store.character(name).await;
        stored.unwrap_or_else(|error| {
            troubles.push(Trouble::Store(error));
            None
        })
    }

    async fn stored_equipment(
        &self,
        character: &Character,
        troubles: &mut Vec<Trouble>,
    ) -> Option<Wearer> {
        let snapshot = match self.store.latest(&character.ocid).await {
            Ok(stored) => stored?,
            Err(error) => {
                troubles.push(Trouble::Store(error));
                return None;
            }
        };
        match self.read_back(&snapshot.document) {
            Ok(equipment) => Some(self.wearer(character.clone(), snapshot, equipment)),
            Err(error) => {
                troubles.push(Trouble::StoredDocument(error));
                None
            }
        }
    }

    fn read_back(&self, document: &Document) -> Result<Equipment, UnreadableDocument> {
        Ok(self.source.read(&document.decompress()?)?)
    }

    async fn ask_who(
        &self,
        name: &CharacterName,
        stored: Option<&CharacterRecord>,
    ) -> Result<Option<Character>, UpstreamError> {
        if let Some(record) = stored {
            let character = self.directory.describe(&record.character.ocid).await?;
            if let Some(character) = character.filter(|character| character.name == *name) {
                return Ok(Some(character));
            }
        }
        self.look_up(name).await
    }

    /// Asks by name, as if nothing were known of the character.
    async fn look_up(&self, name: &CharacterName) -> Result<Option<Character>, UpstreamError> {
        let Some(ocid) = self.directory.resolve(name).await? else {
            return Ok(None);
        };
        let character = self.directory.describe(&ocid).await?;
        character.ok_or_else(contradiction).map(Some)
    }

    /// Asks what a character wears and keeps the answer.
    ///
    /// An identifier that the upstream no longer knows is looked up once more by name. Once the
    /// upstream has failed in this request it is not asked again.
    async fn ask_equipment(
        &self,
        character: Character,
        troubles: &mut Vec<Trouble>,
    ) -> Result<Option<Wearer>, UpstreamError> {
        if let Some(error) = take_outage(troubles) {
            return Err(error);
        }
        if let Some(document) = self.source.fetch(&character.ocid).await? {
            return self.accept(character, &document, troubles).await.map(Some);
        }
        let Some(character) = self.look_up(&character.name).await? else {
            return Ok(None);
        };
        let character = self.keep_character(character, troubles).await.character;
        let document = self.source.fetch(&character.ocid).await?;
        let document = document.ok_or_else(contradiction)?;
        self.accept(character, &document, troubles).await.map(Some)
    }

    async fn accept(
        &self,
        character: Character,
        document: &[u8],
        troubles: &mut Vec<Trouble>,
    ) -> Result<Wearer, UpstreamError> {
        let equipment = self.source.read(document)?;
        let document = Document::compress(document).map_err(|error| InvalidDocument {
            place: format!("byte {MAX_DOCUMENT_BYTES}"),
            problem: error.to_string(),
        })?;
        let snapshot = Snapshot {
            ocid: character.ocid.clone(),
            fetched_at: self.now(),
            document,
        };
        if let Err(error) = self.store.save(&snapshot).await {
            troubles.push(Trouble::Store(error));
        }
        Ok(self.wearer(character, snapshot, equipment))
    }

    async fn keep_character(
        &self,
        character: Character,
        troubles: &mut Vec<Trouble>,
    ) -> CharacterRecord {
        let record = CharacterRecord {
            character,
            fetched_at: self.now(),
        };
        if let Err(error) = self.store.save_character(&record).await {
            troubles.push(Trouble::Store(error));
        }
        record
    }

    fn wearer(&self, character: Character, snapshot: Snapshot, equipment: Equipment) -> Wearer {
        Wearer {
            character,
            snapshot,
            equipment,
            source: self.source.name(),
        }
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

    fn is_usable(&self, fetched_at: Timestamp, refresh: Refresh) -> bool {
        refresh == Refresh::WhenStale && self.age(fetched_at) < FRESH_FOR
    }

    /// How long ago it was; none at all when another machine's clock is ahead of ours.
    fn age(&self, fetched_at: Timestamp) -> Duration {
        let age = self.clock.now().duration_since(fetched_at);
        age.try_into().unwrap_or_default()
    }

    /// The present time to the microsecond, as stores keep it.
    fn now(&self) -> Timestamp {
        let micros = self.clock.now().as_microsecond();
        Timestamp::from_microsecond(micros).expect("a coarser time stays in range")
    }
}

/// What was known before, if the upstream merely gave no answer and anything was known.
fn earlier_or<T>(
    error: UpstreamError,
    earlier: Option<T>,
    troubles: &mut Vec<Trouble>,
) -> Result<T, CharactersError> {
    match (error, earlier) {
        (UpstreamError::Invalid(document), _) => Err(CharactersError::UpstreamInvalid(document)),
        (error, None) => Err(CharactersError::Unavailable(error)),
        (error, Some(earlier)) => {
            troubles.push(Trouble::Upstream(error));
            Ok(earlier)
        }
    }
}

fn take_outage(troubles: &mut Vec<Trouble>) -> Option<UpstreamError> {
    let is_outage = |trouble: &Trouble| matches!(trouble, Trouble::Upstream(_));
    let index = troubles.iter().position(is_outage)?;
    match troubles.remove(index) {
        Trouble::Upstream(error) => Some(error),
        _ => None,
    }
}

fn contradiction() -> UpstreamError {
    UpstreamError::Failed {
        reason: "it does not know the identifier it has just given".to_owned(),
    }
}
