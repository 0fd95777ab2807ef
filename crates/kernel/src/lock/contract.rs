//! Contract tests for every implementation of [`Lock`] and [`Fences`].

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{join, join_all};

use super::{Fence, FenceToken, Fences, Lock, LockError, StaleFence};

/// Longer than anything here takes on a busy machine.
const PATIENT: Duration = Duration::from_mins(1);

/// Enough to be told that a lock is held.
const BRIEF: Duration = Duration::from_millis(20);

/// The contract of [`Lock`], on two instances that use the same lock service; `prefix` begins the names
/// and is this run's own.
///
/// # Panics
///
/// When the lock service breaks it.
pub async fn lock_contract(here: &dyn Lock, there: &dyn Lock, prefix: &str) {
    let name = |name: &str| format!("{prefix}{name}");
    lock_has_one_holder(here, there, &name("one")).await;
    lock_is_not_reentrant(here, &name("self")).await;
    names_are_told_apart_by_every_byte(here, there, &name("name")).await;
    waiter_gets_a_released_lock(here, there, &name("waiter")).await;
    cancelled_waiter_holds_nothing(here, there, &name("leaver")).await;
    contenders_hold_it_one_by_one(here, there, &name("crowd")).await;
}

/// Asserts that the lock is held by another holder, and that the lock service is reachable.
async fn is_held(lock: &dyn Lock, name: &str) -> bool {
    match lock.acquire(name, BRIEF).await {
        Ok(_) => false,
        Err(LockError::Held { name: told, .. }) => told == name,
        Err(error) => panic!("the lock service works: {error:?}"),
    }
}

async fn lock_has_one_holder(here: &dyn Lock, there: &dyn Lock, name: &str) {
    let lease = here.acquire(name, Duration::ZERO).await.expect("is free");
    assert!(is_held(there, name).await);
    assert!(!lease.is_lost());
    assert_eq!(lease.work(async { 7 }).await, Ok(7));
    drop(lease);
    let lease = there.acquire(name, PATIENT).await.expect("is free again");
    assert!(is_held(here, name).await);
    drop(lease);
}

async fn lock_is_not_reentrant(lock: &dyn Lock, name: &str) {
    let lease = lock.acquire(name, PATIENT).await.expect("is free");
    assert!(is_held(lock, name).await);
    drop(lease);
}

async fn names_are_told_apart_by_every_byte(here: &dyn Lock, there: &dyn Lock, name: &str) {
    let long = name.repeat(20);
    let names = [
        name,
        &format!("{name}A"),
        &format!("{name}a"),
        &format!("{name}a "),
        &long,
    ];
    let leases = join_all(names.map(|name| here.acquire(name, PATIENT))).await;
    for (lease, name) in leases.iter().zip(names) {
        assert!(lease.is_ok(), "{name}: {lease:?}");
        assert!(is_held(there, name).await, "{name}");
    }
}

async fn waiter_gets_a_released_lock(here: &dyn Lock, there: &dyn Lock, name: &str) {
    let lease = here.acquire(name, PATIENT).await.expect("is free");
    let mut waiter = there.acquire(name, PATIENT);
    assert!((&mut waiter).now_or_never().is_none());
    // The waiter has been waiting for a while when the lock is released.
    assert!(is_held(there, name).await);
    drop(lease);
    drop(waiter.await.expect("was let go"));
}

async fn cancelled_waiter_holds_nothing(here: &dyn Lock, there: &dyn Lock, name: &str) {
    let lease = here.acquire(name, PATIENT).await.expect("is free");
    let mut waiter = there.acquire(name, PATIENT);
    assert!((&mut waiter).now_or_never().is_none());
    drop(lease);
    drop(waiter);
    drop(here.acquire(name, PATIENT).await.expect("nobody has it"));
}

async fn contenders_hold_it_one_by_one(here: &dyn Lock, there: &dyn Lock, name: &str) {
    let inside = AtomicUsize::new(0);
    let visits = [here, there].repeat(4).into_iter().map(async |lock| {
        let lease = lock.acquire(name, PATIENT).await.expect("comes in");
        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "two are inside");
        // Lets the others try.
        assert!(is_held(lock, name).await);
        inside.fetch_sub(1, Ordering::SeqCst);
        drop(lease);
    });
    assert_eq!(join_all(visits).await.len(), 8);
}

/// The contract of [`Fences`]; `check` is what a protected write does in its transaction, and
/// `prefix` begins the names and is this run's own.
///
/// # Panics
///
/// When the fences break it.
pub async fn fences_contract(
    fences: &dyn Fences,
    check: impl AsyncFn(&Fence) -> Result<(), StaleFence>,
    prefix: &str,
) {
    let fence = |name: &str, token| Fence {
        name: format!("{prefix}{name}"),
        token,
    };
    let raise = async |name: &str| {
        let token = fences.raise(&format!("{prefix}{name}")).await;
        fence(name, token.expect("the fences work"))
    };

    let unknown = fence("a", FenceToken::new(1));
    let refused = check(&unknown).await.expect_err("nobody holds it");
    assert_eq!(refused.newest, FenceToken::new(0));

    let first = raise("a").await;
    assert_eq!(check(&first).await, Ok(()));
    let second = raise("a").await;
    assert!(second.token > first.token);
    assert_eq!(check(&second).await, Ok(()));
    assert_eq!(check(&second).await, Ok(()), "as often as it likes");
    let stale = StaleFence {
        fence: first.clone(),
        newest: second.token,
    };
    assert_eq!(check(&first).await, Err(stale));

    // Another name, even one as near as this, has its own.
    let other = raise("A").await;
    assert_eq!(check(&other).await, Ok(()));
    assert_eq!(check(&second).await, Ok(()));

    let (one, two) = join(join_all((0..8).map(|_| raise("c"))), raise("c")).await;
    let mut tokens: Vec<_> = one.iter().chain([&two]).map(|fence| fence.token).collect();
    tokens.sort_unstable();
    tokens.dedup();
    assert_eq!(tokens.len(), 9, "no two are equal");
    let newest = *tokens.last().expect("there are nine");
    for token in tokens {
        let passed = check(&fence("c", token)).await.is_ok();
        assert_eq!(passed, token == newest);
    }
}
