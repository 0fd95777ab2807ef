//! The jobs there are: what each does, within the quota, and what operators see of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use equipment::testkit::{FakeUpstream, MemoryStore};
use equipment::{
    Character, Characters, CharactersSettings, Dependencies, Document, Equipment, Ocid, Preset,
    Refresh, Snapshot, SnapshotStore,
};
use jiff::Timestamp;
use kernel::{CharacterName, Clock, ManualClock, RecordingAlertSink};
use outbox::testkit::{MemoryOutbox, OutboxUnderTest, RecordingDelivery};
use outbox::{EventId, NewMessage, OutboxStore, Outcome, Relay, RelayOptions};
use resilience::Jitter;
use schedule::Job;
use serde_json::{Value, json};
use server::jobs::{PurgeOutbox, PurgeSnapshots, RefreshPopular, WarmUp};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::TestApp;

/// Characters over fakes, and what they are made of.
struct World {
    characters: Characters,
    store: Arc<MemoryStore>,
    clock: Arc<ManualClock>,
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at("2026-11-26T12:00:30Z".parse().unwrap()))
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
    let dependencies = Dependencies {
        directory: upstream.clone(),
        source: upstream.clone(),
        stats: upstream,
        store: store.clone(),
        shared: None,
        fetch_locks: None,
        alerts: Arc::new(RecordingAlertSink::default()),
        clock: clock.clone(),
        jitter: Jitter::from_seed(1),
        tasks: TaskTracker::new(),
    };
    World {
        characters: Characters::new(dependencies, CharactersSettings::default()),
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
        title: equipment::StatTotals::default(),
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
async fn refresh_never_takes_more_than_its_part_of_the_quota() {
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
async fn snapshots_too_old_to_be_served_are_purged() {
    let store = Arc::new(MemoryStore::default());
    let clock = clock();
    let job = PurgeSnapshots {
        store: store.clone(),
        clock: clock.clone(),
        keep_for: Duration::from_hours(24),
        every: Duration::from_mins(1),
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
async fn messages_delivered_long_ago_are_purged_and_dead_letters_stay() {
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
async fn start_takes_the_latest_characters_into_memory() {
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
    assert!(
        format!("{known:?}").contains("degradations: []"),
        "{known:?}"
    );
}

#[tokio::test]
async fn operators_see_what_became_of_each_job() {
    let app = TestApp::start().await;
    let jobs = async || {
        let answer = app.admin("GET", "/api/v1/admin/jobs").send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        let jobs = answer["jobs"].as_array().unwrap().clone();
        let named = jobs.into_iter().map(|job| (job["name"].to_string(), job));
        named.collect::<BTreeMap<_, _>>()
    };
    // They begin with the service.
    let all = loop {
        let all = jobs().await;
        if all
            .values()
            .all(|job| job["last_run"]["ended_at"].is_string())
        {
            break all;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let now = "2026-11-22T12:00:00Z";
    let run = |report: &str| json!({"started_at": now, "ended_at": now, "outcome": "done", "report": report});
    for (name, place, every, next_due, last_run) in [
        (
            "warm_up",
            "every_instance",
            Value::Null,
            Value::Null,
            run("took 0 of the latest 0 characters into memory"),
        ),
        (
            "refresh_popular",
            "every_instance",
            json!(60.0),
            json!("2026-11-22T12:01:00Z"),
            run("fetched 0 popular characters anew"),
        ),
        (
            "purge_snapshots",
            "one_instance",
            json!(3600.0),
            json!("2026-11-22T13:00:00Z"),
            run("purged 0 snapshots fetched before 2026-11-15T12:00:00Z"),
        ),
        (
            "purge_sessions",
            "one_instance",
            json!(3600.0),
            json!("2026-11-22T13:00:00Z"),
            run("removed 0 expired sessions"),
        ),
    ] {
        let mut job = all[&format!("{name:?}")].clone();
        let instance = job["last_run"].as_object_mut().unwrap().remove("instance");
        assert!(instance.is_some_and(|name| name.as_str().unwrap().starts_with("instance-")));
        let expected = json!({
            "name": name, "place": place, "every_seconds": every, "next_due": next_due,
            "last_run": last_run,
        });
        let expected = expected.as_object().unwrap().iter();
        for (field, value) in expected {
            assert_eq!(
                job.get(field).unwrap_or(&Value::Null),
                value,
                "{name}: {field}"
            );
        }
    }
}
