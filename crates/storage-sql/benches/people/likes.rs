//! L1 and L2: likes by group commit, against a transaction for each.

use std::sync::Arc;

use futures_util::future::join_all;
use kernel::{MemberId, Ocid};
use likes::{Change, GroupCommit, LikeBuffer, LikeStore, MAX_WAITING, group_commit};
use storage_sql::Database;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::baseline::Baseline;
use crate::{BLOCKS, median};

/// Members who like one character at once.
const CROWD: u128 = 1_000;

/// Concurrent writers, and the likes of each of them in a block.
const WRITERS: u128 = 64;
const EACH: u128 = 25;

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

/// L2: writers that like one character after another, each like durable before the next.
pub(crate) async fn writers(database: &Database, baseline: &Baseline) {
    let (buffer, stop, tasks) = buffer(database);
    let buffer = &buffer;
    let (mut single, mut ours) = (Vec::new(), Vec::new());
    for number in 0..CHARACTERS {
        baseline.open(&character(number)).await;
    }
    for block in 0..u128::try_from(BLOCKS).expect("a handful") {
        let writers = (0..WRITERS).map(|writer| async move {
            for like in likes_of(2 * block, writer) {
                baseline.one_commit(like).await;
            }
        });
        single.push(seconds(join_all(writers)).await);

        let writers = (0..WRITERS).map(|writer| async move {
            for like in likes_of(2 * block + 1, writer) {
                buffer.append(like).await.expect("the like is taken");
            }
        });
        ours.push(seconds(join_all(writers)).await);
    }
    assert_eq!(
        database
            .likes()
            .recount()
            .await
            .expect("the database works"),
        []
    );
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    let per_second = |seconds: f64| (WRITERS * EACH) as f64 / seconds;
    let ratio = median(single.iter().zip(&ours).map(|(a, b)| a / b).collect());
    println!(
        "people/L2: {WRITERS} writers: {:.0} likes/s by one commit each, {:.0} likes/s grouped, {ratio:.1} times as many",
        per_second(median(single)),
        per_second(median(ours)),
    );
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
        change((block * WRITERS + writer) * EACH + number, &character)
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
