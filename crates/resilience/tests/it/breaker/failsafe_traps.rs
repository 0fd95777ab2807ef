//! Behaviour of failsafe 1.3 that this breaker must not have: one test for each.

use std::future::pending;
use std::num::NonZeroU32;

use resilience::{Deadline, TimedOut};

use super::*;

#[tokio::test(start_paused = true)]
async fn half_open_lets_only_the_limit_through() {
    let breaker = ready_to_probe(BreakerSettings {
        probe_limit: NonZeroU32::new(3).unwrap(),
        ..plain()
    })
    .await;
    let tries: Vec<_> = (0..100).map(|_| breaker.try_acquire()).collect();
    assert_eq!(tries.iter().filter(|permit| permit.is_ok()).count(), 3);
    assert_eq!(breaker.counts().probes, 3);
}

#[tokio::test(start_paused = true)]
async fn one_success_does_not_close_it_when_several_are_asked_for() {
    let breaker = ready_to_probe(BreakerSettings {
        probes_to_close: NonZeroU32::new(3).unwrap(),
        ..plain()
    })
    .await;
    play(&breaker, "ss");
    assert_eq!(breaker.state(), BreakerState::HalfOpen);
    play(&breaker, "s");
    assert_eq!(breaker.state(), BreakerState::Closed);
}

#[tokio::test(start_paused = true)]
async fn success_from_before_the_opening_does_not_close_the_breaker() {
    let breaker = breaker(plain());
    let early = breaker.try_acquire().unwrap();
    let earlier = breaker.try_acquire().unwrap();
    play(&breaker, "ff");
    advance(10 * SECOND).await;
    let probe = breaker.try_acquire().unwrap();
    early.record(Outcome::Success);
    assert_eq!(breaker.state(), BreakerState::HalfOpen);
    assert_eq!(breaker.counts().probes, 1);
    earlier.record(Outcome::Failure);
    assert_eq!(breaker.state(), BreakerState::HalfOpen);
    probe.record(Outcome::Success);
    assert_eq!(breaker.state(), BreakerState::Closed);
}

#[tokio::test(start_paused = true)]
async fn cancelled_probe_gives_its_permit_back() {
    let breaker = ready_to_probe(plain()).await;
    for _ in 0..10 {
        let probe = breaker.call(pending::<Result<(), ()>>(), |_| Outcome::Failure);
        assert!(tokio::time::timeout(SECOND, probe).await.is_err());
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
        assert_eq!(breaker.counts().probes, 0);
    }
    play(&breaker, "s");
    assert_eq!(breaker.state(), BreakerState::Closed);
}

#[tokio::test(start_paused = true)]
async fn timeout_inside_the_breaker_counts_even_when_the_deadline_outside_ends_it_too() {
    let breaker = breaker(plain());
    for _ in 0..2 {
        let deadline = Deadline::within(3 * SECOND);
        let hang = deadline.timeout_within(3 * SECOND, pending::<()>());
        let call = breaker.call(hang, |result| match result {
            Ok(()) => Outcome::Success,
            Err(TimedOut::Limit { .. } | TimedOut::Deadline) => Outcome::Failure,
        });
        assert!(deadline.timeout(call).await.is_ok_and(|r| r.is_err()));
    }
    assert!(is_open(&breaker));
}

#[tokio::test(start_paused = true)]
async fn ignored_outcome_neither_closes_nor_opens_the_breaker() {
    let breaker = ready_to_probe(plain()).await;
    play(&breaker, "iiii");
    assert_eq!(breaker.state(), BreakerState::HalfOpen);
    assert_eq!(breaker.counts().probes, 0);
    play(&breaker, "s");
    play(&breaker, "iiii");
    assert_eq!(breaker.counts().calls, 0);
}

#[tokio::test(start_paused = true)]
async fn rate_can_open_the_breaker_within_the_first_window() {
    let breaker = breaker(BreakerSettings {
        window: 3600 * SECOND,
        minimum_calls: 4,
        consecutive_failures: None,
        ..plain()
    });
    play(&breaker, "fff");
    assert!(!is_open(&breaker));
    play(&breaker, "f");
    assert!(is_open(&breaker));
}

#[tokio::test(start_paused = true)]
async fn window_below_a_second_is_kept_exactly() {
    let millis = Duration::from_millis;
    for (pause, opens) in [(millis(899), true), (millis(900), false)] {
        let breaker = breaker(BreakerSettings {
            window: millis(900),
            minimum_calls: 4,
            consecutive_failures: None,
            ..plain()
        });
        play(&breaker, "fff");
        advance(pause).await;
        play(&breaker, "f");
        assert_eq!(is_open(&breaker), opens, "after {pause:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn open_times_below_a_second_are_kept_on_the_paused_clock() {
    let millis = Duration::from_millis;
    let breaker = breaker(BreakerSettings {
        open_time: Backoff::new(millis(250), millis(250)).unwrap(),
        ..plain()
    });
    play(&breaker, "ff");
    advance(millis(249)).await;
    assert_eq!(breaker.try_acquire().unwrap_err().retry_after, millis(1));
    advance(millis(1)).await;
    assert!(breaker.try_acquire().is_ok());
}
