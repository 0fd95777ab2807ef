//! An upstream in memory: the directory of characters and the source of their equipment.

use std::collections::HashMap;

use async_trait::async_trait;
use bytes::Bytes;
use kernel::CharacterName;
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::watch;

use planning::{GivenStats, RecordedStats, StatSource};

use crate::{
    Character, CharacterDirectory, Equipment, EquipmentSource, InvalidDocument, Ocid, StatsSource,
    UpstreamError,
};

/// Knows the characters and documents a test gave it.
///
/// It reads only the documents it was given, and says of every other that it is invalid.
#[derive(Debug)]
pub struct FakeUpstream {
    state: Mutex<State>,
    held: watch::Sender<bool>,
}

/// Number of questions by kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// Questions for the identifier of a name.
    pub resolve: u32,
    /// Questions for the identity.
    pub describe: u32,
    /// Questions for the equipment.
    pub fetch: u32,
    /// Questions for the final stats.
    pub stats: u32,
    /// Questions for the stats that a source gives.
    pub given: u32,
}

#[derive(Debug, Default)]
struct State {
    asked: Asked,
    failure: Option<UpstreamError>,
    source_failures: HashMap<StatSource, UpstreamError>,
    recorded: HashMap<Ocid, RecordedStats>,
    characters: HashMap<Ocid, Character>,
    names: HashMap<CharacterName, Ocid>,
    worn: HashMap<Ocid, Bytes>,
    readable: HashMap<Bytes, Equipment>,
}

impl Default for FakeUpstream {
    /// Knows nobody.
    fn default() -> Self {
        Self {
            state: Mutex::default(),
            held: watch::Sender::new(false),
        }
    }
}

impl FakeUpstream {
    /// Lets every question wait from now on, until it is answered with [`FakeUpstream::release`].
    pub fn hold(&self) {
        self.held.send_replace(true);
    }

    /// Answers the questions that wait, and later ones at once.
    pub fn release(&self) {
        self.held.send_replace(false);
    }

    /// Number of questions so far, whatever came of them.
    pub fn asked(&self) -> Asked {
        self.lock().asked
    }

    /// Makes a character known, or known otherwise than before.
    pub fn put_character(&self, character: Character) {
        let mut state = self.lock();
        state.characters.insert(character.ocid.clone(), character);
    }

    /// Gives this identifier for a name, whether it is known or not.
    pub fn put_name(&self, name: &CharacterName, ocid: &Ocid) {
        self.lock().names.insert(name.clone(), ocid.clone());
    }

    /// Puts equipment on a character, written as `document`.
    pub fn put_equipment(&self, ocid: &Ocid, document: &'static [u8], equipment: Equipment) {
        let document = Bytes::from_static(document);
        let mut state = self.lock();
        state.readable.insert(document.clone(), equipment);
        state.worn.insert(ocid.clone(), document);
    }

    /// Answers with this document, which cannot be read, when asked for the equipment.
    pub fn put_unreadable(&self, ocid: &Ocid, document: &'static [u8]) {
        let document = Bytes::from_static(document);
        let mut state = self.lock();
        state.readable.remove(&document);
        state.worn.insert(ocid.clone(), document);
    }

    /// Gives a character these final stats, and nothing from any source.
    pub fn put_stats(&self, ocid: &Ocid, recorded: RecordedStats) {
        self.lock().recorded.insert(ocid.clone(), recorded);
    }

    /// Fails every question for what this source gives, or none.
    pub fn set_source_failure(&self, source: StatSource, failure: Option<UpstreamError>) {
        let mut state = self.lock();
        match failure {
            Some(failure) => state.source_failures.insert(source, failure),
            None => state.source_failures.remove(&source),
        };
    }

    /// Forgets an identifier, as the upstream does when a character moves between worlds.
    pub fn forget(&self, ocid: &Ocid) {
        let mut state = self.lock();
        state.characters.remove(ocid);
        state.worn.remove(ocid);
    }

    /// Fails every call from now on, or none.
    pub fn set_failure(&self, failure: Option<UpstreamError>) {
        self.lock().failure = failure;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    /// A question arrives, and waits while it must.
    async fn arrive(&self, question: impl FnOnce(&mut Asked)) {
        question(&mut self.lock().asked);
        let mut held = self.held.subscribe();
        let released = held.wait_for(|held| !held).await;
        released.expect("the sender lives as long as the upstream");
    }

    fn open(&self) -> Result<MutexGuard<'_, State>, UpstreamError> {
        let state = self.lock();
        match &state.failure {
            Some(failure) => Err(failure.clone()),
            None => Ok(state),
        }
    }
}

#[async_trait]
impl CharacterDirectory for FakeUpstream {
    async fn resolve(&self, name: &CharacterName) -> Result<Option<Ocid>, UpstreamError> {
        self.arrive(|asked| asked.resolve += 1).await;
        let state = self.open()?;
        let found = state.characters.values().find(|known| known.name == *name);
        let found = found.map(|known| &known.ocid);
        Ok(found.or_else(|| state.names.get(name)).cloned())
    }

    async fn describe(&self, ocid: &Ocid) -> Result<Option<Character>, UpstreamError> {
        self.arrive(|asked| asked.describe += 1).await;
        Ok(self.open()?.characters.get(ocid).cloned())
    }
}

#[async_trait]
impl EquipmentSource for FakeUpstream {
    fn name(&self) -> &'static str {
        "fake"
    }

    async fn fetch(&self, ocid: &Ocid) -> Result<Option<Bytes>, UpstreamError> {
        self.arrive(|asked| asked.fetch += 1).await;
        let Some(document) = self.open()?.worn.get(ocid).cloned() else {
            return Ok(None);
        };
        self.read(&document)?;
        Ok(Some(document))
    }

    fn read(&self, document: &[u8]) -> Result<Equipment, InvalidDocument> {
        let readable = self.lock().readable.get(document).cloned();
        readable.ok_or_else(|| InvalidDocument {
            path: "byte 0".to_owned(),
            problem: "no document of this upstream".to_owned(),
        })
    }
}

#[async_trait]
impl StatsSource for FakeUpstream {
    async fn recorded(&self, ocid: &Ocid) -> Result<Option<RecordedStats>, UpstreamError> {
        self.arrive(|asked| asked.stats += 1).await;
        Ok(self.open()?.recorded.get(ocid).cloned())
    }

    async fn given(
        &self,
        ocid: &Ocid,
        source: StatSource,
    ) -> Result<Option<GivenStats>, UpstreamError> {
        self.arrive(|asked| asked.given += 1).await;
        let state = self.open()?;
        if let Some(failure) = state.source_failures.get(&source) {
            return Err(failure.clone());
        }
        Ok(state.recorded.get(ocid).map(|_| GivenStats::default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::{
        character_directory_contract, equipment_source_contract, stats_source_contract,
    };

    fn upstream_with_one_character() -> (FakeUpstream, Character) {
        let character = Character {
            ocid: Ocid::new("f00d"),
            name: "아델".parse().unwrap(),
            world: "스카니아".to_owned(),
            class: "아델".to_owned(),
            level: 295,
        };
        let upstream = FakeUpstream::default();
        upstream.put_character(character.clone());
        let equipment = Equipment {
            class: Some("아델".to_owned()),
            presets: Vec::new(),
            title: crate::StatTotals::default(),
        };
        upstream.put_equipment(&character.ocid, b"{}", equipment);
        (upstream, character)
    }

    #[tokio::test]
    async fn upstream_in_memory_keeps_the_contracts() {
        let (upstream, character) = upstream_with_one_character();
        let stranger = "없는캐릭터".parse().unwrap();
        let nobody = Ocid::new("0000");
        character_directory_contract(&upstream, &character.name, &stranger, &nobody).await;
        equipment_source_contract(&upstream, &character.ocid, &nobody).await;
        upstream.put_stats(&character.ocid, RecordedStats::default());
        stats_source_contract(&upstream, &character.ocid, &nobody).await;
    }

    #[tokio::test]
    async fn failure_answers_every_call() {
        let (upstream, character) = upstream_with_one_character();
        upstream.set_failure(Some(UpstreamError::QuotaExceeded { retry_after: None }));
        assert!(upstream.resolve(&character.name).await.is_err());
        assert!(upstream.describe(&character.ocid).await.is_err());
        assert!(upstream.fetch(&character.ocid).await.is_err());
    }

    #[tokio::test]
    async fn unreadable_document_is_not_handed_out() {
        let (upstream, character) = upstream_with_one_character();
        upstream.put_unreadable(&character.ocid, b"{\"cut");
        let answer = upstream.fetch(&character.ocid).await;
        assert!(matches!(answer, Err(UpstreamError::Invalid(_))));
    }
}
