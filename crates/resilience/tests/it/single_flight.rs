//! Single-flight: who shares, and who is freed when something goes wrong.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use resilience::{FlightError, SingleFlight};
use tokio::time::{Instant, sleep, timeout};

const SECOND: Duration = Duration::from_secs(1);

type Result = std::result::Result<usize, FlightError<&'static str>>;

/// Single-flight over work that counts how often it is started.
#[derive(Default)]
struct Fetches {
    flights: SingleFlight<&'static str, usize, &'static str>,
    started: Arc<AtomicUsize>,
}

impl Fetches {
    /// Takes two seconds, in two steps, and gives the number of starts.
    async fn fetch(&self, key: &'static str) -> Result {
        let started = Arc::clone(&self.started);
        let work = || async move {
            let number = started.fetch_add(1, Ordering::Relaxed) + 1;
            sleep(SECOND).await;
            sleep(SECOND).await;
            Ok(number)
        };
        self.flights.run(key, work).await
    }
}

#[tokio::test(start_paused = true)]
async fn thousand_callers_share_one_fetch() {
    let fetches = Fetches::default();
    let results = join_all((0..1_000).map(|_| fetches.fetch("a"))).await;
    assert_eq!(results, vec![Ok(1); 1_000]);
    assert!(fetches.flights.is_empty());
}

#[tokio::test(start_paused = true)]
async fn work_that_is_done_is_not_kept() {
    let fetches = Fetches::default();
    assert_eq!(fetches.fetch("a").await, Ok(1));
    assert_eq!(fetches.fetch("a").await, Ok(2));
}

#[tokio::test(start_paused = true)]
async fn keys_do_not_wait_for_each_other() {
    let fetches = Fetches::default();
    let start = Instant::now();
    let (a, b) = tokio::join!(fetches.fetch("a"), fetches.fetch("b"));
    assert_eq!((a, b), (Ok(1), Ok(2)));
    assert_eq!(start.elapsed(), 2 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn late_caller_joins_work_under_way() {
    let fetches = Fetches::default();
    let start = Instant::now();
    let late = async {
        sleep(SECOND).await;
        fetches.fetch("a").await
    };
    assert_eq!(tokio::join!(fetches.fetch("a"), late), (Ok(1), Ok(1)));
    assert_eq!(start.elapsed(), 2 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn error_is_shared_like_a_result() {
    let flights = SingleFlight::<_, (), _>::new();
    let started = Arc::new(AtomicUsize::new(0));
    let call = || {
        let started = Arc::clone(&started);
        flights.run("a", || async move {
            started.fetch_add(1, Ordering::Relaxed);
            sleep(SECOND).await;
            Err("down")
        })
    };
    let results = join_all((0..3).map(|_| call())).await;
    assert_eq!(results, vec![Err(FlightError::Failed("down")); 3]);
    assert_eq!(started.load(Ordering::Relaxed), 1);
    assert!(flights.is_empty());
}

#[tokio::test(start_paused = true)]
async fn next_caller_drives_the_work_on_when_the_driver_leaves() {
    let fetches = Fetches::default();
    let start = Instant::now();
    let driver = timeout(SECOND * 3 / 2, fetches.fetch("a"));
    let second = timeout(SECOND * 7 / 4, fetches.fetch("a"));
    let (driver, second, third) = tokio::join!(driver, second, fetches.fetch("a"));
    assert!(driver.is_err() && second.is_err());
    assert_eq!(third, Ok(1));
    assert_eq!(start.elapsed(), 2 * SECOND);
    assert!(fetches.flights.is_empty());
}

#[tokio::test(start_paused = true)]
async fn caller_that_leaves_takes_nothing_from_the_others() {
    let fetches = Fetches::default();
    let leaving = timeout(SECOND, fetches.fetch("a"));
    let (stays, leaves) = tokio::join!(fetches.fetch("a"), async {
        tokio::task::yield_now().await;
        leaving.await
    });
    assert!(leaves.is_err());
    assert_eq!(stays, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn work_and_its_key_are_dropped_with_the_last_caller() {
    let flights = SingleFlight::<_, (), ()>::new();
    let held_by_the_work = Arc::new(());
    let call = || {
        let held = Arc::clone(&held_by_the_work);
        flights.run("a", || async move {
            pending::<()>().await;
            drop(held);
            Ok(())
        })
    };
    let calls = join_all((0..3).map(|_| call()));
    assert!(timeout(SECOND, calls).await.is_err());
    assert!(flights.is_empty());
    assert_eq!(Arc::strong_count(&held_by_the_work), 1);
}

#[tokio::test(start_paused = true)]
async fn caller_of_work_that_is_done_leaves_newer_work_alone() {
    let flights = SingleFlight::<_, u8, ()>::new();
    let start = || flights.run("a", || sleep(SECOND).map(|()| Ok(1)));
    let driver = start();
    let mut never_polled_again = Box::pin(start());
    tokio::select! {
        biased;
        result = driver => assert_eq!(result, Ok(1)),
        _ = poll_once_then_wait(&mut never_polled_again) => unreachable!("it is not polled again"),
    }
    let mut newer = Box::pin(start());
    assert!((&mut newer).now_or_never().is_none());
    drop(never_polled_again);
    assert_eq!(flights.len(), 1);
    let joins_newer = flights.run("a", || async { Ok(2) });
    assert_eq!(tokio::join!(newer, joins_newer), (Ok(1), Ok(1)));
}

/// Polls a future once, and never again.
async fn poll_once_then_wait<F: Future + Unpin>(future: &mut F) -> F::Output {
    assert!(future.now_or_never().is_none());
    pending().await
}

#[tokio::test(start_paused = true)]
async fn panic_frees_everyone_with_an_error() {
    let flights = SingleFlight::<_, u8, ()>::new();
    let call = || {
        flights.run("a", || async {
            sleep(SECOND).await;
            panic!("the work of this test panics on purpose")
        })
    };
    let results = join_all((0..3).map(|_| call())).await;
    assert_eq!(results, vec![Err(FlightError::Panicked); 3]);
    assert!(flights.is_empty());
    assert_eq!(flights.run("a", || async { Ok(7) }).await, Ok(7));
}

#[tokio::test(start_paused = true)]
async fn work_may_wait_for_other_work() {
    let flights = Arc::new(SingleFlight::<_, u8, ()>::new());
    let inner = Arc::clone(&flights);
    let outer = flights.run("outer", || async move {
        let result = inner.run("inner", || async { Ok(7) }).await;
        result.map_err(|_| ())
    });
    assert_eq!(outer.await, Ok(7));
}

#[tokio::test]
async fn callers_on_several_threads_are_all_answered() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .build()
        .unwrap();
    let flights = Arc::new(SingleFlight::<u32, u32, ()>::new());
    let mut callers = tokio::task::JoinSet::new();
    for caller in 0..2_000_u32 {
        let flights = Arc::clone(&flights);
        let key = caller % 7;
        let work = move || async move {
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
            Ok(key)
        };
        let call = async move {
            // Every third caller goes away after a few polls.
            if caller % 3 == 0 {
                tokio::select! {
                    biased;
                    result = flights.run(key, work) => Some((key, result)),
                    () = tokio::task::yield_now() => None,
                }
            } else {
                Some((key, flights.run(key, work).await))
            }
        };
        callers.spawn_on(call, runtime.handle());
    }
    while let Some(caller) = callers.join_next().await {
        if let Some((key, result)) = caller.unwrap() {
            assert_eq!(result, Ok(key));
        }
    }
    assert!(flights.is_empty());
    runtime.shutdown_background();
}
