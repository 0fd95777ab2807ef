//! Contract of [`QuotaGate`], as checks that run against any implementation.
//!
//! Each check is given `make`, which makes a gate with nothing used yet, far from midnight. They
//! run on a paused clock in no time and on a real one in some seconds.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use tokio::time::{Instant, timeout};

use super::{QuotaError, QuotaGate, QuotaSettings};
use crate::deadline::Deadline;

const SECOND: Duration = Duration::from_secs(1);

/// Runs every check.
///
/// # Panics
///
/// When the gate breaks its contract.
pub async fn check_all<G>(make: impl Fn(QuotaSettings) -> G)
where
    G: Future<Output = Arc<dyn QuotaGate>>,
{
    no_second_sees_too_many(make(settings()).await).await;
    a_full_queue_refuses_at_once(make(settings()).await).await;
    a_wait_ends_with_the_deadline(make(settings()).await).await;
    a_caller_that_leaves_has_taken_nothing(make(settings()).await).await;
    unused_permit_does_not_count(make(settings()).await).await;
    a_spent_day_refuses(make(settings()).await).await;
}

/// Two a second, eight a day, three may wait.
fn settings() -> QuotaSettings {
    QuotaSettings {
        per_second: NonZeroU32::MIN.saturating_add(1),
        per_day: NonZeroU32::MIN.saturating_add(7),
        queue: 3,
        transit: SECOND / 2,
    }
}

fn patient() -> Deadline {
    Deadline::within(60 * SECOND)
}

/// Uses up the present second.
async fn make_two_calls(gate: &dyn QuotaGate) {
    for _ in 0..2 {
        drop(gate.acquire(patient()).await.expect("there is quota"));
    }
}

async fn no_second_sees_too_many(gate: Arc<dyn QuotaGate>) {
    let mut calls = join_all((0..5).map(|_| async {
        let permit = gate.acquire(patient()).await.expect("there is quota");
        let seen = Instant::now();
        drop(permit);
        seen
    }))
    .await;
    calls.sort();
    for three in calls.windows(3) {
        let apart = three[2] - three[0];
        assert!(apart >= SECOND, "three calls within {apart:?}");
    }
}

async fn a_full_queue_refuses_at_once(gate: Arc<dyn QuotaGate>) {
    make_two_calls(&*gate).await;
    let mut waiting = join_all((0..3).map(|_| gate.acquire(patient())));
    assert!((&mut waiting).now_or_never().is_none());
    let refused = gate.acquire(patient()).await;
    assert_eq!(refused.expect_err("three wait"), QuotaError::QueueFull);
    drop(waiting);
    drop(gate.acquire(patient()).await.expect("nobody waits now"));
}

async fn a_wait_ends_with_the_deadline(gate: Arc<dyn QuotaGate>) {
    make_two_calls(&*gate).await;
    let late = gate.acquire(Deadline::within(SECOND / 4)).await;
    let expected = QuotaError::DeadlineExceeded;
    assert_eq!(late.expect_err("the second is used up"), expected);
}

async fn a_caller_that_leaves_has_taken_nothing(gate: Arc<dyn QuotaGate>) {
    make_two_calls(&*gate).await;
    for _ in 0..2 {
        let leaves = timeout(SECOND / 10, gate.acquire(patient())).await;
        assert!(leaves.is_err(), "the second is used up");
    }
    for _ in 0..6 {
        drop(gate.acquire(patient()).await.expect("six are left today"));
    }
}

async fn unused_permit_does_not_count(gate: Arc<dyn QuotaGate>) {
    for _ in 0..20 {
        let permit = gate.acquire(patient()).await.expect("none was used");
        permit.unused();
    }
}

async fn a_spent_day_refuses(gate: Arc<dyn QuotaGate>) {
    for _ in 0..8 {
        drop(gate.acquire(patient()).await.expect("eight are allowed"));
    }
    let refused = gate.acquire(patient()).await;
    let spent = refused.expect_err("eight were used");
    assert!(matches!(spent, QuotaError::DayExhausted { .. }), "{spent}");
}
