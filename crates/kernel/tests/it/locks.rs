//! Locks within a process, the fake, and what is built of both.

use std::sync::Arc;
use std::time::Duration;

use kernel::{
    FallbackLock, Fenced, LeaseLost, LocalLock, Lock, LockError, MemoryFences, MemoryLock,
    fences_contract, lock_contract,
};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn local_locks_keep_the_contract() {
    let lock = LocalLock::default();
    lock_contract(&lock, &lock.clone(), "").await;
}

#[tokio::test(start_paused = true)]
async fn fakes_keep_the_contracts() {
    let lock = MemoryLock::default();
    lock_contract(&lock, &lock.clone(), "").await;
    let fences = MemoryFences::default();
    fences_contract(&fences, async |fence| fences.check(fence), "").await;
}

#[tokio::test(start_paused = true)]
async fn fallback_keeps_the_contract_with_either_lock_service() {
    let (first, second) = (MemoryLock::default(), MemoryLock::default());
    let fallback = || FallbackLock::new(Arc::new(first.clone()), Arc::new(second.clone()));
    lock_contract(&fallback(), &fallback(), "").await;
    first.set_away(true);
    lock_contract(&fallback(), &fallback(), "").await;
}

#[tokio::test(start_paused = true)]
async fn fallback_ignores_contention_and_returns_to_the_first_service() {
    let (first, second) = (MemoryLock::default(), MemoryLock::default());
    let fallback = FallbackLock::new(Arc::new(first.clone()), Arc::new(second.clone()));

    let lease = fallback.acquire("a", SECOND).await.unwrap();
    let held = fallback.acquire("a", SECOND).await;
    assert!(matches!(held, Err(LockError::Held { .. })), "{held:?}");
    assert!(second.acquire("a", SECOND).await.is_ok(), "was not asked");
    drop(lease);

    first.set_away(true);
    let lease = fallback.acquire("a", SECOND).await.unwrap();
    assert!(second.acquire("a", SECOND).await.is_err(), "it has it");
    first.set_away(false);
    let two_at_once = fallback.acquire("a", SECOND).await;
    assert!(two_at_once.is_ok(), "which is why writes are fenced");
    drop(lease);

    first.set_away(true);
    second.set_away(true);
    let nobody = fallback.acquire("a", SECOND).await;
    assert!(matches!(nobody, Err(LockError::Unreachable(_))));
}

#[tokio::test]
async fn lost_lease_ends_the_work_and_its_writes_are_refused() {
    let lock = MemoryLock::default();
    let fences = Arc::new(MemoryFences::default());
    let fenced = Fenced::new(Arc::new(lock.clone()), fences.clone());

    let early = fenced.acquire("a", SECOND).await.unwrap();
    assert_eq!(fences.check(early.fence()), Ok(()));
    lock.forget_all();
    assert!(early.lease().is_lost());
    assert_eq!(
        early.work(std::future::pending::<()>()).await,
        Err(LeaseLost)
    );

    let late = fenced.acquire("a", SECOND).await.unwrap();
    assert_eq!(fences.check(late.fence()), Ok(()));
    let refused = fences.check(early.fence()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "a write under the lock `a` is refused: its holder has token 1, the newest is 2"
    );
    drop(early);
    let still_held = lock.acquire("a", Duration::ZERO).await;
    assert!(matches!(still_held, Err(LockError::Held { .. })));
}

#[tokio::test(start_paused = true)]
async fn waiter_waits_at_most_its_patience() {
    let lock = LocalLock::default();
    let lease = lock.acquire("a", Duration::MAX).await.unwrap();
    let start = tokio::time::Instant::now();
    let error = lock.acquire("a", SECOND).await.unwrap_err();
    assert_eq!(start.elapsed(), SECOND);
    assert_eq!(
        error.to_string(),
        "the lock `a` is held by another and was not released within 1000 ms"
    );
    drop(lease);
}
