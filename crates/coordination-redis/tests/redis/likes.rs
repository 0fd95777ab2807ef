//! Likes on their way through a stream.

use std::sync::Arc;
use std::time::Duration;

use coordination_redis::{LikeFlusher, like_stream};
use futures_util::future::join_all;
use jiff::Timestamp;
use kernel::{ManualClock, MemberId, Ocid, SystemClock};
use likes::testkit::{BufferUnderTest, MemoryLikeStore, TransactionFault, buffer_contract};
use likes::{
    BufferError, Change, GroupCommit, Journal, LikeBuffer, LikeStore, MAX_WAITING, StreamPosition,
    group_commit_to,
};
use testkit::{Fault as NetworkFault, FaultProxy, Server};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::world::{Instance, PATIENT, prefix, tell, until};

/// An instance with a buffer over the stream, and the store that all instances share.
struct World {
    store: Arc<MemoryLikeStore>,
    flusher: LikeFlusher,
    buffer: GroupCommit,
    stop: CancellationToken,
    instance: Instance,
}

impl World {
    fn over(
        instance: Instance,
        store: &Arc<MemoryLikeStore>,
        max_waiting: usize,
        name: &str,
    ) -> Self {
        let (stream, flusher) = like_stream(
            instance.redis.clone(),
            store.clone(),
            Arc::new(SystemClock),
            max_waiting,
            name,
        );
        let pressure = stream.pressure();
        let (buffer, committer) = group_commit_to(Arc::new(stream), pressure);
        let stop = CancellationToken::new();
        TaskTracker::new().spawn(committer.run(stop.clone()));
        Self {
            store: Arc::clone(store),
            flusher,
            buffer,
            stop,
            instance,
        }
    }

    /// Alone on a prefix of the server that tests share, and ready.
    async fn alone() -> Self {
        let instance = Instance::sharing(&prefix()).await;
        let world = Self::over(instance, &Arc::default(), MAX_WAITING, "one");
        world.flush().await;
        world
    }

    /// On a server of the test's own, and ready.
    async fn on(server: &Server, store: &Arc<MemoryLikeStore>, name: &str) -> Self {
        let world = Self::over(Instance::on(server).await, store, MAX_WAITING, name);
        world.flush().await;
        world
    }

    async fn set(&self, number: u32, liked: bool) -> Result<Option<u64>, BufferError> {
        self.buffer.append(change(number, liked)).await
    }

    async fn count(&self) -> Result<u64, BufferError> {
        Ok(self.buffer.tally(&adele(), &[]).await?.count)
    }

    async fn stored(&self) -> u64 {
        assert_eq!(self.store.recount().await.unwrap(), []);
        self.store.tally(&adele(), &[]).await.unwrap().count
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

#[async_trait::async_trait]
impl BufferUnderTest for World {
    fn buffer(&self) -> &dyn LikeBuffer {
        &self.buffer
    }

    fn store(&self) -> &dyn LikeStore {
        &*self.store
    }

    async fn flush(&self) {
        let flush = async {
            while self.flusher.tick().await.is_err() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let flushed = tokio::time::timeout(PATIENT, flush).await;
        flushed.expect("the store is there");
    }
}

fn adele() -> Ocid {
    Ocid::new("adele")
}

fn change(number: u32, liked: bool) -> Change {
    Change {
        member: MemberId::new(number.into()),
        character: adele(),
        liked,
    }
}

#[tokio::test]
async fn stream_keeps_the_contract_of_a_buffer() {
    buffer_contract(World::alone).await;
}

#[tokio::test]
async fn likes_are_acknowledged_during_a_store_outage_and_counted_after_it() {
    let world = World::alone().await;
    assert_eq!(world.set(1, true).await.unwrap(), Some(1));
    world.store.plan([Some(TransactionFault::RolledBack)]);
    world.flusher.tick().await.unwrap_err();
    assert_eq!(world.set(2, true).await.unwrap(), Some(2));
    world.flush().await;
    assert_eq!(world.stored().await, 2);
    assert_eq!(world.buffer.waiting(), 0);
}

#[tokio::test]
async fn flusher_takes_over_from_a_dead_one_and_applies_the_rest_once() {
    for fault in [
        TransactionFault::RolledBack,
        TransactionFault::AnswerLost,
        TransactionFault::Hangs,
    ] {
        let prefix = prefix();
        let store = Arc::new(MemoryLikeStore::default());
        let one = Instance::sharing(&prefix).await;
        let one = World::over(one, &store, MAX_WAITING, "one");
        one.flush().await;
        for (number, liked) in [(1, true), (2, true), (1, false), (3, true), (3, true)] {
            one.set(number, liked).await.unwrap();
        }
        store.plan([Some(fault)]);
        let tick = one.flusher.tick();
        let cut_off = tokio::time::timeout(Duration::from_millis(500), tick).await;
        assert!(!matches!(cut_off, Ok(Ok(()))), "{fault:?}: it died");

        let two = Instance::sharing(&prefix).await;
        let two = World::over(two, &store, MAX_WAITING, "two");
        two.flush().await;
        assert_eq!(two.stored().await, 2, "{fault:?}");
        assert_eq!(two.count().await.unwrap(), 2, "{fault:?}");
        assert_eq!(two.buffer.waiting(), 0, "{fault:?}");
    }
}

#[tokio::test]
async fn concurrent_appends_and_flushes_lose_and_double_nothing() {
    let prefix = prefix();
    let store = Arc::new(MemoryLikeStore::default());
    let worlds = join_all(["one", "two", "three"].map(async |name| {
        let instance = Instance::sharing(&prefix).await;
        World::over(instance, &store, MAX_WAITING, name)
    }));
    let worlds = worlds.await;
    for world in &worlds {
        world.flush().await;
    }
    // Each member toggles through one instance after the other.
    let members = (0..30).map(async |number: u32| {
        for round in 0..=number {
            let world = &worlds[(number + round) as usize % 3];
            world.set(number, round % 2 == 0).await.unwrap();
            if round % 7 == 0 {
                // One that loses the race tells so, and goes on at the next tick.
                let _ = world.flusher.tick().await;
            }
        }
    });
    join_all(members).await;
    assert_eq!(worlds[0].count().await.unwrap(), 15);
    for world in &worlds {
        world.flush().await;
    }
    until(async || {
        worlds[1].flush().await;
        worlds[1].buffer.waiting() == 0
    })
    .await;
    assert_eq!(worlds[2].stored().await, 15);
    assert_eq!(worlds[2].count().await.unwrap(), 15);
}

#[tokio::test]
async fn waiting_changes_are_bounded_on_every_instance() {
    let instance = Instance::sharing(&prefix()).await;
    let world = World::over(instance, &Arc::default(), 10, "one");
    world.flush().await;
    for number in 0..10 {
        world.set(number, true).await.unwrap();
    }
    let full = world.set(10, true).await.unwrap_err();
    assert!(
        matches!(full, BufferError::QueueFull { waiting: 10 }),
        "{full}"
    );
    // An instance without changes of its own gets the number from Redis.
    let (other, _) = like_stream(
        world.instance.redis.clone(),
        world.store.clone(),
        Arc::new(SystemClock),
        10,
        "two",
    );
    let full = other.write(&[change(10, true)]).await.unwrap_err();
    assert!(
        matches!(full, BufferError::QueueFull { waiting: 10 }),
        "{full}"
    );
    world.flush().await;
    assert_eq!(world.set(10, true).await.unwrap(), Some(11));
}

#[tokio::test]
async fn missing_group_or_stream_is_created_again() {
    let server = Server::redis().unwrap();
    let world = World::on(&server, &Arc::default(), "one").await;
    world.set(1, true).await.unwrap();
    assert_eq!(
        tell(server.address(), "XGROUP DESTROY maple:likes flushers"),
        ":1"
    );
    world.flush().await;
    assert_eq!(world.stored().await, 1);
    assert_eq!(tell(server.address(), "FLUSHALL"), "+OK");
    world.flush().await;
    world.set(2, true).await.unwrap();
    world.flush().await;
    assert_eq!(world.stored().await, 2);
}

/// The clock of a server that lost its memory may be behind the one of the server before.
#[tokio::test]
async fn new_stream_starts_after_the_stores_watermark() {
    let prefix = prefix();
    let store = Arc::new(MemoryLikeStore::default());
    let seen = StreamPosition(u64::MAX >> 12, 7);
    let entry = likes::StreamEntry {
        position: seen,
        change: change(1, true),
        taken_at: Timestamp::UNIX_EPOCH,
    };
    store
        .apply_from("redis", StreamPosition::START, &[entry])
        .await
        .unwrap();
    let instance = Instance::sharing(&prefix).await;
    let world = World::over(instance, &store, MAX_WAITING, "one");
    world.set(2, true).await.unwrap();
    world.set(3, true).await.unwrap();
    world.flush().await;
    assert_eq!(world.stored().await, 3);
}

#[tokio::test]
async fn likes_bypass_an_unreachable_redis_and_waiting_ones_do_not_undo_them() {
    let mut server = Server::durable_redis().unwrap();
    let store = Arc::new(MemoryLikeStore::default());
    let world = World::on(&server, &store, "one").await;
    // 1 and 2 wait in the stream when it goes away.
    world.set(1, true).await.unwrap();
    world.set(2, true).await.unwrap();
    server.kill();
    // Taken without Redis: 1 changes their mind, 3 is new. What waits is not known.
    assert_eq!(world.set(1, false).await.unwrap(), None);
    assert_eq!(world.set(3, true).await.unwrap(), None);
    assert_eq!(world.stored().await, 1);
    world.count().await.expect_err("what waits is not known");

    server.restart().unwrap();
    world.flush().await;
    assert_eq!(world.stored().await, 2, "2 and 3");
    let tally = world
        .buffer
        .tally(&adele(), &[1, 2, 3].map(MemberId::new))
        .await;
    assert_eq!(tally.unwrap().likers, [2, 3].map(MemberId::new).into());
    // 1 changes their mind again, through the stream.
    until(async || matches!(world.set(1, true).await, Ok(Some(3)))).await;
    world.flush().await;
    assert_eq!(world.stored().await, 3);
}

#[tokio::test]
async fn batch_with_a_lost_response_counts_once_and_in_order() {
    let server = Server::redis().unwrap();
    let network = FaultProxy::start(server.address()).await.unwrap();
    let store = Arc::new(MemoryLikeStore::default());
    let instance = Instance::through(&network).await;
    let world = World::over(instance, &store, MAX_WAITING, "one");
    world.flush().await;
    assert_eq!(world.set(2, false).await.unwrap(), Some(0));
    // Redis takes these in time, and its answer is late; the store has them before.
    let late = Duration::from_millis(300);
    network.set(NetworkFault::Latency(late)).await;
    assert_eq!(world.set(1, true).await.unwrap(), None);
    assert_eq!(world.set(1, false).await.unwrap(), None);
    assert_eq!(world.stored().await, 0);
    network.set(NetworkFault::None).await;
    until(async || world.flusher.tick().await.is_ok() && world.buffer.waiting() == 0).await;
    assert_eq!(world.stored().await, 0);
    assert_eq!(world.count().await.unwrap(), 0);
}

/// Its member was told that it failed, and changed their mind through another instance.
#[tokio::test]
async fn abandoned_batch_is_not_applied_later() {
    let server = Server::redis().unwrap();
    let network = FaultProxy::start(server.address()).await.unwrap();
    let store = Arc::new(MemoryLikeStore::default());
    let cut_off = Instance::through(&network).await;
    let cut_off = World::over(cut_off, &store, MAX_WAITING, "one");
    cut_off.flush().await;
    let other = World::on(&server, &store, "two").await;
    assert_eq!(cut_off.set(2, true).await.unwrap(), Some(1));

    network.set(NetworkFault::Hang).await;
    store.plan([Some(TransactionFault::RolledBack)]);
    cut_off.set(1, true).await.unwrap_err();
    other.set(1, true).await.unwrap();
    assert_eq!(other.set(1, false).await.unwrap(), Some(1));
    other.flush().await;
    network.set(NetworkFault::None).await;
    cut_off.flush().await;
    other.flush().await;
    assert_eq!(
        other.stored().await,
        1,
        "what was given up came later and undid it"
    );
    assert_eq!(other.count().await.unwrap(), 1);
}

#[tokio::test]
async fn batch_times_increase_while_the_clock_stands_still() {
    let mut server = Server::redis().unwrap();
    let instance = Instance::on(&server).await;
    let store = Arc::new(MemoryLikeStore::default());
    let clock = Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH));
    let (stream, flusher) = like_stream(
        instance.redis.clone(),
        store.clone(),
        clock,
        MAX_WAITING,
        "one",
    );
    server.kill();
    until(async || instance.redis.ping().await.is_err()).await;
    stream.write(&[change(1, false)]).await.unwrap();
    server.restart().unwrap();
    instance.connected().await;
    // Taken after the one above, so not overtaken by it.
    until(async || stream.write(&[change(1, true)]).await.is_ok()).await;
    until(async || flusher.tick().await.is_ok()).await;
    assert_eq!(store.tally(&adele(), &[]).await.unwrap().count, 1);
}

/// R8 without processes of ours: Redis is killed again and again under members who like and
/// unlike; what each was told last is what is stored.
#[tokio::test]
async fn acknowledged_likes_survive_kills_of_a_durable_redis() {
    let mut server = Server::durable_redis().unwrap();
    let store = Arc::new(MemoryLikeStore::default());
    let world = World::on(&server, &store, "one").await;
    let done = CancellationToken::new();
    let members = join_all((0..8).map(async |number: u32| {
        let mut last = false;
        while !done.is_cancelled() {
            // One that failed may have been taken, so it is asked again.
            until(async || world.set(number, !last).await.is_ok()).await;
            last = !last;
            tokio::time::sleep(Duration::from_millis(u64::from(number))).await;
        }
        last
    }));
    let flushes = async {
        while !done.is_cancelled() {
            let _ = world.flusher.tick().await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let kills = async {
        for _ in 0..5 {
            until(async || world.count().await.is_ok()).await;
            server.restart().unwrap();
        }
        until(async || world.count().await.is_ok()).await;
        done.cancel();
    };
    let (last, (), ()) = futures_util::join!(members, flushes, kills);
    until(async || world.flusher.tick().await.is_ok() && world.buffer.waiting() == 0).await;
    let everybody: Vec<_> = (0..8).map(MemberId::new).collect();
    let tally = store.tally(&adele(), &everybody).await.unwrap();
    for (member, last) in everybody.iter().zip(last) {
        assert_eq!(tally.likers.contains(member), last, "{member}");
    }
    assert_eq!(world.stored().await, tally.likers.len() as u64);
}
