//! Admission by the gate: calls, their times, and refusals.

use std::sync::Mutex;

use futures_util::FutureExt;
use futures_util::future::join_all;
use resilience::{Deadline, QuotaError, QuotaGate, QuotaUsage};
use tokio::time::{advance, sleep, timeout};

use super::*;

/// A deadline that no test reaches.
fn patient() -> Deadline {
    Deadline::within(DAY)
}

/// The outcome of asking, when it is known at once.
fn ask(gate: &LocalQuota) -> Option<Result<(), QuotaError>> {
    let answer = gate.acquire(patient()).now_or_never();
    answer.map(|result| result.map(drop))
}

#[tokio::test(start_paused = true)]
async fn calls_within_the_quota_do_not_wait_and_the_next_waits_a_second() {
    let gate = gate(settings(), DAY);
    let start = Instant::now();
    let mut times = Vec::new();
    for _ in 0..5 {
        drop(gate.acquire(patient()).await.unwrap());
        times.push(start.elapsed().as_secs());
    }
    assert_eq!(times, [0, 0, 1, 1, 2]);
}

#[tokio::test(start_paused = true)]
async fn pause_saves_nothing_up() {
    let gate = gate(settings(), DAY);
    assert_eq!(ask(&gate), Some(Ok(())));
    advance(SECOND * 9 / 10).await;
    assert_eq!(ask(&gate), Some(Ok(())));
    advance(SECOND / 10).await;
    assert_eq!(ask(&gate), Some(Ok(())), "the first call is a second old");
    assert_eq!(ask(&gate), None, "the second is not");
    advance(SECOND * 9 / 10).await;
    assert_eq!(ask(&gate), Some(Ok(())));
}

#[tokio::test(start_paused = true)]
async fn call_blocks_its_place_until_a_second_after_its_end_or_its_transit() {
    let settings = QuotaSettings {
        per_second: NonZeroU32::MIN,
        transit: 3 * SECOND,
        ..settings()
    };
    for (lasts, blocks) in [(0, 1), (2, 3), (5, 4)] {
        let gate = gate(settings, DAY);
        let start = Instant::now();
        let call = async {
            let permit = gate.acquire(patient()).await.unwrap();
            sleep(lasts * SECOND).await;
            drop(permit);
        };
        let next = async {
            let _permit = gate.acquire(patient()).await.unwrap();
            start.elapsed().as_secs()
        };
        let ((), waited) = tokio::join!(call, next);
        assert_eq!(waited, blocks, "a call of {lasts} s");
    }
}

#[tokio::test(start_paused = true)]
async fn callers_get_through_in_the_order_in_which_they_came() {
    let gate = gate(settings(), DAY);
    let order = Mutex::new(Vec::new());
    join_all((0..10).map(|caller| {
        let (gate, order) = (&gate, &order);
        async move {
            drop(gate.acquire(patient()).await.unwrap());
            order.lock().unwrap().push(caller);
        }
    }))
    .await;
    assert_eq!(order.into_inner().unwrap(), (0..10).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn full_queue_refuses_at_once_and_a_caller_that_leaves_makes_room() {
    let gate = gate(
        QuotaSettings {
            queue: 1,
            ..settings()
        },
        DAY,
    );
    assert_eq!(ask(&gate), Some(Ok(())));
    assert_eq!(ask(&gate), Some(Ok(())));
    let mut waiting = gate.acquire(patient());
    assert!((&mut waiting).now_or_never().is_none());
    assert_eq!(ask(&gate), Some(Err(QuotaError::QueueFull)));
    assert_eq!(gate.usage().waiting, 1);
    drop(waiting);
    assert_eq!(gate.usage().waiting, 0);
    assert_eq!(ask(&gate), None, "there is room to wait again");
}

#[tokio::test(start_paused = true)]
async fn caller_that_leaves_hands_its_turn_on_and_has_taken_nothing() {
    let gate = gate(settings(), DAY);
    let start = Instant::now();
    assert_eq!(ask(&gate), Some(Ok(())));
    assert_eq!(ask(&gate), Some(Ok(())));
    let leaving = || timeout(SECOND / 2, gate.acquire(patient()));
    let (first, second, third) = tokio::join!(leaving(), leaving(), gate.acquire(patient()));
    assert!(first.is_err() && second.is_err() && third.is_ok());
    assert_eq!(start.elapsed(), SECOND);
    let expected = QuotaUsage {
        today: 3,
        recent: 1,
        waiting: 0,
    };
    assert_eq!(gate.usage(), expected);
}

#[tokio::test(start_paused = true)]
async fn waiting_counts_against_the_deadline() {
    let gate = gate(settings(), DAY);
    assert_eq!(ask(&gate), Some(Ok(())));
    assert_eq!(ask(&gate), Some(Ok(())));
    let start = Instant::now();
    let late = gate.acquire(Deadline::within(SECOND / 2)).await;
    assert_eq!(late.unwrap_err(), QuotaError::DeadlineExceeded);
    assert_eq!(start.elapsed(), SECOND / 2);
    let too_late = gate.acquire(Deadline::within(Duration::ZERO)).await;
    assert_eq!(too_late.unwrap_err(), QuotaError::DeadlineExceeded);
    assert_eq!(gate.usage().today, 2);
}

#[tokio::test(start_paused = true)]
async fn spent_day_refuses_at_once_until_midnight() {
    let gate = gate(
        QuotaSettings {
            per_day: NonZeroU32::new(2).unwrap(),
            ..settings()
        },
        60 * SECOND,
    );
    let until = Instant::now() + 60 * SECOND;
    assert_eq!(ask(&gate), Some(Ok(())));
    assert_eq!(ask(&gate), Some(Ok(())));
    let spent = QuotaError::DayExhausted { until };
    assert_eq!(ask(&gate), Some(Err(spent)));
    advance(59 * SECOND).await;
    assert_eq!(ask(&gate), Some(Err(spent)));
    advance(SECOND).await;
    assert_eq!(ask(&gate), Some(Ok(())));
    assert_eq!(gate.usage().today, 1);
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_learn_that_the_day_is_spent() {
    let gate = gate(
        QuotaSettings {
            per_day: NonZeroU32::new(3).unwrap(),
            ..settings()
        },
        60 * SECOND,
    );
    let results = join_all((0..5).map(|_| gate.acquire(patient()))).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 3);
    let until = Instant::now() + 59 * SECOND;
    for result in &results[3..] {
        let error = result.as_ref().unwrap_err();
        assert_eq!(*error, QuotaError::DayExhausted { until });
    }
}

#[tokio::test(start_paused = true)]
async fn calls_around_midnight_count_for_both_days() {
    let gate = gate(settings(), SECOND / 2);
    assert_eq!(ask(&gate), Some(Ok(())));
    assert_eq!(ask(&gate), Some(Ok(())));
    advance(SECOND / 2).await;
    assert_eq!(gate.usage().today, 2);
    advance(SECOND / 2).await;
    assert_eq!(gate.usage().today, 2);
    assert_eq!(gate.usage().recent, 0);
}

#[tokio::test(start_paused = true)]
async fn unused_permit_does_not_count() {
    let gate = gate(settings(), DAY);
    let permits = [
        gate.acquire(patient()).await.unwrap(),
        gate.acquire(patient()).await.unwrap(),
    ];
    let start = Instant::now();
    let giving_back = async {
        sleep(SECOND / 4).await;
        for permit in permits {
            permit.unused();
        }
    };
    let (next, ()) = tokio::join!(gate.acquire(patient()), giving_back);
    assert_eq!(start.elapsed(), SECOND / 4, "its place is free at once");
    drop(next.unwrap());
    assert_eq!(gate.usage().today, 1);
}

#[tokio::test(start_paused = true)]
async fn settings_that_cannot_work_make_no_gate() {
    let refused = |settings| {
        let gate = LocalQuota::new(settings, || Day::at(DAY, DAY));
        gate.unwrap_err().setting
    };
    let transit = Duration::from_secs(61);
    assert_eq!(
        refused(QuotaSettings {
            transit,
            ..settings()
        }),
        "transit"
    );
    let queue = usize::MAX;
    assert_eq!(
        refused(QuotaSettings {
            queue,
            ..settings()
        }),
        "queue"
    );
}
