//! The dependencies of `Characters`, made of fakes.

use std::sync::Arc;
use std::time::Duration;

use equipment::testkit::{FakeUpstream, MemorySharedCache, MemoryStore};
use equipment::{
    Aged, Character, Characters, CharactersError, CharactersSettings, Dependencies, Document,
    Equipment, EquippedCharacter, Lookup, Ocid, Preset, Refresh, SharedCache, Snapshot,
    SnapshotStore, StatTotals, UpstreamError,
};
use jiff::Timestamp;
use kernel::{CharacterName, Clock, Lock, ManualClock, MemoryLock, RecordingAlertSink};
use resilience::Jitter;
use tokio_util::task::TaskTracker;

pub(crate) const FIRST: &[u8] = b"{\"preset_no\":1}";
pub(crate) const SECOND: &[u8] = b"{\"preset_no\":2}";

pub(crate) struct World {
    pub(crate) upstream: Arc<FakeUpstream>,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) shared: Option<Arc<MemorySharedCache>>,
    pub(crate) fetch_locks: MemoryLock,
    pub(crate) alerts: Arc<RecordingAlertSink>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) tasks: TaskTracker,
    pub(crate) characters: Characters,
}

impl World {
    /// 아델 exists, wears `FIRST`, and nothing is stored.
    pub(crate) fn new() -> Self {
        let upstream = Arc::new(FakeUpstream::default());
        upstream.put_character(character("ocid-1"));
        upstream.put_equipment(&Ocid::new("ocid-1"), FIRST, wearing(1));
        let clock = Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH));
        Self::over(upstream, Arc::default(), None, MemoryLock::default(), clock)
    }

    /// The same, with a memory to share.
    pub(crate) fn sharing() -> Self {
        let World {
            upstream,
            store,
            fetch_locks,
            clock,
            ..
        } = Self::new();
        let shared = Arc::new(MemorySharedCache::new(clock.clone()));
        Self::over(upstream, store, Some(shared), fetch_locks, clock)
    }

    /// A service with an empty memory over the same upstream, store and shared cache.
    pub(crate) fn restarted(&self) -> Self {
        Self::over(
            self.upstream.clone(),
            self.store.clone(),
            self.shared.clone(),
            self.fetch_locks.clone(),
            self.clock.clone(),
        )
    }

    fn over(
        upstream: Arc<FakeUpstream>,
        store: Arc<MemoryStore>,
        shared: Option<Arc<MemorySharedCache>>,
        fetch_locks: MemoryLock,
        clock: Arc<ManualClock>,
    ) -> Self {
        let alerts = Arc::new(RecordingAlertSink::default());
        let tasks = TaskTracker::new();
        let dependencies = Dependencies {
            directory: upstream.clone(),
            source: upstream.clone(),
            stats: upstream.clone(),
            store: store.clone(),
            shared: shared.clone().map(|shared| shared as Arc<dyn SharedCache>),
            fetch_locks: shared
                .as_ref()
                .map(|_| Arc::new(fetch_locks.clone()) as Arc<dyn Lock>),
            alerts: alerts.clone(),
            clock: clock.clone(),
            jitter: Jitter::from_seed(1),
            tasks: tasks.clone(),
        };
        let characters = Characters::new(dependencies, CharactersSettings::default());
        Self {
            upstream,
            store,
            shared,
            fetch_locks,
            alerts,
            clock,
            tasks,
            characters,
        }
    }

    pub(crate) async fn lookup(&self) -> Result<Lookup, CharactersError> {
        self.characters
            .equipment(&adele(), Refresh::WhenStale)
            .await
    }

    pub(crate) async fn equipment(&self) -> Result<Aged<EquippedCharacter>, CharactersError> {
        self.lookup().await?.whole()
    }

    pub(crate) async fn refreshed(&self) -> Result<Aged<EquippedCharacter>, CharactersError> {
        let lookup = self.characters.equipment(&adele(), Refresh::Now).await;
        lookup?.whole()
    }

    pub(crate) fn upstream_fails(&self) {
        self.upstream.set_failure(Some(UpstreamError::TimedOut {
            after: Duration::from_millis(800),
        }));
    }

    /// A minute later another instance fetches this document.
    pub(crate) async fn fetched_elsewhere(&self, document: &[u8]) {
        self.clock.advance(Duration::from_mins(1));
        let snapshot = Snapshot {
            ocid: Ocid::new("ocid-1"),
            fetched_at: self.clock.now(),
            document: Document::compress(document).unwrap(),
        };
        self.store.save(&snapshot).await.unwrap();
        let shared = self.shared.as_ref().unwrap();
        let long = Duration::from_hours(1);
        shared.put(&snapshot, long).await.unwrap();
        tokio::task::yield_now().await;
    }

    /// Waits until nothing goes on in the background.
    pub(crate) async fn quiet(&self) {
        self.tasks.close();
        self.tasks.wait().await;
        self.tasks.reopen();
    }
}

pub(crate) fn adele() -> CharacterName {
    "아델".parse().unwrap()
}

pub(crate) fn character(ocid: &str) -> Character {
    Character {
        ocid: Ocid::new(ocid),
        name: adele(),
        world: "스카니아".to_owned(),
        class: "아델".to_owned(),
        level: 295,
    }
}

pub(crate) fn wearing(preset: u8) -> Equipment {
    Equipment {
        class: Some("아델".to_owned()),
        presets: vec![Preset {
            number: preset,
            active: true,
            items: Vec::new(),
        }],
        title: StatTotals::default(),
    }
}
