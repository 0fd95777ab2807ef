//! The guard over a fake upstream, on a paused clock: when a question becomes a call, and when
//! not.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use equipment::testkit::{FakeUpstream, character_directory_contract, equipment_source_contract};
use equipment::{Character, CharacterDirectory, Equipment, InvalidDocument, Ocid, UpstreamError};
use kernel::ManualClock;
use nexon_http::{GuardSettings, Guarded, local_quota, quota_settings, strangers_settings};
use resilience::{BreakerState, Jitter, QuotaGate};
use tokio::time::{Instant, advance};

const SECOND: Duration = Duration::from_secs(1);

struct World {
    upstream: Arc<FakeUpstream>,
    guarded: Guarded<Shared>,
}

/// The fake, kept by the test as well.
#[derive(Debug)]
struct Shared(Arc<FakeUpstream>);

#[async_trait::async_trait]
impl CharacterDirectory for Shared {
    async fn resolve(&self, name: &kernel::CharacterName) -> Result<Option<Ocid>, UpstreamError> {
        self.0.resolve(name).await
    }

    async fn describe(&self, ocid: &Ocid) -> Result<Option<Character>, UpstreamError> {
        self.0.describe(ocid).await
    }
}

impl World {
    fn new() -> Self {
        Self::within(None)
    }

    fn within(quota: Option<Arc<dyn QuotaGate>>) -> Self {
        let upstream = Arc::new(knowing_one());
        let settings = GuardSettings::default();
        let jitter = Jitter::from_seed(1);
        let guarded = Guarded::new(Shared(upstream.clone()), settings, quota, jitter).unwrap();
        Self { upstream, guarded }
    }

    async fn ask(&self) -> Result<Option<Character>, UpstreamError> {
        self.guarded.describe(&ocid()).await
    }

    async fn ask_while(&self, failure: UpstreamError) -> UpstreamError {
        self.upstream.set_failure(Some(failure));
        self.ask().await.unwrap_err()
    }

    fn calls(&self) -> u32 {
        self.upstream.asked().describe
    }
}

fn ocid() -> Ocid {
    Ocid::new("f00d")
}

fn knowing_one() -> FakeUpstream {
    let upstream = FakeUpstream::default();
    upstream.put_character(Character {
        ocid: ocid(),
        name: "아델".parse().unwrap(),
        world: "스카니아".to_owned(),
        class: "아델".to_owned(),
        level: 295,
    });
    let equipment = Equipment {
        class: None,
        presets: Vec::new(),
        title: equipment::StatTotals::default(),
    };
    upstream.put_equipment(&ocid(), b"{}", equipment);
    upstream
}

fn failed() -> UpstreamError {
    UpstreamError::Failed {
        reason: "no".to_owned(),
    }
}

fn not_available() -> UpstreamError {
    UpstreamError::NotAvailable {
        reason: "maintenance".to_owned(),
    }
}

fn invalid() -> UpstreamError {
    UpstreamError::Invalid(InvalidDocument {
        path: "byte 0".to_owned(),
        problem: "no".to_owned(),
    })
}

fn quota(per_second: u32, per_day: u32) -> Arc<dyn QuotaGate> {
    let number = |n| NonZeroU32::new(n).unwrap();
    let clock = Arc::new(ManualClock::at("2026-11-22T14:59:00Z".parse().unwrap()));
    let (second, day) = (number(per_second), number(per_day));
    let settings = quota_settings(second, day, SECOND, Duration::ZERO);
    Arc::new(local_quota(settings, clock).unwrap())
}

#[tokio::test]
async fn guarded_upstream_keeps_the_contracts() {
    let jitter = Jitter::from_seed(1);
    let guarded = Guarded::new(knowing_one(), GuardSettings::default(), None, jitter).unwrap();
    let (known, stranger) = ("아델".parse().unwrap(), "없는캐릭터".parse().unwrap());
    let nobody = Ocid::new("0000");
    character_directory_contract(&guarded, &known, &stranger, &nobody).await;
    equipment_source_contract(&guarded, &ocid(), &nobody).await;
}

#[tokio::test(start_paused = true)]
async fn only_what_may_end_better_is_tried_again() {
    let timed_out = UpstreamError::TimedOut { after: SECOND };
    let refused = UpstreamError::Refused {
        reason: "key".to_owned(),
    };
    let over = |retry_after| UpstreamError::QuotaExceeded { retry_after };
    for (failure, calls) in [
        (failed(), 2),
        (timed_out, 2),
        (over(Some(SECOND)), 2),
        (over(Some(6 * SECOND)), 1),
        (over(None), 1),
        (not_available(), 1),
        (refused, 1),
        (invalid(), 1),
    ] {
        let world = World::new();
        let error = world.ask_while(failure.clone()).await;
        assert_eq!(error.to_string(), failure.to_string());
        assert_eq!(world.calls(), calls, "{failure}");
    }
}

#[tokio::test(start_paused = true)]
async fn failures_open_the_breaker_and_probes_close_it() {
    for failure in [failed(), invalid()] {
        let world = World::new();
        while world.guarded.breaker().state() == BreakerState::Closed {
            world.ask_while(failure.clone()).await;
        }
        let calls = world.calls();
        let error = world.ask().await.unwrap_err();
        let UpstreamError::Suspended { retry_after } = error else {
            panic!("{error}");
        };
        assert_eq!(world.calls(), calls);
        world.upstream.set_failure(None);
        advance(retry_after).await;
        for _ in 0..2 {
            assert!(world.ask().await.unwrap().is_some());
        }
        assert_eq!(world.guarded.breaker().state(), BreakerState::Closed);
    }
}

#[tokio::test(start_paused = true)]
async fn maintenance_is_remembered_for_a_while_and_is_no_failure() {
    let world = World::new();
    for _ in 0..20 {
        let error = world.ask_while(not_available()).await;
        assert!(matches!(error, UpstreamError::NotAvailable { .. }));
    }
    assert_eq!(world.calls(), 1);
    assert_eq!(world.guarded.breaker().counts().calls, 0);
    world.upstream.set_failure(None);
    advance(GuardSettings::default().closed_for).await;
    assert!(world.ask().await.unwrap().is_some());
}

#[tokio::test(start_paused = true)]
async fn answer_that_cannot_be_used_is_an_answer_of_the_upstream() {
    let world = World::new();
    for _ in 0..200 {
        let InvalidDocument { path, problem } = match invalid() {
            UpstreamError::Invalid(document) => document,
            error => panic!("{error}"),
        };
        let unusable = UpstreamError::Unusable(InvalidDocument { path, problem });
        let error = world.ask_while(unusable).await;
        assert!(matches!(error, UpstreamError::Unusable(_)), "{error}");
    }
    assert_eq!(world.calls(), 200, "each was asked for once");
    assert_eq!(world.guarded.breaker().counts().failures, 0);
}

#[tokio::test(start_paused = true)]
async fn unknown_character_is_no_failure() {
    let world = World::new();
    for _ in 0..20 {
        let unknown = world.guarded.describe(&Ocid::new("0000")).await;
        assert_eq!(unknown.unwrap(), None);
    }
    assert_eq!(world.guarded.breaker().counts().failures, 0);
}

#[tokio::test(start_paused = true)]
async fn call_whose_turn_came_late_is_given_its_time_and_no_failure() {
    let world = World::within(Some(quota(1, 100)));
    world.ask().await.unwrap();
    let start = Instant::now();
    world.upstream.hold();
    let release = async {
        tokio::time::sleep(GuardSettings::default().patience + SECOND).await;
        world.upstream.release();
    };
    let (answer, ()) = tokio::join!(world.ask(), release);
    assert!(answer.unwrap().is_some());
    assert!(start.elapsed() > GuardSettings::default().patience);
    assert_eq!(world.calls(), 2);
    assert_eq!(world.guarded.breaker().counts().failures, 0);
}

#[tokio::test(start_paused = true)]
async fn quota_is_waited_for_in_line_and_a_full_line_refuses() {
    let world = World::within(Some(quota(2, 100)));
    let start = Instant::now();
    for _ in 0..4 {
        world.ask().await.unwrap();
    }
    assert_eq!(start.elapsed(), SECOND);
    let questions = (0..6).map(|_| world.ask());
    let answers = futures_util::future::join_all(questions).await;
    let refused = answers.iter().filter_map(|answer| answer.as_ref().err());
    let refused: Vec<_> = refused.map(UpstreamError::retry_after).collect();
    assert!(!refused.is_empty() && refused.iter().all(|after| *after == Some(SECOND)));
}

#[tokio::test(start_paused = true)]
async fn spent_day_says_when_the_next_one_begins() {
    let world = World::within(Some(quota(5, 1)));
    world.ask().await.unwrap();
    let error = world.ask().await.unwrap_err();
    assert!(matches!(error, UpstreamError::QuotaExceeded { .. }));
    assert_eq!(
        error.retry_after(),
        Some(60 * SECOND),
        "at midnight in Seoul"
    );
    assert_eq!(world.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn strangers_leave_the_share_of_the_day_that_is_kept() {
    let upstream = Arc::new(knowing_one());
    let number = |n| NonZeroU32::new(n).unwrap();
    let clock = Arc::new(ManualClock::at("2026-11-22T00:00:00Z".parse().unwrap()));
    let all = quota_settings(number(100), number(100), SECOND, Duration::ZERO);
    let gate = |settings| -> Arc<dyn QuotaGate> {
        Arc::new(local_quota(settings, clock.clone()).unwrap())
    };
    let guarded = Guarded::new(
        Shared(upstream.clone()),
        GuardSettings::default(),
        Some(gate(all)),
        Jitter::from_seed(1),
    );
    let strangers = gate(strangers_settings(all, 40));
    let guarded = guarded.unwrap().with_strangers_quota(Some(strangers));
    // Whatever is asked about a name that was looked up, however many calls that takes.
    let found = guarded.resolve(&"아델".parse().unwrap()).await;
    let found = found.unwrap().unwrap();
    for _ in 0..30 {
        guarded.describe(&found).await.unwrap();
    }
    for number in 0..200 {
        let name = format!("name{number}").parse().unwrap();
        let answer = guarded.resolve(&name).await;
        assert_eq!(answer.is_ok(), number < 29, "{number}: {answer:?}");
    }
    assert!(guarded.describe(&found).await.is_err());
    assert_eq!(upstream.asked().resolve, 30, "30 of 60");
    tokio::time::advance(Duration::from_mins(10)).await;
    for _ in 0..40 {
        assert!(guarded.describe(&found).await.unwrap().is_some());
    }
    guarded.describe(&found).await.unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn open_breaker_costs_no_quota() {
    let world = World::within(Some(quota(100, 20)));
    while world.guarded.breaker().state() == BreakerState::Closed {
        world.ask_while(failed()).await;
    }
    for _ in 0..50 {
        let error = world.ask().await.unwrap_err();
        assert!(matches!(error, UpstreamError::Suspended { .. }), "{error}");
    }
}
