//! The scenarios of an upstream in degradation: A serves what is known with its age, B says at once
//! that there is nothing, C does not wait for ever and labels what is only a part.

use std::time::Duration;

use equipment::testkit::Asked;
use equipment::{
    CharactersError, Degradation, FRESH_FOR, Freshness, InvalidDocument, Lookup, Ocid, Refresh,
    UPSTREAM_UNAVAILABLE, UpstreamError,
};
use futures_util::future::join_all;
use kernel::{AlertState, CharacterName};
use tokio::time::Instant;

use super::world::{SECOND, World, adele, character, wearing};

const DEADLINE: Duration = Duration::from_secs(3);
const WEEK: Duration = Duration::from_hours(7 * 24);
const ONE_SET: Asked = Asked {
    resolve: 1,
    describe: 1,
    fetch: 1,
    stats: 0,
    given: 0,
};

#[tokio::test]
async fn stale_answer_is_given_at_once_and_refreshed_behind_it() {
    let world = World::new();
    world.equipment().await.unwrap();
    world
        .upstream
        .put_equipment(&Ocid::new("ocid-1"), SECOND, wearing(2));
    world.clock.advance(FRESH_FOR);
    world.upstream.hold();
    let stale = world.equipment().await.unwrap();
    assert_eq!(*stale.value.equipment().unwrap(), wearing(1));
    assert_eq!((stale.freshness, stale.age), (Freshness::Stale, FRESH_FOR));
    world.upstream.release();
    world.quiet().await;
    let fresh = world.equipment().await.unwrap();
    assert_eq!(*fresh.value.equipment().unwrap(), wearing(2));
    assert_eq!(fresh.freshness, Freshness::Fresh);
}

#[tokio::test]
async fn thousand_stale_answers_refresh_once() {
    let world = World::new();
    world.equipment().await.unwrap();
    world.clock.advance(FRESH_FOR);
    world.upstream.hold();
    let answers = join_all((0..1_000).map(|_| world.equipment())).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(world.tasks.len(), 2, "one for who it is, one for its gear");
    world.upstream.release();
    world.quiet().await;
    let once_more = Asked {
        resolve: 1,
        describe: 2,
        fetch: 2,
        stats: 0,
        given: 0,
    };
    assert_eq!(world.upstream.asked(), once_more);
}

#[tokio::test]
async fn thousand_first_questions_are_one_fetch_set() {
    let world = World::new();
    world.upstream.hold();
    let questions = join_all((0..1_000).map(|_| world.equipment()));
    let release = async { world.upstream.release() };
    let (answers, ()) = tokio::join!(questions, release);
    for answer in answers {
        assert_eq!(*answer.unwrap().value.equipment().unwrap(), wearing(1));
    }
    assert_eq!(world.upstream.asked(), ONE_SET);
}

#[tokio::test]
async fn failed_refresh_keeps_the_stale_answer_and_is_not_repeated_at_once() {
    let world = World::new();
    world.equipment().await.unwrap();
    world.upstream_fails();
    world.clock.advance(FRESH_FOR);
    assert!(world.equipment().await.unwrap().degradations.is_empty());
    world.quiet().await;
    let asked = world.upstream.asked();
    let known = world.equipment().await.unwrap();
    world.quiet().await;
    assert_eq!(*known.value.equipment().unwrap(), wearing(1));
    assert!(matches!(
        known.degradations[..],
        [Degradation::Upstream(UpstreamError::TimedOut { .. })]
    ));
    assert_eq!(world.upstream.asked(), asked, "it rests");

    world.upstream.set_failure(None);
    world.clock.advance(Duration::from_secs(10));
    world.equipment().await.unwrap();
    world.quiet().await;
    let known = world.equipment().await.unwrap();
    assert_eq!(known.freshness, Freshness::Fresh);
}

#[tokio::test]
async fn stored_answers_are_served_for_a_week_of_outage() {
    let world = World::new();
    world.equipment().await.unwrap();
    world.upstream_fails();
    world.clock.advance(WEEK);
    let restarted = world.restarted();
    let known = restarted.equipment().await.unwrap();
    assert_eq!((known.freshness, known.age), (Freshness::Stale, WEEK));
    restarted.clock.advance(Duration::from_secs(1));
    let error = restarted.equipment().await.unwrap_err();
    assert!(
        matches!(error, CharactersError::Unavailable(_)),
        "{error:?}"
    );
}

#[tokio::test]
async fn outage_is_told_once_and_its_end_once() {
    let world = World::new();
    world.upstream.set_failure(Some(UpstreamError::Suspended {
        retry_after: Duration::from_secs(4),
    }));
    for name in ["아델", "다른캐릭터", "아델"] {
        let name: CharacterName = name.parse().unwrap();
        let answer = world.characters.equipment(&name, Refresh::WhenStale).await;
        let error = answer.unwrap_err();
        assert_eq!(error.retry_after(), Some(Duration::from_secs(4)));
    }
    world.quiet().await;
    let told = |state: AlertState| {
        let alerts = world.alerts.alerts();
        let told = alerts.iter().filter(|alert| alert.state == state);
        assert!(alerts.iter().all(|a| a.incident == UPSTREAM_UNAVAILABLE));
        told.count()
    };
    assert_eq!(
        (told(AlertState::Raised), told(AlertState::Resolved)),
        (1, 0)
    );
    world.upstream.set_failure(None);
    for _ in 0..2 {
        world.clock.advance(Duration::from_mins(2));
        world.refreshed().await.unwrap();
        world.quiet().await;
        assert_eq!(
            (told(AlertState::Raised), told(AlertState::Resolved)),
            (1, 1)
        );
    }
}

#[tokio::test]
async fn outage_that_comes_and_goes_is_one_incident_with_its_cause() {
    let world = World::new();
    for second in 0..120_u64 {
        let name: CharacterName = format!("name{second}").parse().unwrap();
        let fails = second % 8 < 5;
        world.upstream.set_failure(fails.then(|| match second % 8 {
            0..3 => UpstreamError::Failed {
                reason: "connection reset".to_owned(),
            },
            _ => UpstreamError::Suspended {
                retry_after: Duration::from_secs(1),
            },
        }));
        let answer = world.characters.who(&name, Refresh::WhenStale).await;
        answer.unwrap_err();
        world.clock.advance(Duration::from_secs(1));
    }
    world.quiet().await;
    let [raised] = &world.alerts.alerts()[..] else {
        panic!("{:?}", world.alerts.alerts());
    };
    assert_eq!(raised.state, AlertState::Raised);
    assert!(
        raised.summary.contains("connection reset"),
        "{}",
        raised.summary
    );
}

#[tokio::test(start_paused = true)]
async fn fetch_that_outlives_its_request_carries_its_id() {
    let world = World::new();
    world.upstream.hold();
    let name = adele();
    let request = world.characters.who(&name, Refresh::WhenStale);
    let correlation = kernel::Correlation {
        request_id: Some("0123abcd".into()),
        trace: None,
    };
    let answer = correlation.scope(request).await;
    answer.unwrap_err();
    world.upstream.set_failure(Some(UpstreamError::Refused {
        reason: "key".to_owned(),
    }));
    world.upstream.release();
    world.quiet().await;
    let alerts = world.alerts.alerts();
    assert_eq!(alerts.len(), 1);
    assert_eq!(alerts[0].request_id.as_deref(), Some("0123abcd"));
}

#[tokio::test]
async fn faults_that_are_not_the_upstreams_are_no_incident() {
    let world = World::new();
    for error in [
        UpstreamError::QuotaExceeded { retry_after: None },
        UpstreamError::QuotaUnknown {
            retry_after: Duration::from_secs(1),
        },
        UpstreamError::Unusable(InvalidDocument {
            path: "byte 0".to_owned(),
            problem: "no".to_owned(),
        }),
    ] {
        world.upstream.set_failure(Some(error));
        for number in 0..10 {
            let name: CharacterName = format!("name{number}").parse().unwrap();
            let answer = world.characters.who(&name, Refresh::WhenStale).await;
            answer.unwrap_err();
        }
    }
    world.quiet().await;
    assert!(world.alerts.alerts().is_empty());
}

#[tokio::test(start_paused = true)]
async fn slow_answers_beyond_the_deadline_are_no_incident() {
    let world = World::new();
    for number in 0..10 {
        world.upstream.hold();
        let name: CharacterName = format!("name{number}").parse().unwrap();
        let answer = world.characters.who(&name, Refresh::WhenStale).await;
        answer.unwrap_err();
        world.upstream.release();
        world.quiet().await;
    }
    assert!(world.alerts.alerts().is_empty());
}

#[tokio::test]
async fn stale_answers_alarm_nobody() {
    let world = World::new();
    world.equipment().await.unwrap();
    world.upstream_fails();
    world.clock.advance(FRESH_FOR);
    world.equipment().await.unwrap();
    world.refreshed().await.unwrap();
    world.quiet().await;
    assert!(world.alerts.alerts().is_empty());
}

#[tokio::test(start_paused = true)]
async fn slow_upstream_is_waited_for_until_the_deadline_and_not_in_vain() {
    let world = World::new();
    world.upstream.hold();
    let start = Instant::now();
    let error = world.equipment().await.unwrap_err();
    assert_eq!(start.elapsed(), DEADLINE);
    assert!(matches!(
        error,
        CharactersError::Unavailable(UpstreamError::TimedOut { after: DEADLINE })
    ));
    world.upstream.release();
    world.quiet().await;
    assert_eq!(world.upstream.asked(), ONE_SET, "the fetch went on");
    world.upstream_fails();
    let known = world.equipment().await.unwrap();
    assert_eq!(known.freshness, Freshness::Fresh);
}

#[tokio::test(start_paused = true)]
async fn slow_refresh_falls_back_to_what_is_known() {
    let world = World::new();
    world.equipment().await.unwrap();
    world.upstream.hold();
    world.clock.advance(FRESH_FOR);
    let start = Instant::now();
    let known = world.refreshed().await.unwrap();
    assert_eq!(start.elapsed(), DEADLINE);
    assert_eq!(known.freshness, Freshness::Stale);
    assert_eq!(known.degradations.len(), 1);
}

#[tokio::test]
async fn asker_that_leaves_leaves_the_fetch_to_the_others() {
    let world = World::new();
    world.upstream.hold();
    let mut leaving = Box::pin(world.equipment());
    assert!(futures_util::poll!(&mut leaving).is_pending());
    drop(leaving);
    world.upstream.release();
    world.quiet().await;
    world.equipment().await.unwrap();
    assert_eq!(world.upstream.asked(), ONE_SET);
}

#[tokio::test]
async fn identity_without_equipment_is_a_part() {
    let world = World::new();
    let who = world.characters.who(&adele(), Refresh::WhenStale).await;
    who.unwrap();
    world.upstream_fails();
    let Lookup::Partial {
        character: known,
        missing,
    } = world.lookup().await.unwrap()
    else {
        panic!("what it wears cannot be known");
    };
    assert_eq!(known.value, character("ocid-1"));
    assert_eq!(known.freshness, Freshness::Fresh);
    assert!(matches!(
        missing,
        CharactersError::Unavailable(UpstreamError::TimedOut { .. })
    ));
    for _ in 0..2 {
        let error = world.equipment().await.unwrap_err();
        assert!(matches!(error, CharactersError::Unavailable(_)));
    }
    world.quiet().await;
    assert_eq!(world.alerts.alerts().len(), 1);

    world.clock.advance(Duration::from_mins(2));
    world.upstream.set_failure(None);
    world.characters.who(&adele(), Refresh::Now).await.unwrap();
    world.quiet().await;
    assert_eq!(world.alerts.alerts().len(), 1, "it was not asked who it is");
    world.equipment().await.unwrap();
    world.quiet().await;
    assert_eq!(world.alerts.alerts().len(), 2);
}
