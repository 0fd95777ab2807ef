//! R10: a process that is stopped for longer than its lease cannot write when it goes on.

use std::sync::Arc;
use std::time::Duration;

use coordination_redis::{Redis, RedisLock};
use kernel::{Clock, FallbackLock, Fenced, FencedLease, SystemClock, TimeOrderedIds};
use schedule::{LastRun, TickStore, TickStoreError};
use storage_sql::Database;
use testkit::{Server, TestDatabase};

use crate::actor::{self, PATIENT, says};
use crate::scale::Scale;

const LEASE: Duration = Duration::from_secs(2);

fn fenced(redis: Redis, database: &Database) -> Fenced {
    let ids = Arc::new(TimeOrderedIds::new(Arc::new(SystemClock)));
    let lock = RedisLock::new(redis, ids, LEASE);
    let lock = FallbackLock::new(Arc::new(lock), database.lock());
    Fenced::new(Arc::new(lock), Arc::new(database.fences()))
}

/// Begins a tick, as scheduled work does under its lock: each is later than the one before, so that
/// nothing but the fence refuses it.
async fn write(database: &Database, lease: &FencedLease, who: &str) -> Result<(), TickStoreError> {
    let (runs, now) = (database.job_runs(), SystemClock.now());
    let tick = now.as_microsecond();
    runs.begin("job", tick, who, now, lease.fence()).await?;
    Ok(())
}

/// Takes the lock, writes as long as it has it, and once more when it has lost it.
#[tokio::test]
#[ignore = "a process of the scenarios below"]
async fn holder() {
    let (redis, database) = actor::servers().await;
    let fenced = fenced(redis, &database);
    let lease = fenced.acquire("job", PATIENT).await.unwrap();
    println!("took the lock");
    let refused = Box::pin(lease.work(async {
        loop {
            if let Err(refused) = write(&database, &lease, "holder").await {
                return refused;
            }
            println!("wrote");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }));
    match refused.await {
        // The write came before the watch over the lease.
        Ok(refused) => println!("refused: {refused}"),
        Err(lost) => println!("work cancelled: {lost}"),
    }
    lease.lease().lost().cancelled().await;
    println!("knows that it lost the lock");
    let refused = write(&database, &lease, "holder").await.unwrap_err();
    println!("finally refused: {refused}");
}

#[tokio::test]
async fn stopped_holder_is_overtaken_cancelled_and_refused() {
    let scale = Scale::from_environment();
    let rounds = scale.pick(1, 20);
    let server = Server::redis().unwrap();
    let database = TestDatabase::mysql().await;
    let open = database.open().await;
    let fenced = fenced(actor::connect(&server.url()).await, &open);
    for _ in 0..rounds {
        let mut holder = actor::start("locks::holder", &server.url(), &database);
        says(&holder, "wrote").await;
        holder.freeze();
        // Its lease ends while it stands.
        let lease = fenced.acquire("job", PATIENT).await.unwrap();
        write(&open, &lease, "successor").await.unwrap();
        let before = last_write(&open).await;
        assert_eq!(before.instance, "successor");
        holder.thaw();
        says(&holder, "knows that it lost the lock").await;
        says(&holder, "finally refused").await;
        assert_eq!(last_write(&open).await, before, "{}", holder.log());
        let refusal = format!("the newest is {}", lease.fence().token);
        assert!(holder.log().contains(&refusal), "{}", holder.log());
        drop(lease);
    }
    scale.row(
        "R10",
        format!("{rounds} holders stopped past their lease and resumed"),
        "each was overtaken; its work cancelled and its writes refused",
    );
}

/// The last write, and who made it.
async fn last_write(database: &Database) -> LastRun {
    database.job_runs().latest("job").await.unwrap().unwrap()
}
