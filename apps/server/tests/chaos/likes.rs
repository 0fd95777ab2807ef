//! R7 and R8: no acknowledged like is lost, doubled or undone while processes that take likes, or
//! the Redis they are taken into, are killed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use coordination_redis::like_stream;
use futures_util::future::join_all;
use kernel::{MemberId, Ocid, SystemClock};
use likes::{Change, LikeBuffer, LikeStore, Limits, group_commit_to};
use rand::Rng;
use testkit::{Server, Service, TestDatabase};
use tokio::io::AsyncBufReadExt;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::actor::{self, says};
use crate::scale::Scale;

const MEMBERS: u32 = 24;

/// Takes likes of all members as fast as it can, each member's one after another, and writes down
/// each before and after it is taken. It ends when there is a file `end` in its folder.
#[tokio::test]
#[ignore = "a process of the scenarios below"]
async fn liker() {
    let (redis, database) = actor::servers().await;
    let store = Arc::new(database.likes());
    let clock = Arc::new(SystemClock);
    let instance = format!("liker-{}", std::process::id());
    let (stream, flusher) = like_stream(redis, store, clock, Limits::default(), instance);
    let pressure = stream.pressure();
    let (buffer, committer) = group_commit_to(Arc::new(stream), pressure);
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    tasks.spawn(committer.run(stop.clone()));
    tasks.spawn(flusher.run(stop.clone()));
    let members = (0..MEMBERS).map(|number| take(&buffer, number));
    join_all(members).await;
    println!("at the end");
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    println!("flushed");
}

async fn take(buffer: &impl LikeBuffer, number: u32) {
    let mut liked = number.is_multiple_of(2);
    loop {
        // What is acknowledged last stands at the end, so the last is asked until it is.
        let is_last = std::path::Path::new("end").exists();
        println!("try {number} {liked}");
        match buffer.append(change(number, liked)).await {
            Ok(_) => println!("ack {number} {liked}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
        if is_last {
            while buffer.append(change(number, liked)).await.is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            println!("ack {number} {liked}");
            return;
        }
        liked = !liked;
    }
}

fn change(number: u32, liked: bool) -> Change {
    Change {
        member: MemberId::new(number.into()),
        character: Ocid::new("adele"),
        liked,
    }
}

/// What the members were told.
#[derive(Debug, Default)]
struct Ledger {
    /// The last acknowledged of each.
    acknowledged: BTreeMap<u32, bool>,
    /// What was tried after it, which may have been taken.
    tried: BTreeMap<u32, Vec<bool>>,
    acknowledgements: usize,
}

impl Ledger {
    /// Reads what a process wrote down.
    async fn read(&mut self, log: &str) {
        let mut lines = log.as_bytes().lines();
        while let Some(line) = lines.next_line().await.unwrap() {
            let mut words = line.split(' ');
            let (Some(what), Some(member), Some(liked)) =
                (words.next(), words.next(), words.next())
            else {
                continue;
            };
            // A line that was cut off by a kill is one that nobody read.
            let (Ok(member), Ok(liked)) = (member.parse(), liked.parse()) else {
                continue;
            };
            match what {
                "try" => self.tried.entry(member).or_default().push(liked),
                "ack" => {
                    self.acknowledged.insert(member, liked);
                    self.tried.remove(&member);
                    self.acknowledgements += 1;
                }
                _ => {}
            }
        }
    }

    /// Compares it with what is stored.
    async fn compare(&self, store: &impl LikeStore) {
        assert_eq!(store.recount().await.unwrap(), [], "a count drifted");
        let members: Vec<_> = (0..MEMBERS)
            .map(|number| MemberId::new(number.into()))
            .collect();
        let tally = store.tally(&Ocid::new("adele"), &members).await.unwrap();
        assert_eq!(tally.count, tally.likers.len() as u64);
        for (number, acknowledged) in &self.acknowledged {
            let stored = tally.likers.contains(&MemberId::new((*number).into()));
            let may_be = self
                .tried
                .get(number)
                .is_some_and(|tried| tried.contains(&stored));
            assert!(
                stored == *acknowledged || may_be,
                "member {number} was told {acknowledged}, stored is {stored}"
            );
        }
    }
}

/// Lets a process end and bring everything to the store.
async fn end(liker: &mut Service, ledger: &mut Ledger) {
    std::fs::write(liker.folder().join("end"), "").unwrap();
    says(liker, "flushed").await;
    ledger.read(&liker.log()).await;
    assert!(ledger.tried.is_empty(), "nothing is left open");
    assert_eq!(ledger.acknowledged.len(), MEMBERS as usize);
}

#[tokio::test]
async fn no_acknowledged_like_is_lost_or_doubled_by_kills_of_the_process_that_took_it() {
    let scale = Scale::from_environment();
    let kills = scale.pick(6, 200);
    let mut dice = scale.dice();
    let server = Server::durable_redis().unwrap();
    let database = TestDatabase::mysql().await;
    let store = Arc::new(database.open().await.likes());
    let redis = actor::connect(&server.url()).await;
    let mut ledger = Ledger::default();
    let mut liker = actor::start("likes::liker", &server.url(), &database);
    for _ in 0..kills {
        says(&liker, "ack").await;
        tokio::time::sleep(Duration::from_millis(dice.random_range(0..300))).await;
        liker.kill();
        ledger.read(&liker.log()).await;
        // Another instance brings to the store what the dead one left.
        let clock = Arc::new(SystemClock);
        let (_, survivor) = like_stream(
            redis.clone(),
            store.clone(),
            clock,
            Limits::default(),
            "survivor",
        );
        Box::pin(survivor.tick()).await.unwrap();
        ledger.compare(&*store).await;
        liker.restart().unwrap();
    }
    end(&mut liker, &mut ledger).await;
    ledger.compare(&*store).await;
    scale.row(
        "R7",
        format!("{kills} kills of a process that takes likes"),
        format!(
            "{} acknowledged, none lost or doubled",
            ledger.acknowledgements
        ),
    );
}

#[tokio::test]
async fn no_acknowledged_like_is_lost_or_doubled_by_kills_of_a_durable_redis() {
    let scale = Scale::from_environment();
    let kills = scale.pick(4, 100);
    let mut dice = scale.dice();
    let mut redis = Server::durable_redis().unwrap();
    let database = TestDatabase::mysql().await;
    let store = database.open().await.likes();
    let mut ledger = Ledger::default();
    let mut liker = actor::start("likes::liker", &redis.url(), &database);
    says(&liker, "ack").await;
    for _ in 0..kills {
        tokio::time::sleep(Duration::from_millis(dice.random_range(100..600))).await;
        redis.kill();
        // Taken without Redis, ahead of what waits in it.
        tokio::time::sleep(Duration::from_millis(dice.random_range(0..600))).await;
        redis.restart().unwrap();
    }
    end(&mut liker, &mut ledger).await;
    ledger.compare(&store).await;
    scale.row(
        "R8",
        format!("{kills} kills of a Redis with appendfsync always"),
        format!(
            "{} acknowledged, none lost or doubled",
            ledger.acknowledgements
        ),
    );
}
