//! Scheduled jobs: each tick once, in the right place, within the quota.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use equipment::testkit::{FakeUpstream, MemoryStore};
use equipment::{
    Character, Characters, CharactersSettings, Document, Equipment, Ocid, Preset, Refresh,
    Snapshot, SnapshotStore, Surroundings,
};
use jiff::Timestamp;
use kernel::{CharacterName, Clock, LocalLock, Lock, ManualClock, RecordingAlertSink};
use outbox::testkit::{MemoryOutbox, OutboxUnderTest, RecordingDelivery};
use outbox::{EventId, NewMessage, OutboxStore, Outcome, Relay, RelayOptions};
use resilience::Jitter;
use server::schedule::{
    Agreement, Job, Measures, MemoryTicks, Place, Plan, PurgeOutbox, PurgeSnapshots,
    RefreshPopular, Runner, Tick, Ticks, WarmUp,
};
use telemetry::Metrics;
use testkit::TestDatabase;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

const MINUTE: Duration = Duration::from_mins(1);

/// A job that counts, and fails when told to.
#[derive(Debug)]
struct Counting {
    place: Place,
    runs: AtomicU32,
    fails_at: u32,
}

#[async_trait]
impl Job for Counting {
    fn name(&self) -> &'static str {
        "counting"
    }

    fn plan(&self) -> Plan {
        Plan {
            every: Some(MINUTE),
            place: self.place,
        }
    }

    async fn run(&self, _: &CancellationToken) -> anyhow::Result<String> {
        let run = self.runs.fetch_add(1, Ordering::Relaxed) + 1;
        anyhow::ensure!(run != self.fails_at, "out of luck");
        Ok(format!("run {run}"))
    }
}

/// Three instances of a job, and the time they share.
struct Instances {
    job: Arc<Counting>,
    runners: Vec<Runner>,
    clock: Arc<ManualClock>,
    metrics: Metrics,
}

impl Instances {
    /// Who agree by these ticks.
    fn new(job: Counting, ticks: &Arc<dyn Ticks>) -> Self {
        let (job, clock) = (Arc::new(job), clock());
        let metrics = Metrics::new();
        let measures = Measures::new(&metrics, &["counting"]);
        let agreement = Agreement {
            lock: Arc::new(LocalLock::default()),
            ticks: Arc::clone(ticks),
        };
        let runners = (0..3).map(|instance| {
            Runner::new(
                job.clone(),
                agreement.clone(),
                format!("instance-{instance}"),
                clock.clone(),
                Jitter::from_seed(1),
                measures.clone(),
            )
        });
        Self {
            runners: runners.collect(),
            job,
            clock,
            metrics,
        }
    }

    /// What one tick comes to on each instance.
    async fn tick(&self) -> Vec<Tick> {
        let stop = CancellationToken::new();
        let ticks = self.runners.iter().map(|runner| runner.tick(&stop));
        let ticks = futures_util::future::join_all(ticks).await;
        self.clock.advance(MINUTE);
        ticks
    }
}

fn counting(place: Place) -> Counting {
    Counting {
        place,
        runs: AtomicU32::new(0),
        fails_at: 0,
    }
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at("2026-11-26T12:00:30Z".parse().unwrap()))
}

#[tokio::test]
async fn one_instance_does_each_tick_whatever_keeps_the_ticks() {
    let database = TestDatabase::sqlite();
    let shared: Arc<dyn Ticks> = Arc::new(database.open().await.job_runs());
    let memory: Arc<dyn Ticks> = Arc::new(MemoryTicks::default());
    for ticks in [shared, memory] {
        let instances = Instances::new(counting(Place::OneInstance), &ticks);
        for tick in 1..=5 {
            let came_to = instances.tick().await;
            let done = came_to.iter().filter(|tick| **tick == Tick::Done).count();
            assert_eq!(done, 1, "{came_to:?}");
            assert_eq!(instances.job.runs.load(Ordering::Relaxed), tick);
        }
    }
}

#[tokio::test]
async fn a_tick_is_done_once_however_often_it_is_asked_for() {
    let ticks: Arc<dyn Ticks> = Arc::new(MemoryTicks::default());
    let instances = Instances::new(counting(Place::EveryInstance), &ticks);
    let stop = CancellationToken::new();
    let runner = &instances.runners[0];
    let mut came_to = Vec::new();
    for wait in [0, 29, 1, 0] {
        instances.clock.advance(Duration::from_secs(wait));
        came_to.push(runner.tick(&stop).await);
    }
    assert_eq!(came_to, [Tick::Done, Tick::Taken, Tick::Done, Tick::Taken]);
}

#[tokio::test]
async fn an_instance_that_is_still_at_an_earlier_tick_keeps_others_away() {
    let ticks: Arc<dyn Ticks> = Arc::new(MemoryTicks::default());
    let lock = LocalLock::default();
    let held = lock.acquire("job:counting", Duration::ZERO).await.unwrap();
    let runner = Runner::new(
        Arc::new(counting(Place::OneInstance)),
        Agreement {
            lock: Arc::new(lock.clone()),
            ticks,
        },
        "instance-1".to_owned(),
        clock(),
        Jitter::from_seed(1),
        Measures::new(&Metrics::new(), &["counting"]),
    );
    let stop = CancellationToken::new();
    assert_eq!(runner.tick(&stop).await, Tick::Taken);
    drop(held);
    assert_eq!(runner.tick(&stop).await, Tick::Done);
}

#[tokio::test]
async fn a_failure_is_told_and_the_next_tick_tries_again() {
    let job = Counting {
        fails_at: 1,
        ..counting(Place::OneInstance)
    };
    let ticks: Arc<dyn Ticks> = Arc::new(MemoryTicks::default());
    let instances = Instances::new(job, &ticks);
    assert!(instances.tick().await.contains(&Tick::Failed));
    let latest = ticks.latest("counting").await.unwrap().unwrap();
    assert_eq!(latest.report.as_deref(), Some("out of luck"));
    assert_eq!(latest.ended.map(|(_, succeeded)| succeeded), Some(false));

    assert!(instances.tick().await.contains(&Tick::Done));
    let latest = ticks.latest("counting").await.unwrap().unwrap();
    assert_eq!(latest.report.as_deref(), Some("run 2"));
    let metrics = instances.metrics.text();
    for line in [
        r#"maple_job_runs_total{job="counting",outcome="done"} 1"#,
        r#"maple_job_runs_total{job="counting",outcome="failed"} 1"#,
        r#"maple_job_last_success_timestamp_seconds{job="counting"} 1795694490"#,
    ] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_runner_goes_on_until_it_is_told_to_stop() {
    let ticks: Arc<dyn Ticks> = Arc::new(MemoryTicks::default());
    let mut instances = Instances::new(counting(Place::OneInstance), &ticks);
    let (runner, stop) = (instances.runners.remove(0), CancellationToken::new());
    let work = async {
        for run in 1..=3 {
            while instances.job.runs.load(Ordering::Relaxed) < run {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            instances.clock.advance(MINUTE);
        }
        stop.cancel();
    };
    tokio::join!(runner.run(stop.clone()), work);
    assert_eq!(instances.job.runs.load(Ordering::Relaxed), 3);
}

/// Characters over fakes, and what they are made of.
struct World {
    characters: Characters,
    store: Arc<MemoryStore>,
    clock: Arc<ManualClock>,
}

/// Characters `c0` to `c9` exist.
fn world(store: Arc<MemoryStore>) -> World {
    let upstream = Arc::new(FakeUpstream::default());
    for number in 0..10 {
        let ocid = Ocid::new(format!("ocid-{number}"));
        upstream.put_character(Character {
            ocid: ocid.clone(),
            name: name(number),
            world: "스카니아".to_owned(),
            class: "에반".to_owned(),
            level: 285,
        });
        upstream.put_equipment(&ocid, b"{}", wearing_nothing());
    }
    let clock = clock();
    let surroundings = Surroundings {
        directory: upstream.clone(),
        source: upstream,
        store: store.clone(),
        shared: None,
        turns: None,
        alerts: Arc::new(RecordingAlertSink::default()),
        clock: clock.clone(),
        jitter: Jitter::from_seed(1),
        tasks: TaskTracker::new(),
    };
    World {
        characters: Characters::new(surroundings, CharactersSettings::default()),
        store,
        clock,
    }
}

fn name(number: u32) -> CharacterName {
    format!("c{number}").parse().unwrap()
}

fn wearing_nothing() -> Equipment {
    Equipment {
        class: None,
        presets: vec![Preset {
            number: 1,
            active: true,
            items: Vec::new(),
        }],
    }
}

async fn report(job: &dyn Job) -> String {
    job.run(&CancellationToken::new()).await.unwrap()
}

async fn ask(world: &World, numbers: std::ops::Range<u32>, times: u32) {
    for number in (0..times).flat_map(|_| numbers.clone()) {
        let name = name(number);
        let asked = world.characters.equipment(&name, Refresh::WhenStale);
        asked.await.unwrap();
    }
}

#[tokio::test]
async fn popular_characters_are_fetched_before_they_are_stale() {
    let world = world(Arc::default());
    let job = RefreshPopular::new(world.characters.clone(), None);
    ask(&world, 0..2, 9).await;
    ask(&world, 2..3, 1).await;
    assert_eq!(
        report(&job).await,
        "fetched 0 popular characters anew",
        "they are young"
    );
    world.clock.advance(Duration::from_mins(14));
    ask(&world, 0..2, 9).await;
    assert_eq!(report(&job).await, "fetched 2 popular characters anew");
    let snapshot = world.store.latest(&Ocid::new("ocid-0")).await.unwrap();
    assert_eq!(snapshot.unwrap().fetched_at, world.clock.now());
    let unpopular = world.store.latest(&Ocid::new("ocid-2")).await.unwrap();
    assert!(unpopular.unwrap().fetched_at < world.clock.now());
}

#[tokio::test]
async fn a_refresh_never_takes_more_than_its_part_of_the_quota() {
    let world = world(Arc::default());
    // A tenth of it is three calls a minute: one character.
    let job = RefreshPopular::new(world.characters.clone(), Some(3 * 1_440 * 10));
    ask(&world, 0..10, 9).await;
    world.clock.advance(Duration::from_mins(14));
    ask(&world, 0..10, 9).await;
    for _ in 0..3 {
        assert_eq!(report(&job).await, "fetched 1 popular characters anew");
    }
}

#[tokio::test]
async fn what_is_too_old_to_be_served_is_purged() {
    let store = Arc::new(MemoryStore::default());
    let clock = clock();
    let job = PurgeSnapshots {
        store: store.clone(),
        clock: clock.clone(),
        keep_for: Duration::from_hours(24),
        every: MINUTE,
    };
    for (ocid, fetched_at) in [("old", Timestamp::UNIX_EPOCH), ("young", clock.now())] {
        let document = Document::compress(b"{}").unwrap();
        let snapshot = Snapshot {
            ocid: Ocid::new(ocid),
            fetched_at,
            document,
        };
        store.save(&snapshot).await.unwrap();
    }
    let report = report(&job).await;
    assert!(
        report.starts_with("purged 1 snapshots fetched before 2026-11-25"),
        "{report}"
    );
    assert_eq!(store.latest(&Ocid::new("old")).await.unwrap(), None);
    assert!(store.latest(&Ocid::new("young")).await.unwrap().is_some());
}

#[tokio::test]
async fn what_was_delivered_long_ago_is_purged_and_dead_letters_stay() {
    let store = Arc::new(MemoryOutbox::default());
    let clock = clock();
    let delivery = Arc::new(RecordingDelivery::default());
    for id in 1..=600 {
        let now = clock.now();
        let message = NewMessage::new(EventId::new(id), "donation", 1, &id.to_string(), now);
        store.insert(message.unwrap()).await;
    }
    let reason = || "no".to_owned();
    delivery.plan(EventId::new(7), [Outcome::Rejected { reason: reason() }]);
    let options = RelayOptions::default();
    let relay = Relay::new(store.clone(), delivery, clock.clone(), || 0.0, options);
    while relay.tick().await.unwrap().claimed > 0 {}
    let job = PurgeOutbox {
        store: store.clone(),
        clock: clock.clone(),
        keep_for: Duration::from_hours(24),
    };
    clock.advance(Duration::from_hours(24));
    assert_eq!(
        report(&job).await,
        "purged 0 messages that ended before 2026-11-26T12:00:30Z"
    );
    clock.advance(Duration::from_secs(1));
    assert_eq!(
        report(&job).await,
        "purged 599 messages that ended before 2026-11-26T12:00:31Z"
    );
    assert_eq!(store.backlog().await.unwrap().dead, 1);
}

#[tokio::test]
async fn a_start_takes_the_latest_characters_into_memory() {
    let before = world(Arc::default());
    ask(&before, 0..3, 1).await;
    let after = world(before.store.clone());
    let job = WarmUp {
        characters: after.characters.clone(),
        store: after.store.clone(),
    };
    let report = report(&job).await;
    assert_eq!(report, "took 3 of the latest 3 characters into memory");
    before.store.set_failing(true);
    let first = name(0);
    let known = after.characters.equipment(&first, Refresh::WhenStale);
    let known = known.await.unwrap();
    assert!(format!("{known:?}").contains("troubles: []"), "{known:?}");
}
