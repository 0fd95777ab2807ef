//! Retry: how often, how long apart, and when not at all.

use std::cell::Cell;
use std::future::ready;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use resilience::{
    Advice, Backoff, Deadline, GaveUp, Idempotent, Jitter, Retry, RetryBudget, RetryError,
};
use tokio::time::{Instant, sleep};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);

/// Waits of up to 1, 2, 4, 8, 8, ... seconds.
fn retry(attempts: u32, budget: RetryBudget) -> Retry {
    Retry::new(
        NonZeroU32::new(attempts).unwrap(),
        Backoff::new(SECOND, 8 * SECOND).unwrap(),
        Arc::new(budget),
        Jitter::from_seed(1),
    )
}

fn ample() -> RetryBudget {
    RetryBudget::new(100, 1_000)
}

fn gave_up<T>(attempt: u32, reason: GaveUp) -> Result<T, RetryError<&'static str>> {
    Err(RetryError {
        attempt,
        reason,
        source: "down",
    })
}

/// Fails this many times before it succeeds with the number of the attempt.
async fn call_that_fails(
    times: u32,
    retry: &Retry,
    deadline: Deadline,
    advice: Advice,
) -> Result<u32, RetryError<&'static str>> {
    let mut attempt = 0;
    let call = Idempotent(|| {
        attempt += 1;
        ready(if attempt > times {
            Ok(attempt)
        } else {
            Err("down")
        })
    });
    retry.run(deadline, call, |_| advice).await
}

#[tokio::test(start_paused = true)]
async fn retry_tries_until_the_call_succeeds() {
    for fails in 0..4 {
        let deadline = Deadline::within(MINUTE);
        let result = call_that_fails(fails, &retry(4, ample()), deadline, Advice::Retry).await;
        assert_eq!(result, Ok(fails + 1));
    }
}

#[tokio::test(start_paused = true)]
async fn retry_stops_after_the_last_attempt_with_its_error() {
    let deadline = Deadline::within(MINUTE);
    let result = call_that_fails(9, &retry(4, ample()), deadline, Advice::Retry).await;
    assert_eq!(result, gave_up(4, GaveUp::Attempts));
    assert_eq!(
        result.unwrap_err().to_string(),
        "attempt 4 failed and there is no other: all attempts were made"
    );
}

#[tokio::test(start_paused = true)]
async fn permanent_error_is_not_retried() {
    let deadline = Deadline::within(MINUTE);
    let result = call_that_fails(1, &retry(4, ample()), deadline, Advice::GiveUp).await;
    assert_eq!(result, gave_up(1, GaveUp::Permanent));
}

#[tokio::test(start_paused = true)]
async fn each_wait_is_drawn_between_zero_and_its_full_length() {
    let retry = retry(7, RetryBudget::new(100, u16::MAX));
    let mut waits = vec![Vec::new(); 6];
    for _ in 0..200 {
        let last_end = Cell::new(None::<Instant>);
        let attempt = Cell::new(0);
        let call = Idempotent(|| {
            if let Some(end) = last_end.get() {
                waits[attempt.get()].push(end.elapsed());
                attempt.set(attempt.get() + 1);
            }
            last_end.set(Some(Instant::now()));
            ready(Err::<(), _>("down"))
        });
        let deadline = Deadline::within(MINUTE);
        assert!(retry.run(deadline, call, |_| Advice::Retry).await.is_err());
    }
    // The timer's tick is a millisecond.
    for (waits, seconds) in waits.iter().zip([1, 2, 4, 8, 8, 8]) {
        let longest = seconds * SECOND;
        assert!(waits.iter().all(|&w| w <= longest + SECOND / 1_000));
        assert!(waits.iter().any(|&w| w < longest / 10));
        assert!(waits.iter().any(|&w| w > longest * 9 / 10));
    }
}

#[tokio::test(start_paused = true)]
async fn wait_that_outlasts_the_deadline_is_not_begun() {
    let start = Instant::now();
    let deadline = Deadline::within(5 * SECOND);
    let advice = Advice::RetryAfter(5 * SECOND);
    let result = call_that_fails(1, &retry(4, ample()), deadline, advice).await;
    assert_eq!(result, gave_up(1, GaveUp::Deadline));
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn pause_of_the_server_is_kept_and_spread() {
    let retry = retry(2, ample());
    let mut pauses = Vec::new();
    for _ in 0..50 {
        let start = Instant::now();
        let deadline = Deadline::within(MINUTE);
        let advice = Advice::RetryAfter(5 * SECOND);
        assert_eq!(call_that_fails(1, &retry, deadline, advice).await, Ok(2));
        pauses.push(start.elapsed());
    }
    let longest = 6 * SECOND + SECOND / 1_000;
    assert!(
        pauses
            .iter()
            .all(|pause| (5 * SECOND..=longest).contains(pause))
    );
    assert!(pauses.iter().any(|&pause| pause > 5 * SECOND + SECOND / 2));
}

#[tokio::test(start_paused = true)]
async fn attempt_that_has_begun_ends_by_itself_and_is_the_last_one_after_the_deadline() {
    let start = Instant::now();
    let takes = [SECOND, 9 * SECOND];
    let mut attempt = 0;
    let call = Idempotent(|| {
        let takes = takes[attempt];
        attempt += 1;
        async move {
            sleep(takes).await;
            Err::<(), _>("down")
        }
    });
    let deadline = Deadline::within(5 * SECOND);
    let result = retry(4, ample())
        .run(deadline, call, |_| Advice::Retry)
        .await;
    assert_eq!(result, gave_up(2, GaveUp::Deadline));
    assert!(start.elapsed() >= 10 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn budget_bounds_the_retries_of_all_callers_together() {
    let first = retry(3, RetryBudget::new(10, 5));
    let second = first.clone();
    let mut retries = 0;
    let mut refused = 0;
    for caller in 0..100 {
        let retry = if caller % 2 == 0 { &first } else { &second };
        let deadline = Deadline::within(MINUTE);
        match call_that_fails(9, retry, deadline, Advice::Retry).await {
            Err(RetryError {
                attempt, reason, ..
            }) => {
                retries += attempt - 1;
                refused += u32::from(reason == GaveUp::Budget);
            }
            other => panic!("{other:?}"),
        }
    }
    // Five in reserve and one for every ten calls; the first call pays in while it is full.
    assert_eq!(retries, 5 + 9);
    assert!(refused > 90, "{refused}");
}

#[tokio::test(start_paused = true)]
async fn good_times_fill_the_budget_only_up_to_its_reserve() {
    let retry = retry(9, RetryBudget::new(50, 2));
    let deadline = Deadline::within(MINUTE);
    for _ in 0..100 {
        assert_eq!(
            call_that_fails(0, &retry, deadline, Advice::Retry).await,
            Ok(1)
        );
    }
    let result = call_that_fails(9, &retry, deadline, Advice::Retry).await;
    assert_eq!(result, gave_up(3, GaveUp::Budget));
}
