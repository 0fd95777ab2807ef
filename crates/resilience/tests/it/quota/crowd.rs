//! A crowd of random callers, seen from the upstream.

use std::sync::{Arc, Mutex};

use futures_util::future::join_all;
use proptest::collection::vec;
use proptest::prelude::*;
use resilience::{Deadline, QuotaGate};
use tokio::time::sleep;

use super::*;

/// A caller; times in milliseconds.
#[derive(Debug, Clone)]
struct Caller {
    comes: u64,
    patience: u64,
    /// From the permit until the upstream sees the call, and from there to its end.
    travels: u64,
    served: u64,
}

const TRANSIT: u64 = 400;

fn callers() -> impl Strategy<Value = Vec<Caller>> {
    let caller = (0_u64..=8_000, 0_u64..=3_000, 0..TRANSIT, 0_u64..=1_500);
    let caller = caller.prop_map(|(comes, patience, travels, served)| Caller {
        comes,
        patience,
        travels,
        served,
    });
    vec(caller, 0..80).prop_map(|mut callers| {
        callers.sort_by_key(|caller| caller.comes);
        callers
    })
}

/// Events of all callers, in order of time.
#[derive(Debug, Default)]
struct Log {
    granted: Vec<usize>,
    seen: Vec<Instant>,
}

/// Lets the callers loose on a gate of two a second and nine a day, with midnight after 4 s.
async fn run(callers: Vec<Caller>) -> Log {
    let gate = gate(small_day(), 4 * SECOND);
    let log = Arc::new(Mutex::new(Log::default()));
    join_all(callers.into_iter().enumerate().map(|(number, caller)| {
        let (gate, log) = (&gate, Arc::clone(&log));
        async move {
            let millis = Duration::from_millis;
            sleep(millis(caller.comes)).await;
            let deadline = Deadline::within(millis(caller.patience));
            if let Ok(permit) = gate.acquire(deadline).await {
                assert!(!deadline.expired());
                log.lock().unwrap().granted.push(number);
                sleep(millis(caller.travels)).await;
                log.lock().unwrap().seen.push(Instant::now());
                sleep(millis(caller.served)).await;
                drop(permit);
            }
        }
    }))
    .await;
    Arc::into_inner(log).unwrap().into_inner().unwrap()
}

fn small_day() -> QuotaSettings {
    QuotaSettings {
        per_day: NonZeroU32::new(9).unwrap(),
        queue: 5,
        transit: Duration::from_millis(TRANSIT),
        ..settings()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn upstream_never_sees_too_many_calls_and_nobody_is_overtaken(callers in callers()) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let start = Instant::now();
            let log = run(callers).await;
            assert!(log.granted.is_sorted());
            for three in log.seen.windows(3) {
                assert!(three[2] - three[0] >= SECOND, "{three:?}");
            }
            let midnight = start + 4 * SECOND;
            let before = log.seen.iter().filter(|&&seen| seen < midnight).count();
            assert!(before <= 9 && log.seen.len() - before <= 9);
        });
    }
}
