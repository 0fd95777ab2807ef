//! Opening, closing, and status of the breaker.

use std::num::NonZeroU32;

use resilience::{BreakerCounts, BreakerState, CallError, OpenCause};

use super::*;

/// Opens at half of at least four calls in ten seconds.
fn by_rate() -> BreakerSettings {
    BreakerSettings {
        window: 10 * SECOND,
        minimum_calls: 4,
        failure_rate: 0.5,
        consecutive_failures: None,
        ..plain()
    }
}

fn cause(breaker: &CircuitBreaker) -> Option<OpenCause> {
    match breaker.state() {
        BreakerState::Open { cause, .. } => Some(cause),
        _ => None,
    }
}

#[tokio::test(start_paused = true)]
async fn breaker_opens_at_the_rate_once_there_are_enough_calls() {
    for (calls, expected) in [
        ("fff", None),
        ("ffff", Some(OpenCause::FailureRate)),
        ("sssf", None),
        ("ssff", Some(OpenCause::FailureRate)),
        ("sssff", None),
        ("iiifff", None),
    ] {
        let breaker = breaker(by_rate());
        play(&breaker, calls);
        assert_eq!(cause(&breaker), expected, "{calls}");
    }
}

#[tokio::test(start_paused = true)]
async fn only_the_latest_calls_within_the_window_count() {
    let by_age = breaker(by_rate());
    play(&by_age, "ff");
    advance(10 * SECOND).await;
    play(&by_age, "ssf");
    assert_eq!(by_age.counts().calls, 3);
    play(&by_age, "f");
    assert_eq!(cause(&by_age), Some(OpenCause::FailureRate));

    let by_number = breaker(BreakerSettings {
        window_calls: 4,
        ..by_rate()
    });
    play(&by_number, "fsssssf");
    assert_eq!(by_number.counts().calls, 4);
    assert_eq!(by_number.counts().failures, 1);
    play(&by_number, "f");
    assert_eq!(cause(&by_number), Some(OpenCause::FailureRate));
}

#[tokio::test(start_paused = true)]
async fn failures_in_a_row_open_it_and_a_success_between_them_does_not() {
    for (calls, expected) in [
        ("f", None),
        ("fsf", None),
        ("ff", Some(OpenCause::ConsecutiveFailures)),
        ("fif", Some(OpenCause::ConsecutiveFailures)),
    ] {
        let breaker = breaker(plain());
        play(&breaker, calls);
        assert_eq!(cause(&breaker), expected, "{calls}");
    }
}

#[tokio::test(start_paused = true)]
async fn while_open_it_refuses_and_says_when_to_come_back() {
    let breaker = breaker(plain());
    play(&breaker, "ff");
    advance(4 * SECOND).await;
    let rejected = breaker.try_acquire().unwrap_err();
    assert_eq!(rejected.retry_after, 6 * SECOND);
    assert_eq!(
        rejected.to_string(),
        "the circuit breaker test is not letting calls through"
    );
    assert_eq!(breaker.check(), Err(rejected));
    advance(6 * SECOND).await;
    assert_eq!(breaker.check(), Ok(()));
    assert!(is_open(&breaker), "asking is not calling");
}

#[tokio::test(start_paused = true)]
async fn open_time_doubles_with_each_failed_probe_and_starts_anew_once_closed() {
    let breaker = ready_to_probe(plain()).await;
    for open_seconds in [20, 40, 60, 60] {
        play(&breaker, "f");
        assert_eq!(cause(&breaker), Some(OpenCause::Probe));
        let wait = breaker.check().unwrap_err().retry_after;
        assert_eq!(wait, open_seconds * SECOND);
        advance(wait).await;
    }
    play(&breaker, "sff");
    assert_eq!(breaker.check().unwrap_err().retry_after, 10 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn part_of_the_open_time_is_left_to_chance() {
    let wait = |seed| {
        let settings = BreakerSettings {
            open_jitter: 0.3,
            ..plain()
        };
        let breaker = CircuitBreaker::new("test", settings, Jitter::from_seed(seed)).unwrap();
        play(&breaker, "ff");
        breaker.check().unwrap_err().retry_after
    };
    let waits: Vec<_> = (0..200).map(wait).collect();
    assert!(waits.iter().all(|w| (7 * SECOND..=10 * SECOND).contains(w)));
    assert!(waits.iter().any(|&w| w < 8 * SECOND) && waits.iter().any(|&w| w > 9 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn closing_forgets_the_calls_before() {
    let breaker = ready_to_probe(plain()).await;
    play(&breaker, "s");
    assert_eq!(breaker.state(), BreakerState::Closed);
    let expected = BreakerCounts::default();
    assert_eq!(breaker.counts(), expected);
    play(&breaker, "f");
    assert_eq!(breaker.state(), BreakerState::Closed);
}

#[tokio::test(start_paused = true)]
async fn probe_that_never_ends_does_not_keep_the_breaker_half_open() {
    let breaker = ready_to_probe(BreakerSettings {
        probe_timeout: 5 * SECOND,
        ..plain()
    })
    .await;
    let stray = breaker.try_acquire().unwrap();
    advance(2 * SECOND).await;
    assert_eq!(breaker.check().unwrap_err().retry_after, 3 * SECOND);
    advance(3 * SECOND).await;
    assert_eq!(breaker.check().unwrap_err().retry_after, 20 * SECOND);
    assert_eq!(cause(&breaker), Some(OpenCause::Probe));
    advance(20 * SECOND).await;
    play(&breaker, "s");
    assert_eq!(breaker.state(), BreakerState::Closed);
    stray.record(Outcome::Failure);
    assert_eq!(breaker.counts().failures, 0);
}

#[tokio::test(start_paused = true)]
async fn transitions_can_be_followed() {
    let breaker = breaker(plain());
    let mut statuses = breaker.subscribe();
    let mut seen = Vec::new();
    play(&breaker, "ff");
    seen.push(*statuses.borrow_and_update());
    advance(10 * SECOND).await;
    let probe = breaker.try_acquire().unwrap();
    seen.push(*statuses.borrow_and_update());
    probe.record(Outcome::Success);
    assert!(statuses.has_changed().unwrap());
    seen.push(*statuses.borrow_and_update());
    let names = seen.iter().map(|status| status.state.name());
    assert_eq!(names.collect::<Vec<_>>(), ["open", "half_open", "closed"]);
    let generations = seen.iter().map(|status| status.generation);
    assert_eq!(generations.collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(seen[1].since - seen[0].since, 10 * SECOND);
    assert_eq!(breaker.status(), seen[2]);
}

#[tokio::test(start_paused = true)]
async fn call_reports_its_result_and_keeps_its_error() {
    let breaker = breaker(BreakerSettings {
        consecutive_failures: NonZeroU32::new(1),
        ..plain()
    });
    let classify = |result: &Result<u8, &str>| match result {
        Ok(_) => Outcome::Success,
        Err(_) => Outcome::Failure,
    };
    assert_eq!(breaker.call(async { Ok(1) }, classify).await, Ok(1));
    let failed = breaker.call(async { Err("reset") }, classify).await;
    assert_eq!(failed, Err(CallError::Failed("reset")));
    let mut called = false;
    let refused = breaker.call(
        async {
            called = true;
            Ok(1)
        },
        classify,
    );
    assert!(matches!(refused.await, Err(CallError::Rejected(_))));
    assert!(!called);
}

#[tokio::test(start_paused = true)]
async fn settings_that_cannot_work_make_no_breaker() {
    let settings = BreakerSettings {
        failure_rate: 1.5,
        ..plain()
    };
    let error = CircuitBreaker::new("test", settings, Jitter::from_seed(1)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "failure_rate must be above 0 and at most 1"
    );
}
