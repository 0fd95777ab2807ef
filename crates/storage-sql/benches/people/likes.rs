//! L1 and L2: likes by group commit, against a transaction for each.

use std::sync::Arc;

use coordination_redis::{Redis, like_stream};
use futures_util::future::join_all;
use kernel::{MemberId, Ocid, SystemClock};
use likes::{
    Change, GroupCommit, Journal, LikeBuffer, LikeStore, MAX_WAITING, group_commit, group_commit_to,
};
use resilience::Jitter;
use storage_sql::Database;
use testkit::Server;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::baseline::Baseline;
use crate::{BLOCKS, median};

/// Members who like one character at once.
const CROWD: u128 = 1_000;

/// Concurrent writers: as many as a busy minute has, and as many as a crowd.
const WRITERS: u128 = 64;
const MANY: u128 = 1_000;

/// Bound on the likes that wait in Redis: the writers write more than the database takes, which the
/// service would refuse.
const UNBOUNDED: usize = 10_000_000;

/// Likes of each writer in a block.
const EACH: u128 = 10;

/// Number of characters they like.
const CHARACTERS: u128 = 100;

/// L1: a thousand members like one character at once.
pub(crate) async fn many_on_one(database: &Database, baseline: &Baseline) {
    let (buffer, stop, tasks) = buffer(database);
    let (mut locking, mut ours) = (Vec::new(), Vec::new());
    for block in 0..BLOCKS {
        let character = Ocid::new(format!("locked-{block}"));
        baseline.open(&character).await;
        let likes = (0..CROWD).map(|member| baseline.lock_read_write(change(member, &character)));
        locking.push(seconds(join_all(likes)).await);
        assert_count(database, &character).await;

        let character = Ocid::new(format!("grouped-{block}"));
        let likes = (0..CROWD).map(|member| buffer.append(change(member, &character)));
        ours.push(seconds(join_all(likes)).await);
        assert_count(database, &character).await;
    }
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    let ratio = median(locking.iter().zip(&ours).map(|(a, b)| a / b).collect());
    println!(
        "people/L1: {CROWD} likes at once on one character: lock-read-write {:.0} ms, grouped {:.0} ms, {ratio:.0} times as fast",
        1e3 * median(locking),
        1e3 * median(ours),
    );
}

/// L2: writers that like one character after another, each like durable before the next: in groups,
/// and by a commit each.
pub(crate) async fn writers(database: &Database, baseline: &Baseline) {
    for number in 0..CHARACTERS {
        baseline.open(&character(number)).await;
    }
    let (buffer, stop, tasks) = buffer(database);
    let single = |like| baseline.one_commit(like);
    compare("MariaDB", &buffer, single).await;
    assert_counts(database).await;
    stop.cancel();
    tasks.close();
    tasks.wait().await;
}

/// L2 over a Redis that has every command on disk before it answers, with the flusher that brings
/// the likes to the database at work: in groups, and by an append each.
pub(crate) async fn writers_over_redis(database: &Database) {
    let server = Server::durable_redis().expect("a Redis starts");
    let settings = coordination_redis::Settings::new(server.url());
    let redis = Redis::connect(&settings, Jitter::from_seed(1), || ());
    let redis = redis.expect("the address is one");
    redis.connected().await;
    let (store, clock) = (Arc::new(database.likes()), Arc::new(SystemClock));
    let (stream, flusher) = like_stream(redis, store, clock, UNBOUNDED, "bench");
    let (buffer, committer) = group_commit_to(Arc::new(stream.clone()), stream.pressure());
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    tasks.spawn(committer.run(stop.clone()));
    tasks.spawn(flusher.run(stop.clone()));
    let single = async |like| {
        stream.write(&[like]).await.expect("the like is taken");
    };
    compare("Redis", &buffer, single).await;
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    assert_counts(database).await;
}

/// Compares likes in groups with likes by themselves: of many writers, and of [`WRITERS`] with as
/// many times the likes of one writer that is alone.
async fn compare(store: &str, buffer: &GroupCommit, single: impl AsyncFn(Change)) {
    let grouped = async |like| {
        buffer.append(like).await.expect("the like is taken");
    };
    let (mut alone, mut few) = (Vec::new(), Vec::new());
    let (mut many_singly, mut many) = (Vec::new(), Vec::new());
    let mut fresh = 0..;
    let mut block = || fresh.next().expect("there is no end");
    for _ in 0..BLOCKS {
        alone.push(rate(block(), 1, &single).await);
        few.push(rate(block(), WRITERS, &grouped).await);
        many_singly.push(rate(block(), MANY, &single).await);
        many.push(rate(block(), MANY, &grouped).await);
    }
    let times = |ours: &[f64], others: &[f64], factor: f64| {
        median(
            ours.iter()
                .zip(others)
                .map(|(a, b)| a / (b * factor))
                .collect(),
        )
    };
    println!(
        "people/L2 {store}: {MANY} writers: {:.0} likes/s one by one, {:.0} likes/s grouped, {:.1} times as many",
        median(many_singly.clone()),
        median(many.clone()),
        times(&many, &many_singly, 1.0),
    );
    println!(
        "people/L2 {store}: {WRITERS} writers: {:.0} likes/s grouped, {:.2} of {WRITERS} times the {:.0} likes/s of one writer alone, one by one",
        median(few.clone()),
        times(&few, &alone, WRITERS as f64),
        median(alone.clone()),
    );
}

/// Likes in a second of so many writers, each of whose likes is durable before the next.
async fn rate(block: u128, writers: u128, like: &impl AsyncFn(Change)) -> f64 {
    let writing = (0..writers).map(|writer| async move {
        for change in likes_of(block, writer) {
            like(change).await;
        }
    });
    let seconds = seconds(join_all(writing)).await;
    (writers * EACH) as f64 / seconds
}

async fn assert_counts(database: &Database) {
    let drift = database.likes().recount().await;
    assert_eq!(drift.expect("the database works"), []);
}

fn buffer(database: &Database) -> (GroupCommit, CancellationToken, TaskTracker) {
    let (buffer, committer) = group_commit(Arc::new(database.likes()), MAX_WAITING);
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    tasks.spawn(committer.run(stop.clone()));
    (buffer, stop, tasks)
}

fn change(member: u128, character: &Ocid) -> Change {
    Change {
        member: MemberId::new(member),
        character: character.clone(),
        liked: true,
    }
}

/// Likes of one writer in a block; none of them exists before.
fn likes_of(block: u128, writer: u128) -> impl Iterator<Item = Change> {
    (0..EACH).map(move |number| {
        let character = character((writer + number) % CHARACTERS);
        change((block * MANY + writer) * EACH + number, &character)
    })
}

fn character(number: u128) -> Ocid {
    Ocid::new(format!("of-many-{number}"))
}

async fn seconds<T>(work: impl Future<Output = T>) -> f64 {
    let start = Instant::now();
    work.await;
    start.elapsed().as_secs_f64()
}

async fn assert_count(database: &Database, character: &Ocid) {
    let members: Vec<_> = (0..CROWD).map(MemberId::new).collect();
    let tally = database.likes().tally(character, &members).await;
    let tally = tally.expect("the database works");
    let all = usize::try_from(CROWD).expect("a thousand");
    assert_eq!((tally.count, tally.likers.len()), (all as u64, all));
}
