//! `Characters` over real sockets: the client, its guard, and a network that fails.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use equipment::testkit::MemoryStore;
use equipment::{
    Characters, CharactersError, CharactersSettings, Dependencies, FRESH_FOR, Freshness, Lookup,
    Refresh, UpstreamError,
};
use futures_util::future::join_all;
use kernel::{CharacterName, ManualClock, RecordingAlertSink};
use nexon_http::{GuardSettings, Guarded, NexonClient, NexonSettings};
use nexon_sandbox::{Endpoint, Fault, FaultRule, RequestCounts, Sandbox};
use resilience::{BreakerSettings, BreakerState, CircuitBreaker, Jitter};
use testkit::FaultProxy;
use tokio_util::task::TaskTracker;

/// Long enough for a busy machine, and never waited for where all goes well.
const PATIENT: Duration = Duration::from_secs(30);
const HASTY: Duration = Duration::from_millis(100);

struct World {
    sandbox: Sandbox,
    proxy: FaultProxy,
    alerts: Arc<RecordingAlertSink>,
    clock: Arc<ManualClock>,
    tasks: TaskTracker,
    breaker: CircuitBreaker,
    characters: Characters,
}

impl World {
    /// Each call may take `timeout`, a question `deadline`; the breaker opens after three
    /// failures.
    async fn new(timeout: Duration, deadline: Duration) -> Self {
        let sandbox = Sandbox::start_local().unwrap();
        let address: SocketAddr = sandbox.url()["http://".len()..].parse().unwrap();
        let proxy = FaultProxy::start(address).await.unwrap();
        let client = NexonClient::new(NexonSettings {
            source: "sandbox",
            base_url: format!("http://{}", proxy.address()),
            api_key: "any".into(),
            connect_timeout: PATIENT,
            timeout,
        });
        let settings = GuardSettings {
            patience: PATIENT,
            attempts: NonZeroU32::MIN,
            breaker: BreakerSettings {
                consecutive_failures: NonZeroU32::new(3),
                ..BreakerSettings::default()
            },
            ..GuardSettings::default()
        };
        let jitter = Jitter::from_seed(1);
        let upstream = Guarded::new(client.unwrap(), settings, None, jitter.clone()).unwrap();
        let (breaker, upstream) = (upstream.breaker(), Arc::new(upstream));
        let start = "2026-11-22T12:00:00Z".parse().unwrap();
        let clock = Arc::new(ManualClock::at(start));
        let (alerts, tasks) = (Arc::new(RecordingAlertSink::default()), TaskTracker::new());
        let dependencies = Dependencies {
            directory: upstream.clone(),
            source: upstream,
            store: Arc::new(MemoryStore::default()),
            shared: None,
            fetch_locks: None,
            alerts: alerts.clone(),
            clock: clock.clone(),
            jitter,
            tasks: tasks.clone(),
        };
        let settings = CharactersSettings {
            deadline,
            ..CharactersSettings::default()
        };
        Self {
            sandbox,
            proxy,
            alerts,
            clock,
            tasks,
            breaker,
            characters: Characters::new(dependencies, settings),
        }
    }

    async fn patient() -> Self {
        Self::new(PATIENT, PATIENT).await
    }

    async fn ask(&self, refresh: Refresh) -> Result<Lookup, CharactersError> {
        self.characters.equipment(&adele(), refresh).await
    }

    async fn quiet(&self) {
        self.tasks.close();
        self.tasks.wait().await;
        self.tasks.reopen();
    }
}

fn adele() -> CharacterName {
    "아델".parse().unwrap()
}

fn one_set() -> RequestCounts {
    RequestCounts {
        id: 1,
        basic: 1,
        item_equipment: 1,
        character_list: 0,
        history: 0,
        over_quota: 0,
    }
}

#[tokio::test]
async fn thousand_concurrent_lookups_share_one_fetch() {
    let world = World::patient().await;
    let answers = join_all((0..1_000).map(|_| world.ask(Refresh::WhenStale))).await;
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer, Ok(Lookup::Full(_))))
    );
    assert_eq!(world.sandbox.counters(), one_set());
}

#[tokio::test]
async fn stale_hit_refreshes_once() {
    let world = World::patient().await;
    world.ask(Refresh::WhenStale).await.unwrap();
    world.clock.advance(FRESH_FOR);
    let answers = join_all((0..100).map(|_| world.ask(Refresh::WhenStale))).await;
    for answer in answers {
        let known = answer.unwrap().whole().unwrap();
        assert_eq!(known.freshness, Freshness::Stale);
    }
    world.quiet().await;
    let counted = world.sandbox.counters();
    assert_eq!((counted.basic, counted.item_equipment), (2, 2));
    let known = world.ask(Refresh::WhenStale).await.unwrap().whole();
    assert_eq!(known.unwrap().freshness, Freshness::Fresh);
}

#[tokio::test]
async fn network_failure_serves_the_stale_snapshot() {
    for fault in [
        testkit::Fault::Reset,
        testkit::Fault::Refuse,
        testkit::Fault::CutAfter(100),
    ] {
        let world = World::patient().await;
        let before = world
            .ask(Refresh::WhenStale)
            .await
            .unwrap()
            .whole()
            .unwrap();
        world.clock.advance(FRESH_FOR);
        world.proxy.set(fault).await;
        let known = world.ask(Refresh::Now).await.unwrap().whole().unwrap();
        assert_eq!(known.value.snapshot, before.value.snapshot, "{fault:?}");
        assert_eq!((known.freshness, known.age), (Freshness::Stale, FRESH_FOR));
        assert_eq!(known.degradations.len(), 1, "{:?}", known.degradations);
        assert!(world.alerts.alerts().is_empty());
    }
}

#[tokio::test]
async fn failing_upstream_opens_the_breaker_and_raises_an_alert() {
    let world = World::patient().await;
    world
        .sandbox
        .set_faults(vec![FaultRule::always(Fault::InternalError)]);
    for _ in 0..3 {
        let error = world.ask(Refresh::WhenStale).await.unwrap_err();
        assert!(matches!(
            error,
            CharactersError::Unavailable(UpstreamError::Failed { .. })
        ));
    }
    assert!(matches!(world.breaker.state(), BreakerState::Open { .. }));
    let error = world.ask(Refresh::WhenStale).await.unwrap_err();
    assert!(matches!(
        error,
        CharactersError::Unavailable(UpstreamError::Suspended { .. })
    ));
    assert!(error.retry_after().unwrap() <= Duration::from_secs(5));
    assert_eq!(world.sandbox.counters().total(), 3);
    world.quiet().await;
    assert_eq!(world.alerts.alerts().len(), 1);
}

#[tokio::test]
async fn maintenance_opens_no_breaker_and_costs_one_call() {
    let world = World::patient().await;
    world
        .sandbox
        .set_faults(vec![FaultRule::always(Fault::GameMaintenance)]);
    for _ in 0..10 {
        let error = world.ask(Refresh::WhenStale).await.unwrap_err();
        assert!(matches!(
            error,
            CharactersError::Unavailable(UpstreamError::NotAvailable { .. })
        ));
    }
    assert_eq!(world.sandbox.counters().total(), 1);
    assert_eq!(world.breaker.state(), BreakerState::Closed);
}

#[tokio::test]
async fn hanging_upstream_times_out_and_opens_the_breaker() {
    let world = World::new(HASTY, PATIENT).await;
    world.proxy.set(testkit::Fault::Hang).await;
    for _ in 0..3 {
        let error = world.ask(Refresh::WhenStale).await.unwrap_err();
        assert!(matches!(
            error,
            CharactersError::Unavailable(UpstreamError::TimedOut { .. })
        ));
    }
    assert!(matches!(world.breaker.state(), BreakerState::Open { .. }));
}

#[tokio::test]
async fn deadline_turns_a_hanging_refresh_into_a_stale_response() {
    let world = World::new(PATIENT, 10 * HASTY).await;
    // On a busy machine the first response may come after the deadline; it is cached nevertheless.
    while !matches!(world.ask(Refresh::WhenStale).await, Ok(Lookup::Full(_))) {}
    world.clock.advance(FRESH_FOR);
    world.proxy.set(testkit::Fault::Hang).await;
    let known = world.ask(Refresh::Now).await.unwrap().whole().unwrap();
    assert_eq!(known.freshness, Freshness::Stale);
    world.proxy.set(testkit::Fault::None).await;
    world.quiet().await;
    let known = world.ask(Refresh::WhenStale).await.unwrap().whole();
    assert_eq!(
        known.unwrap().freshness,
        Freshness::Fresh,
        "the fetch went on"
    );
}

#[tokio::test]
async fn odd_fields_of_one_character_cost_nobody_an_answer() {
    let world = World::patient().await;
    for fault in [Fault::OddFields, Fault::ByteOrderMark] {
        let rule = FaultRule::always(fault).on(Endpoint::ItemEquipment);
        world.sandbox.set_faults(vec![rule]);
        for number in 0..20 {
            let name: CharacterName = format!(
                "이름{}{number}",
                if fault == Fault::OddFields { "a" } else { "b" }
            )
            .parse()
            .unwrap();
            let known = world.characters.equipment(&name, Refresh::WhenStale).await;
            let known = known.unwrap().whole().unwrap();
            assert!(known.degradations.is_empty());
            let equipment = known.value.equipment().unwrap();
            let items = &equipment.presets[0].items;
            let is_odd = fault == Fault::OddFields;
            assert_eq!(items[0].stars_from_scroll.is_err(), is_odd);
            assert_eq!(items[1].stars.is_err(), is_odd);
            assert!(items[2..].iter().all(|item| item.stars.is_ok()));
        }
    }
    assert_eq!(world.breaker.state(), BreakerState::Closed);
    assert_eq!(world.breaker.counts().failures, 0);
}

#[tokio::test]
async fn identifier_that_an_endpoint_does_not_know_is_asked_for_once() {
    for fault in [Fault::UnknownIdentifier, Fault::InvalidParameter] {
        let world = World::patient().await;
        let rule = FaultRule::always(fault).on(Endpoint::Basic);
        world.sandbox.set_faults(vec![rule]);
        for _ in 0..10 {
            let error = world.ask(Refresh::WhenStale).await.unwrap_err();
            assert!(matches!(error, CharactersError::UnknownCharacter(_)));
        }
        let counted = world.sandbox.counters();
        assert_eq!((counted.id, counted.basic), (1, 1), "{fault:?}");
        assert_eq!(counted.item_equipment, 0);
        world.quiet().await;
        assert!(world.alerts.alerts().is_empty());

        let world = World::patient().await;
        let rule = FaultRule::always(fault).on(Endpoint::ItemEquipment);
        world.sandbox.set_faults(vec![rule]);
        for _ in 0..10 {
            let Lookup::Partial { missing, .. } = world.ask(Refresh::WhenStale).await.unwrap()
            else {
                panic!("there is no equipment");
            };
            assert!(matches!(missing, CharactersError::UpstreamInvalid(_)));
        }
        assert_eq!(world.sandbox.counters(), one_set(), "{fault:?}");
        world.quiet().await;
        assert!(world.alerts.alerts().is_empty());
    }
}

#[tokio::test]
async fn missing_equipment_gives_a_partial_lookup() {
    let world = World::patient().await;
    let broken = FaultRule::always(Fault::BadGateway).on(Endpoint::ItemEquipment);
    world.sandbox.set_faults(vec![broken]);
    let Lookup::Partial { character, missing } = world.ask(Refresh::WhenStale).await.unwrap()
    else {
        panic!("the equipment is missing");
    };
    assert_eq!(character.value.name, adele());
    assert!(matches!(
        missing,
        CharactersError::Unavailable(UpstreamError::Failed { .. })
    ));
}
